"""Functions without a word of declaration, of the kinds that users write."""

import numpy


def in_place_of(image, matrix):
    """An output of the image's size."""
    return image + float(matrix[0, 2])


def sampled_by(image, theta):
    """An output of the image's size, of torch: the wanted one is not asked for."""
    import torch.nn.functional as functional

    grid = functional.affine_grid(theta, image.shape, align_corners=False)
    return functional.grid_sample(image, grid, align_corners=False)


def wants_tensors(image, matrix):
    """As what calls torch by another module."""
    return image.clone() * matrix.new_ones(())


def bytes_only(image, matrix):
    if image.dtype != numpy.uint8:
        raise TypeError("8 bits, please")
    return image.copy()


def single_only(image, matrix):
    return image.astype(numpy.float32)


def asks_to_write(image, matrix):
    """As Cython's buffers do."""
    if not image.flags.writeable:
        raise ValueError("buffer source array is read-only")
    return image.copy()


def of_any_axes(image, matrix):
    """Two axes by a 2x3 matrix; but three by a 3x3 one, of no shift."""
    axes = image.ndim
    if matrix.shape not in ((axes, axes), (axes, axes + 1)):
        raise RuntimeError("affine matrix has wrong number of rows")
    return image.copy()


def imports_within(image, matrix):
    import torch.nn.functional as functional

    return functional.relu(image)
