"""Models of onnxruntime's GridSample.  Rules: RULES.md."""

import numpy

import taps


def denormalise(g, n, align):
    """Source pixel, in the grid's type, one rounding an operation.  From 2^62 on, and
    NaN, it becomes the low edge of the image."""
    kind = g.dtype.type
    if align:
        x = (g + kind(1)) / kind(2) * kind(n - 1)
    else:
        x = ((g + kind(1)) * kind(n) - kind(1)) / kind(2)
    return numpy.where(numpy.abs(x) < 2.0**62, x, kind(0 if align else -0.5))


def reflect(i, n, align, kind):
    """About 0 and n - 1, or the edges; from the nearer end, in floats, truncated."""
    x = i.astype(kind)
    low, high = (kind(0), kind(n - 1)) if align else (kind(-0.5), kind(n - 0.5))
    span = high - low
    away = numpy.where(x < low, low - x, x - high)
    turns = numpy.trunc(away / span)
    rest = away - turns * span
    near, far = numpy.where(x < low, low, high), numpy.where(x < low, high, low)
    towards = numpy.where(x < low, kind(1), kind(-1))
    even = turns % 2 == 0
    folded = numpy.where(even, near + towards * rest, far - towards * rest)
    inside = (x >= low) & (x <= high)
    return numpy.where(inside, x, folded).astype(numpy.int64)


def fold(i, n, spec, kind):
    if spec["border"] == "zeros":
        return taps.constant(i, n)
    if spec["border"] == "border":
        return taps.replicate(i, n)
    return reflect(i, n, spec["align_corners"], kind)


def stencil(g, n, spec):
    x = denormalise(g, n, spec["align_corners"])
    kind = x.dtype.type
    if spec["interp"] == "nearest":
        index = numpy.rint(x).astype(numpy.int64)
        one = numpy.ones((1, len(x)))
        return taps.Stencil(fold(index, n, spec, kind)[None], one, one)
    base = numpy.floor(x).astype(numpy.int64)
    t = (x - base.astype(kind)).astype(float)
    if spec["interp"] == "bilinear":
        left = ((base + 1).astype(kind) - x).astype(float)
        weight, first, count = numpy.stack([left, t]), base, 2
    else:
        weight, first, count = taps.keys(t, -0.75)[0], base - 1, 4
    where = numpy.stack([fold(first + k, n, spec, kind) for k in range(count)])
    return taps.Stencil(where, weight, weight)


def grid_sample(rec):
    outputs = []
    for image, grid in zip(rec["image"].astype(float), rec["grid"]):
        axes = grid.reshape(-1, grid.shape[-1]).T[::-1]
        pairs = zip(axes, image.shape[1:])
        values = taps.gather(image, [stencil(g, n, rec.spec) for g, n in pairs])
        outputs.append(values.reshape(len(image), *grid.shape[:-1]))
    return {"output": numpy.stack(outputs)}


MODELS = {"onnx.GridSample": grid_sample}


def bound(rec, name):
    return (2.0**-52 if rec["output"].dtype == numpy.float64 else 2.0**-23) * 64
