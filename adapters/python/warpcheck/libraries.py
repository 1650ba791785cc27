"""The functions of known libraries, with each library's words: one row a function.

A row is a binding of which nothing is left open.  The names of arrays, their shapes and
the words on the left are those of doc/recordings.md."""

import importlib
import sys

import numpy

from .binding import Binding
from .protocol import Unsupported

SAME = {word: word for word in ("nearest", "bilinear", "bicubic")}
PADDINGS = {word: word for word in ("zeros", "border", "reflection")}
SCIPY_MODES = (
    "constant", "grid-constant", "nearest", "mirror", "reflect", "wrap", "grid-wrap",
)  # fmt: skip
SKIMAGE_MODES = ("constant", "edge", "symmetric", "reflect", "wrap")
JAX_MODES = ("constant", "nearest", "mirror", "reflect", "wrap")
SPLINES = {
    "nearest": 0,
    "bilinear": 1,
    **{f"spline{order}": order for order in range(6)},
}

CV_INTERPS = {
    "nearest": "INTER_NEAREST",
    "bilinear": "INTER_LINEAR",
    "bicubic": "INTER_CUBIC",
    "lanczos4": "INTER_LANCZOS4",
}
CV_BORDERS = ("constant", "replicate", "reflect", "reflect_101", "wrap")


def torch_affine(image, matrix, size, mode, padding_mode, align_corners):
    """torch's affine_grid, then its grid_sample: the convention torch.affine_grid."""
    functional = importlib.import_module("torch.nn.functional")
    grid = functional.affine_grid(matrix, list(size), align_corners)
    return functional.grid_sample(image, grid, mode, padding_mode, align_corners)


def cv_word(call, key, words, default, prefix):
    word = str(call.spec.get(key, default)).lower().replace("-", "_")
    name = words.get(word, word.upper())
    name = name if name.startswith(prefix) else prefix + name
    constant = getattr(importlib.import_module("cv2"), name, None)
    if constant is None:
        raise Unsupported(f"cv2 has no {name}")
    return constant


def cv_prepare(call):
    """OpenCV's own loops or Intel's, as the call says: they follow other rules.  So do
    versions 4 and 5; where nothing is said, 5 is meant."""
    cv2 = importlib.import_module("cv2")
    meant, here = str(call.spec.get("version") or "5"), cv2.__version__
    if meant.partition(".")[0] != here.partition(".")[0]:
        raise Unsupported(
            f"this is OpenCV {here}, not {meant}: ask with --library-version {here}"
        )
    if hasattr(cv2, "ipp"):
        cv2.ipp.setUseIPP(bool(call.spec.get("ipp")))


def cv_flags(call):
    cv_prepare(call)
    flags = cv_word(call, "interp", CV_INTERPS, "bilinear", "INTER_")
    if call.spec.get("inverse_map"):
        flags |= importlib.import_module("cv2").WARP_INVERSE_MAP
    return flags


def cv_border(call):
    words = {word: "BORDER_" + word.upper() for word in CV_BORDERS}
    return cv_word(call, "border", words, "constant", "BORDER_")


def cv_fill(call):
    """A cv::Scalar: one number is for all channels."""
    fill = call.arrays.get("border_value")
    if fill is None:
        return 0
    values = [float(value) for value in numpy.ravel(fill.data)]
    return tuple(values * 4) if len(values) == 1 else tuple(values)


def cv_destination(call):
    """What border transparent leaves where it reads nothing; None: a new array."""
    before = call.arrays.get("destination")
    return None if before is None else before.data.copy()


def cv_size(call):
    sizes = call.output_sizes
    return sizes["W"], sizes["H"]


def cv_row(function, image="src", **maps):
    computed = {"borderMode": cv_border, "borderValue": cv_fill}
    computed["dst"] = cv_destination
    computed["interpolation" if function == "remap" else "flags"] = cv_flags
    if function != "remap":
        computed["dsize"] = cv_size
    return Binding(
        {"image": image, **maps},
        "numpy",
        "opencv." + function,
        computed=computed,
    )


def torch_row(convention, roles, paddings=PADDINGS, **more):
    words = {"interp": SAME, "border": paddings}
    return Binding(roles, "torch", convention, words=words, batched=True, **more)


def normalised(call):
    return call.spec.get("normalized_coordinates", False)


def kornia_row(function, fill, **roles):
    chosen = {
        "interp": "mode",
        "border": "padding_mode",
        "align_corners": "align_corners",
    }
    if fill:
        chosen["border_value"] = "fill_value"
    paddings = {**PADDINGS, "fill": "fill"} if fill else PADDINGS
    computed = {} if fill else {"normalized_coordinates": normalised}
    roles.update(chosen)
    return torch_row("kornia." + function, roles, paddings, computed=computed)


def array_row(framework, convention, modes, image="input", **more):
    """A function of one channel, with `order`, `mode` and `cval`."""
    roles = {
        "image": image,
        "interp": "order",
        "border": "mode",
        "border_value": "cval",
    }
    roles.update(more.pop("roles"))
    words = {"interp": SPLINES, "border": {mode: mode for mode in modes}}
    return Binding(roles, framework, convention, words=words, fill="number", **more)


def prefilter(call):
    return call.spec.get("prefilter", True)


def clip(call):
    return call.spec.get("clip", False)


def preserved(call):
    return call.spec.get("preserve_range", False)


def scipy_row(function, **roles):
    return array_row(
        "numpy",
        "scipy." + function,
        SCIPY_MODES,
        roles=roles,
        computed={"prefilter": prefilter},
    )


GRID = {"image": "input", "grid": "grid", "interp": "mode", "border": "padding_mode",
        "align_corners": "align_corners"}  # fmt: skip
AFFINE = {"image": "image", "matrix": "matrix", "interp": "mode",
          "border": "padding_mode", "align_corners": "align_corners",
          "output_shape": "size"}  # fmt: skip
KORNIA = {"image": "src", "matrix": "M", "output_shape": "dsize"}

ROWS = {
    "torch.nn.functional:grid_sample": torch_row("torch.grid_sample", GRID),
    "warpcheck.libraries:torch_affine": torch_row(
        "torch.affine_grid", AFFINE, size_order="layout"
    ),
    "kornia.geometry.transform:warp_affine": kornia_row("warp_affine", True, **KORNIA),
    "kornia.geometry.transform:warp_perspective": kornia_row(
        "warp_perspective", True, **KORNIA
    ),
    "kornia.geometry.transform:remap": kornia_row(
        "remap", False, image="image", map_x="map_x", map_y="map_y"
    ),
    "cv2:warpAffine": cv_row("warpAffine", matrix="M"),
    "cv2:warpPerspective": cv_row("warpPerspective", matrix="M"),
    "cv2:remap": cv_row("remap", map_x="map1", map_y="map2"),
    "scipy.ndimage:map_coordinates": scipy_row("map_coordinates", coords="coordinates"),
    "scipy.ndimage:affine_transform": scipy_row(
        "affine_transform", matrix="matrix", output_shape="output_shape"
    ),
    "skimage.transform:warp": array_row(
        "numpy",
        "skimage.warp",
        SKIMAGE_MODES,
        image="image",
        roles={"matrix": "inverse_map", "output_shape": "output_shape"},
        computed={"clip": clip, "preserve_range": preserved},
        writable=True,  # its Cython asks for it, and does not use it
    ),
    "jax.scipy.ndimage:map_coordinates": array_row(
        "jax", "jax.map_coordinates", JAX_MODES, roles={"coords": "coordinates"}
    ),
}


def name_of(function):
    """The name of the row that a function is; None for a function of one's own."""
    for name in ROWS:
        module, attribute = name.split(":")
        found = sys.modules.get(module)
        if found is not None and getattr(found, attribute, None) is function:
            return name
    return None


def row(name):
    return ROWS.get(name)
