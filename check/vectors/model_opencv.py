"""Models of OpenCV: 4.x and what 5.0 kept of it (legacy), and the rest of 5.0 (exact).

Rules: RULES.md.
"""

import numpy

import model_opencv_5
import taps
from opencv_maps import SourceMap
from opencv_parts import FOLDS, back, fill_of, nearest, planes, saturate

SIZES = {"bilinear": 2, "bicubic": 4, "lanczos4": 8}
BITS = 5  # a coordinate is a multiple of 2^-5
F = numpy.float32


def bicubic_line(t):
    a, one = F(-0.75), F(1)
    s = t + one
    far = ((a * s - 5 * a) * s + 8 * a) * s - 4 * a
    near = ((a + 2) * t - (a + 3)) * t * t + one
    u = one - t
    other = ((a + 2) * u - (a + 3)) * u * u + one
    return [far, near, other, one - far - near - other]


def lanczos_line(t):
    if t < numpy.finfo(F).eps:
        return [F(0)] * 3 + [F(1)] + [F(0)] * 4
    t = float(t)
    angle = -(t + 3) * numpy.pi * 0.25
    i = numpy.arange(8)
    # sin(angle + 5 pi/4 i), by the angle sum, over (angle + pi/4 i)^2
    c, s = numpy.cos(angle), numpy.sin(angle)
    root = 0.70710678118654752440
    cosines = numpy.array([1, -root, 0, root, -1, root, 0, -root])
    sines = numpy.array([0, -root, 1, -root, 0, root, -1, root])
    y = -(t + 3 - i) * numpy.pi * 0.25
    line = ((cosines * s + sines * c) / (y * y)).astype(F)
    total = F(0)
    for w in line:
        total = F(total + w)
    return list(line * (F(1) / total))


def table_1d(interp):
    """Weights of the 32 fractions, float32: (32, taps)."""
    fractions = [F(i) * F(1 / 32) for i in range(32)]
    if interp == "bilinear":
        return numpy.array([[F(1) - t, t] for t in fractions], F)
    line = bicubic_line if interp == "bicubic" else lanczos_line
    return numpy.array([line(t) for t in fractions], F)


def table_2d(interp):
    """Weights by (fraction of y, fraction of x): (32, 32, taps, taps), float32."""
    one = table_1d(interp)
    return one[:, None, :, None] * one[None, :, None, :]


def table_int(interp):
    """The 15-bit weights of uint8: each rounded, then made to sum to 2^15 by changing
    one of the 2x2 from the middle on."""
    table = table_2d(interp)
    whole = numpy.clip(numpy.rint(table * F(32768)), -32768, 32767).astype(int)
    k = whole.shape[-1]
    for block in whole.reshape(-1, k, k):
        excess = block.sum() - 32768
        if excess:
            inner = block[k // 2 : k // 2 + 2, k // 2 : k // 2 + 2]
            pick = numpy.argmin(inner) if excess > 0 else numpy.argmax(inner)
            inner[numpy.unravel_index(pick, inner.shape)] -= excess
    return whole


def short(i):
    return numpy.clip(i, -32768, 32767).astype(numpy.int64)


def legacy(rec):
    source = SourceMap(rec)
    interp = rec.spec["interp"]
    if interp == "nearest":
        return {"output": back(nearest(rec, *source.nearest()), rec)}
    x, y = source.quantised()
    size = SIZES[interp]
    dtype = rec["output"].dtype
    table = (table_int if dtype == numpy.uint8 else table_2d)(interp)
    weight = table[y & 31, x & 31].astype(float)
    base = [short(y >> BITS) - (size // 2 - 1), short(x >> BITS) - (size // 2 - 1)]
    values = tabulated(rec, base, weight)
    if dtype == numpy.uint8:
        values = numpy.clip((values.astype(int) + (1 << 14)) >> 15, 0, 255)
    return {"output": back(saturate(values, dtype), rec)}


def tabulated(rec, base, weight):
    """Sums over the taps, border by border: (channels, samples).  uint8: in 2^-15."""
    image = planes(rec, "image")
    border = rec.spec["border"]
    scale = 32768 if rec["output"].dtype == numpy.uint8 else 1
    size = weight.shape[-1]
    transparent = border == "transparent"
    if transparent:
        border = "constant" if size == 2 else "reflect_101"
    fill = fill_of(rec, len(image))[:, None]
    where = []
    for start, n in zip(base, image.shape[1:]):
        where.append([FOLDS[border](start + k, n) for k in range(size)])
    crosses = [(b < 0) | (b + size > n) for b, n in zip(base, image.shape[1:])]
    pivot = numpy.where((size > 2) & (crosses[0] | crosses[1]), fill, 0.0)
    total = pivot * scale
    present = 0.0
    for j in range(size):
        for i in range(size):
            outside = (where[0][j] < 0) | (where[1][i] < 0)
            pixel = image[
                :, numpy.maximum(where[0][j], 0), numpy.maximum(where[1][i], 0)
            ]
            pixel = numpy.where(outside, fill, pixel)
            total = total + (pixel - pivot) * weight[:, j, i]
            present = present + numpy.where(outside, 0, weight[:, j, i])
    if border == "constant":
        gone = [(b >= n) | (b + size <= 0) for b, n in zip(base, image.shape[1:])]
        total = numpy.where(gone[0] | gone[1], fill * scale, total)
    if transparent:
        return keep(rec, base, total, present, scale)
    return total


def keep(rec, base, total, present, scale):
    """BORDER_TRANSPARENT: the destination stays where the base pixel is outside, and
    for bilinear where the taps in the image have no weight; else those share the
    weight."""
    before = planes(rec, "destination").reshape(len(total), -1) * scale
    size = SIZES[rec.spec["interp"]]
    centre = [b + size // 2 - 1 for b in base]
    inside = [(c >= 0) & (c < n) for c, n in zip(centre, rec["image"].shape[:2])]
    changed = inside[0] & inside[1]
    if size == 2:
        changed &= present != 0
        whole = [c < n - 1 for c, n in zip(centre, rec["image"].shape[:2])]
        part = numpy.where(present != 0, present, 1)
        shared = (F(scale) * total.astype(F)).astype(F) / part.astype(F)
        shared = numpy.trunc(shared) if scale > 1 else total * scale / part
        total = numpy.where(whole[0] & whole[1], total, shared)
    return numpy.where(changed, total, before)


def with_ipp(rec):
    """Where IPP has the call: exact coordinates in float64. bilinear: the border per
    tap; nearest: half up, and outside is what lies beyond the pixels' edges (constant)
    or the centres of the end pixels (transparent)."""
    source = SourceMap(rec)
    sums = [m[0] * source.column + (m[1] * source.row + m[2]) for m in source.backward]
    x, y = sums[:2] if len(sums) == 2 else (sums[0] / sums[2], sums[1] / sums[2])
    image = planes(rec, "image")
    sizes = image.shape[1:]
    if rec.spec["interp"] == "nearest":
        picked = []
        for c, n in zip((x, y), sizes[::-1]):
            rim = 0.0 if rec.spec["border"] == "transparent" else 0.5
            inside = (c >= -rim) & (c <= n - 1 + rim)
            half_up = numpy.minimum(numpy.floor(c + 0.5), n - 1)
            picked.append(numpy.where(inside, half_up, -1).astype(int))
        return {"output": back(nearest(rec, *picked), rec)}
    stencils = []
    for c, n in zip((y, x), sizes):
        base = numpy.floor(c).astype(int)
        where = [FOLDS[rec.spec["border"]](base + k, n) for k in (0, 1)]
        stencils.append(taps.Stencil(numpy.stack(where), *taps.linear(c - base)))
    values = taps.gather(image, stencils, fill_of(rec, len(image)))
    return {"output": back(saturate(values, rec["output"].dtype), rec)}


def predict(rec):
    if rec.spec.get("ipp"):
        return with_ipp(rec)
    if rec.spec["version"].startswith("5.") and model_opencv_5.is_new(rec):
        return model_opencv_5.predict(rec)
    return legacy(rec)


MODELS = {
    "opencv.warpAffine": predict,
    "opencv.warpPerspective": predict,
    "opencv.remap": predict,
}


def bound(rec, name):
    """Floats: relative to the largest value. 16 bits: sums in float32 fall to either
    side of a half, and so do those of 5.0's bicubic in 8 bits."""
    dtype = rec["output"].dtype
    if dtype.kind == "f":
        return 2.0**-23 * 64
    new = rec.spec["version"].startswith("5.") and rec.spec["interp"] == "bicubic"
    return 1 if new or dtype != numpy.uint8 else 0
