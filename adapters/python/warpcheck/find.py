"""Find: names of functions to functions, and back."""

import importlib
import importlib.util
import inspect
import os
import sys

from . import libraries


class NotFound(Exception):
    """No function by that name, or no name for that function."""


def function_of(name):
    """FILE.py:FUNCTION or package.module:FUNCTION; FUNCTION may have dots."""
    place, colon, path = name.rpartition(":")
    if not colon or not place or not path:
        raise NotFound(
            f"{name!r} is neither FILE.py:FUNCTION nor package.module:FUNCTION"
        )
    found = module_of(place)
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            raise NotFound(f"{place} has no {path}")
        found = getattr(found, attribute)
    if not callable(found):
        raise NotFound(f"{name} is no function")
    return found


def module_of(place):
    if not place.endswith(".py"):
        sys.path.insert(0, os.getcwd())
        return importlib.import_module(place)
    if not os.path.exists(place):
        raise NotFound(f"there is no file {place}")
    place = os.path.abspath(place)
    name = os.path.splitext(os.path.basename(place))[0]
    sys.path.insert(0, os.path.dirname(place))
    spec = importlib.util.spec_from_file_location(name, place)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def name_of(function):
    """The name by which another process finds the function."""
    if isinstance(function, str):
        return function
    known = libraries.name_of(function)
    if known is not None:
        return known
    module, path = getattr(function, "__module__", None), function_path(function)
    if module is None or module == "builtins":
        raise NotFound(f"{path} says no module that it is from")
    if module != "__main__" and getattr(sys.modules.get(module), "__spec__", None):
        return f"{module}:{path}"
    try:
        return f"{os.path.abspath(inspect.getsourcefile(function))}:{path}"
    except TypeError:
        raise NotFound(f"{path} is in no file") from None


def function_path(function):
    path = getattr(function, "__qualname__", None)
    if path is None:
        raise NotFound(f"{function!r} has no name")
    if "<lambda>" in path:
        raise NotFound(
            "another process cannot find a lambda: give it a name, with def, "
            "in a module or a file"
        )
    if "<locals>" in path:
        raise NotFound(
            f"another process cannot find {path}, which is made inside a "
            "function: move it to the top of a module or a file"
        )
    if inspect.ismethod(function):
        raise NotFound(
            f"another process cannot find {path} of this very object: "
            "write a function around it"
        )
    return path
