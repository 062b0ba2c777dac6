"""Calls of constructors as users of other libraries write them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from ._peer_attributes import PeerClass
from ._peer_names import unknown_parameter

# What to write for a parameter that has no default.
_EXAMPLES = {
    "vectors": "WordVectors.load(path)",
    "estimator": "RNNClassifier()",
    "forecaster": "RNNForecaster()",
    "transformer": "StandardScaler()",
    "func": "str.split",
    "length": "length=100",
}


class NamedParameters(PeerClass):
    """Metaclass of estimators whose constructors name what is wrong with a call, and the way out.

    A parameter of another library is named by its name here, and documents are sent to `fit`.
    """

    __signature__: inspect.Signature

    def __init__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ):
        super().__init__(name, bases, namespace)
        cls.__signature__ = signature_of(cls)  # else inspect would see that of __call__

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an estimator, or raise a TypeError that says what to write."""
        parameters = cls.__signature__.parameters
        takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        for name in kwargs:
            if name not in parameters and not takes_all:
                raise TypeError(unknown_parameter(name, list(parameters), cls.__name__))
        if args and not takes_all:
            _check_positional(cls, args, parameters)
        first = next(iter(parameters.values()), None)
        if not args and first is not None and first.name not in kwargs and _is_required(first):
            example = f", as in {cls.__name__}({_EXAMPLES.get(first.name, f'{first.name}=...')})"
            raise TypeError(f"{cls.__name__} needs {first.name}{example}.")
        return super().__call__(*args, **kwargs)


def signature_of(cls: type) -> inspect.Signature:
    """Return the signature of a class's constructor, without `self`."""
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    return signature.replace(parameters=[p for n, p in signature.parameters.items() if n != "self"])


def _is_required(parameter: inspect.Parameter) -> bool:
    variadic = (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and parameter.kind not in variadic


def _check_positional(cls: type, args: tuple[Any, ...], parameters: Any) -> None:
    name, is_ours = cls.__name__, cls.__module__.startswith("textvec.")
    n_taken = sum(p.kind is not p.KEYWORD_ONLY for p in parameters.values())
    first = next(iter(parameters.values()), None)
    takes_sizes = first is not None and "Sequence" in str(first.annotation)  # as lengths of k-mers
    if is_ours and _is_data(args[0], takes_sizes=takes_sizes):
        raise TypeError(
            f"{name} got a {type(args[0]).__name__} as its first argument, which is no parameter: "
            f"data go to fit, as in {name}(...).fit(X)."
        )
    if len(args) > n_taken:
        raise TypeError(
            f"{name} takes {n_taken or 'no'} positional arguments, got {len(args)}: pass "
            f"parameters by name, such as {next(iter(parameters), 'name')}=..."
        )


def _is_data(value: Any, *, takes_sizes: bool) -> bool:
    """Return whether a value is one of documents or rows, and not of sizes."""
    if isinstance(value, (list, tuple)):
        is_tuple = isinstance(value, tuple)
        sizes = takes_sizes and (is_tuple or (value and all(type(item) is int for item in value)))
        return not sizes
    is_array = getattr(value, "ndim", 0) > 0 or hasattr(value, "offsets")
    return isinstance(value, Iterator) or is_array
