import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent
for path in (TESTS, TESTS.parent):
    sys.path.insert(0, str(path))
