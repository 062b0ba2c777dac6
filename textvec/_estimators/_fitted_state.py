"""Fitted attributes of estimators: replaced as a whole, or not at all.

What replaces them gives the estimator another dict, so that a thread which holds the one of before
reads on in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

_Estimator = TypeVar("_Estimator")
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def fitted_names(estimator: object) -> list[str]:
    """Return the names of the fitted attributes that an estimator has now.

    These end in an underscore; a class of networks may declare more, as ``_declared_fitted``.
    """
    declared: frozenset[str] = getattr(type(estimator), "_declared_fitted", frozenset())
    public = [name for name in vars(estimator) if name.endswith("_") and not name.startswith("_")]
    return sorted({*public, *(declared & vars(estimator).keys())})


def replace_fitted(estimator: Any, fitted: Mapping[str, Any]) -> None:
    """Drop all fitted attributes, and set these instead."""
    dropped = fitted_names(estimator)
    kept = {name: value for name, value in vars(estimator).items() if name not in dropped}
    estimator.__dict__ = kept | dict(fitted)


def as_it_is(estimator: _Estimator) -> _Estimator:
    """Return the estimator of this moment: what is set on it is shared, what replaces it is not."""
    found: _Estimator = object.__new__(type(estimator))
    found.__dict__ = vars(estimator)
    return found


def own_copy(estimator: _Estimator) -> _Estimator:
    """Return an estimator of the same parameters and fitted attributes, to learn with.

    Unlike one of `copy.copy`, it is not made by way of what is pickled, which may take time.
    """
    found: _Estimator = object.__new__(type(estimator))
    found.__dict__ = dict(vars(estimator))
    return found


@contextmanager
def learned_at_once(estimator: _Estimator) -> Iterator[_Estimator]:
    """Yield a copy to learn with, all of whose attributes the estimator takes on at the end.

    Until then another thread finds those of before.
    """
    learning = own_copy(estimator)
    yield learning
    estimator.__dict__ = vars(learning)


def of_one_moment(
    method: Callable[Concatenate[_Estimator, _Parameters], _Result],
) -> Callable[Concatenate[_Estimator, _Parameters], _Result]:
    """Decorate a method that reads fitted attributes: all are those of when it was called.

    A fit in another thread changes none between two that belong together.
    """

    @wraps(method)
    def wrapper(
        estimator: _Estimator, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Result:
        return method(as_it_is(estimator), *args, **kwargs)

    return wrapper


def atomic_fit(
    fit: Callable[Concatenate[_Estimator, _Parameters], _Result],
) -> Callable[Concatenate[_Estimator, _Parameters], _Result]:
    """Decorate a fit so that the estimator is as it was before if anything is raised.

    It goes outside of ``_fit_context``, which cleans up after callbacks. What `fit` assigns is
    taken back, an interruption by the user included; it must not change fitted objects in place.
    """

    @wraps(fit)
    def wrapper(
        estimator: _Estimator, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Result:
        before = vars(estimator)
        estimator.__dict__ = dict(before)
        try:
            return fit(estimator, *args, **kwargs)
        except BaseException:
            estimator.__dict__ = before
            raise

    return wrapper
