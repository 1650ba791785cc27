"""Models of JAX's map_coordinates.  Rules: RULES.md."""

import numpy

import taps


def int32(i):
    """Wrapped, as int32 arithmetic overflows."""
    return (i + 2**31) % 2**32 - 2**31


def mirror(i, n):
    s = n - 1
    if s == 0:
        return numpy.zeros_like(i)
    return numpy.abs(int32(i + s) % (2 * s) - s)


def reflect(i, n):
    return (mirror(int32(2 * i + 1), 2 * n + 1) - 1) // 2


FOLDS = {
    "constant": taps.constant,
    "nearest": taps.replicate,
    "mirror": mirror,
    "reflect": reflect,
    "wrap": taps.wrap,
}


def away(x):
    """Half away from zero."""
    return numpy.trunc(x + numpy.copysign(0.5, x)) if x.size else x


def to_int32(x):
    """As XLA converts: clamped to int32, NaN to 0."""
    x = numpy.where(numpy.isnan(x), 0, x)
    return numpy.clip(x, -(2.0**31), 2.0**31 - 1).astype(numpy.int64)


def stencil(x, n, mode, order):
    fold = FOLDS[mode]
    x = numpy.where(numpy.abs(x) < numpy.finfo(x.dtype).tiny, 0 * x, x)
    if order == 0:
        one = numpy.ones((1, len(x)))
        return taps.Stencil(
            fold(to_int32(away(x.astype(float))), n)[None], one, 0 * one
        )
    base = numpy.floor(x)
    index = to_int32(base.astype(float))
    weight, slope = taps.linear((x - base).astype(float))
    where = numpy.stack([fold(index, n), fold(int32(index + 1), n)])
    return taps.Stencil(where, weight, slope)


def map_coordinates(rec):
    order, mode = int(rec.spec["interp"][-1]), rec.spec["border"]
    image = rec["image"].astype(float)[None]
    flat = rec["coords"].reshape(len(rec["coords"]), -1)
    pairs = zip(flat, rec["image"].shape)
    stencils = [stencil(x, n, mode, order) for x, n in pairs]
    cval = rec["border_value"]
    values = taps.gather(image, stencils, cval)[0].reshape(rec["output"].shape)
    if rec["output"].dtype.kind != "f":
        return {"output": away(values)}
    upstream = rec["grad_output"].astype(float).reshape(1, -1)
    of_image, _ = taps.scatter(image.shape, stencils, upstream)
    slopes = taps.slopes(image, stencils, upstream, cval)
    return {
        "output": values,
        "grad_image": of_image[0],
        "grad_coords": numpy.stack(slopes).reshape(rec["coords"].shape),
    }


MODELS = {"jax.map_coordinates": map_coordinates}


def bound(rec, name):
    dtype = rec["output"].dtype
    if dtype.kind != "f":
        return 1
    return (2.0**-52 if dtype == numpy.float64 else 2.0**-23) * 64
