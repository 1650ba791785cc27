"""Models of kornia's warp_affine, warp_perspective and remap.  Rules: RULES.md."""

import numpy

import model_torch
import taps


def whole(matrix):
    """(2 or 3, 3) to (3, 3), float64."""
    return numpy.vstack([matrix.astype(float), [0, 0, 1]])[:3]


def positions(shape):
    """Output pixels (x, y, 1), one row a sample."""
    y, x = numpy.indices(shape).reshape(2, -1)
    return numpy.stack([x, y, numpy.ones_like(x)], axis=-1).astype(float)


def normalised(x, n, align):
    """With align_corners a single pixel's number is the pixel itself."""
    if align and n == 1:
        return x
    return 2 * x / (n - 1) - 1 if align else (2 * x + 1) / n - 1


def factors(sizes, align):
    """d pixel / d grid along x and y; of a single pixel any, its slopes being 0."""
    return [max(n - 1, 1) / 2 if align else n / 2 for n in sizes[::-1]]


def source(backward, shape):
    """Homogeneous source pixels (samples, 3) of a backward matrix."""
    return positions(shape) @ backward.T


def item(rec, b, spec):
    """Stencils, output and gradients of one batch item, from the recorded grid."""
    image = rec["image"][b].astype(float)
    stencils = model_torch.sample(image, rec["sampling_grid"][b], spec)
    fill = rec["border_value"].astype(float) if "border_value" in rec else 0.0
    upstream = rec["grad_output"][b].astype(float).reshape(len(image), -1)
    output = taps.gather(image, stencils, fill)
    of_image, of_fill = taps.scatter(image.shape, stencils, upstream)
    slopes = taps.slopes(image, stencils, upstream, fill)
    return output, of_image, of_fill, numpy.stack(slopes[::-1], axis=-1)


def of_matrix(backward, shape, slopes):
    """Gradient of the forward matrix from that of source pixels (samples, x y)."""
    sums = source(backward, shape)
    w = sums[:, 2:]
    by_sum = numpy.concatenate(
        [slopes / w, -(slopes * sums[:, :2]).sum(1, keepdims=True) / w**2], axis=1
    )
    of_backward = by_sum.T @ positions(shape)
    return -backward.T @ of_backward @ backward.T


def warp(rec):
    spec = dict(rec.spec)
    if spec["border"] == "fill":
        spec["border"] = "zeros"
    sizes, shape = rec["image"].shape[2:], rec["output"].shape[2:]
    grids, outputs, images, matrices, fills = [], [], [], [], 0.0
    for b, matrix in enumerate(rec["matrix"]):
        backward = numpy.linalg.inv(whole(matrix))
        sums = source(backward, shape)
        pixel = (sums[:, :2] / sums[:, 2:]).T
        pairs = zip(pixel, sizes[::-1])
        grid = [normalised(x, n, spec["align_corners"]) for x, n in pairs]
        grids.append(numpy.stack(grid, axis=-1).reshape(*shape, 2))
        output, of_image, of_fill, slopes = item(rec, b, spec)
        outputs.append(output.reshape(-1, *shape))
        images.append(of_image)
        slopes = slopes / factors(sizes, spec["align_corners"])
        matrices.append(of_matrix(backward, shape, slopes)[: matrix.shape[0]])
        fills = fills + of_fill
    result = {
        "sampling_grid": numpy.stack(grids),
        "output": numpy.stack(outputs),
        "grad_image": numpy.stack(images),
        "grad_matrix": numpy.stack(matrices),
    }
    if "border_value" in rec:
        result["grad_border_value"] = fills
    return result


def remap(rec):
    """Pixels are normalised as with align_corners, whatever the flag."""
    spec = dict(rec.spec)
    spec["align_corners"] = spec.get("align_corners", False)
    maps, scales = [], []
    for name, n in zip(("map_x", "map_y"), rec["image"].shape[:1:-1]):
        plain = spec.get("normalized_coordinates", False)
        scale, offset = (1.0, 0.0) if plain else (2 / (n - 1), -1.0)
        maps.append(scale * rec[name] + offset)
        scales.append(scale)
    result = model_torch.grid_sample(rec, numpy.stack(maps, axis=-1), spec)
    slopes = result.pop("grad_grid")
    for axis, name in enumerate(("grad_map_x", "grad_map_y")):
        result[name] = slopes[..., axis] * scales[axis]
    return result


MODELS = {
    "kornia.warp_affine": warp,
    "kornia.warp_perspective": warp,
    "kornia.remap": remap,
}


def bound(rec, name):
    """In units of the largest value of the array; a matrix gradient is a sum over
    samples through two inverse matrices."""
    u = 2.0**-52 if rec["output"].dtype == numpy.float64 else 2.0**-23
    return u * (4096 if name == "grad_matrix" else 256)
