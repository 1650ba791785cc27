"""Binding: how the parts of a call reach the parameters of a function that knows
nothing of Warpcheck.

A binding comes from a row of libraries.py, from the decorator `subject`, from a TOML
file, from options of the worker, and for what these leave open from the names and
annotations of the parameters.  README.md beside this package has the table."""

import dataclasses
import inspect

FRAMEWORKS = ("numpy", "torch", "jax")
DIRECTIONS = ("source-to-output", "output-to-source")
MAPS = ("matrix", "grid", "map_x", "map_y", "coords", "flow")
ROLES = (
    "image",
    *MAPS,
    "border_value",
    "output_shape",
    "interp",
    "border",
    "align_corners",
    "inverse_map",
)

# Names that a parameter of each role goes by, in lower case.
NAMES = {
    "image": ("image", "img", "input", "x", "src", "source", "im"),
    "matrix": ("matrix", "m", "theta", "mat", "affine", "transform", "h"),
    "grid": ("grid",),
    "map_x": ("map_x", "map1", "mapx", "xmap"),
    "map_y": ("map_y", "map2", "mapy", "ymap"),
    "coords": ("coords", "coordinates"),
    "flow": ("flow",),
    "border_value": (
        "border_value",
        "bordervalue",
        "cval",
        "fill",
        "fill_value",
        "padding_value",
    ),
    "output_shape": (
        "output_shape",
        "out_shape",
        "output_size",
        "out_size",
        "dsize",
        "size",
        "shape",
    ),
    "interp": ("interp", "mode", "interpolation", "kernel"),
    "border": ("border", "padding_mode", "border_mode", "bordermode", "padding"),
    "align_corners": ("align_corners",),
    "inverse_map": ("inverse_map",),
}


class BindingError(Exception):
    """The function cannot be called as the binding says."""


@dataclasses.dataclass
class Binding:
    """The fields are the options of the decorator and the keys of the TOML file; None
    is "not said"."""

    roles: dict = dataclasses.field(default_factory=dict)  # role -> parameter
    framework: str = None
    convention: str = None  # whose call it is; None: the harness's own, "warp"
    layout: str = None  # of the function's images; None: as the call has them
    direction: str = None  # of the function's matrix; None: as the convention says
    matrix_shape: str = None  # 2x3, 3x3, Nx2x3 or Nx3x3: the function's
    batched: bool = None  # maps have an axis for the batch
    map_dtype: str = None  # "image": maps and fills in the image's type
    fill: str = None  # "number": border_value is a float, the same for all channels
    size_order: str = None  # of output_shape: "hw", "wh" or "layout"
    interp: str = None  # the only one that the function does
    border: str = None
    words: dict = dataclasses.field(default_factory=dict)  # ours -> the function's
    constants: dict = dataclasses.field(default_factory=dict)  # parameter -> value
    writable: bool = None  # the arrays are copied, for a function that must write them
    dtypes: list = None  # those of images that the function is meant for
    gradients: list = None  # those that the function is meant to have
    vjp: object = None  # a function of the same arguments and grad_output
    computed: dict = dataclasses.field(default_factory=dict)  # parameter -> f(call)

    def merged(self, other):
        """This binding, and what `other` says over it."""
        fields = {}
        for field in dataclasses.fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if isinstance(mine, dict):
                fields[field.name] = {**mine, **theirs}
            else:
                fields[field.name] = mine if theirs is None else theirs
        return Binding(**fields)


def from_options(options):
    """The binding that keyword arguments, or a table of a TOML file, say: fields of
    Binding, and roles with the names of parameters."""
    fields = {field.name for field in dataclasses.fields(Binding)} - {"roles"}
    binding = Binding()
    for key, value in options.items():
        if key in fields:  # interp and border are fixed so; `bind` names parameters
            setattr(binding, key, value)
        elif key == "bind":
            binding.roles.update(known_roles(value))
        elif key in ROLES:
            binding.roles[key] = value
        else:
            raise BindingError(
                f"no option {key!r}; there are {', '.join(sorted(fields))}, "
                f"bind, and the roles {', '.join(ROLES)}"
            )
    check(binding)
    return binding


def known_roles(roles):
    for role in roles:
        if role not in ROLES:
            raise BindingError(f"no role {role!r}; there are {', '.join(ROLES)}")
    return roles


def check(binding):
    among("framework", binding.framework, FRAMEWORKS)
    among("direction", binding.direction, DIRECTIONS)
    among("size_order", binding.size_order, ("hw", "wh", "layout"))
    among("fill", binding.fill, ("number",))
    among("map_dtype", binding.map_dtype, ("image", "float32", "float64"))
    among("matrix_shape", binding.matrix_shape, ("2x3", "3x3", "Nx2x3", "Nx3x3"))
    if binding.layout is not None and sorted(set(binding.layout)) != sorted(
        binding.layout
    ):
        raise BindingError(f"no layout {binding.layout!r}")


def among(key, value, allowed):
    if value is not None and value not in allowed:
        raise BindingError(f"{key} {value!r}: it is one of {', '.join(allowed)}")


def subject(**options):
    """Decorator: declares how Warpcheck calls the function, which stays as it is.

    @warpcheck.subject(image="picture", matrix="M", layout="HWC")
    def shear(M, picture, dsize): ...
    """
    binding = from_options(options)

    def declare(function):
        function.__warpcheck__ = binding
        return function

    return declare


def complete(function, binding, partial=False):
    """The binding with what it leaves open taken from the function's parameters.
    `partial`: it need not be enough for a call."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return binding  # written in another language: all is said by a row
    taken = set(binding.roles.values()) | set(binding.constants) | set(binding.computed)
    roles = dict(binding.roles)
    for role in ROLES:
        if role not in roles and (name := guess(role, parameters, taken)):
            roles[role] = name
            taken.add(name)
    if not partial:
        check_parameters(parameters, roles, taken)
    return dataclasses.replace(binding, roles=roles)


def guess(role, parameters, taken):
    """The first parameter, by the order of the role's names, that is free."""
    by_name = {name.lower(): name for name in parameters if name not in taken}
    return next((by_name[n] for n in NAMES[role] if n in by_name), None)


def check_parameters(parameters, roles, taken):
    """Every parameter without a default has a value, and every name is a parameter."""
    kinds = {parameter.kind for parameter in parameters.values()}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        for name in taken - set(parameters):
            raise BindingError(
                f"the function has no parameter {name!r}; "
                f"it has {', '.join(parameters)}"
            )
    loose = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for name, parameter in parameters.items():
        if (
            parameter.kind not in loose
            and name not in taken
            and parameter.default is inspect.Parameter.empty
        ):
            raise BindingError(f"nothing is bound to the parameter {name!r}")
    if "image" not in roles:
        raise BindingError("no parameter is bound to the image")
