#!/bin/sh
# The tests of the Python adapter, under the first of PYTHON, python3 and /usr/bin/python3
# that has NumPy and pytest.  What a missing library keeps from running is counted and
# named.
top=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
tests=$top/adapters/python/tests
for python in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    if "$python" -c 'import numpy, pytest' 2>/dev/null; then
        said=$(PYTHONPATH=$top/adapters/python${PYTHONPATH:+:$PYTHONPATH} \
            PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -q -rs -p no:cacheprovider \
            --rootdir="$tests" "$tests")
        status=$?
        echo "$said"
        echo "python: $(echo "$said" | tail -n 1)"
        exit $status
    fi
done
echo "SKIP python: no python3 has NumPy and pytest"
exit 77
