#!/usr/bin/env python3
"""Records what a library does: record.py LIBRARY.

LIBRARY names a module record_LIBRARY.py here; run it with a Python that has the library
(README.md says which versions).  Its folders under check/recordings are made anew.
"""

import importlib
import pathlib
import platform
import sys

import numpy

sys.dont_write_bytecode = True  # the folder is distributed

import inputs
import recording

LIBRARIES = sorted(
    p.stem.partition("_")[2]
    for p in pathlib.Path(__file__).resolve().parent.glob("record_*.py")
)


class Recorder:
    """Writes the recordings of one library into one folder."""

    root = recording.ROOT

    def __init__(self, folder, library, version, **versions):
        self.folder = self.root / folder
        self.library, self.version = library, version
        self.versions = {
            library: version,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
            **versions,
        }
        self.count = self.bytes = 0
        if self.folder.is_dir():
            for old in self.folder.glob("*.npz"):
                old.unlink()

    def inputs(self, name):
        return inputs.Inputs(inputs.seed_of(name))

    def write(self, name, spec, arrays):
        path = self.folder / (name + ".npz")
        if path.exists():
            raise ValueError(f"two recordings are called {name}")
        full = {
            "library": self.library,
            "version": self.version,
            "versions": self.versions,
            "host": {"machine": platform.machine(), "simd": simd()},
            "seed": inputs.seed_of(name.removesuffix("-ipp")),
            **spec,
        }
        recording.write(path, full, arrays)
        self.count += 1
        self.bytes += path.stat().st_size


def simd():
    """The widest vector set of this processor: libraries choose their loops by it."""
    try:
        words = set(pathlib.Path("/proc/cpuinfo").read_text().split())
    except OSError:
        return "unknown"
    for name in ("avx512f", "avx2", "avx", "sse4_2", "asimd"):
        if name in words:
            return name
    return "unknown"


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in LIBRARIES:
        print(f"usage: record.py {'|'.join(LIBRARIES)}", file=sys.stderr)
        return 2
    module = importlib.import_module("record_" + arguments[0])
    for recorder in module.record(Recorder):
        print(f"{recorder.folder.name}: {recorder.count} recordings, ", end="")
        print(f"{recorder.bytes / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
