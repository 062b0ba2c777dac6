"""What a user trusts: functions and classes of his own, which a file only names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MethodType
from typing import Any

Trusted = Iterable[Any] | Mapping[str, Any]


class Trust:
    """The functions and classes that a file may name, and their names.

    Parameters
    ----------
    trusted : iterable or mapping
        Functions and classes, named as ``"module:qualname"``, or such names; a mapping of
        names of the user's choice.

    Raises
    ------
    TypeError
        If one is no function, class or name.
    ValueError
        If one has no name of its own, such as a lambda, or there is nothing of a name.
    """

    def __init__(self, trusted: Trusted = ()):
        if isinstance(trusted, (str, bytes)) or not isinstance(trusted, Iterable):
            raise TypeError(
                "trusted must be a list of functions, classes and names, or a dict of names to "
                f"them, got {trusted!r:.80}."
            )
        if isinstance(trusted, Mapping):
            pairs = list(trusted.items())
        else:
            pairs = [_named(each) for each in trusted]
        self._objects: dict[str, Any] = {}
        for name, found in pairs:
            if not isinstance(name, str) or not callable(found):
                raise TypeError(f"trusted holds {found!r:.80}, expected a function or a class.")
            self._objects[name] = found

    def name_of(self, value: Any) -> str | None:
        """Return the name of a function or class; None if it is not trusted."""
        for name, found in self._objects.items():
            if found is value or (isinstance(value, MethodType) and found == value):
                return name
        return None

    def find(self, name: str) -> Any:
        """Return what has a name in a file; None if it is not trusted."""
        return self._objects.get(name)

    def types(self) -> list[str]:
        """Return the trusted functions and classes, as skops names them."""
        return [own_name(found).replace(":", ".") for found in self._objects.values()]


def has_known_methods(owner: Any, trust: Trust) -> bool:
    """Return whether a file may name a method of an object: of a regular expression, or trusted."""
    return isinstance(owner, re.Pattern) or trust.name_of(type(owner)) is not None


def own_name(value: Any) -> str:
    """Return the name by which a function or class is known in any process."""
    return f"{getattr(value, '__module__', None)}:{getattr(value, '__qualname__', '')}"


def _named(value: Any) -> tuple[str, Any]:
    if isinstance(value, str):
        return value, _imported(value)
    if not callable(value):
        raise TypeError(f"trusted holds {value!r:.80}, expected a function, a class or its name.")
    if "<" in own_name(value):
        raise ValueError(
            f"trusted holds {value!r:.80}, which has no name of its own: pass a dict that gives it "
            "one, trusted={'my name': function}, the same to save and to load."
        )
    return own_name(value), value


def _imported(name: str) -> Any:
    module, _, qualname = name.partition(":")
    if not module or not qualname:
        raise ValueError(f"trusted holds {name!r:.80}, expected 'module:name'.")
    found: Any = import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise ValueError(f"trusted holds {name!r:.80}, but {module} has no {qualname}.")
    return found
