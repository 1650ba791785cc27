"""Pillow: Image.transform, affine and perspective, of modes L, RGB and F."""

import numpy
import PIL
from PIL import Image

import inputs

INTERPS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
MODES = {"L": ("uint8", 1), "RGB": ("uint8", 3), "F": ("float32", 1)}
FILLS = {"L": 201, "RGB": (201, 7, 90), "F": 0.625}
SOURCE, OUTPUT = (7, 11), (9, 13)


def begin(recorder):
    return recorder("pillow", "pillow", PIL.__version__)


def record(recorder):
    out = begin(recorder)
    matrices = inputs.matrices(SOURCE[1], SOURCE[0])
    for interp in INTERPS:
        for mode in MODES:
            for label, matrix in matrices.items():
                transform(out, interp, mode, label, matrix)
            scaled = inputs.affine(0.437, 0, 0.815, 0, 1.373, -1.207)
            transform(out, interp, mode, "scale", scaled)
            for label in ("homography", "horizon"):
                matrix = getattr(inputs, label)(SOURCE[1], SOURCE[0])
                transform(out, interp, mode, label, matrix)
            far = matrices["generic"].copy()
            far[0, 2] -= 40000
            far[0, 0] += 10000
            transform(out, interp, mode, "far", far)
        for size in ((1, 7), (5, 1), (1, 1)):
            label = "%dx%d" % size
            transform(out, interp, "F", label, matrices["minify"], size)
    yield out


def transform(out, interp, mode, label, corners, source=SOURCE):
    """`corners` maps output to source in corner coordinates, as Pillow takes it."""
    dtype, channels = MODES[mode]
    perspective = not numpy.array_equal(corners[2], [0, 0, 1])
    method = "perspective" if perspective else "affine"
    name = f"transform-{method}-{interp}-{mode}-{label}"
    make = out.inputs(name)
    shape = source if channels == 1 else (*source, channels)
    image = make.image(shape, dtype)
    call(out, name, interp, image, corners, OUTPUT, FILLS[mode])


def call(out, name, interp, image, corners, output, fill):
    perspective = not numpy.array_equal(corners[2], [0, 0, 1])
    data = tuple(corners.reshape(-1)[: 8 if perspective else 6])
    kind = Image.Transform.PERSPECTIVE if perspective else Image.Transform.AFFINE
    picture = Image.fromarray(image)
    assert picture.mode in MODES
    size = output[::-1]
    output = picture.transform(size, kind, data, INTERPS[interp], fillcolor=fill)
    spec = {
        "convention": "pil.transform",
        "interp": interp,
        "border": "fill",
        "layout": "HW" if image.ndim == 2 else "HWC",
    }
    arrays = {
        "image": image,
        "matrix": corners if perspective else corners[:2],
        "border_value": numpy.atleast_1d(numpy.array(fill, float)),
        "output": numpy.asarray(output),
    }
    out.write(name, spec, arrays)


def live(out, draw):
    """One random call."""
    interp, mode = draw.pick(INTERPS), draw.pick(MODES)
    dtype, channels = MODES[mode]
    source, size = draw.size(2, 23), draw.size(2, 19)
    image = draw.picture(source if channels == 1 else (*source, channels), dtype)
    maps = draw.pick((draw.matrix, draw.matrix, draw.homography))
    fill = float(numpy.float32(draw.uniform(-2, 2, ())))
    if dtype == "uint8":
        fills = tuple(draw.below(256, channels).tolist())
        fill = fills if channels > 1 else fills[0]
    name = f"transform-{maps.__name__}-{interp}-{mode}"
    call(out, name, interp, image, maps(source, size), size, fill)
