"""Parameters and fitted attributes of estimators, each declared once on its class.

scikit-learn reads the parameters of an estimator off the signature of its constructor, so that
every class with one parameter more than its base would have to repeat all the others. Here a class
declares its own, as fields of a dataclass are declared, and the metaclass writes the constructor:
keyword-only, and it only stores. ``clone``, ``get_params``, ``repr``, searches and
``inspect.getsource`` see a constructor like any other, and type checkers know the idiom (PEP 681).
"""

from __future__ import annotations
import __future__

import inspect
import linecache
import re
import sys
from numbers import Integral, Real
from typing import Any, Literal, NamedTuple, TypeVar, dataclass_transform

import numpy as np

from .._inputs._constructor_calls import NamedParameters, signature_of
from ._parameter_order import in_order

_SECTIONS = ("Parameters", "Attributes")
# A section of a numpydoc docstring: its title underlined, up to the next such or the end.
_SECTION = r"^{title}\n-{{3,}}\n(.*?)(?=^[A-Z][\w ]+\n-{{3,}}\n|\Z)"
_Estimator = TypeVar("_Estimator")
# Types of values that are what they should be.
_PLAIN = frozenset({bool, int, float, str, type(None)})
_ANY_SECTION = re.compile(r"^[A-Z][\w ]+\n-{3,}\n", re.MULTILINE)


class _Fitted:
    """What stands for the value of a fitted attribute in the body of a class."""


def fitted(*, init: Literal[False] = False) -> Any:
    """Declare a fitted attribute: one that `fit` sets, and no parameter.

    Parameters
    ----------
    init : False
        Tells type checkers that the constructor does not take it.

    Returns
    -------
    object
        What the class declares; `DeclaredParameters` removes it.

    Examples
    --------
    >>> from textvec.networks._parameters import DeclaredParameters, fitted
    >>> class Estimator(metaclass=DeclaredParameters):
    ...     width: int = 3
    ...     weights_: list[float] = fitted()
    >>> Estimator(width=4).width, hasattr(Estimator(), "weights_")
    (4, False)
    """
    return _Fitted()


class _Parameter(NamedTuple):
    annotation: str
    default: Any

    @property
    def is_count(self) -> bool:
        """Whether True stands for 1."""
        return "int" in self.annotation and "bool" not in self.annotation


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(fitted,))
class DeclaredParameters(NamedParameters):
    """Metaclass that writes the constructor of the parameters a class and its bases declare.

    An annotated default in the body of a class is a parameter. ``name_: type = fitted()``, or an
    annotation without a value whose name ends with an underscore, is a fitted attribute. The
    parameters of the class itself come first in the signature and in the docstring, then those of
    its bases, in the order of resolution, but for those that :func:`in_order` has a place for.
    ``_parameter_constraints`` of the bases are added to the class's own, and so are the entries of
    their docstrings. A class that declares a parameter anew, with another default, documents it
    anew; one that writes an ``__init__`` keeps it.

    Raises
    ------
    TypeError
        If an annotation without a value does not end with an underscore: a parameter needs a
        default.
    """

    _own_parameters: dict[str, _Parameter]
    _counts: dict[str, bool]
    _declared_fitted: frozenset[str]
    _own_doc: str

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]):
        super().__init__(name, bases, namespace)
        cls._declare(namespace)
        parameters = in_order(_collected(cls, "_own_parameters"))
        cls._counts = {n: p.is_count for n, p in parameters.items()}
        constraints = _collected(cls, "_parameter_constraints")
        cls._parameter_constraints = {n: c for n, c in constraints.items() if n in parameters}
        if parameters and "__init__" not in namespace:
            cls.__init__ = _constructor(cls, parameters)  # type: ignore[misc]
        cls.__signature__ = signature_of(cls)  # else inspect would see that of __call__
        if cls.__doc__ is not None:  # python -OO keeps none
            cls._own_doc = cls.__doc__
            cls.__doc__ = _with_inherited(cls, list(parameters))

    def _declare(cls, namespace: dict[str, Any]) -> None:
        """Sort the annotations of the class itself into parameters and fitted attributes."""
        cls._own_parameters, own_fitted = {}, set()
        for name, annotation in _annotations_of(cls).items():
            text = (
                annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
            )
            if "ClassVar" in text:
                continue
            default = namespace.get(name, inspect.Parameter.empty)
            if isinstance(default, _Fitted):
                delattr(cls, name)
            if isinstance(default, _Fitted) or (
                default is inspect.Parameter.empty and name.endswith("_")
            ):
                own_fitted.add(name)
            elif default is inspect.Parameter.empty:
                raise TypeError(
                    f"{cls.__name__}.{name} is annotated, but has no value: a parameter needs a "
                    "default, and the name of a fitted attribute ends with an underscore."
                )
            else:
                cls._own_parameters[name] = _Parameter(text, default)
        cls._declared_fitted = frozenset(own_fitted)
        for base in cls.__bases__:
            cls._declared_fitted |= getattr(base, "_declared_fitted", frozenset())


def _annotations_of(cls: type) -> dict[str, Any]:
    """Return the annotations in the body of a class, which Python 3.14 evaluates on demand."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        return get_annotations(cls, format=Format.STRING)
    return inspect.get_annotations(cls)


def with_plain_parameters(estimator: _Estimator) -> _Estimator:
    """Return a shallow copy of an estimator whose parameters are plain Python values.

    A search draws its values from arrays, so that a size may be an ``np.int64``, which
    scikit-learn's constraints let pass and torch refuses; so does True in place of 1.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec.networks._parameters import DeclaredParameters, with_plain_parameters
    >>> class Estimator(metaclass=DeclaredParameters):
    ...     width: int = 3
    >>> with_plain_parameters(Estimator(width=np.int64(4))).width
    4
    """
    plain = object.__new__(type(estimator))
    plain.__dict__.update(vars(estimator))
    for name, is_count in type(estimator)._counts.items():  # type: ignore[attr-defined]
        value = vars(estimator).get(name)
        if type(value) not in _PLAIN or (is_count and type(value) is bool):
            plain.__dict__[name] = _plain(value, is_count=is_count)
    return plain


def _plain(value: Any, *, is_count: bool) -> Any:
    """Return numbers and strings of any class as Python's own, anything else as it is."""
    if isinstance(value, (bool, np.bool_)):
        return int(value) if is_count else bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)  # of a member of an enumeration: its value
    return value


def _collected(cls: type, attribute: str) -> dict[str, Any]:
    """Return the entries of a dict of the class and its bases: its own first, and in its words."""
    entries: dict[str, Any] = {}
    for base in cls.__mro__:
        entries = entries | {
            n: e for n, e in vars(base).get(attribute, {}).items() if n not in entries
        }
    return entries


def _constructor(cls: type, parameters: dict[str, _Parameter]) -> Any:
    """Write the constructor; its source is where tracebacks and ``inspect`` look for it."""
    defaults = {f"_{name}": p.default for name, p in parameters.items()}
    lines = ["def __init__(", "    self,", "    *,"]
    for name, (annotation, default) in parameters.items():
        plain = isinstance(default, (bool, int, float, str, type(None)))
        lines.append(f"    {name}: {annotation} = {repr(default) if plain else f'_{name}'},")
    lines.append("):")
    lines += [f"    self.{name} = {name}" for name in parameters]
    source = "\n".join(lines) + "\n"
    filename = f"<parameters of {cls.__module__}.{cls.__qualname__}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    flags = __future__.annotations.compiler_flag
    code = compile(source, filename, "exec", flags=flags, dont_inherit=True)
    namespace: dict[str, Any] = {"__name__": cls.__module__, **defaults}
    exec(code, namespace)
    init = namespace["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__doc__ = "Store the parameters, which `fit` checks."
    return init


def _with_inherited(cls: type, order: list[str]) -> str:
    """Return the docstring of a class with its bases' parameters, in `order`, and attributes."""
    texts = [inspect.cleandoc(vars(b)["_own_doc"]) for b in cls.__mro__ if "_own_doc" in vars(b)]
    own, parts = texts[0], []
    for title in _SECTIONS:
        entries: dict[str, str] = {}
        for text in texts:
            entries = entries | {n: e for n, e in _entries(text, title) if n not in entries}
        if title == "Parameters":
            entries = {name: entries[name] for name in order if name in entries}
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
