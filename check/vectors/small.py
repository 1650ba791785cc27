"""Records a few small real runs of libraries: check/recordings/small.

Usage: small.py FOLDER [NAME]...

They are what the tests of recordings tamper with, and one is of a run that was wrong.
Writes FOLDER/NAME.npz for each recording below, or for those named, whose library can
be imported; says on standard error which could not.  Everything random is seeded: the
same versions of the libraries on the same processor write the same files.  The format
is src/subject/recording.h's: arrays, and spec.json with what the caller chose, in the
library's own words, and the versions of all that had a part in it.
"""

import io
import json
import os
import sys
import zipfile

import numpy as np

EPOCH = (1980, 1, 1, 0, 0, 0)


def save(path, spec, arrays):
    """Writes arrays and spec as an .npz that is the same bytes each time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array))
            archive.writestr(zipfile.ZipInfo(name + ".npy", EPOCH), member.getvalue(),
                             zipfile.ZIP_DEFLATED)
        text = json.dumps(spec, indent=2) + "\n"
        archive.writestr(zipfile.ZipInfo("spec.json", EPOCH), text,
                         zipfile.ZIP_DEFLATED)


def noise(seed, *shape):
    """Positive and negative numbers, none of them special."""
    return np.random.default_rng(seed).normal(0.3, 1.0, shape)


# A shear with rotation that leaves the image on all sides; its inverse is not exact.
MATRIX = np.array([[0.83, -0.31, 1.7], [0.27, 1.12, -1.3]])


def opencv_spec(function, border, layout, **choices):
    import cv2

    return {
        "convention": "opencv." + function,
        "version": cv2.__version__,
        "interp": "bilinear",
        "border": border,
        "layout": layout,
        **choices,
        "versions": {"opencv": cv2.__version__, "numpy": np.__version__},
    }


def opencv_warp_affine():
    import cv2

    image = noise(1, 9, 11, 3).astype(np.float32)
    value = np.array([0.3, -0.2, 0.7])
    output = cv2.warpAffine(image, MATRIX, (12, 8), flags=cv2.INTER_LINEAR,
                            borderMode=cv2.BORDER_CONSTANT, borderValue=value)
    return opencv_spec("warpAffine", "constant", "HWC", inverse_map=False), {
        "image": image,
        "matrix": MATRIX,
        "border_value": value,
        "output": output,
    }


def opencv_warp_affine_inverse():
    import cv2

    image = noise(2, 13, 7).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    output = cv2.warpAffine(image, MATRIX, (10, 11), flags=flags,
                            borderMode=cv2.BORDER_REFLECT_101)
    return opencv_spec("warpAffine", "reflect_101", "HW", inverse_map=True), {
        "image": image,
        "matrix": MATRIX,
        "output": output,
    }


def opencv_remap():
    import cv2

    image = noise(3, 6, 9, 4).astype(np.float32)
    where = np.random.default_rng(4)
    # Beyond the image by more than a period, and whole numbers among the others.
    map_x = where.uniform(-12.0, 20.0, (7, 13)).astype(np.float32)
    map_y = where.uniform(-9.0, 14.0, (7, 13)).astype(np.float32)
    map_x[2] = np.round(map_x[2])
    map_y[:, 5] = np.round(map_y[:, 5])
    output = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR,
                       borderMode=cv2.BORDER_WRAP)
    return opencv_spec("remap", "wrap", "HWC"), {
        "image": image,
        "map_x": map_x,
        "map_y": map_y,
        "output": output,
    }


def kornia_warp_affine(dtype, default, height, width, size, seed):
    """Before 0.9 kornia makes its normalising matrices in torch's default type and
    converts them: float64 by default float32 is a run with errors of 1e-7."""
    import kornia
    import torch

    torch.set_default_dtype(getattr(torch, default))
    image = torch.tensor(noise(seed, 1, 2, height, width).astype(dtype),
                         requires_grad=True)
    matrix = torch.tensor(MATRIX[None].astype(dtype), requires_grad=True)
    output = kornia.geometry.warp_affine(image, matrix, size, mode="bilinear",
                                         padding_mode="zeros", align_corners=True)
    upstream = noise(seed + 1, *output.shape).astype(dtype)
    output.backward(torch.tensor(upstream))
    spec = {
        "convention": "kornia.warp_affine",
        "version": kornia.__version__,
        "interp": "bilinear",
        "border": "zeros",
        "align_corners": True,
        "layout": "NCHW",
        "versions": {
            "kornia": kornia.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
    }
    return spec, {
        "image": image.detach().numpy(),
        "matrix": matrix.detach().numpy(),
        "output": output.detach().numpy(),
        "grad_output": upstream,
        "grad_image": image.grad.numpy(),
        "grad_matrix": matrix.grad.numpy(),
    }


RECORDINGS = {
    "opencv_warp_affine": opencv_warp_affine,
    "opencv_warp_affine_inverse": opencv_warp_affine_inverse,
    "opencv_remap": opencv_remap,
    "kornia_warp_affine_float64": lambda: kornia_warp_affine(
        "float64", "float64", 9, 12, (10, 11), 5),
    "kornia_warp_affine_float32": lambda: kornia_warp_affine(
        "float32", "float32", 5, 6, (6, 5), 7),
    "kornia_warp_affine_mixed": lambda: kornia_warp_affine(
        "float64", "float32", 5, 6, (6, 5), 7),
}


def main(folder, wanted):
    os.makedirs(folder, exist_ok=True)
    missing = 0
    for name in wanted or RECORDINGS:
        try:
            spec, arrays = RECORDINGS[name]()
        except ImportError as error:
            print(f"small.py: {name}: {error}", file=sys.stderr)
            missing += 1
            continue
        save(os.path.join(folder, name + ".npz"), spec, arrays)
    return missing > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
