"""Recordings: one .npz with the arrays of a call and a member spec.json.

The bytes of a recording depend on its contents alone: members in the order given, a
fixed time, deflate level 9.  README.md beside this file defines the names.
"""

import io
import json
import pathlib
import zipfile

import numpy

ROOT = pathlib.Path(__file__).resolve().parent.parent / "recordings"
SPEC = "spec.json"
TIME = (1980, 1, 1, 0, 0, 0)


def npy(array):
    """The array as version 1.0 .npy bytes, little endian, C order."""
    array = numpy.ascontiguousarray(array)
    if array.dtype.name == "bfloat16":  # ml_dtypes'
        array = array.view("V2")
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def write(path, spec, arrays):
    """Writes spec.json and the arrays (a dict; None members are left out)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    members = [(SPEC, (json.dumps(spec, indent=1, sort_keys=True) + "\n").encode())]
    members += [(name + ".npy", npy(a)) for name, a in arrays.items() if a is not None]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data, compresslevel=9)


class Recording:
    """A recording as read: `spec` (a dict), and the arrays as items."""

    def __init__(self, path):
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.spec = json.loads(archive.read(SPEC))
            self.arrays = {
                name[: -len(".npy")]: numpy.lib.format.read_array(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
                if name.endswith(".npy")
            }

    def __getitem__(self, name):
        return self.arrays[name]

    def __contains__(self, name):
        return name in self.arrays

    def get(self, name, default=None):
        return self.arrays.get(name, default)

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}"


def read_all(folder=ROOT, prefix=""):
    """The recordings under a folder, in the order of their names, but for those of
    small.py and those written in other ways than these scripts', for the reader."""
    for path in sorted(folder.glob("*/*.npz")):
        if path.parent.name in ("small", "faults", "various"):
            continue
        recording = Recording(path)
        if recording.name.startswith(prefix):
            yield recording
