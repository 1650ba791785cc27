"""Functions as a user writes them, which say nothing of the library that they call: what
they are is found by asking (identify_live.py)."""

import functools

import numpy


def cv2_affine(image, matrix, size):
    """OpenCV: the matrix from source to output, the size as (width, height)."""
    import cv2

    return cv2.warpAffine(image, matrix, size[::-1])


def cv2_affine_cubic(image, matrix):
    """The same in the image's size, by cubic convolution, mirrored outside."""
    import cv2

    size = image.shape[1::-1]
    flags = cv2.INTER_CUBIC
    return cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT)


def cv2_bytes(image, matrix):
    """Of 8 bits only."""
    import cv2

    assert image.dtype == numpy.uint8
    return cv2.warpAffine(image, matrix, image.shape[1::-1])


def cv2_remap(image, map_x, map_y):
    import cv2

    kind = numpy.float32
    return cv2.remap(image, map_x.astype(kind), map_y.astype(kind), cv2.INTER_LINEAR)


def scipy_affine(image, matrix):
    """SciPy: rows before columns, from output to source; order 3 is the default."""
    from scipy import ndimage

    return ndimage.affine_transform(image, matrix)


def scipy_coordinates(image, map_x, map_y):
    from scipy import ndimage

    return ndimage.map_coordinates(image, [map_y, map_x], order=1, mode="nearest")


def skimage_affine(image, matrix):
    """scikit-image: a 3x3 matrix from output to source."""
    from skimage import transform

    return transform.warp(image, numpy.vstack([matrix, [0, 0, 1]]), preserve_range=True)


def skimage_cubic(image, matrix):
    from skimage import transform

    homography = numpy.vstack([matrix, [0, 0, 1]])
    return transform.warp(image, homography, order=3, clip=False)


def torch_affine(image, matrix, size):
    import torch

    functional = torch.nn.functional

    shape = (*image.shape[:2], *size)
    theta = matrix.to(image.dtype).expand(len(image), 2, 3)
    grid = functional.affine_grid(theta, shape, align_corners=False)
    return functional.grid_sample(image, grid, align_corners=False)


def torch_grid(image, map_x, map_y):
    import torch

    grid = torch.stack([map_x, map_y], -1).to(image.dtype)
    grid = grid.expand(len(image), *grid.shape)
    sample = torch.nn.functional.grid_sample
    return sample(image, grid, mode="bicubic", align_corners=True)


def kornia_affine(image: "torch.Tensor", matrix, size):
    from kornia.geometry.transform import warp_affine

    return warp_affine(image, matrix.to(image.dtype).expand(len(image), 2, 3), size)


def jax_coordinates(image, map_x, map_y):
    import jax

    sample = jax.scipy.ndimage.map_coordinates
    return sample(image, [map_y, map_x], order=1, mode="reflect")


def pillow_affine(image, matrix, size):
    """Pillow, 8 bits, grey: the matrix from output to source, (width, height)."""
    from PIL import Image

    picture = Image.fromarray(image).convert("L")
    data = matrix.ravel().tolist()
    warped = picture.transform(size[::-1], Image.Transform.AFFINE, data, Image.BICUBIC)
    return numpy.asarray(warped)


def pillow_colours(image, matrix):
    """Of three channels, in the image's size."""
    from PIL import Image

    kind = Image.Transform.AFFINE
    picture = Image.fromarray(image, "RGB")
    data = matrix.ravel().tolist()
    return numpy.asarray(picture.transform(picture.size, kind, data, Image.BILINEAR))


@functools.lru_cache(maxsize=None)
def onnx_session():
    """GridSample of opset 20, cubic."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    image, grid, output = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * 4)
        for name in ("image", "grid", "output")
    )
    node = helper.make_node("GridSample", ["image", "grid"], ["output"], mode="cubic")
    graph = helper.make_graph([node], "one", [image, grid], [output])
    opset = [helper.make_opsetid("", 20)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=8)
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=providers)


def onnx_grid(image, map_x, map_y):
    grid = numpy.stack([numpy.stack([map_x, map_y], -1)] * len(image))
    given = {"image": image, "grid": grid.astype(numpy.float32)}
    return onnx_session().run(None, given)[0]
