"""B-splines as SciPy has them: weights, and the prefilter with its three ends."""

import numpy

POLES = {
    2: [8**0.5 - 3],
    3: [3**0.5 - 2],
    4: [
        (664 - 438976**0.5) ** 0.5 + 304**0.5 - 19,
        (664 + 438976**0.5) ** 0.5 - 304**0.5 - 19,
    ],
    5: [
        (67.5 - 4436.25**0.5) ** 0.5 + 26.25**0.5 - 6.5,
        (67.5 + 4436.25**0.5) ** 0.5 - 26.25**0.5 - 6.5,
    ],
}


def basis(x, order):
    """The centred B-spline of that degree, by the recursion of its degrees."""
    if order == 0:
        return ((x >= -0.5) & (x < 0.5)).astype(float)
    half = (order + 1) / 2
    left = (half + x) * basis(x + 0.5, order - 1)
    right = (half - x) * basis(x - 0.5, order - 1)
    return (left + right) / order


def weights(x, order):
    """First tap, and the weights of taps first .. first + order; the last is 1 less the
    others."""
    whole = numpy.floor(x) if order % 2 else numpy.floor(x + 0.5)
    first = whole.astype(numpy.int64) - order // 2
    t = x - whole
    line = [basis(t + order // 2 - k, order) for k in range(order)]
    line.append(1 - sum(line, numpy.zeros_like(x)))
    return first, numpy.stack(line)


def start_mirror(c, z):
    n = len(c)
    end = z ** (n - 1)
    first = c[0] + end * c[n - 1]
    power = z
    for i in range(1, n - 1):
        first = first + power * (c[i] + end * c[n - 1 - i])
        power *= z
    c[0] = first / (1 - end * end)


def start_truncated(c, z):
    """ITK's: where z^18 is below 1e-10 before the end, the sum of the mirror form
    stops."""
    horizon = int(numpy.ceil(numpy.log(1e-10) / numpy.log(abs(z))))
    if horizon >= len(c):
        start_mirror(c, z)
        return
    c[0] = sum(z**i * c[i] for i in range(horizon))


def stop_mirror(c, z):
    c[-1] = (z * c[-2] + c[-1]) * z / (z * z - 1)


def start_reflect(c, z):
    """At the last step c[n - 1 - i] is the running sum: SciPy's own slip."""
    n = len(c)
    end, power, first = z**n, z, c[0].copy()
    c[0] = c[0] + end * c[n - 1]
    for i in range(1, n):
        c[0] = c[0] + power * (c[i] + end * c[n - 1 - i])
        power *= z
    c[0] = c[0] * z / (1 - end * end) + first


def stop_reflect(c, z):
    c[-1] = c[-1] * z / (z - 1)


def start_wrap(c, z):
    n, power = len(c), z
    for i in range(1, n):
        c[0] = c[0] + power * c[n - i]
        power *= z
    c[0] = c[0] / (1 - power)


def stop_wrap(c, z):
    n, power = len(c), z
    for i in range(n - 1):
        c[n - 1] = c[n - 1] + power * c[i]
        power *= z
    c[n - 1] = c[n - 1] * z / (power - 1)


ENDS = {
    "mirror": (start_mirror, stop_mirror),
    "truncated": (start_truncated, stop_mirror),
    "reflect": (start_reflect, stop_reflect),
    "wrap": (start_wrap, stop_wrap),
}


def prefilter_axis(c, order, end):
    """In place along the first axis."""
    n = len(c)
    if n == 1:
        return
    start, stop = ENDS[end]
    for z in POLES[order]:
        c *= (1 - z) * (1 - 1 / z)
    for z in POLES[order]:
        start(c, z)
        for i in range(1, n):
            c[i] += z * c[i - 1]
        stop(c, z)
        for i in range(n - 2, -1, -1):
            c[i] = z * (c[i + 1] - c[i])


def prefilter(image, order, end):
    coefficients = numpy.array(image, float)
    for axis in range(image.ndim):
        prefilter_axis(numpy.moveaxis(coefficients, axis, 0), order, end)
    return coefficients
