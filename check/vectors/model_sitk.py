"""Models of SimpleITK's Resample.  Rules: RULES.md."""

import numpy

import splines
import taps


def positions(rec):
    """Source x, y(, z) of each sample: along a row, between the ends of the row."""
    matrix = rec["matrix"]
    shape = rec["output"].shape
    index = numpy.indices(shape).reshape(len(shape), -1)[::-1].astype(float)
    share, index[0] = index[0] / shape[-1], 0
    firsts = [row[:-1] @ index + row[-1] for row in matrix]
    index[0] = shape[-1]
    lasts = [row[:-1] @ index + row[-1] for row in matrix]
    return [u + share * (v - u) for u, v in zip(firsts, lasts)]


def nearest(c, n):
    """Half up."""
    index = numpy.clip(numpy.floor(c + 0.5), 0, n - 1).astype(int)[None]
    one = numpy.ones_like(index, float)
    return taps.Stencil(index, one, one)


def linear(c, n):
    base = numpy.floor(c)
    weight, slope = taps.linear(c - base)
    base = base.astype(int)
    where = numpy.stack([taps.replicate(base, n), taps.replicate(base + 1, n)])
    return taps.Stencil(where, weight, slope)


def spline(c, n):
    first, weight = splines.weights(c, 3)
    where = numpy.stack([taps.mirror(first + k, n) for k in range(4)])
    return taps.Stencil(where, weight, weight)


KERNELS = {"nearest": nearest, "bilinear": linear, "spline3": spline}


def resample(rec):
    interp, dtype = rec.spec["interp"], rec["output"].dtype
    image = rec["image"].astype(float)
    if interp == "spline3":
        image = splines.prefilter(image, 3, "truncated")
    axes = positions(rec)[::-1]
    inside = True
    for c, n in zip(axes, image.shape):
        inside = inside & (c >= -0.5) & (c < n - 0.5)
    axes = [numpy.where(inside, c, 0) for c in axes]
    stencils = [KERNELS[interp](c, n) for c, n in zip(axes, image.shape)]
    values = taps.gather(image[None], stencils)[0]
    if dtype.kind != "f":
        limits = numpy.iinfo(dtype)
        values = numpy.trunc(numpy.clip(values, limits.min, limits.max))
    values = numpy.where(inside, values, rec["border_value"][0])
    return {"output": values.reshape(rec["output"].shape)}


MODELS = {"itk.resample": resample}


def bound(rec, name):
    """Integers are truncated: a sum that is whole but for rounding may fall short by
    1."""
    dtype = rec["output"].dtype
    if dtype.kind != "f":
        return 0 if rec.spec["interp"] == "nearest" else 1
    return 2.0**-52 * 256 if dtype == numpy.float64 else 2.0**-23 * 4
