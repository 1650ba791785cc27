"""What the models of OpenCV share: borders, layouts, rounding, and nearest."""

import numpy

import taps
from opencv_maps import to_int

FOLDS = {
    "constant": taps.constant,
    "replicate": taps.replicate,
    "reflect": taps.reflect,
    "wrap": taps.wrap,
    "reflect_101": taps.mirror,
}


def saturate(values, dtype):
    """Half to even, then clamped to the type; NaN becomes the smallest."""
    if dtype.kind == "f":
        return values
    limits = numpy.iinfo(dtype)
    return numpy.clip(to_int(values), limits.min, limits.max)


def planes(rec, name):
    """An array of the recording as float64 (channels, height, width)."""
    array = rec[name].astype(float)
    return array[None] if array.ndim == 2 else numpy.moveaxis(array, -1, 0)


def fill_of(rec, channels):
    if "border_value" not in rec:
        return numpy.zeros(channels)
    return saturate(rec["border_value"], rec["output"].dtype)


def back(values, rec):
    """(channels, samples) to the layout of the output."""
    height, width = rec["output"].shape[:2]
    values = values.reshape(-1, height, width)
    return values[0] if rec["output"].ndim == 2 else numpy.moveaxis(values, 0, -1)


def nearest(rec, x, y):
    image = planes(rec, "image")
    height, width = image.shape[1:]
    border = rec.spec["border"]
    fold = taps.constant if border == "transparent" else FOLDS[border]
    line = [fold(i, n)[None] for i, n in ((y, height), (x, width))]
    one = numpy.ones_like(line[0], float)
    stencils = [taps.Stencil(i, one, one) for i in line]
    output = taps.gather(image, stencils, fill_of(rec, len(image)))
    if border == "transparent":
        outside = (line[0][0] < 0) | (line[1][0] < 0)
        before = planes(rec, "destination").reshape(len(image), -1)
        output = numpy.where(outside, before, output)
    return output
