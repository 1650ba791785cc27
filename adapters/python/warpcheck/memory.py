"""The two shared files of the protocol, as NumPy arrays without copies."""

import mmap
import os

import numpy

from .protocol import ProtocolError, Slot, read_entry, storage


class Memory:
    """A file that grows and never shrinks, mapped.  Arrays keep the mapping that they
    lie in: it goes when the last of them does."""

    def __init__(self, descriptor, writable):
        self.descriptor = descriptor
        self.access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        self.mapping = None

    def slot(self, entry):
        """The array that an entry of a message describes."""
        name, dtype, shape = read_entry(entry)
        kind = storage(dtype)
        offset = entry.get("offset", 0)
        strides = entry.get("strides")
        if not isinstance(offset, int) or offset < 0:
            raise ProtocolError(f"{name}: offset {offset!r}")
        if 0 in shape:
            return Slot(name, dtype, numpy.empty(shape, kind))
        steps = self.steps(name, shape, strides, kind.itemsize)
        self.reach(name, offset, shape, steps, kind.itemsize)
        return Slot(
            name, dtype, numpy.ndarray(shape, kind, self.mapping, offset, steps)
        )

    @staticmethod
    def steps(name, shape, strides, itemsize):
        """Bytes between elements, axis by axis; None where C-contiguous."""
        if strides is None:
            return None
        if len(strides) != len(shape) or not all(isinstance(s, int) for s in strides):
            raise ProtocolError(f"{name}: strides {strides!r}")
        return tuple(stride * itemsize for stride in strides)

    def reach(self, name, offset, shape, steps, itemsize):
        """Maps anew where the array reaches beyond what is mapped."""
        if steps is None:
            first, end = offset, offset + itemsize * int(
                numpy.prod(shape, dtype=object)
            )
        else:
            ends = [step * (extent - 1) for step, extent in zip(steps, shape)]
            first = offset + sum(end for end in ends if end < 0)
            end = offset + sum(end for end in ends if end > 0) + itemsize
        if self.mapping is None or end > len(self.mapping):
            if end > os.fstat(self.descriptor).st_size:
                raise ProtocolError(f"{name} reaches beyond the end of its file")
            self.mapping = mmap.mmap(self.descriptor, 0, access=self.access)
        if first < 0:
            raise ProtocolError(f"{name} reaches before the start of its file")
