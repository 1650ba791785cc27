"""OpenCV, whichever version is installed: warpAffine, warpPerspective and remap.

4.x is recorded in full from its newest version and in part from 4.10, to show that they
are one. With IPP, some versions call another implementation for some types: those calls
are recorded twice, as spec.json says under "ipp"."""

import cv2
import numpy

import inputs

INTERPS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
    "lanczos4": cv2.INTER_LANCZOS4,
}
BORDERS = {
    "constant": cv2.BORDER_CONSTANT,
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT,
    "wrap": cv2.BORDER_WRAP,
    "reflect_101": cv2.BORDER_REFLECT_101,
    "transparent": cv2.BORDER_TRANSPARENT,
}
DTYPES = ("uint8", "uint16", "int16", "float32", "float64")
FUNCTIONS = ("warpAffine", "warpPerspective", "remap")
SOURCE = (7, 11)
OUTPUT = (5, 21)  # a width of 16 + 5: vector loops and their rest
MAPPED = (8, 21)
FILLS = {"uint8": (201, 7, 90, 33), "int16": (-3001, 77, 900, -33)}
FILL = {"f": (0.625, -0.375, 0.8125, -0.1875), "u": (40001, 70, 9000, 333)}
THIN = [(5, 1), (1, 7), (1, 1)]


def begin(recorder):
    version = cv2.__version__
    cv2.setNumThreads(1)
    folder = "opencv-" + ".".join(version.split(".")[:2])
    return recorder(folder, "opencv", version)


def record(recorder):
    out = begin(recorder)
    full = not out.version.startswith("4.10.")
    sweep(out, full)
    if full:
        channels(out)
        ipp(out)
        thin(out)
        special(out)
    cases(out, full)
    yield out


def fill_of(dtype, channels):
    four = FILLS.get(dtype, FILL["f" if dtype.startswith("float") else "u"])
    return four[:channels]


class Call:
    """One call: its inputs, and the name and spec of its recording."""

    def __init__(self, function, interp, border, dtype, channels, label="generic"):
        self.function, self.interp, self.border = function, interp, border
        self.dtype, self.channels, self.label = dtype, channels, label
        self.source, self.inverse, self.matrix = SOURCE, False, None
        self.output = MAPPED if function == "remap" else OUTPUT
        self.fill = fill_of(dtype, channels)

    @property
    def name(self):
        kind = f"{self.dtype}x{self.channels}"
        parts = [self.function, self.interp, self.border, kind, self.label]
        return "-".join(parts)

    def spec(self):
        spec = {
            "convention": "opencv." + self.function,
            "interp": self.interp,
            "border": self.border,
            "layout": "HW" if self.channels == 1 else "HWC",
        }
        if self.function != "remap":
            spec["inverse_map"] = self.inverse
        return spec

    def points(self, make, kind):
        """Maps of remap."""
        y, x = getattr(make, kind)(self.output, self.source)
        return x.astype(numpy.float32), y.astype(numpy.float32)

    def arrays(self, make, kind="points"):
        def planes(size):
            shape = size if self.channels == 1 else (*size, self.channels)
            return make.image(shape, self.dtype)

        arrays = {"image": planes(self.source)}
        if self.function == "remap":
            arrays["map_x"], arrays["map_y"] = self.points(make, kind)
        else:
            arrays["matrix"] = self.matrix
        if self.border == "constant":
            arrays["border_value"] = numpy.array(self.fill, float)
        if self.border == "transparent":
            arrays["destination"] = planes(self.output)
        return arrays

    def run(self, arrays):
        flags, border = INTERPS[self.interp], BORDERS[self.border]
        fill = tuple(arrays.get("border_value", [0]))
        before = arrays.get("destination")
        before = None if before is None else before.copy()
        if self.function == "remap":
            maps = arrays["map_x"], arrays["map_y"]
            return cv2.remap(arrays["image"], *maps, flags, before, border, fill)
        flags |= cv2.WARP_INVERSE_MAP if self.inverse else 0
        warp = getattr(cv2, self.function)
        size = self.output[::-1]
        return warp(
            arrays["image"], arrays["matrix"], size, before, flags, border, fill
        )

    def record(self, out, kind="points"):
        arrays = self.arrays(out.inputs(self.name), kind)
        cv2.ipp.setUseIPP(True)
        theirs = self.run(arrays)
        cv2.ipp.setUseIPP(False)
        ours = self.run(arrays)
        plain = {"ipp": False}
        out.write(self.name, self.spec() | plain, arrays | {"output": ours})
        if not numpy.array_equal(
            theirs, ours, equal_nan=self.dtype.startswith("float")
        ):
            spec = self.spec() | {"ipp": True}
            out.write(self.name + "-ipp", spec, arrays | {"output": theirs})


def with_matrix(call, pixels, inverse=False):
    """The matrix as the caller gives it, from output-to-source pixels."""
    call.inverse = inverse
    whole = pixels if inverse else numpy.linalg.inv(pixels)
    call.matrix = whole[:2] if call.function == "warpAffine" else whole
    return call


def generic(function):
    height, width = SOURCE
    if function == "warpPerspective":
        return inputs.homography(width, height)
    return inputs.matrices(width, height)["generic"]


def sweep(out, full):
    """Every interpolation, border and type, the number of channels going round."""
    turn = 0
    for function in FUNCTIONS:
        for interp in INTERPS:
            for border in BORDERS:
                for dtype in DTYPES if full else ("uint8", "float32"):
                    turn += 1
                    count = turn % 4 + 1
                    call = Call(function, interp, border, dtype, count)
                    if full or border in ("constant", "reflect_101", "transparent"):
                        with_matrix(call, generic(function)).record(out)


def channels(out):
    """Every number of channels, types and interpolations."""
    for function in FUNCTIONS:
        for interp in INTERPS:
            for dtype in ("uint8", "int16", "float32"):
                for count in (1, 2, 3, 4):
                    call = Call(function, interp, "constant", dtype, count, "channels")
                    with_matrix(call, generic(function), True).record(out)


def cases(out, full):
    height, width = SOURCE
    matrices = inputs.matrices(width, height)
    for interp in INTERPS:
        for dtype in ("uint8", "float32"):
            for label in matrices if full else ("shift", "half", "minify"):
                if label != "generic":
                    call = Call("warpAffine", interp, "constant", dtype, 1, label)
                    with_matrix(call, matrices[label]).record(out)
            call = Call("warpPerspective", interp, "replicate", dtype, 1, "horizon")
            with_matrix(call, inputs.horizon(width, height), True).record(out)
            call = Call("warpAffine", interp, "constant", dtype, 1, "singular")
            singular = numpy.array([[1.5, 3.0, 2], [0.5, 1.0, 1], [0, 0, 1]])
            call = with_matrix(call, singular, True)
            call.inverse = False
            call.record(out)


def ipp(out):
    """The calls that IPP takes over, where it is built in."""
    for dtype, count in (("uint16", 4), ("int16", 1), ("float64", 3)):
        for border in ("constant", "replicate"):
            for label in ("rim", "shift"):
                call = Call("warpAffine", "nearest", border, dtype, count, label)
                pixels = inputs.matrices(SOURCE[1], SOURCE[0])
                pixels = pixels["generic" if label == "rim" else "half"]
                with_matrix(call, pixels, True).record(out)
            call = Call("warpPerspective", "bilinear", border, dtype, count, "rim")
            with_matrix(call, generic("warpPerspective"), True).record(out)


def thin(out):
    """Axes of one pixel.  There OpenCV 5.0.0 hangs with bicubic and reflect_101."""
    for interp in INTERPS:
        for border in BORDERS:
            for size in THIN:
                call = Call("remap", interp, border, "float32", 1, "%dx%d" % size)
                call.source = size
                if not (interp == "bicubic" and border == "reflect_101"):
                    call.record(out)


def special(out):
    """Coordinates that are not finite or huge, in maps."""
    for interp in INTERPS:
        for border in ("constant", "replicate"):
            for dtype in ("uint8", "float32"):
                call = Call("remap", interp, border, dtype, 1, "special")
                call.record(out, "special")


def live(out, draw):
    """One random call."""
    function, interp, border = map(draw.pick, (FUNCTIONS, INTERPS, BORDERS))
    call = Call(function, interp, border, draw.pick(DTYPES), draw.between(1, 4), "live")
    hangs = interp == "bicubic" and border == "reflect_101"  # on an axis of one pixel
    call.source = draw.size(2, 23, 3 if hangs else 2)
    call.output = draw.size(2, 40)
    if function == "warpAffine":
        with_matrix(call, draw.matrix(call.source, call.output), draw.chance(0.5))
    elif function == "warpPerspective":
        with_matrix(call, draw.homography(call.source, call.output), draw.chance(0.5))
    if call.dtype.startswith("float"):
        call.fill = tuple(draw.uniform(-2, 2, call.channels))
    call.record(out)
