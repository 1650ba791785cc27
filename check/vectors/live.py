#!/usr/bin/env python3
"""Records random calls of a library: live.py LIBRARY FOLDER [--seed N] [--count N].

Writes FOLDER/LIBRARY/NUMBER-WORDS.npz, calls that nobody has seen: sizes, matrices,
coordinates, values and options are drawn, among all the words of the library that the
reference serves.  A call depends on library, seed and number alone: --only NUMBER makes
one of them again.  --table writes a line for each: path, convention, type of the image
and layout, separated by tabs.  Run it with a Python that has the library; --probe only says which
of the libraries it has, and their versions.
"""

import argparse
import functools
import importlib
import pathlib
import sys

sys.dont_write_bytecode = True  # the folder is distributed

import inputs
import record


class Recorder(record.Recorder):
    """Writes calls by their numbers."""

    def __init__(self, folder, seed, table, *names, **versions):
        self.root, self.table = folder, table
        super().__init__(*names, **versions)
        self.seed, self.number = seed, 0

    def stream(self, what):
        return inputs.seed_of(f"{self.library} {self.seed} {self.number} {what}")

    def inputs(self, name):
        return inputs.Draw(self.stream(name))

    def write(self, name, spec, arrays):
        noted = {"seed": f"{self.seed}, call {self.number}"}
        super().write(f"{self.number:05}-{name}", noted | spec, arrays)
        if self.table is not None:
            path = f"{self.folder.name}/{self.number:05}-{name}.npz"
            row = path, spec["convention"], type_of(arrays["image"]), spec["layout"]
            print(*row, sep="\t", file=self.table)


def type_of(array):
    """NumPy's name of an array's type; bfloat16 is written as two bytes of none."""
    return "bfloat16" if array.dtype.kind == "V" else array.dtype.name


def probe():
    """Prints "LIBRARY VERSION", or "LIBRARY - REASON" where it cannot be imported."""
    for library in record.LIBRARIES:
        try:
            module = importlib.import_module("record_" + library)
            setting = pathlib.Path("nowhere"), 0, None
            out = module.begin(functools.partial(Recorder, *setting))
            print(library, out.version)
        except ImportError as error:
            print(library, "-", str(error).splitlines()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("library", nargs="?", choices=record.LIBRARIES)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--only", type=int, metavar="NUMBER")
    parser.add_argument("--table", type=argparse.FileType("w"), metavar="FILE")
    parser.add_argument("--probe", action="store_true")
    options = parser.parse_args()
    if options.probe:
        return probe()
    if options.folder is None:
        parser.error("LIBRARY and FOLDER are missing")
    module = importlib.import_module("record_" + options.library)
    numbers = range(options.count) if options.only is None else [options.only]
    setting = options.folder, options.seed, options.table
    out = module.begin(functools.partial(Recorder, *setting))
    for out.number in numbers:
        module.live(out, inputs.Draw(out.stream("call")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
