"""Choices: what the caller of a library's function may choose, the parameter that takes
it, and what the function does unasked.  A function of one's own that is asked in the
library's words may lack some of these parameters: of those choices it can be asked for
the library's default alone."""

import inspect

from .binding import Binding

TORCH = {
    "interp": ("mode", "bilinear"),
    "border": ("padding_mode", "zeros"),
    "align_corners": ("align_corners", False),
}
KORNIA = {**TORCH, "align_corners": ("align_corners", True)}
KORNIA_REMAP = {
    **TORCH,
    "align_corners": ("align_corners", False),
    "normalized_coordinates": ("normalized_coordinates", False),
}
OPENCV = {
    "interp": ("flags", "bilinear"),
    "border": ("borderMode", "constant"),
    "border_value": ("borderValue", 0),
    "inverse_map": ("flags", False),
}
SCIPY = {
    "interp": ("order", "spline3"),
    "border": ("mode", "constant"),
    "border_value": ("cval", 0),
    "prefilter": ("prefilter", True),
}
SKIMAGE = {
    "interp": ("order", "bilinear"),
    "border": ("mode", "constant"),
    "border_value": ("cval", 0),
    "clip": ("clip", True),
    "preserve_range": ("preserve_range", False),
}

# (parameter, default) of each choice.  Where the library has no default of its kernel,
# of remap and of JAX, the harness's own stands for it.
CHOICES = {
    "torch.grid_sample": TORCH,
    "torch.affine_grid": TORCH,
    "kornia.warp_affine": KORNIA,
    "kornia.warp_perspective": KORNIA,
    "kornia.remap": KORNIA_REMAP,
    "opencv.warpAffine": OPENCV,
    "opencv.warpPerspective": OPENCV,
    "opencv.remap": {**OPENCV, "interp": ("interpolation", "bilinear")},
    "scipy.map_coordinates": SCIPY,
    "scipy.affine_transform": SCIPY,
    "skimage.warp": SKIMAGE,
    "skimage.warp.coords": SKIMAGE,
    "onnx.GridSample": TORCH,
    "pil.transform": {"interp": ("resample", "nearest"), "border_value": ("fill", 0)},
    "jax.map_coordinates": {
        "interp": ("order", "bilinear"),
        "border": ("mode", "constant"),
        "border_value": ("cval", 0),
    },
}

# Other words for what a default is.
SAME = {"spline0": "nearest", "spline1": "bilinear", "linear": "bilinear"}


def untold(binding, convention, spec):
    """(parameter, what was chosen, the default) of a choice that the function cannot be
    told, and that is not the library's default; None where there is no such."""
    for key, (parameter, default) in CHOICES.get(convention, {}).items():
        chosen = spec.get(key)
        fixed = getattr(binding, key, None) is not None
        if chosen is None or fixed or is_taken(binding, key, parameter):
            continue
        if SAME.get(chosen, chosen) != SAME.get(default, default):
            return parameter, chosen, default
    return None


def is_taken(binding, key, parameter):
    """By a parameter, or by the declaration."""
    return key in binding.roles or any(
        parameter in given for given in (binding.computed, binding.constants)
    )


def takes_fill(binding, convention):
    choice = CHOICES.get(convention, {}).get("border_value")
    if choice is None:
        return "border_value" in binding.roles or bool(binding.computed)
    return is_taken(binding, "border_value", choice[0])


def in_form_of(row, function):
    """The binding of a library's function, as far as this one has its parameters."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return row
    any_name = inspect.Parameter.VAR_KEYWORD in {p.kind for p in parameters.values()}

    def has(name):
        return any_name or name in parameters

    roles = {role: name for role, name in row.roles.items() if has(name)}
    return Binding(
        roles,
        convention=row.convention,
        batched=row.batched,
        fill=row.fill if "border_value" in roles else None,
        size_order=row.size_order,
        words={role: words for role, words in row.words.items() if role in roles},
        computed={name: of for name, of in row.computed.items() if has(name)},
    )
