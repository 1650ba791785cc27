"""SciPy: ndimage.map_coordinates and ndimage.affine_transform."""

import numpy
import scipy
from scipy import ndimage

import inputs

MODES = (
    "constant", "grid-constant", "nearest", "mirror", "reflect", "wrap", "grid-wrap",
)  # fmt: skip
ORDERS = range(6)
SOURCE, MAPPED = (7, 11), (8, 21)
SOLID, SOLID_MAPPED = (5, 3, 7), (2, 8, 5)
CVAL = 0.8125


def begin(recorder):
    return recorder("scipy", "scipy", scipy.__version__)


def record(recorder):
    out = begin(recorder)
    for mode in MODES:
        for order in ORDERS:
            mapped(out, order, mode, SOURCE, MAPPED)
            matrix(out, order, mode, "generic")
            if order > 1:
                mapped(out, order, mode, SOURCE, MAPPED, prefilter=False)
        for order in (0, 1, 2, 3):
            mapped(out, order, mode, SOLID, SOLID_MAPPED)
        for order in (0, 1, 2, 3, 5):
            mapped(out, order, mode, (1, 7), (4, 9))
        for dtype in ("uint8", "int16", "float32"):
            mapped(out, 3 if dtype == "uint8" else 1, mode, SOURCE, MAPPED, dtype)
    for order in (0, 1, 3):
        for label in ("shift", "half", "flip", "turn", "minify"):
            matrix(out, order, "constant", label)
            matrix(out, order, "reflect", label)
        special(out, order)
    solid(out)
    yield out


def spec_of(function, order, mode, rank, prefilter=True):
    return {
        "convention": "scipy." + function,
        "interp": f"spline{order}",
        "border": mode,
        "prefilter": prefilter,
        "layout": "HW" if rank == 2 else "DHW",
    }


def store(out, name, spec, arrays, call, cval=None):
    if cval is None:
        cval = CVAL if arrays["image"].dtype.kind == "f" else 77.0
    arrays["border_value"] = numpy.array([cval])
    order = int(spec["interp"][-1])
    options = {"order": order, "mode": spec["border"], "cval": cval}
    arrays["output"] = call(arrays["image"], prefilter=spec["prefilter"], **options)
    out.write(name, spec, arrays)


def mapped(out, order, mode, source, size, dtype="float64", prefilter=True):
    sizes = "x".join(map(str, source))
    plain = "" if prefilter else "-coefficients"
    name = f"map_coordinates-spline{order}-{mode}-{sizes}-{dtype}{plain}"
    make = out.inputs(name)
    arrays = {"image": make.image(source, dtype)}
    arrays["coords"] = numpy.stack(make.points(size, source))

    def call(image, **options):
        return ndimage.map_coordinates(image, arrays["coords"], **options)

    spec = spec_of("map_coordinates", order, mode, len(source), prefilter)
    store(out, name, spec, arrays, call)


def special(out, order):
    """Huge coordinates, with the modes that do not divide them. With nearest only what
    an int64 holds: beyond, SciPy's index arithmetic overflows and it reads
    elsewhere."""
    for mode in ("constant", "nearest"):
        name = f"map_coordinates-spline{order}-{mode}-special"
        make = out.inputs(name)
        arrays = {"image": make.image(SOURCE)}
        axes = [
            numpy.where(numpy.isnan(a), 1e300, a) for a in make.special((4, 10), SOURCE)
        ]
        if mode == "nearest":
            axes = [numpy.clip(a, -1e15, 1e15) for a in axes]
        arrays["coords"] = numpy.stack(axes)

        def call(image, **options):
            return ndimage.map_coordinates(image, arrays["coords"], **options)

        store(out, name, spec_of("map_coordinates", order, mode, 2), arrays, call)


def matrix(out, order, mode, label):
    """The matrix in array axis order: row, column, and the offset last."""
    height, width = SOURCE
    pixels = inputs.matrices(width, height)[label]
    swap = numpy.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
    name = f"affine_transform-spline{order}-{mode}-{label}"
    make = out.inputs(name)
    arrays = {"image": make.image(SOURCE), "matrix": (swap @ pixels @ swap)[:2]}

    def call(image, **options):
        shape = (9, 13)
        return ndimage.affine_transform(
            image, arrays["matrix"], output_shape=shape, **options
        )

    store(out, name, spec_of("affine_transform", order, mode, 2), arrays, call)


def solid(out):
    for order in (1, 3):
        name = f"affine_transform-spline{order}-grid-constant-solid"
        make = out.inputs(name)
        arrays = {"image": make.image(SOLID)}
        arrays["matrix"] = numpy.eye(3, 4) + make.uniform(-0.3, 0.3, (3, 4))

        def call(image, **options):
            shape = (4, 5, 6)
            return ndimage.affine_transform(
                image, arrays["matrix"], output_shape=shape, **options
            )

        spec = spec_of("affine_transform", order, "grid-constant", 3)
        store(out, name, spec, arrays, call)


TYPES = ("float64", "float64", "float64", "float32", "float32", "uint8", "uint8")
TYPES += ("int8", "uint16", "int16", "int16", "uint32", "int32")


def live(out, draw):
    """One random call."""
    order, mode = draw.pick(ORDERS), draw.pick(MODES)
    rank = 2 if order > 3 else draw.pick((2, 2, 3))
    dtype = draw.pick(TYPES)
    source = draw.size(rank, 19 if rank == 2 else 7)
    size = draw.size(rank, 15 if rank == 2 else 6)
    real = dtype.startswith("float")
    cval = float(draw.uniform(-2, 2, ())) if real else float(draw.between(0, 100))
    prefilter = order < 2 or draw.chance(0.8)
    arrays = {"image": draw.picture(source, dtype)}
    if draw.chance(0.5):
        function = "map_coordinates"
        arrays["coords"] = numpy.stack(draw.points(size, source))
    else:
        function = "affine_transform"
        swap = numpy.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
        arrays["matrix"] = numpy.eye(3, 4) + draw.uniform(-0.4, 0.4, (3, 4))
        if rank == 2:
            arrays["matrix"] = (swap @ draw.matrix(source, size) @ swap)[:2]

    def call(image, **options):
        if function == "map_coordinates":
            return ndimage.map_coordinates(image, arrays["coords"], **options)
        matrix = arrays["matrix"]
        return ndimage.affine_transform(image, matrix, output_shape=size, **options)

    spec = spec_of(function, order, mode, rank, prefilter)
    store(out, f"{function}-spline{order}-{mode}-{dtype}", spec, arrays, call, cval)
