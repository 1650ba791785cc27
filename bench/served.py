"""Deviations as functions of NumPy arrays: calls put to `warpcheck serve`.

A call is fixed but for its inputs, which are float64: the image, the matrix (2x3, from
source to output in pixels, pixel centres at whole numbers, x along columns) and, under
border constant, the border value of each channel."""

import dataclasses
import json
import pathlib
import subprocess
import sys

import numpy

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "adapters" / "python"
sys.path.insert(0, str(PACKAGE))

from warpcheck.host import Host  # noqa: E402

REFERENCE = "builtin:reference"


@dataclasses.dataclass(frozen=True)
class Call:
    """What a deviation is asked; sizes are (height, width)."""

    kernel: str
    border: str
    layout: str
    size: tuple
    output: tuple
    batch: int = 1
    channels: int = 1
    seed: int = 1

    def shape(self, size):
        extents = {"N": self.batch, "C": self.channels, "H": size[0], "W": size[1]}
        return tuple(extents[axis] for axis in self.layout)

    def spec(self):
        return {
            "convention": "warp",
            "interp": self.kernel,
            "border": self.border,
            "layout": self.layout,
            "inverse_map": False,
        }

    def inputs(self):
        """name -> array, of the seed.  The image leaves [0, 1] on both sides.  The matrix
        shears, so that samples lie outside the image on all sides; its inverse's linear
        part is of eighths and its shift near a sixteenth, so that no sample is nearer
        than 3/64 to a multiple of 1/8, where kernels have their knots: a numeric
        derivative meets no kink."""
        random = numpy.random.default_rng(self.seed)
        image = random.uniform(-0.5, 1.5, self.shape(self.size))
        back = numpy.array([[0.875, 0.25, -2.0], [-0.125, 1.125, 0.0], [0, 0, 1]])
        back[:2, 2] += 1 / 16 + random.uniform(-1 / 64, 1 / 64, 2)
        arrays = {"image": image, "matrix": numpy.linalg.inv(back)[:2]}
        if self.border == "constant":
            arrays["border_value"] = numpy.linspace(0.25, 0.75, self.channels)
        return arrays

    def upstream(self):
        random = numpy.random.default_rng(self.seed + 1000)
        return random.normal(0.0, 2.0, self.shape(self.output))

    def options(self):
        """Of `warpcheck verify`, for the same call."""
        inputs = self.inputs()
        rows = ("; ".join(" ".join(map(repr, row)) for row in inputs["matrix"].tolist()))
        said = {
            "kernel": self.kernel,
            "border": self.border,
            "layout": self.layout,
            "dtype": "float64",
            "size": "{}x{}".format(*self.size),
            "output": "{}x{}".format(*self.output),
            "matrix": rows,
            "seed": self.seed,
        }
        if "C" in self.layout:
            said["channels"] = self.channels
        if "border_value" in inputs:
            said["border-value"] = ",".join(map(repr, inputs["border_value"].tolist()))
        return [f"--{key}={value}" for key, value in said.items()]

    def jacobian_bytes(self):
        """Of one dense Jacobian with respect to the image."""
        entries = numpy.prod(self.shape(self.size)) * numpy.prod(self.shape(self.output))
        return 8 * int(entries)


class Refused(Exception):
    """The subject does not answer such a call."""


class Served:
    """A subject behind `program serve`, put one kind of call."""

    def __init__(self, program, subject, call):
        self.call = call
        self.names = list(call.inputs())
        self.host = Host([program, "serve", subject])

    def put(self, kind, arrays, want):
        answer, got = self.host.call(kind, self.call.spec(), arrays, want)
        if not answer or "ok" not in answer:
            raise Refused((answer or {}).get("message", "the worker is gone"))
        return {name: array.copy() for name, array in got.items()}

    def forward(self, *inputs):
        """The output of the inputs, in the order of `names`."""
        output = numpy.empty(self.call.shape(self.call.output))
        return self.put("forward", self.given(inputs), {"output": output})["output"]

    def vjp(self, upstream, *inputs):
        """A gradient for each input."""
        arrays = {**self.given(inputs), "grad_output": numpy.ascontiguousarray(upstream)}
        want = {f"grad_{name}": arrays[name] for name in self.names}
        got = self.put("vjp", arrays, want)
        return tuple(got[f"grad_{name}"] for name in self.names)

    def given(self, inputs):
        return dict(zip(self.names, map(numpy.ascontiguousarray, inputs)))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.host.__exit__(*error)


def answers(program, subject, call):
    """(output, gradients) of the call's own inputs."""
    inputs = call.inputs().values()
    with Served(program, subject, call) as served:
        return served.forward(*inputs), served.vjp(call.upstream(), *inputs)


def shows(program, subject, call):
    """Where the subject differs from the reference in this call, to the bit: "output",
    "gradient" or both; in nothing: []."""
    output, gradients = answers(program, subject, call)
    expected, wanted = answers(program, REFERENCE, call)
    same = all(map(numpy.array_equal, gradients, wanted))
    differs = {"output": not numpy.array_equal(output, expected), "gradient": not same}
    return [what for what, really in differs.items() if really]


def torch_function(served):
    """The subject as a torch.autograd.Function; its `apply` takes tensors in the order
    of `served.names`."""
    import torch

    class Warp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *inputs):
            ctx.save_for_backward(*inputs)
            arrays = [tensor.detach().numpy() for tensor in inputs]
            return torch.from_numpy(served.forward(*arrays))

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, upstream):
            arrays = [tensor.detach().numpy() for tensor in ctx.saved_tensors]
            gradients = served.vjp(upstream.detach().numpy(), *arrays)
            return tuple(map(torch.from_numpy, gradients))

    return Warp


def jax_function(served):
    """The same by jax.custom_vjp and jax.pure_callback; wants 64-bit types enabled."""
    import jax

    def like(array):
        return jax.ShapeDtypeStruct(array.shape, array.dtype)

    output = jax.ShapeDtypeStruct(served.call.shape(served.call.output), "float64")
    gradients = tuple(map(like, served.call.inputs().values()))

    @jax.custom_vjp
    def warp(*inputs):
        def answer(*arrays):
            return served.forward(*map(numpy.asarray, arrays))

        return jax.pure_callback(answer, output, *inputs)

    def ahead(*inputs):
        return warp(*inputs), inputs

    def back(inputs, upstream):
        def answer(*arrays):
            return served.vjp(*map(numpy.asarray, arrays))

        return jax.pure_callback(answer, gradients, upstream, *inputs)

    warp.defvjp(ahead, back)
    return warp


def deviations(program):
    """The rows of `warpcheck list deviations --json`."""
    listed = subprocess.run(
        [program, "list", "deviations", "--json"], capture_output=True, check=True
    )
    return json.loads(listed.stdout)
