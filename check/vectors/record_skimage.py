"""scikit-image: transform.warp, by matrix and by coordinates.

A callable inverse map is called once on all output positions and then is the same as
coordinates: its recordings hold both the matrix it applied and the coordinates.
"""

import warnings

import numpy
import scipy
import skimage
from skimage import transform

import inputs

MODES = ("constant", "edge", "symmetric", "reflect", "wrap")
SOURCE, OUTPUT, MAPPED = (7, 11), (6, 13), (8, 13)
CVAL = 0.8125


def begin(recorder):
    warnings.filterwarnings("ignore")
    versions = {"scipy": scipy.__version__}
    return recorder("skimage", "skimage", skimage.__version__, **versions)


def record(recorder):
    out = begin(recorder)
    for mode in MODES:
        for order in range(6):
            mapped(out, order, mode)
            by_matrix(out, order, mode)
        for order in (0, 1, 3):
            by_matrix(out, order, mode, "generic", "float32")
            mapped(out, order, mode, (1, 7))
            by_matrix(out, order, mode, "homography")
            by_matrix(out, order, mode, "minify", source=(1, 7))
    for order in (0, 1, 3):
        for label in ("shift", "half", "flip", "turn", "minify"):
            by_matrix(out, order, "constant", label)
            by_matrix(out, order, "reflect", label)
        for clip in (True, False):
            by_matrix(out, order, "constant", "generic", "uint8", clip=clip)
            by_matrix(out, order, "edge", "minify", clip=clip, channels=3)
        by_callable(out, order)
    yield out


def spec_of(order, mode, channels=1, path="matrix", clip=False):
    """`path` and `clip` are said only where they are not the matrix and false."""
    spec = {
        "convention": "skimage.warp",
        "interp": f"spline{order}",
        "border": mode,
        "layout": "HW" if channels == 1 else "HWC",
    }
    spec |= {"clip": True} if clip else {}
    return spec if path == "matrix" else spec | {"path": path}


def warp(arrays, inverse_map, spec, size=None):
    return transform.warp(
        arrays["image"],
        inverse_map,
        output_shape=size,
        order=int(spec["interp"][-1]),
        mode=spec["border"],
        cval=float(arrays["border_value"][0]),
        clip=spec.get("clip", False),
        preserve_range=spec.get("preserve_range", False),
    )


def matrix_of(label, source):
    height, width = source
    if label == "homography":
        return inputs.homography(width, height)
    return inputs.matrices(width, height)[label]


def by_matrix(out, order, mode, label="generic", dtype="float64", **options):
    """options: clip, channels, source."""
    clip, channels = options.get("clip", False), options.get("channels", 1)
    source = options.get("source", SOURCE)
    sizes = "x".join(map(str, source)) + ("" if channels == 1 else f"x{channels}")
    name = f"warp-spline{order}-{mode}-{label}-{sizes}-{dtype}"
    name += "-clip" if clip else ""
    make = out.inputs(name)
    shape = source if channels == 1 else (*source, channels)
    arrays = {"image": make.image(shape, dtype)}
    arrays["matrix"] = matrix_of(label, SOURCE)
    arrays["border_value"] = numpy.array([CVAL])
    spec = spec_of(order, mode, channels, clip=clip)
    arrays["output"] = warp(arrays, arrays["matrix"], spec, OUTPUT)
    out.write(name, spec, arrays)


def mapped(out, order, mode, source=SOURCE):
    name = f"warp-spline{order}-{mode}-coords-" + "x".join(map(str, source))
    make = out.inputs(name)
    arrays = {"image": make.image(source)}
    arrays["coords"] = numpy.stack(make.points(MAPPED, source))
    arrays["border_value"] = numpy.array([CVAL])
    spec = spec_of(order, mode, path="coords")
    arrays["output"] = warp(arrays, arrays["coords"], spec)
    out.write(name, spec, arrays)


def by_callable(out, order):
    name = f"warp-spline{order}-constant-callable"
    make = out.inputs(name)
    arrays = {"image": make.image(SOURCE)}
    matrix = matrix_of("generic", SOURCE)
    arrays["border_value"] = numpy.array([CVAL])

    def inverse_map(xy):
        return xy @ matrix[:2, :2].T + matrix[:2, 2]

    arrays["coords"] = transform.warp_coords(inverse_map, OUTPUT)
    spec = spec_of(order, "constant", path="callable")
    arrays["output"] = warp(arrays, inverse_map, spec, OUTPUT)
    out.write(name, spec, arrays)


TYPES = ("float64", "float64", "float32", "uint8", "int8", "uint16", "int16")


def live(out, draw):
    """One random call."""
    order, mode = draw.between(0, 5), draw.pick(MODES)
    source, size = draw.size(), draw.size(2, 13)
    clip, by_coordinates = draw.chance(0.3), draw.chance(0.4)
    channels = 1 if by_coordinates else draw.pick((1, 1, 3))
    if mode == "symmetric" and order in (2, 4, 5):
        channels = 1  # they are mixed, and the reference refuses
    dtype = draw.pick(TYPES)
    shape = source if channels == 1 else (*source, channels)
    arrays = {"image": draw.picture(shape, dtype)}
    path = "coords" if by_coordinates else "matrix"
    if by_coordinates:
        arrays["coords"] = numpy.stack(draw.points(size, source))
    else:
        maps = draw.pick((draw.matrix, draw.homography))
        arrays["matrix"] = maps(source, size)
    arrays["border_value"] = draw.uniform(-2, 2, 1)
    spec = spec_of(order, mode, channels, path, clip)
    if arrays["image"].dtype.kind != "f" and draw.chance(0.5):
        spec["preserve_range"] = True
    arrays["output"] = warp(arrays, arrays[path], spec, None if by_coordinates else size)
    out.write(f"warp-spline{order}-{mode}-{path}-{dtype}", spec, arrays)
