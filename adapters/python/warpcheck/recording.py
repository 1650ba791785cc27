"""Recordings: an .npz with the arrays of one call of a warp, and a member spec.json
(doc/recordings.md).  The same contents make the same bytes."""

import dataclasses
import io
import json
import os
import zipfile

import numpy

SPEC = "spec.json"
TIME = (1980, 1, 1, 0, 0, 0)


@dataclasses.dataclass
class Recording:
    """`spec` is a dict, `arrays` maps names to NumPy arrays."""

    spec: dict
    arrays: dict

    @classmethod
    def read(cls, path):
        arrays = {}
        with zipfile.ZipFile(path) as archive:
            spec = json.loads(archive.read(SPEC))
            for member in archive.namelist():
                if member.endswith(".npy"):
                    stream = io.BytesIO(archive.read(member))
                    array = numpy.lib.format.read_array(stream, allow_pickle=False)
                    arrays[member[: -len(".npy")]] = array
        return cls(spec, arrays)

    def write(self, path):
        """Whole, or not there at all."""
        members = {
            SPEC: (json.dumps(self.spec, indent=1, sort_keys=True) + "\n").encode()
        }
        members.update(
            (name + ".npy", npy(array)) for name, array in self.arrays.items()
        )
        partial = f"{os.fspath(path)}.{os.getpid()}.part"
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in members.items():
                    info = zipfile.ZipInfo(name, TIME)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(info, data)
            os.replace(partial, path)
        finally:
            if os.path.exists(partial):
                os.remove(partial)


def npy(array):
    """The array as .npy bytes, version 1.0, little endian, C order."""
    array = numpy.ascontiguousarray(array)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()
