"""Fitted attributes of estimators: replaced as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    for name in fitted_names(estimator):
        del vars(estimator)[name]
    vars(estimator).update(fitted)


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
        before = dict(vars(estimator))
        try:
            return fit(estimator, *args, **kwargs)
        except BaseException:
            vars(estimator).clear()
            vars(estimator).update(before)
            raise

    return wrapper
