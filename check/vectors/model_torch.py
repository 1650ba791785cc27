"""Models of torch: grid_sample, and affine_grid followed by it.  Rules: RULES.md."""

import numpy

import taps


def wider(x):
    """The next wider type: a product and a sum in it, rounded back, are a fused
    multiply-add, as compilers make of torch's vector code."""
    return x.astype(numpy.longdouble if x.dtype == numpy.float64 else numpy.float64)


def unnormalise(g, n, align):
    """Source pixel of a grid component, in the grid's own type; and its factor."""
    moved = g + g.dtype.type(1)
    if align:
        return moved * g.dtype.type((n - 1) / 2), (n - 1) / 2
    return (wider(moved) * (n / 2) - 0.5).astype(g.dtype), n / 2


def reflect(x, n, align, flat):
    """Folded coordinate, and the sign of its derivative.  flat: the formula of two
    dimensions, which subtracts whole double spans; else that of three, with fmod.  They
    differ where the coordinate is too large for a fraction."""
    low, span = (0, n - 1) if align else (-0.5, n)
    if span == 0:
        return numpy.zeros_like(x), numpy.zeros(x.shape)
    low, span = x.dtype.type(low), x.dtype.type(span)
    away = numpy.abs(x - low)
    if flat:
        flips = numpy.trunc(away / (2 * span))
        extra = (wider(away) - wider(flips) * (2 * span)).astype(x.dtype)
        odd = extra > 2 * span - extra
        folded = numpy.where(odd, 2 * span - extra, extra) + low
    else:
        rest = numpy.fmod(away, span)
        odd = numpy.floor(away / span) % 2 == 1
        folded = numpy.where(odd, span - rest + low, rest + low)
    sign = numpy.where(x < low, -1.0, 1.0) * numpy.where(odd, -1.0, 1.0)
    return folded, sign


def clip(x, n):
    """Clamped coordinate (NaN to 0), and 1 strictly inside, else 0."""
    inside = (x > 0) & (x < n - 1)
    return numpy.where(x > 0, numpy.minimum(x, n - 1), 0), inside.astype(float)


def pad(x, n, spec, flat):
    """The coordinate after the padding, and the derivative of that."""
    padding = spec["border"]
    if padding == "zeros":
        return x, numpy.ones(x.shape)
    if padding == "border":
        return clip(x, n)
    folded, sign = reflect(x, n, spec["align_corners"], flat)
    clipped, inside = clip(folded, n)
    return clipped, sign * inside


def index(i, n):
    """Integers of integer-valued floats; outside where not within 0 .. n-1."""
    ok = (i >= 0) & (i <= n - 1)
    return numpy.where(ok, i, taps.OUTSIDE).astype(numpy.int64)


def stencil(g, n, spec, flat):
    mode = spec["interp"]
    x, factor = unnormalise(g, n, spec["align_corners"])
    if mode == "bicubic":
        base = numpy.floor(x)
        t = (x - base).astype(float)
        steps = [pad(base + x.dtype.type(k), n, spec, flat)[0] for k in range(-1, 3)]
        weight, slope = taps.keys(t, -0.75)
        where = numpy.stack([index(numpy.trunc(s), n) for s in steps])
        return taps.Stencil(where, weight, slope * factor)
    x, turn = pad(x, n, spec, flat)
    if mode == "nearest":
        one = numpy.ones((1, len(x)))
        return taps.Stencil(index(numpy.rint(x), n)[None], one, 0 * one)
    base = numpy.floor(x)
    weight, slope = taps.linear((x - base).astype(float))
    where = numpy.stack([index(base, n), index(base + 1, n)])
    return taps.Stencil(where, weight, slope * (factor * turn))


def sample(image, grid, spec):
    """Stencils of one batch item, slowest axis first."""
    axes = grid.reshape(-1, grid.shape[-1]).T[::-1]
    flat = len(axes) == 2
    return [stencil(g, n, spec, flat) for g, n in zip(axes, image.shape[1:])]


def grid_sample(rec, grid=None, spec=None):
    grid = rec["grid"] if grid is None else grid
    spec = spec or rec.spec
    image = rec["image"].astype(float)
    outputs, images, grids = [], [], []
    for b, one in enumerate(grid):
        stencils = sample(image[b], one, spec)
        output = taps.gather(image[b], stencils)
        outputs.append(output.reshape(len(output), *one.shape[:-1]))
        if "grad_output" not in rec:
            continue
        upstream = rec["grad_output"][b].astype(float).reshape(len(output), -1)
        images.append(taps.scatter(image[b].shape, stencils, upstream)[0])
        slope = numpy.stack(taps.slopes(image[b], stencils, upstream)[::-1], axis=-1)
        grids.append(slope.reshape(one.shape))
    result = {"output": numpy.stack(outputs)}
    if images:
        result |= {"grad_image": numpy.stack(images), "grad_grid": numpy.stack(grids)}
    return result


def base_grid(sizes, align, dtype):
    """Normalised output positions (x, y(, z), 1), one row a sample."""
    axes = []
    for n in sizes:
        if n == 1:
            axes.append(numpy.zeros(1, dtype))
            continue
        line = numpy.linspace(-1, 1, n)
        axes.append((line if align else line * (n - 1) / n).astype(dtype))
    mesh = numpy.meshgrid(*axes, indexing="ij")[::-1]
    return numpy.stack([*mesh, numpy.ones_like(mesh[0])], axis=-1).reshape(
        -1, len(axes) + 1
    )


def affine_grid(rec):
    """The sampling grid is modelled to rounding, and the rest from the recorded one, so
    that a tie cannot turn a rounding into a jump."""
    theta = rec["matrix"].astype(float)
    sizes = rec["output"].shape[2:]
    base = base_grid(sizes, rec.spec["align_corners"], rec["matrix"].dtype)
    base = base.astype(float)
    grid = numpy.einsum("pk,nck->npc", base, theta)
    result = grid_sample(rec, rec["sampling_grid"])
    slope = result.pop("grad_grid").reshape(len(theta), -1, len(sizes))
    result["grad_matrix"] = numpy.einsum("npc,pk->nck", slope, base)
    result["sampling_grid"] = grid.reshape(rec["sampling_grid"].shape)
    return result


MODELS = {"torch.grid_sample": grid_sample, "torch.affine_grid": affine_grid}


def bound(rec, name):
    """In units of the largest value of the array."""
    return {"float64": 2.0**-52, "float32": 2.0**-23}[rec["output"].dtype.name] * 64
