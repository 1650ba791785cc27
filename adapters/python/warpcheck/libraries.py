"""The functions of known libraries, with each library's words: one row a function.

A row is a binding of which nothing is left open.  The names of arrays, their shapes and
the words on the left are those of doc/recordings.md."""

import functools
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


@functools.lru_cache(maxsize=None)
def onnx_session(dtype, rank, opset, **options):
    """A graph of the one operator GridSample, on the CPU."""
    onnx = importlib.import_module("onnx")
    runtime = importlib.import_module("onnxruntime")
    kinds = {"float32": onnx.TensorProto.FLOAT, "float64": onnx.TensorProto.DOUBLE}
    image, grid, output = (
        onnx.helper.make_tensor_value_info(name, kinds[dtype], [None] * rank)
        for name in ("image", "grid", "output")
    )
    node = onnx.helper.make_node("GridSample", ["image", "grid"], ["output"], **options)
    graph = onnx.helper.make_graph([node], "one", [image, grid], [output])
    meant = [onnx.helper.make_opsetid("", opset)]
    model = onnx.helper.make_model(graph, opset_imports=meant, ir_version=8)
    return runtime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )


def onnx_grid_sample(image, grid, mode, padding_mode, align_corners, opset):
    """onnxruntime's GridSample, opsets 16, 20 and 22: the convention onnx.GridSample."""
    dtype = image.dtype.name
    if dtype not in ("float32", "float64") or (dtype != "float32" and opset < 22):
        raise Unsupported(f"onnxruntime has no GridSample of {dtype} in opset {opset}")
    if opset < 20:
        mode = {"linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
    options = {"mode": mode, "padding_mode": padding_mode}
    session = onnx_session(
        dtype, image.ndim, opset, align_corners=int(align_corners or 0), **options
    )
    return session.run(None, {"image": image, "grid": grid.astype(image.dtype)})[0]


def pil_transform(image, matrix, size, resample, fill):
    """Pillow's Image.transform, affine or perspective: the convention pil.transform."""
    pillow = importlib.import_module("PIL.Image")
    if image.dtype.name not in ("uint8", "float32"):
        raise Unsupported(f"Pillow has no images of {image.dtype.name} that it warps")
    picture = pillow.fromarray(image)
    affine = matrix.shape[0] == 2 or numpy.array_equal(matrix[2], [0, 0, 1])
    kind = pillow.Transform.AFFINE if affine else pillow.Transform.PERSPECTIVE
    data = tuple(numpy.ravel(matrix)[: 6 if affine else 8].tolist())
    resample = pillow.Resampling[resample]
    return numpy.asarray(picture.transform(size, kind, data, resample, fillcolor=fill))


def skimage_coords(image, coords, **options):
    """scikit-image's warp by coordinates: the convention skimage.warp.coords."""
    return importlib.import_module("skimage.transform").warp(image, coords, **options)


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


def pil_fill(call):
    """One number, or one a channel: whole for images of 8 bits."""
    fill = call.arrays.get("border_value")
    image = call.arrays["image"].data
    number = int if image.dtype.name == "uint8" else float
    values = [0] if fill is None else [number(v) for v in numpy.ravel(fill.data)]
    channels = image.shape[2] if image.ndim == 3 else 1
    return values[0] if channels == 1 else tuple((values * channels)[:channels])


def onnx_opset(call):
    return int(call.spec.get("opset") or 22)


SKIMAGE_CHOICES = {"clip": clip, "preserve_range": preserved}
LINEAR = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}
PIL_FILTERS = {word: word.upper() for word in ("nearest", "bilinear", "bicubic")}

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
        computed=SKIMAGE_CHOICES,
        writable=True,  # its Cython asks for it, and does not use it
    ),
    "warpcheck.libraries:skimage_coords": array_row(
        "numpy",
        "skimage.warp.coords",
        SKIMAGE_MODES,
        image="image",
        roles={"coords": "coords"},
        computed=SKIMAGE_CHOICES,
    ),
    "warpcheck.libraries:onnx_grid_sample": Binding(
        {**GRID, "image": "image"},
        "numpy",
        "onnx.GridSample",
        words={"interp": LINEAR, "border": PADDINGS},
        batched=True,
        computed={"opset": onnx_opset},
    ),
    "warpcheck.libraries:pil_transform": Binding(
        {
            "image": "image",
            "matrix": "matrix",
            "interp": "resample",
            "output_shape": "size",
        },
        "numpy",
        "pil.transform",
        words={"interp": PIL_FILTERS},
        size_order="wh",
        computed={"fill": pil_fill},
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


def row_of_convention(convention):
    """The first of a convention; None where no row has it."""
    rows = (row for row in ROWS.values() if row.convention == convention)
    return next(rows, None)
