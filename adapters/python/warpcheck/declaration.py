"""Declaration: the whole binding of a named function, from all who have a say: the row
of a library, the file warpcheck.toml, the decorator, the options."""

import os

from . import find, libraries
from .adapt import Adapted
from .arguments import HARNESS
from .binding import Binding, BindingError, complete, from_options
from .choices import in_form_of
from .frameworks import detect, framework
from .probe import settle

FILE = "warpcheck.toml"


def adapted(name, options=None, path=None, convention=None):
    """The function `name`, ready for calls.  `options` is a dict, `path` a TOML file
    (None: warpcheck.toml beside the function's file, or here, if there is one),
    `convention` what it will be asked for, where nobody has declared one."""
    function = find.function_of(name)
    known = libraries.row(libraries.name_of(function))
    binding = known or Binding()
    binding = binding.merged(getattr(function, "__warpcheck__", Binding()))
    binding = binding.merged(from_file(name, path))
    binding = binding.merged(from_options(options or {}))
    if known is None:
        binding = in_words(function, binding, binding.convention or convention)
    binding = named_vjp(name, complete(function, binding))
    kind = framework(binding.framework or detect(function))
    if known is None:
        guessed = binding.framework is None and kind.name == "numpy"
        binding = settle(function, binding, kind, guessed)
    return Adapted(function, binding, kind)


def in_words(function, binding, convention):
    """A function of one's own under a library's convention has the library's form, but
    for what is declared."""
    if convention in (None, HARNESS):
        return binding
    row = libraries.row_of_convention(convention) or Binding(convention=convention)
    return in_form_of(row, function).merged(binding)


def named_vjp(name, binding):
    """A vjp given by name lies beside the function."""
    if isinstance(binding.vjp, str):
        place = name.rpartition(":")[0]
        binding.vjp = find.function_of(f"{place}:{binding.vjp}")
    return binding


def from_file(name, path):
    place, _, function = name.rpartition(":")
    if path is None:
        folder = os.path.dirname(place) if place.endswith(".py") else ""
        path = os.path.join(folder, FILE)
        if not os.path.exists(path):
            return Binding()
    document = read_toml(path)
    table = document.get("subject", {}).get(function)
    return from_options(table) if table is not None else Binding()


def read_toml(path):
    try:
        import tomllib
    except ImportError:
        raise BindingError(f"{path}: reading TOML needs Python 3.11") from None
    with open(path, "rb") as stream:
        try:
            return tomllib.load(stream)
        except tomllib.TOMLDecodeError as error:
            raise BindingError(f"{path}: {error}") from None
