"""torch: grid_sample (4-D, 5-D) and affine_grid followed by grid_sample, with
gradients.

The exact ties of a normalised grid need axes of 2^k + 1 pixels with align_corners and
2^k without; other sizes test the rounding of the coordinate."""

import warnings

import numpy
import torch
import torch.nn.functional as functional

import inputs

PADDINGS = ("zeros", "border", "reflection")
MODES = {4: ("nearest", "bilinear", "bicubic"), 5: ("nearest", "bilinear", "bicubic")}
SIZES = {  # batch, channels, source, output: by rank and align_corners
    (4, True): [("exact", 2, 2, (5, 9), (8, 7)), ("prime", 1, 3, (7, 11), (8, 5))],
    (4, False): [("exact", 2, 2, (4, 8), (8, 7)), ("prime", 1, 1, (11, 7), (8, 5))],
    (5, True): [("exact", 1, 2, (3, 5, 9), (2, 8, 5))],
    (5, False): [("exact", 2, 1, (4, 2, 8), (2, 8, 5))],
}
THIN = [(5, 1), (1, 7), (1, 1)]


def begin(recorder):
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return recorder("torch", "torch", torch.__version__)


def record(recorder):
    out = begin(recorder)
    for rank in (4, 5):
        for mode in MODES[rank]:
            for padding in PADDINGS:
                for align in (True, False):
                    grids(out, rank, mode, padding, align)
    for mode in MODES[4]:
        for padding in PADDINGS:
            thin(out, mode, padding)
            special(out, mode, padding)
    thetas(out)
    yield out


def spec_of(convention, rank, mode, padding, align):
    return {
        "convention": convention,
        "interp": mode,
        "border": padding,
        "align_corners": align,
        "layout": "NCHW" if rank == 4 else "NCDHW",
    }


def normalise(axes, extents, align):
    """Pixel coordinates (one array an axis, slowest first) to a grid (x, y(, z)
    last)."""
    parts = []
    for u, n in zip(axes, extents):
        if align:
            parts.append(2 * u / (n - 1) - 1 if n > 1 else u - 0.5)
        else:
            parts.append((2 * u + 1) / n - 1)
    return numpy.stack(parts[::-1], axis=-1)


def tensor(array):
    """A tensor of an array's numbers; two bytes without a type are bfloat16."""
    if array.dtype.kind == "V":
        return torch.tensor(array.view(numpy.int16)).view(torch.bfloat16)
    return torch.tensor(array)


def array(tensor):
    tensor = tensor.detach()
    if tensor.dtype == torch.bfloat16:
        return tensor.contiguous().view(torch.int16).numpy().view("V2")
    return tensor.numpy()


def typed(numbers, dtype):
    if dtype == "bfloat16":
        return array(torch.tensor(numbers).bfloat16())
    return numbers.astype(dtype)


def image_of(image, last):
    """A tensor of an image; with `last` channels lie beside each other in memory."""
    form = torch.channels_last if image.ndim == 4 else torch.channels_last_3d
    form = form if last else torch.contiguous_format
    return tensor(image).contiguous(memory_format=form)


def call(image, grid, upstream, mode, padding, align, last=False):
    """Output and both gradients; None where this rank lacks the mode.  Without an
    upstream gradient the output alone."""
    i = image_of(image, last).requires_grad_()
    g = tensor(grid).requires_grad_()
    try:
        output = functional.grid_sample(i, g, mode, padding, align)
    except RuntimeError:
        return None
    if upstream is None:
        return {"image": image, "grid": grid, "output": output.detach().numpy()}
    output.backward(image_of(upstream, last))
    return {
        "image": image,
        "grid": grid,
        "output": array(output),
        "grad_output": upstream,
        "grad_image": array(i.grad),
        "grad_grid": array(g.grad),
    }


def grids(out, rank, mode, padding, align):
    for dtype in ("float64", "float32"):
        for label, batch, channels, source, size in SIZES[rank, align]:
            corners = "corners" if align else "edges"
            name = f"grid_sample{rank - 2}d-{mode}-{padding}-{corners}-{label}-{dtype}"
            make = out.inputs(name)
            image = make.image((batch, channels, *source), dtype)
            axes = make.points((batch, *size), source)
            grid = normalise(axes, source, align).astype(dtype)
            upstream = make.image((batch, channels, *size), dtype)
            arrays = call(image, grid, upstream, mode, padding, align)
            if arrays:
                spec = spec_of("torch.grid_sample", rank, mode, padding, align)
                out.write(name, spec, arrays)


def thin(out, mode, padding):
    for align in (True, False):
        for height, width in THIN:
            corners = "corners" if align else "edges"
            name = f"grid_sample2d-{mode}-{padding}-{corners}-{height}x{width}-float64"
            make = out.inputs(name)
            image = make.image((1, 2, height, width))
            axes = make.points((1, 4, 7), (height, width))
            grid = normalise(axes, (height, width), align)
            upstream = make.image((1, 2, 4, 7))
            spec = spec_of("torch.grid_sample", 4, mode, padding, align)
            out.write(name, spec, call(image, grid, upstream, mode, padding, align))


def special(out, mode, padding):
    """torch 2.15 crashes in the backward of bilinear with border or reflection where a
    coordinate is NaN, and with reflection where it is infinite: output alone."""
    crashes = mode == "bilinear" and padding != "zeros"
    for dtype in ("float64", "float32"):
        name = f"grid_sample2d-{mode}-{padding}-edges-special-{dtype}"
        make = out.inputs(name)
        image = make.image((1, 2, 7, 11), dtype)
        axes = make.special((1, 8, 5), (7, 11))
        grid = normalise(axes, (7, 11), False).astype(dtype)
        upstream = None if crashes else make.image((1, 2, 8, 5), dtype)
        spec = spec_of("torch.grid_sample", 4, mode, padding, False)
        out.write(name, spec, call(image, grid, upstream, mode, padding, False))


def theta_of(pixels, source, output, align):
    """Output-to-source pixels to normalised output -> normalised input."""

    def centre(n):
        if align:
            return (2 / (n - 1), -1)
        return (2 / n, 1 / n - 1)

    def scaling(sizes):
        parts = [centre(n) for n in sizes[::-1]]
        m = numpy.diag([p[0] for p in parts] + [1.0])
        m[:-1, -1] = [p[1] for p in parts]
        return m

    whole = scaling(source) @ pixels @ numpy.linalg.inv(scaling(output))
    return whole[:-1]


def compose(image, theta, size, upstream, mode, padding, align, last=False):
    i = image_of(image, last).requires_grad_()
    t = tensor(theta).requires_grad_()
    grid = functional.affine_grid(t, [*image.shape[:2], *size], align)
    output = functional.grid_sample(i, grid, mode, padding, align)
    output.backward(image_of(upstream, last))
    return {
        "image": image,
        "matrix": theta,
        "output": array(output),
        "grad_output": upstream,
        "grad_image": array(i.grad),
        "grad_matrix": array(t.grad),
        "sampling_grid": array(grid),
    }


def thetas(out):
    for align in (True, False):
        source, size = ((5, 9), (5, 9)) if align else ((4, 8), (4, 8))
        for label, pixels in inputs.matrices(source[1], source[0]).items():
            for dtype in ("float64", "float32"):
                theta(out, label, pixels, (source, size), align, dtype)
        theta(out, "primes", pixels, ((7, 11), (13, 5)), align, "float64")
        solid(out, align)
    identity = numpy.eye(3)
    for align in (True, False):
        for dtype in ("float64", "float32"):
            theta(out, "identity", identity, ((7, 11), (7, 11)), align, dtype)


def theta(out, label, pixels, sizes, align, dtype):
    source, size = sizes
    corners = "corners" if align else "edges"
    for mode in ("bilinear", "bicubic"):
        padding = "zeros" if mode == "bilinear" else "border"
        name = f"affine_grid2d-{mode}-{padding}-{corners}-{label}-{dtype}"
        make = out.inputs(name)
        image = make.image((2, 2, *source), dtype)
        one = theta_of(pixels, source, size, align)
        two = one + make.uniform(-0.1, 0.1, one.shape)
        both = numpy.stack([one, two]).astype(dtype)
        upstream = make.image((2, 2, *size), dtype)
        arrays = compose(image, both, size, upstream, mode, padding, align)
        spec = spec_of("torch.affine_grid", 4, mode, padding, align)
        out.write(name, spec, arrays)


def solid(out, align):
    source, size = (3, 5, 4), (4, 3, 5)
    corners = "corners" if align else "edges"
    name = f"affine_grid3d-bilinear-zeros-{corners}-generic-float64"
    make = out.inputs(name)
    image = make.image((1, 2, *source))
    theta = numpy.eye(4)[None, :3] + make.uniform(-0.3, 0.3, (1, 3, 4))
    upstream = make.image((1, 2, *size))
    arrays = compose(image, theta, size, upstream, "bilinear", "zeros", align)
    out.write(name, spec_of("torch.affine_grid", 5, "bilinear", "zeros", align), arrays)


TYPES = ("float64", "float64", "float32", "float32", "float16", "bfloat16")


def channels_last(spec, arrays):
    """The same call, its images with the channels as their last axis."""
    layout = "NHWC" if spec["layout"] == "NCHW" else "NDHWC"
    moved = {
        name: numpy.moveaxis(a, 1, -1)
        for name, a in arrays.items()
        if name in ("image", "output", "grad_output", "grad_image")
    }
    return spec | {"layout": layout}, arrays | moved


def live(out, draw):
    """One random call.  Tensors of channels last are recorded as what they are in
    memory."""
    rank, align = draw.pick((4, 4, 5)), draw.pick((True, False))
    mode, padding = draw.pick(MODES[rank]), draw.pick(PADDINGS)
    dtype, last = draw.pick(TYPES), draw.chance(0.25)
    wide = "float32" if dtype == "bfloat16" else dtype
    batch, channels = draw.between(1, 3), draw.between(1, 4)
    source = draw.size(rank - 2, 17 if rank == 4 else 7)
    size = draw.size(rank - 2, 13 if rank == 4 else 6)
    image = typed(draw.picture((batch, channels, *source), wide), dtype)
    upstream = typed(draw.picture((batch, channels, *size), wide), dtype)
    corners = "corners" if align else "edges"
    words = f"{rank - 2}d-{mode}-{padding}-{corners}-{dtype}"
    options = mode, padding, align, last
    composed = mode != "nearest" and draw.chance(0.3) and (rank, mode) != (5, "bicubic")
    if composed and dtype in ("float64", "float32"):  # affine_grid has no narrower ones
        theta = draw.uniform(-1.2, 1.2, (batch, rank - 2, rank - 1))
        if rank == 4 and min(source) > 1 and min(size) > 1:
            pixels = [draw.matrix(source, size) for _ in range(batch)]
            theta = numpy.stack([theta_of(m, source, size, align) for m in pixels])
        name, map_of = "affine_grid", typed(theta, dtype)
        arrays = compose(image, map_of, size, upstream, *options)
    else:
        axes = draw.points((batch, *size), source)
        name, grid = "grid_sample", normalise(axes, source, align)
        arrays = call(image, typed(grid, dtype), upstream, *options)
    if arrays:
        spec = spec_of("torch." + name, rank, mode, padding, align)
        spec, arrays = channels_last(spec, arrays) if last else (spec, arrays)
        out.write(name + words, spec, arrays)
