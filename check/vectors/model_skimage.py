"""Models of scikit-image's warp.  Rules: RULES.md."""

import numpy

import model_scipy
import taps

MODES = {
    "constant": "grid-constant",
    "edge": "nearest",
    "symmetric": "reflect",
    "reflect": "mirror",
    "wrap": "grid-wrap",
}
FOLDS = {
    "constant": taps.constant,
    "edge": taps.replicate,
    "symmetric": taps.reflect,
    "reflect": taps.mirror,
    "wrap": taps.wrap,
}


def as_float(image):
    """img_as_float: integers over their largest value."""
    if image.dtype.kind == "f":
        return image
    return image / numpy.iinfo(image.dtype).max


def positions(matrix, shape):
    """Source x, y of the fast path, in the type of the matrix, left to right."""
    y, x = (a.reshape(-1).astype(matrix.dtype) for a in numpy.indices(shape[:2]))
    sums = [m[0] * x + m[1] * y + m[2] for m in matrix]
    if numpy.array_equal(matrix[2], [0, 0, 1]):
        return sums[:2]
    return sums[0] / sums[2], sums[1] / sums[2]


def fast_stencil(c, n, fold, order):
    base = numpy.floor(c)
    i, t = base.astype(numpy.int64), (c - base).astype(float)
    if order == 1:
        weight, slope = taps.linear(t)
        steps = [i, numpy.ceil(c).astype(numpy.int64)]
    else:
        weight, slope = taps.keys(t, -0.5)
        steps = [i + k for k in range(-1, 3)]
    return taps.Stencil(numpy.stack([fold(s, n) for s in steps]), weight, slope)


def fast(rec, image, order):
    """Orders 1 and 3 with a matrix: scikit-image's own loops."""
    matrix = rec["matrix"].astype(image.dtype)
    x, y = positions(matrix, rec["output"].shape)
    fold = FOLDS[rec.spec["border"]]
    planes = image.astype(float)
    planes = planes[None] if image.ndim == 2 else numpy.moveaxis(planes, -1, 0)
    pairs = zip((y, x), planes.shape[1:])
    stencils = [fast_stencil(c, n, fold, order) for c, n in pairs]
    values = taps.gather(planes, stencils, float(rec["border_value"][0]))
    values = values.reshape(-1, *rec["output"].shape[:2])
    return values[0] if image.ndim == 2 else numpy.moveaxis(values, 0, -1)


def projected(rec):
    """ProjectiveTransform's coordinates: row, column of each sample, float64."""
    shape = rec["output"].shape[:2]
    y, x = (a.reshape(-1).astype(float) for a in numpy.indices(shape))
    sums = rec["matrix"] @ numpy.stack([x, y, numpy.ones_like(x)])
    return numpy.stack([sums[1] / sums[2], sums[0] / sums[2]])


def through_scipy(rec, image, order):
    coordinates = rec["coords"] if "coords" in rec else projected(rec)
    coordinates = coordinates.reshape(len(coordinates), -1)
    mode, cval = MODES[rec.spec["border"]], float(rec["border_value"][0])
    shape = rec["output"].shape
    planes = [image] if image.ndim == 2 else numpy.moveaxis(image, -1, 0)
    values = [model_scipy.sample(p, coordinates, mode, order, cval) for p in planes]
    values = [v.reshape(shape[:2]) for v in values]
    return values[0] if image.ndim == 2 else numpy.stack(values, axis=-1)


def clip(values, image, mode, cval):
    low, high = image.min(), image.max()
    if mode == "constant" and not low <= cval <= high:
        if values.min() <= cval <= values.max():
            low, high = min(low, cval), max(high, cval)
    return numpy.clip(values, low, high)


def warp(rec):
    spec = rec.spec
    order = int(spec["interp"][-1])
    image = as_float(rec["image"]) if order else rec["image"]
    is_fast = order in (1, 3) and spec.get("path", "matrix") == "matrix"
    values = (fast if is_fast else through_scipy)(rec, image, order)
    values = model_scipy.stored(values, rec["output"].dtype)
    if spec.get("clip"):
        values = clip(values, image, spec["border"], float(rec["border_value"][0]))
    return {"output": values}


MODELS = {"skimage.warp": warp}


def bound(rec, name):
    dtype = rec["output"].dtype
    if dtype.kind != "f":
        return 0
    return 2.0**-23 * 64 if dtype == numpy.float32 else 2.0**-52 * 512
