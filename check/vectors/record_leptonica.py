"""Leptonica: pixAffineGray, pixAffineColor and pixAffineSampled of 8 bits a channel, by
ctypes.  Outputs have the image's size; sampling brings in black or white alone."""

import ctypes
import ctypes.util

import numpy

import inputs

INTERPS = ("bilinear", "nearest")
CHANNELS = {"gray": 1, "rgb": 3}
FILLS = {"gray": (201,), "rgb": (201, 7, 90)}
WHITE, BLACK = 1, 2  # L_BRING_IN_WHITE, L_BRING_IN_BLACK
SIZE = (7, 11)


def load():
    for name in ("lept", "leptonica"):
        path = ctypes.util.find_library(name)
        if path is not None:
            return declare(ctypes.CDLL(path))
    raise ImportError("there is no Leptonica library")


def declare(library):
    pix, entries = ctypes.c_void_p, ctypes.POINTER(ctypes.c_float)
    library.getLeptonicaVersion.restype = ctypes.c_void_p
    library.lept_free.argtypes = [ctypes.c_void_p]
    library.pixCreate.restype = pix
    library.pixSetPixel.argtypes = [pix, ctypes.c_int, ctypes.c_int, ctypes.c_uint32]
    library.pixGetPixel.argtypes = [pix, ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
    library.pixDestroy.argtypes = [ctypes.POINTER(pix)]
    for name, fill in (
        ("pixAffineGray", ctypes.c_uint8),
        ("pixAffineColor", ctypes.c_uint32),
        ("pixAffineSampled", ctypes.c_int),
    ):
        getattr(library, name).argtypes = [pix, entries, fill]
        getattr(library, name).restype = pix
    return library


LIBRARY = load()


def version():
    text = LIBRARY.getLeptonicaVersion()
    words = ctypes.string_at(text).decode()
    LIBRARY.lept_free(text)
    return words.removeprefix("leptonica-")


def begin(recorder):
    return recorder("leptonica", "leptonica", version())


def word_of(pixel):
    """One number of 8 bits, or red, green and blue above 8 bits of nothing."""
    if len(pixel) == 1:
        return int(pixel[0])
    return int(pixel[0]) << 24 | int(pixel[1]) << 16 | int(pixel[2]) << 8


def to_pix(image):
    """A new Pix of an image of three axes; free() it."""
    height, width, channels = image.shape
    pix = LIBRARY.pixCreate(width, height, 8 if channels == 1 else 32)
    for y, x in numpy.ndindex(height, width):
        LIBRARY.pixSetPixel(pix, x, y, word_of(image[y, x]))
    return pix


def from_pix(pix, shape):
    image = numpy.empty(shape, numpy.uint8)
    word = ctypes.c_uint32()
    for y, x in numpy.ndindex(shape[:2]):
        LIBRARY.pixGetPixel(pix, x, y, ctypes.byref(word))
        shifts = (0,) if shape[2] == 1 else (24, 16, 8)
        image[y, x] = [word.value >> shift & 255 for shift in shifts]
    return image


def free(pix):
    LIBRARY.pixDestroy(ctypes.byref(ctypes.c_void_p(pix)))


def affine(image, interp, matrix, fill):
    entries = (ctypes.c_float * 6)(*matrix[:2].reshape(-1))
    pix = to_pix(image)
    if interp == "nearest":
        colour = {0: BLACK, 255: WHITE}[fill[0]]
        made = LIBRARY.pixAffineSampled(pix, entries, colour)
    elif image.shape[2] == 1:
        made = LIBRARY.pixAffineGray(pix, entries, fill[0])
    else:
        made = LIBRARY.pixAffineColor(pix, entries, word_of(fill))
    output = from_pix(made, image.shape)
    free(made)
    free(pix)
    return output


def record(recorder):
    out = begin(recorder)
    matrices = {
        **inputs.matrices(SIZE[1], SIZE[0]),
        "identity": numpy.eye(3),
        "scale": inputs.affine(0.437, 0, 0.815, 0, 1.373, -1.207),
        "sixteenths": inputs.affine(0.96875, 0, -0.0625, 0.03125, 1, -0.03125),
        "edges": inputs.affine(1.25, 0, -2, 0, 1.25, -0.625),
    }
    for interp in INTERPS:
        for mode in CHANNELS:
            for label, matrix in matrices.items():
                pix_affine(out, interp, mode, label, matrix)
        for size in ((1, 7), (5, 1), (1, 1)):
            label = "%dx%d" % size
            pix_affine(out, interp, "gray", label, matrices["sixteenths"], size)
    # Infinities and what is no number, which sampling converts to integers undefined.
    overflow = inputs.affine(3e38, -3e38, 2, 0, 1, 0)
    pix_affine(out, "bilinear", "gray", "overflow", overflow)
    yield out


def pix_affine(out, interp, mode, label, matrix, size=SIZE):
    name = f"pixAffine-{interp}-{mode}-{label}"
    image = out.inputs(name).image((*size, CHANNELS[mode]), "uint8")
    fill = FILLS[mode]
    if interp == "nearest":
        fill = (255,) if mode == "rgb" else (0,)
    call(out, name, interp, image, matrix, fill)


def call(out, name, interp, image, matrix, fill):
    output = affine(image, interp, matrix, fill)
    gray = image.shape[2] == 1
    spec = {
        "convention": "leptonica.pixAffine",
        "interp": interp,
        "border": "fill",
        "layout": "HW" if gray else "HWC",
    }
    arrays = {
        "image": image[..., 0] if gray else image,
        "matrix": matrix[:2],
        "border_value": numpy.array(fill, float),
        "output": output[..., 0] if gray else output,
    }
    out.write(name, spec, arrays)


def live(out, draw):
    """One random call."""
    interp, mode = draw.pick(INTERPS), draw.pick(CHANNELS)
    size = draw.size(2, 23)
    image = draw.picture((*size, CHANNELS[mode]), "uint8")
    fill = tuple(draw.below(256, CHANNELS[mode]).tolist())
    if interp == "nearest":
        fill = (draw.pick((0, 255)),)
    call(out, f"pixAffine-{interp}-{mode}", interp, image, draw.matrix(size, size), fill)
