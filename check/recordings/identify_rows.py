"""What identify must say of each library's function, in each of its words.

A row: the module that has to be there, with the first number of its version where rules
differ; the subject and the options; regular expressions, one of each line that must be
found, and of what must not."""

import itertools
import re
from dataclasses import dataclass, field

BORDERS = ("constant", "replicate", "reflect", "reflect_101", "wrap")
CV_KERNELS = {"bilinear": "bilinear", "nearest": "nearest", "bicubic": "cubic-0.75",
              "lanczos4": "lanczos4"}  # fmt: skip
TORCH_KERNELS = {"bilinear": "bilinear", "nearest": "nearest", "bicubic": "cubic-0.75"}
SCIPY_BORDERS = {
    "constant": "fill-whole-sample, fill ",
    "grid-constant": "constant",
    "nearest": "replicate|clip",
    "mirror": "reflect_101|scipy-mirror|reflect-centres",
    "reflect": "reflect:|scipy-reflect|reflect-edges",
    "wrap": "scipy-wrap",
    "grid-wrap": "wrap:",
}
JAX_BORDERS = {**SCIPY_BORDERS, "constant": "constant", "wrap": "wrap:"}
del JAX_BORDERS["grid-constant"], JAX_BORDERS["grid-wrap"]
SKIMAGE_BORDERS = {
    "constant": "constant",
    "edge": "replicate|clip",
    "symmetric": "reflect:|scipy-reflect|reflect-edges",
    "reflect": "reflect_101|scipy-mirror|reflect-centres",
    "wrap": "wrap:|scipy-grid-wrap",
}
FLOATS = "8-bit images are not taken"
WHOLE = "half-|copied"  # pixels, or sums to the nearest whole number


@dataclass
class Row:
    module: str
    subject: str
    options: list = field(default_factory=list)
    says: list = field(default_factory=list)
    never: str = None
    version: str = ""  # how that of the module begins
    tier: int = 2  # 0: in CI; 1: in the table; 2: all


def lines(kernel, border, centre, coordinates, rounding, *more):
    """The lines of identify's answer."""
    said = {"kernel": kernel, "border": border, "pixel centre": centre,
            "coordinates": coordinates, "rounding": rounding}  # fmt: skip
    return [f"^{name} +.*({words})" for name, words in said.items()] + list(more)


def named(convention, interp, border, align=None, more=""):
    flag = "" if align is None else f", align_corners {align}"
    return f"^  {re.escape(convention)}, interp {interp}, border {border}{flag}{more}"


def rank(*places):
    """Every word once in the table, others in full only: the tier of a combination."""
    return 1 if len({place % 5 for place in places}) == 1 else 2


def torch_border(border, centred):
    if border in ("zeros", "fill"):
        return "constant"
    if border == "border":
        return "replicate|clip"
    return "reflect_101|reflect-centres" if centred else "reflect:|reflect-edges"


def torch_like(module, subject, convention, borders, in_pixels=False):
    """Of torch's kind.  Numbers from -1 to 1, unless it takes pixels."""
    words = itertools.product(enumerate(TORCH_KERNELS), enumerate(borders), (True, False))
    for (i, interp), (b, border), align in words:
        said = str(align).lower()
        options = [f"--convention={convention}", f"--interp={interp}",
                   f"--border={border}", f"--align-corners={said}"]  # fmt: skip
        centre = "pixels" if in_pixels else "centres" if align else "edges"
        if convention == "kornia.remap" and not align:
            centre = "kornia-edges"
        outside = torch_border(border, align)
        yield Row(
            module,
            subject,
            options,
            lines(TORCH_KERNELS[interp], outside, f"{centre}:", "exact|float",
                  "copied" if interp == "nearest" else FLOATS,
                  named(convention, interp, border, said)),
            tier=1 if i == b % 3 and align == (i % 2 == 0) else 2,
        )  # fmt: skip


def opencv(version):
    """Version 4 keeps 1/32 pixel; 5 does not where it was written anew."""
    functions = {"warpAffine": "affine", "warpPerspective": "perspective", "remap": "remap"}
    words = itertools.product(
        enumerate(functions.items()), enumerate(CV_KERNELS), enumerate(BORDERS)
    )
    for (f, (function, chain)), (i, interp), (b, border) in words:
        own = version == "5" and interp == "bicubic"
        told = interp == "bicubic"
        coordinates = "float32" if own else f"opencv4-{chain}|rounded to multiples of 1/32"
        if interp == "nearest":
            coordinates = f"opencv4-{chain}|exact|float"
        convention = "opencv." + function
        options = [f"--convention={convention}", "--library-version=VERSION",
                   f"--interp={interp}", f"--border={border}"]  # fmt: skip
        name = named(convention, interp, border, more=f", version {version}.x")
        yield Row(
            "cv2",
            f"py:cv2:{function}",
            options,
            lines(CV_KERNELS[interp], f"{border}:", "pixels:", coordinates,
                  "half-|opencv4-8u|copied", name),
            never=named(convention, interp, border, more=f", version {'45'.replace(version, '')}.x")
            if told
            else None,
            version=version,
            tier=0 if (f, i, b) in ((0, 2, 3), (2, 0, 0)) else rank(f + i, b),
        )  # fmt: skip


def opencv_single(version):
    """In single precision version 5 has bilinear and nearest of its own too."""
    for f, function in enumerate(("warpAffine", "warpPerspective", "remap")):
        for interp in ("bilinear", "bicubic"):
            convention = "opencv." + function
            options = [f"--convention={convention}", "--library-version=VERSION",
                       f"--interp={interp}", "--border=reflect", "--dtype=float32"]  # fmt: skip
            other = "45".replace(version, "")
            coordinates = "float|exact" if version == "5" else "opencv4-|1/32"
            yield Row(
                "cv2",
                f"py:cv2:{function}",
                options,
                lines(CV_KERNELS[interp], "reflect:", "pixels:", coordinates, "half-",
                      named(convention, interp, "reflect", more=f", version {version}.x")),
                never=named(convention, interp, "reflect", more=f", version {other}.x"),
                version=version,
                tier=1,
            )  # fmt: skip


def spline(order):
    if order < 2:
        return ("nearest", "bilinear")[order]
    return f"spline{order}: .*prefilter"


def scipy(function, borders, module="scipy", convention="scipy", orders=6):
    subject = {"scipy": f"py:scipy.ndimage:{function}",
               "jax": f"py:jax.scipy.ndimage:{function}"}[module]  # fmt: skip
    for order, (b, border) in itertools.product(range(orders), enumerate(borders)):
        name = f"{convention}.{function}"
        options = [f"--convention={name}", f"--interp=spline{order}", f"--border={border}"]
        yield Row(
            module,
            subject,
            options,
            lines(spline(order), borders[border], "pixels:", "exact|float|scipy",
                  WHOLE if module == "scipy" else ".", "^axis order +y, x",
                  named(name, f"spline{order}", border)),
            tier=0 if module == "scipy" and (order, b) == (3, 5) else rank(order, b),
        )  # fmt: skip


def skimage(subject, convention):
    """By a matrix orders 0, 1 and 3 go a way of their own, where 3 is a cubic with
    a = -1/2; all others are SciPy's splines."""
    fast = convention == "skimage.warp"
    for order, (b, border) in itertools.product(range(6), enumerate(SKIMAGE_BORDERS)):
        kernel = "cubic-0.5: .*a = -1/2" if fast and order == 3 else spline(order)
        options = [f"--convention={convention}", f"--interp=spline{order}",
                   f"--border={border}"]  # fmt: skip
        tier = 0 if (order, b) == (3, 2) else rank(order, b)
        yield Row(
            "skimage",
            subject,
            options,
            lines(kernel, SKIMAGE_BORDERS[border], "pixels:", "exact|float|scipy", ".",
                  named(convention, f"spline{order}", border)),
            tier=tier,
        )  # fmt: skip


def pillow():
    kernels = {"nearest": "nearest", "bilinear": "bilinear", "bicubic": "cubic-1: .*a = -1"}
    for interp, dtype in itertools.product(kernels, ("uint8", "float32")):
        rounding = "copied" if interp == "nearest" else "truncate"
        yield Row(
            "PIL",
            "py:warpcheck.libraries:pil_transform",
            ["--convention=pil.transform", f"--interp={interp}", f"--dtype={dtype}"],
            lines(kernels[interp], "fill-edges|constant: ", "corners:", "exact|pillow|float", rounding,
                  named("pil.transform", interp, "fill")),
            tier=0 if (interp, dtype) == ("bicubic", "uint8") else 1,
        )  # fmt: skip


def plugins():
    """Built by identify_live.py from examples/."""
    leptonica = ["--convention=leptonica.pixAffine"]
    kernels = {"bilinear": ("leptonica: .*1/16", "truncate"), "nearest": (".", "copied")}
    for interp, (coordinates, rounding) in kernels.items():
        yield Row(
            "lept",
            "plugin:leptonica",
            [*leptonica, f"--interp={interp}"],
            lines(interp, "fill-floor", "pixels:", coordinates, rounding,
                  named("leptonica.pixAffine", interp, "fill")),
            tier=0 if interp == "bilinear" else 1,
        )  # fmt: skip
    yield Row(
        "vips",
        "plugin:vips",
        [],
        lines("bilinear", "constant", "pixels:", "exact", FLOATS, "^map .*source to output"),
        tier=0,
    )
    # Its border is none of the reference's: a sample more than one pixel outside is the
    # border value, though a cubic's taps reach farther.
    yield Row(
        "vips",
        "plugin:vips",
        ["--kernel=cubic-0.5"],
        ["in part", "^kernel +cubic-0.5: .*a = -1/2", "^pixel centre +pixels",
         "^coordinates +exact", "^border +unknown"],
        tier=1,
    )  # fmt: skip


BLACK_BOXES = (
    ("cv2", "cv2_affine", 1, lines("bilinear", "constant", "pixels:", "opencv4-affine", "half-",
        "^map .*source to output", named("opencv.warpAffine", "bilinear", "constant"))),
    ("cv2", "cv2_affine_cubic", 0, lines("cubic-0.75", "reflect:", "pixels:", "opencv4-affine",
        "half-", named("opencv.warpAffine", "bicubic", "reflect", more=", version 4"))),
    ("cv2", "cv2_bytes", 0, lines("bilinear", "constant", "pixels:", "opencv4-affine",
        "opencv4-8u", named("opencv.warpAffine", "bilinear", "constant", more=", version 4"))),
    ("cv2", "cv2_remap", 1, lines("bilinear", "constant", "pixels:", "opencv4-remap", "half-",
        named("opencv.remap", "bilinear", "constant"))),
    ("scipy", "scipy_affine", 0, lines("spline3: .*prefilter mirror", "fill ", "pixels:", "exact",
        "half-", "^axis order +y, x", named("scipy.affine_transform", "spline3", "constant"))),
    ("scipy", "scipy_coordinates", 1, lines("bilinear", "replicate", "pixels:", "exact", "half-")),
    ("skimage", "skimage_affine", 1, lines("bilinear", "constant", "pixels:", "exact", ".",
        named("skimage.warp", "spline1", "constant"))),
    ("skimage", "skimage_cubic", 0, lines("cubic-0.5: .*a = -1/2", "constant", "pixels:", "exact",
        ".", named("skimage.warp", "spline3", "constant"))),
    ("torch", "torch_affine", 1, lines("bilinear", "constant", "edges:", "exact|float", FLOATS,
        named("torch.affine_grid", "bilinear", "zeros", "false"))),
    ("torch", "torch_grid", 1, lines("cubic-0.75", "constant", "centres:", "exact|float", FLOATS,
        named("torch.grid_sample", "bicubic", "zeros", "true"))),
    ("kornia", "kornia_affine", 1, lines("bilinear", "constant", "pixels:", "exact|float", FLOATS,
        named("kornia.warp_affine", "bilinear", "zeros"))),
    ("jax", "jax_coordinates", 1, lines("bilinear", "reflect:", "pixels:", "exact|float", "half-")),
    ("PIL", "pillow_affine", 0, lines("cubic-1: .*a = -1", "fill-edges", "corners:", "exact",
        "truncate", named("pil.transform", "bicubic", "fill"))),
    ("PIL", "pillow_colours", 1, lines("bilinear", "fill-edges", "corners:", "exact", "truncate",
        named("pil.transform", "bilinear", "fill"))),
    ("onnxruntime", "onnx_grid", 1, lines("cubic-0.75", "constant", "edges:", "exact|float",
        FLOATS, named("onnx.GridSample", "bicubic", "zeros", "false"))),
)  # fmt: skip


def black_boxes():
    for module, name, tier, says in BLACK_BOXES:
        version = "4" if module == "cv2" else ""
        yield Row(module, f"py:BOXES:{name}", [], says, version=version, tier=tier)


def rows():
    paddings = ("zeros", "border", "reflection")
    kornia = "py:kornia.geometry.transform:"
    yield from torch_like(
        "torch", "py:torch.nn.functional:grid_sample", "torch.grid_sample", paddings
    )
    yield from torch_like(
        "torch", "py:warpcheck.libraries:torch_affine", "torch.affine_grid", paddings
    )
    yield from torch_like(
        "onnxruntime", "py:warpcheck.libraries:onnx_grid_sample", "onnx.GridSample", paddings
    )
    for function, borders in (
        ("warp_affine", (*paddings, "fill")),
        ("warp_perspective", (*paddings, "fill")),
        ("remap", paddings),
    ):
        yield from torch_like(
            "kornia", kornia + function, "kornia." + function, borders, in_pixels=True
        )
    for version in "45":
        yield from opencv(version)
        yield from opencv_single(version)
    yield from scipy("map_coordinates", SCIPY_BORDERS)
    yield from scipy("affine_transform", SCIPY_BORDERS)
    yield from scipy("map_coordinates", JAX_BORDERS, "jax", "jax", 2)
    yield from skimage("py:skimage.transform:warp", "skimage.warp")
    yield from skimage("py:warpcheck.libraries:skimage_coords", "skimage.warp.coords")
    yield from pillow()
    yield from plugins()
    yield from black_boxes()
