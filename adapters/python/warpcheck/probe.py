"""Probe: what a declaration leaves open about the shapes that a function takes is tried
on small calls, of which no two extents are the same: only the right reading gives an
output of the right shape and type."""

import dataclasses
import itertools

import numpy

from .adapt import Adapted, tiny
from .arguments import HARNESS
from .binding import MAPS, BindingError

LAYOUTS = ("HWC", "NCHW", "CHW", "NHWC", "HW")
SHAPES = (None, "3x3", "Nx2x3", "Nx3x3")


def settle(function, binding, framework, guessed=False):
    """The binding with layout, order of the output's size, shape of the matrix and type
    of the map settled.  BindingError says what went wrong with the likeliest reading.
    `guessed`: that the framework is NumPy nobody has declared."""
    if (binding.convention or HARNESS) != HARNESS:
        return binding
    refuse_other_maps(binding)
    first = None
    for reading in readings(binding):
        candidate = dataclasses.replace(binding, **reading)
        problem = trouble(function, candidate, framework)
        if problem is None:
            return settle_types(function, candidate, framework)
        first = first or (reading, problem)
    reading, problem = first
    said = ", ".join(f"{key} {value}" for key, value in reading.items() if value)
    taken = "taken for NumPy; --set framework=torch says otherwise: "
    raise BindingError(
        f"{taken if guessed else ''}"
        f"no reading of the function's shapes works; with {said}: {problem}"
    )


def refuse_other_maps(binding):
    """The harness has matrices and absolute coordinates; of other maps it has to be said
    what their numbers are."""
    others = [name for name in MAPS if name in binding.roles]
    if not others or "matrix" in others or "map_x" in others:
        return
    example = {"grid": "torch.grid_sample"}.get(others[0], "scipy.map_coordinates")
    raise BindingError(
        f"what the numbers of {binding.roles[others[0]]!r} are is a convention's to "
        f"say: --convention, as in {example}"
    )


def settle_types(function, binding, framework):
    """Where no type is said and float64 is not answered, those that are."""
    if binding.dtypes is not None:
        return binding

    def takes(dtype):
        tried = dataclasses.replace(binding, dtypes=[dtype])
        return trouble(function, tried, framework) is None

    if takes("float64"):
        return binding
    dtypes = [dtype for dtype in ("float32", "uint8") if takes(dtype)]
    return dataclasses.replace(binding, dtypes=dtypes)


def readings(binding):
    """All that is open, the likeliest first."""
    layouts = options(binding.layout, LAYOUTS)
    orders = [binding.size_order]
    if "output_shape" in binding.roles:
        orders = options(binding.size_order, ("hw", "wh", "layout"))
    shapes = [None]
    if "matrix" in binding.roles:
        shapes = options(binding.matrix_shape, SHAPES)
    types = options(binding.map_dtype, (None, "image"))
    dtypes = options(binding.dtypes, (None, ["float64"], ["uint8"]))
    fills = [binding.fill]
    if "border_value" in binding.roles:
        fills = options(binding.fill, (None, "number"))
    # A 3x3 matrix is something else to a function of any number of axes: 2x3 comes first.
    names = ("dtypes", "matrix_shape", "layout", "size_order", "map_dtype", "fill")
    for reading in itertools.product(dtypes, shapes, layouts, orders, types, fills):
        yield dict(zip(names, reading))


def options(said, all_of_them):
    return all_of_them if said is None else (said,)


def trouble(function, binding, framework):
    """None where the function answers as it should; otherwise what it did."""
    call = tiny(binding)
    dtype = call.arrays["image"].dtype
    adapted = Adapted(function, binding, framework, trusting=True)
    try:
        output = adapted.forward(call)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if output.data.shape != call.output_shape:
        return f"an output of shape {output.data.shape} instead of {call.output_shape}"
    if output.dtype != dtype:
        return f"an output of {output.dtype} for an image of {dtype}"
    if not numpy.all(numpy.isfinite(output.data)):
        return "an output that is not finite"
    return None
