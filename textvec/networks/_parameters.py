"""Parameters of estimators, each written once: its default, its constraint, its text.

scikit-learn reads an estimator's parameters off the signature of its constructor, so that
every class with one parameter more than its base would have to repeat all thirty others. Here
a class declares its own parameters as fields, and :func:`declares_parameters` makes of them,
and of those it inherits, the constructor that would have been written by hand: a plain
keyword-only ``__init__`` that stores. ``clone``, ``get_params``, ``repr``, searches and ``help``
see nothing unusual, and type checkers and editors know the idiom as that of dataclasses.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, fields
from typing import Any, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)

_SECTIONS = ("Parameters", "Attributes")
# A section of a numpydoc docstring: its title underlined, up to the next such or the end.
_SECTION = r"^{title}\n-{{3,}}\n(.*?)(?=^[A-Z][\w ]+\n-{{3,}}\n|\Z)"
_ANY_SECTION = re.compile(r"^[A-Z][\w ]+\n-{3,}\n", re.MULTILINE)


@dataclass_transform(kw_only_default=True)
def declares_parameters(cls: _Class) -> _Class:
    """Make a constructor of the fields of a class and its bases.

    Besides, the constraints of the bases are added to ``_parameter_constraints``, and what
    their docstrings say of parameters and attributes to the docstring, after the class's
    own. A class that declares a parameter anew, with another default, documents it anew.

    Parameters
    ----------
    cls : type
        Has annotated defaults, which are its parameters, and may have constraints of them.

    Returns
    -------
    type
        The same class.
    """
    # Estimators are compared and shown as scikit-learn does it.
    dataclass(kw_only=True, eq=False, repr=False, match_args=False)(cls)
    constraints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        constraints |= vars(base).get("_parameter_constraints", {})
    names = {field.name for field in fields(cls)}
    cls._parameter_constraints = {n: c for n, c in constraints.items() if n in names}  # type: ignore[attr-defined]
    if cls.__doc__ is not None:  # python -OO keeps none
        cls._own_doc = cls.__doc__  # type: ignore[attr-defined]
        cls.__doc__ = _with_inherited(cls)
    return cls


def _with_inherited(cls: type) -> str:
    """Give the docstring of a class with its bases' entries in the lists of parameters."""
    texts = [inspect.cleandoc(vars(b)["_own_doc"]) for b in cls.__mro__ if "_own_doc" in vars(b)]
    own, parts = texts[0], []
    for title in _SECTIONS:
        entries: dict[str, str] = {}
        for text in texts:
            entries = entries | {n: e for n, e in _entries(text, title) if n not in entries}
        own = _section(title).sub("", own)
        if entries:
            parts.append(f"{title}\n{'-' * len(title)}\n" + "\n".join(entries.values()))
    found = _ANY_SECTION.search(own)
    head, rest = (own[: found.start()], own[found.start() :]) if found else (own, "")
    return "\n\n".join(part.strip() for part in (head, *parts, rest) if part.strip()) + "\n"


def _entries(text: str, title: str) -> list[tuple[str, str]]:
    """List the names in a section of a docstring, and the whole entry of each."""
    found = _section(title).search(text)
    if found is None:
        return []
    entries = re.split(r"\n(?=\S)", found.group(1).strip())
    return [(entry.partition(" :")[0], entry) for entry in entries]


def _section(title: str) -> re.Pattern[str]:
    return re.compile(_SECTION.format(title=title), re.MULTILINE | re.DOTALL)
