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


def record(recorder):
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    versions = {"torch": torch.__version__}
    out = recorder("kornia", "kornia", kornia.__version__, **versions)
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
        options = {"mode": mode, "padding_mode": padding, "align_corners": align}
        fill = torch.tensor(FILL, dtype=getattr(torch, dtype), requires_grad=True)
        if padding == "fill":
            options["fill_value"] = fill
        i = torch.tensor(image, requires_grad=True)
        m = torch.tensor(matrix, requires_grad=True)
        with Grids() as grids:
            output = getattr(transform, function)(i, m, OUTPUT, **options)
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
        if padding == "fill":
            arrays["border_value"] = fill.detach().numpy()
            arrays["grad_border_value"] = fill.grad.numpy()
        out.write(name, spec_of(function, mode, padding, align), arrays)


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
    tensors = [torch.tensor(a, requires_grad=True) for a in (image, x, y)]
    options = {"mode": mode, "padding_mode": padding, "align_corners": align}
    output = transform.remap(*tensors, normalized_coordinates=normalised, **options)
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
    spec = spec_of("remap", mode, padding, align)
    spec |= {"normalized_coordinates": True} if normalised else {}
    out.write(name, spec, arrays)
