"""Inputs of the recordings: images, coordinates and matrices, all from a seed.

A recording's seed is the CRC-32 of its name, so each can be made again by itself.  The
bits are those of NumPy's PCG64 (random_raw, whose stream is fixed by its definition).
"""

import zlib

import numpy

KINDS = ("inside", "ties", "far", "edges")


def seed_of(name):
    return zlib.crc32(name.encode())


class Inputs:
    """A stream of inputs.  Every call takes the next bits."""

    def __init__(self, seed):
        self.bits = numpy.random.PCG64(seed)

    def raw(self, shape):
        count = int(numpy.prod(shape, dtype=int))
        return self.bits.random_raw(count).astype(numpy.uint64).reshape(shape)

    def uniform(self, low, high, shape):
        unit = (self.raw(shape) >> numpy.uint64(11)).astype(float) * 2.0**-53
        return low + (high - low) * unit

    def below(self, limit, shape):
        """Integers 0 .. limit-1 (limit far below 2^32: the bias does not matter)."""
        high = (self.raw(shape) >> numpy.uint64(32)).astype(numpy.int64)
        return (high * limit) >> 32

    def image(self, shape, dtype="float64"):
        """Floats: odd multiples of 1/512 in (-1, 1), exact down to float16 and never 0.
        Integers: the whole range of the type."""
        dtype = numpy.dtype(dtype)
        if dtype.kind == "f":
            nine = (self.raw(shape) >> numpy.uint64(55)).astype(float)
            return ((2 * nine - 511) / 512).astype(dtype)
        high = self.raw(shape) >> numpy.uint64(64 - 8 * dtype.itemsize)
        return high.astype(f"u{dtype.itemsize}").view(dtype)

    def axis(self, kind, n, count):
        """`count` coordinates of one kind on an axis of n pixels (centres at integers).

        inside: anywhere between the centres of the end pixels
        ties:   multiples of 1/2 (integers, half-integers) from -3/2 to n + 1/2
        far:    three periods or more beyond both ends; a half of them multiples of 1/2
        edges:  -1, -1/2, 0, n-1, n-1/2, n and their neighbours in float32
        """
        if kind == "inside":
            return self.uniform(0, n - 1, count)
        if kind == "ties":
            return self.below(2 * n + 5, count) / 2 - 1.5
        if kind == "far":
            far = self.uniform(-3.5 * n - 3, 4.5 * n + 3, count)
            return numpy.where(self.below(2, count) == 0, far, numpy.rint(2 * far) / 2)
        ends = numpy.array([-1, -0.5, 0, n - 1, n - 0.5, n], numpy.float32)
        ends = ends[self.below(6, count)]
        step = self.below(3, count) - 1
        towards = numpy.where(step < 0, -numpy.inf, numpy.inf).astype(numpy.float32)
        moved = numpy.nextafter(ends, towards)
        return numpy.where(step == 0, ends, moved).astype(float)

    def points(self, shape, extents):
        """Mixed coordinates, one array of `shape` an axis of `extents`.  Along the last
        axis but one of `shape`, index r holds KINDS[r % 4]."""
        rows = shape[-2]
        outer = shape[:-2]
        axes = []
        for n in extents:
            lines = [
                self.axis(KINDS[r % 4], n, (*outer, shape[-1])) for r in range(rows)
            ]
            axes.append(numpy.stack(lines, axis=-2))
        return axes

    def special(self, shape, extents):
        """Coordinates no picture has: NaN, infinities, huge ones, 2^31 and around; one
        axis at a time, the others inside."""
        odd = numpy.array(SPECIAL)
        axes = [self.axis("inside", n, shape) for n in extents]
        count = int(numpy.prod(shape))
        for i in range(count):
            axis, value = i % len(extents), odd[(i // len(extents)) % len(odd)]
            axes[axis].reshape(-1)[i] = value
        return axes


class Draw(Inputs):
    """Also what a random call is made of: choices, sizes, matrices."""

    def between(self, least, most):
        return least + int(self.below(most - least + 1, ()))

    def pick(self, items):
        return tuple(items)[self.between(0, len(items) - 1)]

    def chance(self, part):
        return bool(self.uniform(0, 1, ()) < part)

    def size(self, rank=2, most=17, least=2):
        """Extents of which no two are equal; one in ten has an axis of one pixel,
        where `least` is not above 2."""
        sizes = []
        while len(set(sizes)) < rank:
            sizes = [self.between(least, most) for _ in range(rank)]
        if least <= 2 and self.chance(0.1):
            sizes[self.between(0, rank - 1)] = 1
        return tuple(sizes)

    def picture(self, shape, dtype="float64"):
        """As image; or floats with all their digits, of any scale."""
        if numpy.dtype(dtype).kind != "f" or self.chance(0.3):
            return self.image(shape, dtype)
        scale = self.pick((1.0, 1.0, 255.0, 1e-3, 1e4))
        return (scale * self.uniform(-1, 1, shape)).astype(dtype)

    def around(self, linear, source, size):
        """The affine matrix whose linear part is given, and that sends somewhere near
        the output's centre to somewhere near the source's (both (h, w))."""
        m = numpy.eye(3)
        m[:2, :2] = linear
        reach = self.pick((0.2, 0.2, 1.0)) * numpy.array(source[::-1])
        centre = (numpy.array(source[::-1]) - 1) / 2 + reach * self.uniform(-1, 1, 2)
        m[:2, 2] = centre - m[:2, :2] @ (numpy.array(size[::-1]) - 1) / 2
        return m

    def matrix(self, source, size):
        """An output-to-source matrix, in pixels, of one of several kinds."""
        kind = self.pick(("any", "any", "scale", "dyadic", "shift", "axes"))
        if kind == "any":
            while True:
                turn, reach = self.uniform(-4, 4, ()), 2 ** self.uniform(-2, 1.5, (2, 1))
                c, s = numpy.cos(turn), numpy.sin(turn)
                linear = reach * numpy.array([[c, -s], [s, c]])
                linear = linear + self.uniform(-0.3, 0.3, (2, 2))
                if abs(numpy.linalg.det(linear)) > 0.05:
                    return self.around(linear, source, size)
        if kind == "scale":
            return self.around(numpy.diag(self.uniform(0.2, 3, 2)), source, size)
        if kind == "dyadic":
            linear = numpy.eye(2) + (self.below(13, (2, 2)) - 6) / 16
            m = self.around(linear, source, size)
            m[:2, 2] = numpy.rint(8 * m[:2, 2]) / 8
            return m
        step = self.pick((1, 2, 4, 32))
        m = self.around(numpy.eye(2), source, size)
        if kind == "axes":
            turn = self.pick(([[-1, 0], [0, 1]], [[0, -1], [1, 0]], [[0, 1], [1, 0]]))
            m = self.around(turn, source, size)
        m[:2, 2] = numpy.rint(step * m[:2, 2]) / step
        return m

    def homography(self, source, size):
        m = self.matrix(source, size)
        m[2, :2] = self.uniform(-1, 1, 2) * self.pick((0.3, 1.3)) / size[::-1]
        return m


SPECIAL = [
    float("nan"), float("inf"), -float("inf"), 1e20, -1e20, 1e38, -1e38,
    2.0**31, -(2.0**31), 2.0**31 - 1, -(2.0**31) - 1, 2.0**24 + 1, 1e7, -1e7,
    32767.0, 32768.0, -32768.5, 40000.25, -40000.25,
]  # fmt: skip


def matrices(width, height):
    """Output-to-source matrices (3x3, pixels, (x, y, 1)) by name, for a source of that
    size and an output of about the same."""
    cx, cy = (width - 1) / 2, (height - 1) / 2
    turn = 0.4321
    c, s = numpy.cos(turn), numpy.sin(turn)
    generic = numpy.array([[c * 0.93, -s + 0.17, 0], [s * 1.07, c, 0], [0, 0, 1]])
    generic[:2, 2] = [cx, cy] - generic[:2, :2] @ [cx + 0.61, cy - 0.37]
    shrink = numpy.array([[2.613, 0.219, -3.417], [-0.173, 2.387, -2.291], [0, 0, 1.0]])
    return {
        "generic": generic,
        "shift": affine(1, 0, -2, 0, 1, 3),
        "half": affine(1, 0, 1.5, 0, 1, -0.5),
        "flip": affine(-1, 0, width - 1, 0, -1, height - 1),
        "turn": affine(0, 1, -1, -1, 0, height - 1),
        "minify": shrink,
    }


def affine(a, b, c, d, e, f):
    return numpy.array([[a, b, c], [d, e, f], [0, 0, 1]], float)


def homography(width, height):
    """An output-to-source homography; its horizon w = 0 crosses the output."""
    m = matrices(width, height)["generic"]
    m[2] = [0.031, -0.047, 1]
    return m


def horizon(width, height):
    """A homography with w = 0 exactly along column 4."""
    m = matrices(width, height)["generic"]
    m[2] = [-0.25, 0, 1]
    return m
