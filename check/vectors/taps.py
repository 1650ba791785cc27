"""The direct formula: an output is a sum of weight x pixel over the taps of a sample.

A Stencil lists the taps of many samples along one axis; the taps of a sample are all
combinations of those along its axes, and their weights multiply.  Everything is
float64.
"""

import dataclasses
import itertools

import numpy

OUTSIDE = -1  # an index: the tap reads the fill


@dataclasses.dataclass
class Stencil:
    """Taps along one axis: index, weight, slope (d weight / d coordinate), each an
    array (taps, samples)."""

    index: numpy.ndarray
    weight: numpy.ndarray
    slope: numpy.ndarray


def read(image, stencils, pick, fill):
    """Pixels of one combination of taps: (channels, samples).  image: (channels, axes),
    fill: (channels, 1)."""
    where = [s.index[k] for s, k in zip(stencils, pick)]
    outside = numpy.any([w == OUTSIDE for w in where], axis=0)
    inside = [numpy.where(outside, 0, w) for w in where]
    return numpy.where(outside, fill, image[(slice(None), *inside)])


def product(stencils, pick, derived=None):
    """Weight of one combination; with `derived`, its slope along that axis."""
    weight = 1.0
    for axis, (s, k) in enumerate(zip(stencils, pick)):
        weight = weight * (s.slope[k] if axis == derived else s.weight[k])
    return weight


def picks(stencils):
    return itertools.product(*(range(len(s.index)) for s in stencils))


def gather(image, stencils, fill=0.0):
    """Outputs (channels, samples).  fill: one, or one a channel, or a sample of each."""
    fill = numpy.asarray(fill, float)
    if fill.ndim < 2:
        fill = numpy.broadcast_to(fill, len(image))[:, None]
    total = 0.0
    for pick in picks(stencils):
        total = total + product(stencils, pick) * read(image, stencils, pick, fill)
    return total


def scatter(shape, stencils, upstream):
    """Gradient of the image, of `shape` (channels, axes), and of the fill
    (channels)."""
    gradient = numpy.zeros(shape)
    of_fill = numpy.zeros(shape[0])
    for pick in picks(stencils):
        where = [s.index[k] for s, k in zip(stencils, pick)]
        outside = numpy.any([w == OUTSIDE for w in where], axis=0)
        part = product(stencils, pick) * upstream
        of_fill += numpy.sum(part * outside, axis=1)
        inside = [w[~outside] for w in where]
        for c, plane in enumerate(gradient):
            numpy.add.at(plane, tuple(inside), part[c][~outside])
    return gradient, of_fill


def slopes(image, stencils, upstream, fill=0.0):
    """Gradient of the coordinates, one array (samples) an axis, summed over
    channels."""
    fill = numpy.broadcast_to(numpy.asarray(fill, float), len(image))[:, None]
    result = [0.0] * len(stencils)
    for pick in picks(stencils):
        reached = numpy.sum(read(image, stencils, pick, fill) * upstream, axis=0)
        for axis in range(len(stencils)):
            result[axis] = result[axis] + product(stencils, pick, axis) * reached
    return result


def keys(t, a):
    """Keys cubic at offset t: weights and slopes of taps -1, 0, 1, 2 (4, samples)."""

    def near(s):
        return ((a + 2) * s - (a + 3)) * s * s + 1

    def far(s):
        return ((a * s - 5 * a) * s + 8 * a) * s - 4 * a

    def near_slope(s):
        return (3 * (a + 2) * s - 2 * (a + 3)) * s

    def far_slope(s):
        return (3 * a * s - 10 * a) * s + 8 * a

    weight = [far(t + 1), near(t), near(1 - t), far(2 - t)]
    slope = [far_slope(t + 1), near_slope(t), -near_slope(1 - t), -far_slope(2 - t)]
    return numpy.stack(weight), numpy.stack(slope)


def linear(t):
    """Weights and slopes of taps 0, 1 at offset t."""
    one = numpy.ones_like(t)
    return numpy.stack([1 - t, t]), numpy.stack([-one, one])


def replicate(i, n):
    return numpy.clip(i, 0, n - 1)


def reflect(i, n):
    """cba|abc|cba: period 2n."""
    i = numpy.mod(i, 2 * n)
    return numpy.where(i < n, i, 2 * n - 1 - i)


def mirror(i, n):
    """dcb|abcd|cba: period 2n - 2; all 0 where n = 1."""
    if n == 1:
        return numpy.zeros_like(i)
    i = numpy.mod(i, 2 * n - 2)
    return numpy.where(i < n, i, 2 * n - 2 - i)


def wrap(i, n):
    return numpy.mod(i, n)


def constant(i, n):
    return numpy.where((i < 0) | (i >= n), OUTSIDE, i)
