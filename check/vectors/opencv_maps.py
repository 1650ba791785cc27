"""The coordinates of OpenCV's fixed-point functions: source position of each sample."""

import numpy

INT = 2.0**31


def to_int(x):
    """Half to even, as the processor converts: the smallest int32 where it does not fit
    or is NaN."""
    fits = numpy.abs(numpy.rint(x)) < INT
    return numpy.where(fits, numpy.rint(numpy.where(fits, x, 0)), -INT).astype(
        numpy.int64
    )


def invert_affine(m):
    """The closed form of warpAffine, in float64; a determinant of 0 gives 0."""
    d = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    d = 1 / d if d != 0 else 0.0
    a, e = m[1, 1] * d, m[0, 0] * d
    b, c = m[0, 1] * -d, m[1, 0] * -d
    return numpy.array(
        [
            [a, b, -a * m[0, 2] - b * m[1, 2]],
            [c, e, -c * m[0, 2] - e * m[1, 2]],
        ]
    )


def invert_whole(m):
    """Adjugate over determinant, in float64."""
    d = (
        m[0, 0] * (m[1, 1] * m[2, 2] - m[1, 2] * m[2, 1])
        - m[0, 1] * (m[1, 0] * m[2, 2] - m[1, 2] * m[2, 0])
        + m[0, 2] * (m[1, 0] * m[2, 1] - m[1, 1] * m[2, 0])
    )
    if d == 0:
        return numpy.zeros((3, 3))
    d = 1 / d
    i, j = [1, 2, 0], [2, 0, 1]
    cofactors = [
        [
            (m[i[r], i[c]] * m[j[r], j[c]] - m[i[r], j[c]] * m[j[r], i[c]])
            for c in range(3)
        ]
        for r in range(3)
    ]
    return numpy.array(cofactors).T * d


class SourceMap:
    """Where a recording's samples lie in its source, row by row."""

    def __init__(self, rec):
        self.function = rec.spec["convention"].partition(".")[2]
        height, width = rec["output"].shape[:2]
        self.row, self.column = (
            a.reshape(-1).astype(float) for a in numpy.indices((height, width))
        )
        if self.function == "remap":
            self.maps = rec["map_x"].reshape(-1), rec["map_y"].reshape(-1)
            return
        matrix = rec["matrix"].astype(float)
        invert = invert_affine if self.function == "warpAffine" else invert_whole
        self.backward = matrix if rec.spec["inverse_map"] else invert(matrix)

    def nearest(self):
        """Integer pixels x, y."""
        if self.function == "remap":
            return tuple(clamp(to_int(m)) for m in self.maps)
        if self.function == "warpAffine":
            return tuple(clamp(i) for i in self.affine(1 << 9, 10))
        return tuple(clamp(i) for i in self.perspective(1.0))

    def quantised(self):
        """x, y in units of 1/32 pixel."""
        if self.function == "remap":
            return tuple(to_int(m * numpy.float32(32)) for m in self.maps)
        if self.function == "warpAffine":
            return self.affine(1 << 4, 5)
        return self.perspective(32.0)

    def affine(self, delta, shift):
        x = []
        for m in self.backward:
            offset = to_int((m[1] * self.row + m[2]) * 1024) + delta
            x.append((offset + to_int(m[0] * self.column * 1024)) >> shift)
        return tuple(x)

    def perspective(self, scale):
        sums = []
        for m in self.backward:
            sums.append((m[1] * self.row + m[2]) + m[0] * self.column)
        w = sums[2]
        q = numpy.where(w != 0, scale / numpy.where(w != 0, w, 1), 0.0)
        return tuple(to_int(numpy.clip(s * q, -INT, INT - 1)) for s in sums[:2])


def clamp(i):
    return numpy.clip(i, -32768, 32767)
