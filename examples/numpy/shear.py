"""A warp in NumPy, with a gradient written by hand; its parameters have names and an
order of their own, which a decorator explains.

    warpcheck verify py:shear.py:sample"""

import numpy

import warpcheck


def taps(M, size, photo):
    """Row and column of the four pixels of each output pixel, and their weights."""
    a, b, c, d, e, f = M.ravel()
    v, u = numpy.mgrid[: size[1], : size[0]].astype(float)
    x, y = a * u + b * v + c, d * u + e * v + f
    # Beyond two pixels outside all is edge; a coordinate of 1e20 is no integer.
    x, y = x.clip(-2, photo.shape[1] + 1), y.clip(-2, photo.shape[0] + 1)
    left, top = numpy.floor(x).astype(int), numpy.floor(y).astype(int)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        weight = abs(1 - row - (y - top)) * abs(1 - column - (x - left))
        r = numpy.clip(top + row, 0, photo.shape[0] - 1)
        c = numpy.clip(left + column, 0, photo.shape[1] - 1)
        yield r, c, weight[..., None]


def sample_backward(M, size, photo, grad_output):
    gradient = numpy.zeros(photo.shape)
    for row, column, weight in taps(M, size, photo):
        numpy.add.at(gradient, (row, column), weight * grad_output)
    return gradient.astype(photo.dtype)


@warpcheck.subject(
    bind={"image": "photo", "matrix": "M", "output_shape": "size"},
    size_order="wh",
    layout="HWC",
    direction="output-to-source",
    border="replicate",
    vjp=sample_backward,
)
def sample(M, size, photo):
    """size is (width, height); M goes from output to source; the edge is extended."""
    output = numpy.zeros((size[1], size[0], photo.shape[2]))
    for row, column, weight in taps(M, size, photo):
        output += weight * photo[row, column]
    return output.astype(photo.dtype)
