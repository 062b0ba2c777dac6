"""Messages about what a saved model can't hold, each with the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import BuiltinMethodType, MethodType
from typing import Any

from ._trust import own_name

# What is of these is no code of the user.
_LIBRARIES = {*sys.stdlib_module_names, "numpy", "pandas", "polars", "pyarrow", "scipy"}


def refusal(where: str, value: Any) -> TypeError:
    """Return the error about a value at a place, such as ``"the parameter func"``."""
    if isinstance(value, Iterator):
        return TypeError(
            f"{where} is a {type(value).__name__}, which is read once and can't be saved: pass a "
            "list of what it yields."
        )
    if isinstance(value, MethodType) and not isinstance(value.__self__, type):
        return _of_code(f"{where} is a method of an object of", type(value.__self__))
    if isinstance(value, BuiltinMethodType) and getattr(value, "__module__", None) is None:
        return TypeError(
            f"{where} is the method {value.__qualname__} of an object, which a saved model can't "
            "hold: call it in a function of a module, which can be trusted."
        )
    is_code = hasattr(value, "__qualname__")
    cls = value if is_code else type(value)
    is_of_library = str(getattr(cls, "__module__", None)).partition(".")[0] in _LIBRARIES
    if not is_of_library:
        return _of_code(f"{where} is" if is_code else f"{where} is an object of", cls)
    name = own_name(cls)
    if not is_code:
        return TypeError(
            f"{where} is an object of {name}, which a saved model can't hold: pass a number, a "
            "text, a list, a dict or an array of NumPy instead."
        )
    return TypeError(
        f"{where} is {name}, which a saved model doesn't name without your leave: pass "
        f"trusted={[name]} to save and to load."
    )


def untrusted(where: str, types: list[str]) -> TypeError:
    """Return the error about an object that holds types which skops does not trust."""
    names = [":".join(name.rsplit(".", 1)) for name in types]
    return TypeError(
        f"{where} holds {', '.join(types)}, which skops does not trust, as a file made up by "
        "somebody could harm the process. If all your files come from you, pass "
        f"trusted={names} to save and to load."
    )


def _of_code(what: str, cls: Any) -> TypeError:
    name = getattr(cls, "__qualname__", str(cls))
    as_argument = "{'my name': your_function}" if "<" in name else f"[{name}]"
    return TypeError(
        f"{what} {own_name(cls)}, which is code of your own: a saved model holds none. Put it "
        f"into a module that the other process can import, and pass trusted={as_argument} to save "
        "and to load."
    )
