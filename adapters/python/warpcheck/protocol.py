"""The worker protocol (doc/protocol.md): messages on two descriptors, and the types of
arrays.  What both sides share; the worker's side is worker.py."""

import json
import os

import numpy

VERSION = (1, 2)
DESCRIPTORS = "WARPCHECK_FDS"
LONGEST = 1 << 20  # bytes of a message, its newline with it
ALIGNMENT = 64  # bytes, of contiguous arrays in shared memory


class ProtocolError(Exception):
    """The other side sent what is no message, or no call."""


class Unsupported(Exception):
    """The call is outside what the subject is meant for."""


def storage(name):
    """The NumPy type in which arrays of the protocol's type `name` are kept.  NumPy has
    no bfloat16: its bits are kept as uint16."""
    if name == "bfloat16":
        return numpy.dtype("<u2")
    try:
        dtype = numpy.dtype(name)
    except TypeError:
        raise ProtocolError(f"no type {name!r}") from None
    if dtype.kind not in "fiub":
        raise ProtocolError(f"no type {name!r}")
    return dtype.newbyteorder("<")


class Slot:
    """One array of a call: its name, the protocol's name of its type, its data."""

    def __init__(self, name, dtype, data):
        self.name, self.dtype, self.data = name, dtype, data

    def describe(self):
        """The entry of a message's list of arrays."""
        shape = list(self.data.shape)
        return {"name": self.name, "dtype": self.dtype, "shape": shape}


class Channel:
    """Messages, and by pipe the bytes of arrays, over two descriptors."""

    def __init__(self, incoming, outgoing):
        self.incoming = os.fdopen(incoming, "rb")
        self.outgoing = os.fdopen(outgoing, "wb")

    def receive(self):
        """The next message; None where the other side has closed."""
        line = self.incoming.readline(LONGEST + 1)
        if not line:
            return None
        if len(line) > LONGEST or not line.endswith(b"\n"):
            raise ProtocolError("a message without an end")
        try:
            message = json.loads(line)
        except ValueError as error:
            raise ProtocolError(f"no JSON: {error}") from None
        if not isinstance(message, dict):
            raise ProtocolError("a message that is no object")
        return message

    def send(self, message, arrays=()):
        """Sends a message, and after it the bytes of NumPy arrays."""
        line = json.dumps(message).encode() + b"\n"
        if len(line) > LONGEST:
            raise ProtocolError("a message that is too long")
        self.outgoing.write(line)
        for array in arrays:
            self.outgoing.write(numpy.ascontiguousarray(array).data.cast("B"))
        self.outgoing.flush()

    def receive_array(self, entry):
        """The array that an entry of the message just received announces."""
        name, dtype, shape = read_entry(entry)
        array = numpy.empty(shape, storage(dtype))
        into = array.reshape(-1).view(numpy.uint8).data
        if len(into) and self.incoming.readinto(into) != len(into):
            raise ProtocolError(f"the bytes of {name} are cut short")
        array.flags.writeable = False
        return Slot(name, dtype, array)


def read_entry(entry):
    """(name, type, shape) of an entry of a message's list of arrays."""
    try:
        name, dtype = entry["name"], entry["dtype"]
        shape = tuple(entry["shape"])
        if not isinstance(name, str) or not all(
            isinstance(extent, int) and extent >= 0 for extent in shape
        ):
            raise TypeError
        return name, dtype, shape
    except (KeyError, TypeError):
        raise ProtocolError(f"no array: {entry!r}") from None
