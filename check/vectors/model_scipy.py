"""Models of SciPy's map_coordinates and affine_transform.  Rules: RULES.md."""

import numpy

import splines
import taps

ENDS = {"grid-wrap": "wrap", "reflect": "reflect", "nearest": "reflect"}
FOLDS = {
    "constant": taps.mirror,
    "wrap": taps.mirror,
    "mirror": taps.mirror,
    "reflect": taps.reflect,
    "nearest": taps.replicate,
    "grid-wrap": taps.wrap,
    "grid-constant": taps.constant,
}
PAD = 12


def fold_mirror(x, n):
    span = 2 * n - 2
    low = span * numpy.trunc(-x / span) + x
    low = numpy.where(low <= 1 - n, low + span, -low)
    high = x - span * numpy.trunc(x / span)
    high = numpy.where(high >= n, span - high, high)
    return low, high


def fold_reflect(x, n):
    span = 2 * n
    low = numpy.where(x < -span, span * numpy.trunc(-x / span) + x, x)
    tiny = numpy.where(low > -1e-15, 1e-15, -low)
    low = numpy.where(low < -n, low + span, tiny - 1)
    high = x - span * numpy.trunc(x / span)
    high = numpy.where(high >= n, span - high - 1, high)
    return low, high


def fold_wrap(x, n):
    span = n - 1
    return (
        x + span * (numpy.trunc(-x / span) + 1),
        x - span * numpy.trunc(x / span),
    )


def fold_grid_wrap(x, n):
    return (
        x + n * (numpy.trunc((-1 - x) / n) + 1),
        x - n * numpy.trunc(x / n),
    )


def fold_constant(x, n):
    return numpy.full_like(x, -1), numpy.full_like(x, -1)


COORDINATES = {
    "mirror": fold_mirror,
    "reflect": fold_reflect,
    "wrap": fold_wrap,
    "grid-wrap": fold_grid_wrap,
    "constant": fold_constant,
}


def fold(x, n, mode):
    """The coordinate moved inside; -1 where the output is the constant."""
    if mode in ("grid-constant", "nearest"):
        return x
    outside_low, outside_high = COORDINATES[mode](x, n)
    if n == 1 and mode != "constant":
        outside_low = outside_high = numpy.zeros_like(x)
    return numpy.where(x < 0, outside_low, numpy.where(x > n - 1, outside_high, x))


def stencil(x, n, mode, order):
    first, weight = splines.weights(x, order)
    where = [FOLDS[mode](first + k, n) for k in range(order + 1)]
    return taps.Stencil(numpy.stack(where), weight, weight)


def stored(values, dtype):
    """Half away from zero for integers; unsigned ones are clamped, signed ones are not
    (the recordings stay in range)."""
    if dtype.kind == "f":
        return values
    values = numpy.where(values > 0, values + 0.5, values - 0.5)
    if dtype.kind == "u":
        values = numpy.clip(values, 0, numpy.iinfo(dtype).max)
    return numpy.trunc(values)


def sample(image, coordinates, mode, order, cval, prefilter=True):
    """float64 values at `coordinates` (axes, samples)."""
    image = image.astype(float)
    pad = 0
    if prefilter and order > 1:
        if mode in ("nearest", "grid-constant"):
            pad = PAD
            edge = {"mode": "edge"} if mode == "nearest" else {"constant_values": cval}
            image = numpy.pad(image, pad, **edge)
        image = splines.prefilter(image, order, ENDS.get(mode, "mirror"))
    moved = [fold(x + pad, n, mode) for x, n in zip(coordinates, image.shape)]
    stencils = [stencil(x, n, mode, order) for x, n in zip(moved, image.shape)]
    values = taps.gather(image[None], stencils, cval)[0]
    if mode == "constant":
        values = numpy.where(numpy.any([x <= -1 for x in moved], axis=0), cval, values)
    return values


def predict(rec, coordinates):
    spec = rec.spec
    order, cval = int(spec["interp"][-1]), float(rec["border_value"][0])
    coordinates = coordinates.reshape(len(coordinates), -1)
    options = order, cval, spec["prefilter"]
    values = sample(rec["image"], coordinates, spec["border"], *options)
    values = stored(values, rec["output"].dtype)
    return {"output": values.reshape(rec["output"].shape)}


def map_coordinates(rec):
    return predict(rec, rec["coords"])


def affine_transform(rec):
    """The offset first, then axis by axis: the order decides ties."""
    matrix = rec["matrix"]
    position = numpy.indices(rec["output"].shape).reshape(len(matrix), -1)
    axes = []
    for row in matrix:
        x = numpy.full(position.shape[1], row[-1])
        for factor, index in zip(row, position):
            x = x + factor * index
        axes.append(x)
    return predict(rec, numpy.stack(axes))


MODELS = {
    "scipy.map_coordinates": map_coordinates,
    "scipy.affine_transform": affine_transform,
}


def bound(rec, name):
    """float64: 2^-52 times the gain of the prefilter's sums (order 5: 5e2 an axis)."""
    dtype = rec["output"].dtype
    if dtype.kind != "f":
        return 0
    return 2.0**-23 if dtype == numpy.float32 else 2.0**-52 * 512
