"""Model of Leptonica's pixAffine.  Rules: RULES.md."""

import numpy


def position(row, x, y):
    """m0 x + m1 y + m2 in float32, left to right."""
    m = row.astype(numpy.float32)
    x, y = x.astype(numpy.float32), y.astype(numpy.float32)
    return (m[0] * x + m[1] * y + m[2]).astype(float)


def affine(rec):
    image = rec["image"].astype(int)
    planes = image[None] if image.ndim == 2 else numpy.moveaxis(image, -1, 0)
    height, width = planes.shape[1:]
    y, x = numpy.indices((height, width))
    u, v = (position(row, x, y) for row in rec["matrix"])
    read = sampled if rec.spec["interp"] == "nearest" else interpolated
    values, inside = read(planes, u, v)
    fill = rec["border_value"].astype(int).reshape(-1, 1, 1)
    values = numpy.where(inside, values, fill).astype(numpy.uint8)
    return {"output": values[0] if image.ndim == 2 else numpy.moveaxis(values, 0, -1)}


def within(u, v, planes):
    height, width = planes.shape[1:]
    return (u >= 0) & (u < width) & (v >= 0) & (v < height)


def sampled(planes, u, v):
    u, v = numpy.trunc(u + 0.5), numpy.trunc(v + 0.5)
    inside = within(u, v, planes)
    u, v = (numpy.where(inside, w, 0).astype(int) for w in (u, v))
    return planes[:, v, u], inside


def interpolated(planes, u, v):
    height, width = planes.shape[1:]
    inside = within(u, v, planes)
    u, v = (numpy.where(inside, 16 * w, 0).astype(int) for w in (u, v))
    left, s, top, t = u >> 4, u & 15, v >> 4, v & 15
    right = numpy.minimum(left + 1, width - 1)
    last = top == height - 1  # the first row is read in its place
    top, bottom = numpy.where(last, 0, top), numpy.where(last, 0, top + 1)
    sums = (16 - s) * (16 - t) * planes[:, top, left]
    sums += s * (16 - t) * planes[:, top, right]
    sums += (16 - s) * t * planes[:, bottom, left]
    sums += s * t * planes[:, bottom, right]
    return sums // 256, inside


MODELS = {"leptonica.pixAffine": affine}


def bound(rec, name):
    return 0
