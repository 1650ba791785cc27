"""SimpleITK: Resample with an affine transform.

Spacing, origin and direction are the trivial ones but in the recordings called
physical, whose matrix is from output index to source index all the same."""

import numpy
import SimpleITK as sitk

import inputs

INTERPS = {
    "nearest": sitk.sitkNearestNeighbor,
    "bilinear": sitk.sitkLinear,
    "spline3": sitk.sitkBSpline,
}
DTYPES = ("float64", "float32", "uint8", "int16")
SOURCE, OUTPUT = (7, 11), (9, 13)
SOLID, SOLID_OUTPUT = (5, 3, 7), (4, 5, 6)
FILL = {"f": 0.625, "u": 201, "i": -3001}


def begin(recorder):
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    return recorder("sitk", "sitk", sitk.Version.VersionString().split("-")[0])


def record(recorder):
    out = begin(recorder)
    matrices = inputs.matrices(SOURCE[1], SOURCE[0])
    ties = inputs.affine(0.5, 0, -1, 0, 0.5, -1)
    for interp in INTERPS:
        for dtype in DTYPES:
            for label, matrix in {**matrices, "ties": ties}.items():
                resample(out, interp, dtype, label, matrix[:2])
        for size in ((1, 7), (5, 1)):
            if interp != "spline3":
                label = "%dx%d" % size
                resample(out, interp, "float64", label, ties[:2], size)
        resample(out, interp, "float64", "wide", matrices["generic"][:2], (5, 31))
        solid(out, interp)
        physical(out, interp, matrices["generic"][:2])
    yield out


def spec_of(interp, layout):
    return {
        "convention": "itk.resample",
        "interp": interp,
        "border": "fill",
        "layout": layout,
    }


def frame(image, size, transform, interp):
    """A filter whose output has the size and the image's own frame."""
    resampler = sitk.ResampleImageFilter()
    resampler.SetReferenceImage(image)
    resampler.SetSize([int(n) for n in size[::-1]])
    resampler.SetTransform(transform)
    resampler.SetInterpolator(INTERPS[interp])
    return resampler


def affine(matrix):
    rank = len(matrix)
    transform = sitk.AffineTransform(rank)
    transform.SetMatrix(matrix[:, :rank].reshape(-1).tolist())
    transform.SetTranslation(matrix[:, rank].tolist())
    return transform


def resample(out, interp, dtype, label, matrix, source=SOURCE, size=OUTPUT):
    name = f"Resample-{interp}-{dtype}-{label}"
    make = out.inputs(name)
    image = make.image(source, dtype)
    call(out, name, interp, image, matrix, size, FILL[numpy.dtype(dtype).kind])


def call(out, name, interp, image, matrix, size, fill):
    resampler = frame(sitk.GetImageFromArray(image), size, affine(matrix), interp)
    resampler.SetDefaultPixelValue(fill)
    output = sitk.GetArrayFromImage(resampler.Execute(sitk.GetImageFromArray(image)))
    arrays = {
        "image": image,
        "matrix": matrix,
        "border_value": numpy.array([fill], float),
        "output": output,
    }
    out.write(name, spec_of(interp, "HW" if image.ndim == 2 else "DHW"), arrays)


def solid(out, interp):
    make = out.inputs("Resample-" + interp + "-solid")
    matrix = numpy.eye(3, 4) + make.uniform(-0.3, 0.3, (3, 4))
    resample(out, interp, "float64", "solid", matrix, SOLID, SOLID_OUTPUT)


def physical(out, interp, matrix):
    """The same matrix on indices, reached through spacing and origin."""
    name = f"Resample-{interp}-float64-physical"
    make = out.inputs(name)
    image = make.image(SOURCE)
    picture = sitk.GetImageFromArray(image)
    spacing, origin = numpy.array([0.7, 1.3]), numpy.array([-3.1, 5.7])
    picture.SetSpacing(spacing.tolist())
    picture.SetOrigin(origin.tolist())
    to_point = numpy.diag([*spacing, 1.0])
    to_point[:2, 2] = origin
    whole = to_point @ numpy.vstack([matrix, [0, 0, 1]]) @ numpy.linalg.inv(to_point)
    resampler = frame(picture, OUTPUT, affine(whole[:2]), interp)
    resampler.SetDefaultPixelValue(FILL["f"])
    arrays = {
        "image": image,
        "matrix": matrix,
        "border_value": numpy.array([FILL["f"]]),
        "output": sitk.GetArrayFromImage(resampler.Execute(picture)),
    }
    out.write(name, spec_of(interp, "HW"), arrays)


TYPES = DTYPES + ("int8", "uint16", "uint32", "int32")


def live(out, draw):
    """One random call.  Splines want four pixels and more along every axis."""
    interp, dtype = draw.pick(INTERPS), draw.pick(TYPES)
    rank = draw.pick((2, 2, 3))
    least = 4 if interp == "spline3" else 2
    source = draw.size(rank, 19 if rank == 2 else 8, least)
    size = draw.size(rank, 15 if rank == 2 else 6)
    image = draw.picture(source, dtype)
    matrix = numpy.eye(3, 4) + draw.uniform(-0.4, 0.4, (3, 4))
    if rank == 2:
        matrix = draw.matrix(source, size)[:2]
    fill = float(draw.uniform(-2, 2, ()))
    if not dtype.startswith("float"):
        fill = float(draw.between(0, 100))
    name = f"Resample-{interp}-{dtype}-{rank}d"
    call(out, name, interp, image, matrix, size, fill)
