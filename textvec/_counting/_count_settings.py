"""What counts depend on: the parameters they were made with, in words that travel with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import blake2b
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from .._containers._vocabulary import Vocabulary
from .._estimators._versioned_state import VERSION_KEY

__all__ = ["Settings", "check_same_settings", "described", "settings_of"]

#: Names of parameters and what they were, by name.
Settings = tuple[tuple[str, str], ...]

# What changes no result, or is no parameter.
NEUTRAL = frozenset({"n_jobs", "verbose"})
_NO_PARTS = NEUTRAL | {VERSION_KEY, "_sklearn_version"}
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_LONGEST = 100  # characters of a description; what is longer ends with a digest


def settings_of(parameters: Mapping[str, Any]) -> Settings:
    """Return the settings of counts that were made with these parameters."""
    return tuple(sorted((name, described(value)) for name, value in parameters.items()))


def check_same_settings(here: Settings, there: Settings, what: str = "counts were made") -> None:
    """Raise a ValueError that names the first parameter that both have, and that differs.

    Parameters
    ----------
    here, there : tuple of (name, description)
    what : str, default="counts were made"
        What was made with other parameters, for the message.
    """
    others = dict(there)
    for name, value in here:
        if others.get(name, value) != value:
            raise ValueError(
                f"{what} with other parameters: {name}={value} here, {name}={others[name]} there. "
                "Only what was learned with the same parameters adds up."
            )


def described(value: Any) -> str:
    """Return a short description of a parameter: the same in every process for the same value."""
    return _shortened(_description(value))


def _description(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, BaseEstimator):
        state = {n: v for n, v in _state_of(value).items() if n not in _NO_PARTS}
        return f"{type(value).__qualname__}({_items(state)})"
    if isinstance(value, Vocabulary):
        parts = (value.buffer, value.offsets, value.first_id)
        return f"Vocabulary({', '.join(map(_description, parts))})"
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"{value.dtype}{value.shape} {_digest(value.tobytes())}"
    if isinstance(value, (list, tuple)):
        return repr(value) if _are_plain(value) else f"[{', '.join(map(_description, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(_description, value)))}}}"
    if isinstance(value, dict):
        return f"{{{_items(value)}}}"
    return _of_function(value) if callable(value) else _ADDRESS.sub("", repr(value))


def _of_function(value: Any) -> str:
    """Return the name of a function, and a digest of what it does where that can be seen.

    By name alone, as pickle takes functions, two lambda expressions of a module were one.
    """
    if isinstance(value, partial):
        return f"partial({', '.join(map(_description, (value.func, value.args, value.keywords)))})"
    owner = getattr(value, "__self__", None)  # of a function in C, its module
    if isinstance(value, (MethodType, BuiltinMethodType)) and not isinstance(owner, ModuleType):
        return f"{_description(owner)}.{value.__name__}"
    if isinstance(value, FunctionType):
        does = [_code(value.__code__), *map(_description, _bound_to(value))]
        return f"{value.__module__}.{value.__qualname__} {_digest(repr(does).encode())}"
    named = value if hasattr(value, "__qualname__") else type(value)
    return f"{getattr(named, '__module__', None)}.{named.__qualname__}"


def _bound_to(function: FunctionType) -> list[Any]:
    """Return the plain values that a function has from where it was made."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    return [v for v in (*cells, *(function.__defaults__ or ())) if type(v) in _PLAIN]


def _code(code: CodeType) -> str:
    inner = [_code(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_code!r} {code.co_names} {inner}"


def _state_of(estimator: BaseEstimator) -> dict[str, Any]:
    state: dict[str, Any] = estimator.__getstate__()
    return state


def _items(mapping: Mapping[Any, Any]) -> str:
    return ", ".join(f"{name}={_description(mapping[name])}" for name in sorted(mapping, key=str))


def _are_plain(values: Iterable[Any]) -> bool:
    return all(type(value) in _PLAIN for value in values)


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 20]}... {_digest(text.encode('utf-8', 'surrogatepass'))}"


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
