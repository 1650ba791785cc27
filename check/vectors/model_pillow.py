"""Models of Pillow's Image.transform.  Rules: RULES.md."""

import numpy


def positions(rec):
    """Corner coordinates of the samples, by the general formula."""
    y, x = numpy.indices(rec["output"].shape[:2]).reshape(2, -1) + 0.5
    m = rec["matrix"]
    sums = [row[0] * x + row[1] * y + row[2] for row in m]
    if len(m) == 2:
        return sums
    w = m[2, 0] * x + m[2, 1] * y + 1
    return sums[0] / w, sums[1] / w


def steps(first, step, count):
    """first, first + step, ... by adding, as a loop does."""
    return numpy.add.accumulate(numpy.append(first, numpy.full(count - 1, step)))


def scaling(m, height, width):
    x = steps(m[0, 2] + m[0, 0] * 0.5, m[0, 0], width)
    y = steps(m[1, 2] + m[1, 1] * 0.5, m[1, 1], height)
    y, x = numpy.meshgrid(y, x, indexing="ij")
    return x.reshape(-1), y.reshape(-1)


def fixed(m, height, width):
    """16.16 fixed point; the result is whole already."""
    y, x = numpy.indices((height, width)).reshape(2, -1)
    pixels = []
    for row in m:
        a, b = (int(numpy.floor(v * 65536 + 0.5)) for v in row[:2])
        c = int(numpy.floor((row[2] + row[0] * 0.5 + row[1] * 0.5) * 65536 + 0.5))
        pixels.append(((c + b * y + a * x) >> 16).astype(float))
    return pixels


def floating(m, height, width):
    """By adding along rows and columns."""
    pixels = []
    for row in m:
        first = row[2] + row[1] * 0.5 + row[0] * 0.5
        lines = [steps(start, row[0], width) for start in steps(first, row[1], height)]
        pixels.append(numpy.concatenate(lines))
    return pixels


def nearest_positions(rec):
    """Coordinates of which the integer part is the pixel."""
    m = rec["matrix"]
    height, width = rec["output"].shape[:2]
    if len(m) == 3:
        return positions(rec)
    if m[0, 1] == 0 and m[1, 0] == 0:
        return scaling(m, height, width)
    corners = [(x, y) for x in (0, width) for y in (0, height)]
    ends = [abs(r[0] * x + r[1] * y + r[2]) for r in m for x, y in corners]
    return (fixed if max(ends) < 32768 else floating)(m, height, width)


def cubic(v, d):
    """Keys with a = -1."""
    p = [
        v[1],
        -v[0] + v[2],
        2 * (v[0] - v[1]) + v[2] - v[3],
        -v[0] + v[1] - v[2] + v[3],
    ]
    return p[0] + d * (p[1] + d * (p[2] + d * p[3]))


def line(v, d):
    return v[0] + (v[1] - v[0]) * d


def transform(rec):
    image = rec["image"].astype(float)
    planes = image[None] if image.ndim == 2 else numpy.moveaxis(image, -1, 0)
    height, width = planes.shape[1:]
    interp = rec.spec["interp"]
    x, y = nearest_positions(rec) if interp == "nearest" else positions(rec)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    x, y = numpy.where(inside, x, 0), numpy.where(inside, y, 0)
    if interp == "nearest":
        values = planes[:, y.astype(int), x.astype(int)]
    else:
        values = interpolated(planes, x - 0.5, y - 0.5, interp)
    if rec["output"].dtype == numpy.uint8:
        values = numpy.trunc(numpy.clip(values, 0, 255))
    fill = rec["border_value"].reshape(-1, 1)
    values = numpy.where(inside, values, fill).reshape(-1, *rec["output"].shape[:2])
    return {"output": values[0] if image.ndim == 2 else numpy.moveaxis(values, 0, -1)}


def interpolated(planes, x, y, interp):
    size, blend = (2, line) if interp == "bilinear" else (4, cubic)
    height, width = planes.shape[1:]
    i, j = numpy.floor(x), numpy.floor(y)
    first = 0 if size == 2 else -1
    steps_of = range(first, first + size)
    columns = [numpy.clip(i + k, 0, width - 1).astype(int) for k in steps_of]
    rows = [numpy.clip(j + k, 0, height - 1).astype(int) for k in steps_of]
    across = [blend([planes[:, r, c] for c in columns], x - i) for r in rows]
    return blend(across, y - j)


MODELS = {"pil.transform": transform}


def bound(rec, name):
    return 0 if rec["output"].dtype == numpy.uint8 else 2.0**-24 * 4
