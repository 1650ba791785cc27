"""JAX: jax.scipy.ndimage.map_coordinates, with gradients by vjp (on the CPU)."""

import jax

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import jaxlib  # noqa: E402
import numpy  # noqa: E402
from jax.scipy.ndimage import map_coordinates  # noqa: E402

MODES = ("constant", "nearest", "mirror", "reflect", "wrap")
SHAPES = {
    "7x11": ((7, 11), (8, 13)),
    "1x7": ((1, 7), (4, 9)),
    "5x3x7": ((5, 3, 7), (2, 8, 5)),
}
CVAL = 0.8125


def begin(recorder):
    return recorder("jax", "jax", jax.__version__, jaxlib=jaxlib.__version__)


def record(recorder):
    out = begin(recorder)
    for order in (0, 1):
        for mode in MODES:
            for label in SHAPES:
                mapped(out, order, mode, label, "float64")
            for dtype in ("float32", "uint8", "int16"):
                mapped(out, order, mode, "7x11", dtype)
            mapped(out, order, mode, "7x11", "float64", "special")
    yield out


def mapped(out, order, mode, label, dtype, kind="points"):
    source, size = SHAPES[label]
    special = "" if kind == "points" else "-special"
    name = f"map_coordinates-spline{order}-{mode}-{label}-{dtype}{special}"
    make = out.inputs(name)
    image = make.image(source, dtype)
    real = dtype if dtype.startswith("float") else "float32"
    coords = numpy.stack(getattr(make, kind)(size, source)).astype(real)
    upstream = make.image(size, dtype) if dtype == real else None
    cval = CVAL if dtype == real else 77
    arrays = called(image, coords, upstream, order, mode, cval)
    out.write(name, spec_of(order, mode, len(source)), arrays)


def called(image, coords, upstream, order, mode, cval):
    """Output and, with an upstream gradient, the gradients."""

    def warp(image, coords):
        return map_coordinates(image, list(coords), order, mode, cval)

    inputs = [jnp.asarray(a) for a in (image, coords)]
    arrays = {
        "image": image,
        "coords": coords,
        "border_value": numpy.array([cval], float),
    }
    if upstream is not None:
        output, pull = jax.vjp(warp, *inputs)
        grads = [numpy.asarray(g) for g in pull(jnp.asarray(upstream))]
        arrays |= {"output": numpy.asarray(output), "grad_output": upstream}
        arrays |= {"grad_image": grads[0], "grad_coords": grads[1]}
    else:
        arrays["output"] = numpy.asarray(warp(*inputs))
    return arrays


def spec_of(order, mode, rank):
    return {
        "convention": "jax.map_coordinates",
        "interp": f"spline{order}",
        "border": mode,
        "layout": "HW" if rank == 2 else "DHW",
    }


TYPES = ("float64", "float32", "float32", "float16", "bfloat16")
TYPES += ("uint8", "int8", "uint16", "int16", "int32")


def live(out, draw):
    """One random call."""
    order, mode = draw.pick((0, 1, 1)), draw.pick(MODES)
    dtype = draw.pick(TYPES)
    rank = draw.pick((2, 2, 3))
    source = draw.size(rank, 17 if rank == 2 else 7)
    size = draw.size(rank, 13 if rank == 2 else 6)
    is_real = "float" in dtype
    wide = "float32" if dtype == "bfloat16" else dtype
    image = draw.picture(source, wide).astype(jnp.dtype(dtype))
    coords = numpy.stack(draw.points(size, source))
    coords = coords.astype(jnp.dtype(dtype if is_real else "float32"))
    upstream = draw.picture(size, wide).astype(image.dtype) if is_real else None
    cval = float(draw.uniform(-2, 2, ())) if is_real else draw.between(0, 100)
    arrays = called(image, coords, upstream, order, mode, cval)
    name = f"map_coordinates-spline{order}-{mode}-{dtype}"
    out.write(name, spec_of(order, mode, rank), arrays)
