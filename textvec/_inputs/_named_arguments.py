"""Calls whose arguments do not fit, as users of other libraries write them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, getattr_static, signature
from types import FunctionType
from typing import Any, TypeVar, cast

from .._compat import InvalidParameterError
from ._peer_names import unknown_argument

_F = TypeVar("_F", bound=Callable[..., Any])
_LEARNING = ("fit", "partial_fit", "fit_transform")
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def naming_arguments(hint: str = "") -> Callable[[_F], _F]:
    """Return a decorator: the error of a call that does not fit says what to write instead.

    Calls that fit pay for one more call. Errors of the function itself stay as they are, but for
    those of an estimator with a parameter that is not valid, set after `fit`: it is named.

    Parameters
    ----------
    hint : str
        What to write where arguments are missing.

    Examples
    --------
    >>> from textvec._inputs._named_arguments import naming_arguments
    >>> @naming_arguments()
    ... def read(X, *, length=None):
    ...     return X
    >>> read([], maxlen=3)
    Traceback (most recent call last):
    TypeError: read has no argument 'maxlen': here it is length.
    """

    def decorate(function: _F) -> _F:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                is_of_call = isinstance(error, TypeError)
                message = _message(function, args, kwargs, hint) if is_of_call else None
                if message is None:
                    _check_parameters(function, args, error)
                    raise
            raise TypeError(message)

        call._names_arguments = True  # type: ignore[attr-defined]
        return cast("_F", call)

    return decorate


def name_arguments_of_methods(cls: type) -> None:
    """Decorate the public methods of a class, and of its mixins, as `naming_arguments` does.

    What is there on a condition, by ``available_if``, stays as it is.
    """
    bases = [base for base in cls.__mro__ if base.__module__.startswith("textvec.")]
    for name in {name for base in (cls, *bases) for name in vars(base) if name[0] != "_"}:
        method = getattr_static(cls, name)
        if isinstance(method, FunctionType) and not hasattr(method, "_names_arguments"):
            setattr(cls, name, naming_arguments()(method))
        elif isinstance(method, classmethod) and not hasattr(method, "_names_arguments"):
            setattr(cls, name, classmethod(naming_arguments()(method.__func__)))


def _check_parameters(
    function: Callable[..., Any], args: tuple[Any, ...], error: Exception
) -> None:
    """Raise the error of a parameter of the estimator whose method has raised an error."""
    is_method = bool(args) and next(iter(signature(function).parameters), "") == "self"
    if not is_method or not hasattr(args[0], "_validate_params"):
        return
    try:
        args[0]._validate_params()
    except InvalidParameterError as invalid:
        name = str(invalid).split("'")[1]
        if name not in str(error):  # which else says what is wrong by itself
            raise invalid from error


def _message(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], hint: str
) -> str | None:
    """Return what is wrong with a call; None if the function takes the arguments."""
    called = signature(function)
    parameters = called.parameters
    try:
        called.bind(*args, **kwargs)
    except TypeError as error:
        said = str(error)
    else:
        return None
    owner = args[0] if args and next(iter(parameters), "") in ("self", "cls") else None
    name, known = _name(function, owner), list(parameters)[owner is not None :]
    takes_all = any(p.kind is Parameter.VAR_KEYWORD for p in parameters.values())
    for keyword in () if takes_all else kwargs:
        if keyword not in known:
            return unknown_argument(keyword, known, name, owner)
    by_position = [p.name for p in parameters.values() if p.kind in _BY_POSITION]
    passed = {*by_position[: len(args)], *kwargs}
    missing = [n for n, p in parameters.items() if _is_needed(p) and n not in passed]
    if missing:
        if owner is not None and function.__name__ in _LEARNING:
            owner._validate_params()  # of which scikit-learn's checks want to hear first
        return f"{name} needs {' and '.join(missing)}{f': {hint}' if hint else ''}."
    n_most, n_given = (n - (owner is not None) for n in (len(by_position), len(args)))
    if n_given > n_most:
        most = f"{n_most or 'no'} positional arguments"
        return f"{name} takes {most}, got {n_given}: pass others by name."
    return f"{name} got {said}."  # several values for one


def _is_needed(parameter: Parameter) -> bool:
    is_one = parameter.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    return is_one and parameter.default is parameter.empty


def _name(function: Callable[..., Any], owner: Any) -> str:
    """Return the name of a function, or of a method of the class that the user knows."""
    if owner is None:
        return function.__name__
    cls = (owner if isinstance(owner, type) else type(owner)).__name__
    return cls if function.__name__ == "__init__" else f"{cls}.{function.__name__}"
