"""Functions under test, some of them wrong."""

import sys

import numpy

import warpcheck

REPLICATE = {"border": "replicate", "direction": "output-to-source"}


def sampled(image, matrix, shape):
    """Bilinear, the edge extended; matrix from output to source, image HWC."""
    v, u = numpy.mgrid[: shape[0], : shape[1]].astype(float)
    x, y = (m[0] * u + m[1] * v + m[2] for m in matrix)
    left, top = numpy.floor(x).astype(int), numpy.floor(y).astype(int)
    output = 0
    for row in (0, 1):
        for column in (0, 1):
            weight = abs(1 - row - (y - top)) * abs(1 - column - (x - left))
            r = numpy.clip(top + row, 0, image.shape[0] - 1)
            c = numpy.clip(left + column, 0, image.shape[1] - 1)
            output = output + weight[..., None] * image[r, c]
    return output.astype(image.dtype)


def nameless(q, r, p):
    return sampled(p, q, r)


@warpcheck.subject(**REPLICATE)
def chatty(image, matrix, output_shape):
    print("here I am")
    print("and here", file=sys.stderr)
    return sampled(image, matrix, output_shape)


@warpcheck.subject(**REPLICATE)
def raising(image, matrix, output_shape):
    if image.shape[1] == 5:
        raise ValueError(f"{image.shape[1]} columns are too few")
    return sampled(image, matrix, output_shape)


@warpcheck.subject(**REPLICATE)
def refusing(image, matrix, output_shape):
    if image.shape == (7, 5, 2):
        raise NotImplementedError("only squares")
    return sampled(image, matrix, output_shape)


@warpcheck.subject(**REPLICATE)
def widening(image, matrix, output_shape):
    output = sampled(image, matrix, output_shape)
    return output.astype(float) if image.shape == (7, 5, 2) else output


@warpcheck.subject(**REPLICATE)
def writing(image, matrix, output_shape):
    output = sampled(image, matrix, output_shape)
    if image.shape == (7, 5, 2):
        image[0, 0, 0] = 0
    return output


def choosy(image, M, dsize, mode, border):
    if mode not in ("bilinear", "nearest") or border not in ("replicate", "constant"):
        raise ValueError("never heard of it")
    return sampled(image, M, dsize)


def hopeless(image, matrix, output_shape):
    return image[:2]


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def detaching(image, matrix, output_shape):
    import torch

    columns = torch.arange(output_shape[1], dtype=image.dtype)
    shift = columns * matrix[0, 2].to(image.dtype)
    return image.detach()[: output_shape[0], : output_shape[1]] + shift[:, None]


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def darkening(image, matrix, output_shape):
    image *= 0.5
    return image[: output_shape[0], : output_shape[1]] * matrix[0, 0].to(image.dtype)


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def graphless(image, matrix, output_shape):
    import torch

    with torch.no_grad():
        return image[: output_shape[0], : output_shape[1]] * 2


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def of_one_size(image, matrix):
    return image * 2


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def through_numpy(image, matrix, output_shape):
    return image[: output_shape[0], : output_shape[1]].detach().numpy()


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def backwards_in_torch(image, matrix, output_shape):
    """A function with a backward pass written by hand, and no forward mode."""
    import torch

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(context, image):
            return image * 2

        @staticmethod
        def backward(context, upstream):
            return upstream * 2

    return Twice.apply(image)[: output_shape[0], : output_shape[1]]


@warpcheck.subject(framework="jax", border="replicate", layout="HWC")
def backwards_in_jax(image, matrix, output_shape):
    """The same in JAX."""
    import jax

    twice = jax.custom_vjp(lambda image: image * 2)
    twice.defvjp(lambda image: (image * 2, None), lambda _, g: (g * 2,))
    return twice(image)[: output_shape[0], : output_shape[1]]


@warpcheck.subject(framework="torch", border="replicate", layout="HWC")
def once_in_torch(image, matrix, output_shape):
    """A function whose backward pass has no derivative."""
    import torch

    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(context, image):
            return image * 2

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(context, upstream):
            return upstream * 2

    return Twice.apply(image)[: output_shape[0], : output_shape[1]]


@warpcheck.subject(framework="jax", border="replicate", layout="HWC")
def once_in_jax(image, matrix, output_shape):
    """The same in JAX: its backward pass is not JAX's own code."""
    import jax

    def pull(_, g):
        like = jax.ShapeDtypeStruct(g.shape, g.dtype)
        return (jax.pure_callback(lambda g: 2 * numpy.asarray(g), like, g),)

    twice = jax.custom_vjp(lambda image: image * 2)
    twice.defvjp(lambda image: (image * 2, None), pull)
    return twice(image)[: output_shape[0], : output_shape[1]]


def in_jax(
    image: "jax.Array", matrix, output_shape, border="replicate", mode="bilinear"
):  # noqa: F821
    """Output to source by declaration: source to output here."""
    import jax.numpy as jnp
    from jax.scipy.ndimage import map_coordinates

    whole = jnp.concatenate([matrix, jnp.array([[0.0, 0.0, 1.0]])])
    inverse = jnp.linalg.inv(whole)
    v, u = jnp.mgrid[: output_shape[0], : output_shape[1]]
    x, y = (inverse[i, 0] * u + inverse[i, 1] * v + inverse[i, 2] for i in (0, 1))
    planes = [
        map_coordinates(image[..., c], [y, x], 1, "nearest")
        for c in range(image.shape[2])
    ]
    return jnp.stack(planes, axis=-1).astype(image.dtype)


@warpcheck.subject(**REPLICATE)
def unblended(image, matrix, output_shape):
    """Wrong: the fraction of a pixel is dropped."""
    return sampled(image, numpy.floor(matrix), output_shape)


def maker():
    def made(image):
        return image

    return made


class Warps:
    def method(self, image):
        return image

    @staticmethod
    def static(image):
        return image


@warpcheck.subject(**REPLICATE)
def double(image, matrix, output_shape):
    if image.dtype != float:
        raise TypeError("double precision, please")
    return sampled(image, matrix, output_shape)


@warpcheck.subject(**REPLICATE)
def unusual(image, matrix, size, cval=0.0):
    if matrix.shape != (3, 3) or not isinstance(cval, float):
        raise TypeError("not like this")
    output = sampled(image.transpose(1, 2, 0), matrix[:2], size[::-1])
    return output.transpose(2, 0, 1)
