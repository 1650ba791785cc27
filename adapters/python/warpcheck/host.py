"""A small host of the worker protocol (doc/protocol.md), for tests and measurements:
starts a worker and puts calls to it.  It has no sandbox, and waits as long as it takes."""

import json
import os
import subprocess

import numpy

FILLER = 0xA5  # what wanted bytes hold before a call


class Host:
    """One worker.  `command` is its words; `transport` is shared or pipe."""

    def __init__(self, command, transport="shared", greeting=None, env=None):
        self.transport = transport
        requests, self.requests = os.pipe()
        self.replies, replies = os.pipe()
        given = [requests, replies]
        if transport == "shared":
            self.inputs, self.outputs = (os.memfd_create(n) for n in ("in", "out"))
            self.readable = os.open(f"/proc/self/fd/{self.inputs}", os.O_RDONLY)
            given += [self.readable, self.outputs]
        environment = {
            **os.environ,
            "WARPCHECK_FDS": " ".join(map(str, given)),
            **(env or {}),
        }
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            pass_fds=given,
        )
        os.close(requests)
        os.close(replies)
        self.reader = os.fdopen(self.replies, "rb")
        self.count = 0
        self.send({"warpcheck": [1, 0], "transport": transport, **(greeting or {})})
        self.greeting = self.receive()

    def send(self, message, arrays=()):
        self.write(json.dumps(message).encode() + b"\n")
        for array in arrays:
            self.write(numpy.ascontiguousarray(array).tobytes())

    def write(self, data):
        while data:
            data = data[os.write(self.requests, data) :]

    def receive(self):
        line = self.reader.readline()
        return json.loads(line) if line else None

    def lay(self, arrays, offset=0):
        """Entries of C-contiguous arrays at multiples of 64, and the end."""
        entries = []
        for name, array in arrays.items():
            kind, array = (
                array if isinstance(array, tuple) else (array.dtype.name, array)
            )
            entry = {"name": name, "dtype": kind, "shape": list(array.shape)}
            entries.append({**entry, "offset": offset})
            offset += -(-array.nbytes // 64) * 64
        return entries, offset

    def call(self, kind, spec, arrays, want, entries=None, raw=None):
        """(answer, arrays).  `arrays` and `want`: name -> array, or (type, array); those
        of `want` are for shape and type.  `entries` and `raw` are the caller's own
        layout of the inputs file."""
        self.count += 1
        laid, end = self.lay(arrays)
        wanted, wanted_end = self.lay(want)
        message = {"id": self.count, "call": kind, "spec": spec, "want": wanted}
        message["arrays"] = laid if entries is None else entries
        data = {n: a[1] if isinstance(a, tuple) else a for n, a in arrays.items()}
        if self.transport == "pipe":
            self.send(message, data.values())
        else:
            self.fill(self.inputs, end, laid, data, raw)
            os.ftruncate(self.outputs, max(wanted_end, os.fstat(self.outputs).st_size))
            os.pwrite(self.outputs, bytes([FILLER]) * wanted_end, 0)
            self.send(message)
        answer = self.receive()
        if not answer or not answer.get("ok"):
            return answer, {}
        return answer, self.taken(answer, wanted)

    def fill(self, file, end, entries, data, raw):
        os.ftruncate(file, max(end, len(raw or b""), os.fstat(file).st_size))
        for entry in entries:
            os.pwrite(file, data[entry["name"]].tobytes(), entry["offset"])
        if raw is not None:
            os.pwrite(file, raw, 0)

    def taken(self, answer, wanted):
        arrays = {}
        listed = wanted if self.transport == "shared" else answer["arrays"]
        for entry in listed:
            kind = numpy.dtype(
                "<u2" if entry["dtype"] == "bfloat16" else entry["dtype"]
            )
            size = kind.itemsize * int(numpy.prod(entry["shape"]))
            if self.transport == "shared":
                data = os.pread(self.outputs, size, entry["offset"])
            else:
                data = self.reader.read(size)
            arrays[entry["name"]] = numpy.frombuffer(data, kind).reshape(entry["shape"])
        return arrays

    def close(self):
        """(exit status, standard output, standard error)"""
        if self.requests is not None:
            os.close(self.requests)
            self.requests = None
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode(), err.decode()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
        self.reader.close()
        if self.transport == "shared":
            for file in (self.inputs, self.outputs, self.readable):
                os.close(file)
