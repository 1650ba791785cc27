"""kornia: warp_affine, warp_perspective and remap, with gradients."""

import warnings

import kornia
import numpy
import torch
from kornia.geometry import transform
from kornia.geometry.transform import imgwarp

import inputs

SOURCE, OUTPUT = (7, 11), (6, 9)
PADDINGS = ("zeros", "border", "reflection", "fill")
MODES = ("nearest", "bilinear", "bicubic")
FILL = (0.625, -0.375)


def begin(recorder):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    versions = {"torch": torch.__version__}
    return recorder("kornia", "kornia", kornia.__version__, **versions)


def record(recorder):
    out = begin(recorder)
    for mode in MODES:
        for padding in PADDINGS:
            for align in (True, False):
                for function in ("warp_affine", "warp_perspective"):
                    warp(out, function, mode, padding, align)
                if padding != "fill":
                    for normalised in (True, False):
                        remap(out, mode, padding, align, normalised)
    for label in ("shift", "half", "flip", "minify"):
        for function in ("warp_affine", "warp_perspective"):
            warp(out, function, "bilinear", "zeros", True, label)
    for mode in MODES:
        remap(out, mode, "zeros", None, False)
    yield out


def spec_of(function, mode, padding, align):
    spec = {
        "convention": "kornia." + function,
        "interp": mode,
        "border": padding,
        "layout": "NCHW",
    }
    return spec if align is None else spec | {"align_corners": align}


class Grids:
    """Keeps the grid that kornia hands to torch."""

    def __enter__(self):
        self.real = imgwarp._torch_grid_sample
        imgwarp._torch_grid_sample = self.keep
        return self

    def keep(self, image, grid, *rest, **options):
        self.last = grid.detach().numpy()
        return self.real(image, grid, *rest, **options)

    def __exit__(self, *error):
        imgwarp._torch_grid_sample = self.real


def pixels_of(function, label):
    height, width = SOURCE
    if label == "generic" and function == "warp_perspective":
        return inputs.homography(width, height)
    return inputs.matrices(width, height)[label]


def warp(out, function, mode, padding, align, label="generic"):
    corners = "corners" if align else "edges"
    both = label == "generic" and align
    for dtype in ("float64", "float32") if both else ("float64",):
        name = f"{function}-{mode}-{padding}-{corners}-{label}-{dtype}"
        make = out.inputs(name)
        image = make.image((2, 2, *SOURCE), dtype)
        one = numpy.linalg.inv(pixels_of(function, label))
        two = one.copy()
        two[:2] += make.uniform(-0.1, 0.1, (2, 3))
        rows = 2 if function == "warp_affine" else 3
        matrix = numpy.stack([one, two])[:, :rows].astype(dtype)
        upstream = make.image((2, 2, *OUTPUT), dtype)
        spec = spec_of(function, mode, padding, align)
        out.write(name, spec, warped(image, matrix, FILL, upstream, spec))


def warped(image, matrix, fill, upstream, spec):
    """Output and gradients of warp_affine or warp_perspective, as `spec` says."""
    function = getattr(transform, spec["convention"].partition(".")[2])
    options = {"mode": spec["interp"], "padding_mode": spec["border"]}
    options["align_corners"] = spec["align_corners"]
    i = torch.tensor(image, requires_grad=True)
    m = torch.tensor(matrix, requires_grad=True)
    value = torch.tensor(fill, dtype=i.dtype, requires_grad=True)
    if spec["border"] == "fill":
        options["fill_value"] = value
    with Grids() as grids:
        output = function(i, m, upstream.shape[-2:], **options)
    output.backward(torch.tensor(upstream))
    arrays = {
        "image": image,
        "matrix": matrix,
        "output": output.detach().numpy(),
        "grad_output": upstream,
        "grad_image": i.grad.numpy(),
        "grad_matrix": m.grad.numpy(),
        "sampling_grid": grids.last,
    }
    if spec["border"] == "fill":
        arrays["border_value"] = value.detach().numpy()
        arrays["grad_border_value"] = value.grad.numpy()
    return arrays


def remap(out, mode, padding, align, normalised):
    """Maps in pixels, or in -1 .. 1."""
    corners = {True: "corners", False: "edges", None: "default"}[align]
    units = "normalised" if normalised else "pixels"
    name = f"remap-{mode}-{padding}-{corners}-{units}-float64"
    make = out.inputs(name)
    image = make.image((1, 2, *SOURCE))
    y, x = make.points((1, 8, 7), SOURCE)
    if normalised:
        x, y = (2 * x + 1) / SOURCE[1] - 1, (2 * y + 1) / SOURCE[0] - 1
    upstream = make.image((1, 2, 8, 7))
    spec = spec_of("remap", mode, padding, align)
    spec |= {"normalized_coordinates": True} if normalised else {}
    out.write(name, spec, remapped(image, x, y, upstream, spec))


def remapped(image, x, y, upstream, spec):
    """Output and gradients of remap, as `spec` says."""
    tensors = [torch.tensor(a, requires_grad=True) for a in (image, x, y)]
    options = {"mode": spec["interp"], "padding_mode": spec["border"]}
    options["align_corners"] = spec.get("align_corners")
    options["normalized_coordinates"] = spec.get("normalized_coordinates", False)
    output = transform.remap(*tensors, **options)
    output.backward(torch.tensor(upstream))
    arrays = {
        "image": image,
        "map_x": x,
        "map_y": y,
        "output": output.detach().numpy(),
        "grad_output": upstream,
    }
    for key, tensor in zip(("grad_image", "grad_map_x", "grad_map_y"), tensors):
        arrays[key] = tensor.grad.numpy()
    return arrays


def write(out, draw, name, spec, arrays):
    """A quarter of the calls with the channels as the last axis."""
    if draw.chance(0.25):
        for key in ("image", "output", "grad_output", "grad_image"):
            arrays[key] = numpy.moveaxis(arrays[key], 1, -1)
        spec["layout"] = "NHWC"
    out.write(name, spec, arrays)


def live(out, draw):
    """One random call."""
    mode, dtype = draw.pick(MODES), draw.pick(("float64", "float32"))
    batch, channels = draw.between(1, 3), draw.between(1, 3)
    source, size = draw.size(), draw.size(2, 13)
    image = draw.picture((batch, channels, *source), dtype)
    upstream = draw.picture((batch, channels, *size), dtype)
    if draw.chance(0.3):
        padding, align = draw.pick(PADDINGS[:3]), draw.pick((True, False, None))
        spec = spec_of("remap", mode, padding, align)
        y, x = draw.points((batch, *size), source)
        if draw.chance(0.5):
            spec["normalized_coordinates"] = True
            x, y = (2 * x + 1) / source[1] - 1, (2 * y + 1) / source[0] - 1
        maps = x.astype(dtype), y.astype(dtype)
        arrays = remapped(image, *maps, upstream, spec)
        write(out, draw, f"remap-{mode}-{padding}-{dtype}", spec, arrays)
        return
    function = draw.pick(("warp_affine", "warp_perspective"))
    padding, align = draw.pick(PADDINGS), draw.pick((True, False))
    maps = draw.matrix if function == "warp_affine" else draw.homography
    rows = 2 if function == "warp_affine" else 3
    inverses = [numpy.linalg.inv(maps(source, size))[:rows] for _ in range(batch)]
    matrix = numpy.stack(inverses).astype(dtype)
    fill = draw.uniform(-2, 2, channels)
    spec = spec_of(function, mode, padding, align)
    arrays = warped(image, matrix, fill, upstream, spec)
    write(out, draw, f"{function}-{mode}-{padding}-{dtype}", spec, arrays)
