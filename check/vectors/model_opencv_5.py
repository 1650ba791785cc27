"""OpenCV 5.0's own warps: coordinates in float32, not quantised.  Rules: RULES.md.

model_opencv.py calls `predict` for the recordings that `is_new` says yes to.
"""

import numpy

import opencv_parts as parts
import taps
from opencv_maps import SourceMap, to_int

F = numpy.float32
COMMON = ("uint8", "uint16", "float32")


def is_common(rec):
    """The types and channels that 5.0 has vector loops for."""
    channels = 1 if rec["output"].ndim == 2 else rec["output"].shape[2]
    return rec["output"].dtype.name in COMMON and channels in (1, 3, 4)


def is_new(rec):
    """Whether 5.0 does this call in its new way."""
    interp = rec.spec["interp"]
    return interp == "bicubic" or interp in ("nearest", "bilinear") and is_common(rec)


def fma(a, b, c):
    """In float32: the product of two float32 is exact in float64."""
    return (a.astype(float) * b.astype(float) + c.astype(float)).astype(F)


def line(m, column, row, width, interp):
    """m0 x + m1 y + m2 in float32, in the order of a machine with FMA and 8 lanes."""
    m = m.astype(F)
    x, y = column.astype(F), row.astype(F)
    if interp == "bicubic":
        return x * m[0] + (y * m[1] + m[2])
    vector = fma(x, m[0], y * m[1] + m[2])
    rest = fma(x, m[0], y * m[1]) + m[2]
    return numpy.where(column < width // 16 * 16, vector, rest)


def coordinates(rec):
    source = SourceMap(rec)
    if source.function == "remap":
        return source.maps
    width = rec["output"].shape[1]
    interp = rec.spec["interp"]
    sums = [line(m, source.column, source.row, width, interp) for m in source.backward]
    if len(sums) == 2:
        return tuple(sums)
    return sums[0] / sums[2], sums[1] / sums[2]


def floor(x):
    return to_int(numpy.floor(x.astype(float)))


def predict(rec):
    x, y = coordinates(rec)
    interp = rec.spec["interp"]
    if interp == "nearest":
        values = parts.nearest(rec, to_int(x.astype(float)), to_int(y.astype(float)))
    else:
        values = (bilinear if interp == "bilinear" else bicubic)(rec, x, y)
    return {"output": parts.back(parts.saturate(values, rec["output"].dtype), rec)}


def fills(rec, channels):
    """What a tap outside reads: (channels, 1) or (channels, samples)."""
    if rec.spec["border"] == "transparent":
        return parts.planes(rec, "destination").reshape(channels, -1)
    return parts.fill_of(rec, channels)[:, None]


def folded(rec, first, n, size):
    border = rec.spec["border"]
    fold = taps.constant if border == "transparent" else parts.FOLDS[border]
    return numpy.stack([fold(first + k, n) for k in range(size)])


def bilinear(rec, x, y):
    """Three lerps in float32, each one fused multiply-add."""
    image = parts.planes(rec, "image")
    stencils, gone = [], False
    for c, n in zip((y, x), image.shape[1:]):
        i = floor(c)
        where = folded(rec, i, n, 2)
        stencils.append(taps.Stencil(where, where, c - i.astype(F)))
        gone = gone | (i < -1) | (i >= n)
    t, s = stencils[0].slope, stencils[1].slope
    fill = fills(rec, len(image))
    p = [
        taps.read(image, stencils, pick, fill).astype(F)
        for pick in taps.picks(stencils)
    ]
    upper = fma(s, p[1] - p[0], p[0])
    lower = fma(s, p[3] - p[2], p[2])
    values = fma(t, lower - upper, upper).astype(float)
    if rec.spec["border"] in ("constant", "transparent"):
        values = numpy.where(gone, numpy.broadcast_to(fill, values.shape), values)
    return values


def bicubic(rec, x, y):
    """The coordinate is clamped first: to L = max(n, 16) before and 2 L after pixel
    0."""
    image = parts.planes(rec, "image")
    stencils, bases = [], []
    for c, n in zip((y, x), image.shape[1:]):
        reach = F(max(n, 16))
        c = numpy.fmin(numpy.fmax(c, -reach), 2 * reach)
        i = floor(c)
        weight, slope = taps.keys((c - i.astype(F)).astype(float), -0.75)
        stencils.append(taps.Stencil(folded(rec, i - 1, n, 4), weight, slope))
        bases.append((i, n))
    fill = fills(rec, len(image))
    transparent = rec.spec["border"] == "transparent"
    if transparent and is_common(rec):
        fill = fill[:, leads(rec)]
    values = taps.gather(image, stencils, fill)
    if rec["output"].dtype == numpy.float64:
        rim = numpy.any([(i < 1) | (i + 2 >= n) for i, n in bases], axis=0)
        cut = taps.gather(numpy.trunc(image), stencils, numpy.trunc(fill))
        values = numpy.where(rim, cut, values)
    if transparent or rec.spec["border"] == "constant":
        whole = numpy.broadcast_to(fills(rec, len(image)), values.shape)
        return numpy.where(untouched(rec, bases), whole, values)
    return values


def leads(rec):
    """The first sample of each sample's block: 8 columns of a row."""
    height, width = rec["output"].shape[:2]
    sample = numpy.arange(height * width)
    return sample - sample % width % 8


def untouched(rec, bases):
    """bicubic: samples left alone, or filled outright. In blocks, those of a whole
    block with no base in -3 .. n on both axes."""
    gone = numpy.any([(i < -3) | (i > n) for i, n in bases], axis=0)
    if not is_common(rec):
        return gone
    width = rec["output"].shape[1]
    lead = leads(rec)
    whole = lead % width + 8 <= width
    return whole & numpy.array([gone[lead == i].all() for i in lead])
