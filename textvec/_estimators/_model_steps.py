"""The steps of a fitted model: its transformers, and the network at its end."""

from __future__ import annotations

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

# Where estimators hold the one that they have fitted, and the one that they will fit.
_FITTED = ("estimator_", "regressor_", "forecaster_")
_GIVEN = ("estimator", "regressor", "forecaster")


def model_steps(model: Any) -> list[Any]:
    """Return the steps of Pipelines, searches and FrozenEstimators, of whatever depth, in order.

    The last is the predictor itself. Of a search, the steps are those of its best estimator, or
    before it is fitted of the estimator that it searches.

    Raises
    ------
    ValueError
        If a search keeps no estimator.
    """
    if isinstance(model, FrozenEstimator):
        return model_steps(model.estimator)
    if isinstance(model, Pipeline):
        steps = [step for _, step in model.steps if step not in (None, "passthrough")]
        return [part for step in steps for part in model_steps(step)]
    if hasattr(model, "refit") and hasattr(model, "estimator"):
        if model.refit is False:
            raise ValueError(
                f"{type(model).__name__} with refit=False keeps no fitted estimator: set "
                "refit=True, or pass the estimator itself."
            )
        return model_steps(getattr(model, "best_estimator_", model.estimator))
    return [model]


def holder_of(attribute: str, model: Any, *, fitted: bool = False) -> Any | None:
    """Return the estimator in a model that has an attribute: its predictor, or one that it fits.

    Parameters
    ----------
    attribute : str
        The name.
    model : estimator
        A Pipeline, a search, a ``TransformedTargetRegressor``, a :class:`ConformalForecaster` ...
    fitted : bool, default=False
        Whether only those count that the model has fitted, and not those that it was given.
    """
    names = _FITTED if fitted else (*_FITTED, *_GIVEN)
    inner = model_steps(model)[-1]
    while not hasattr(inner, attribute):
        held = [vars(inner)[name] for name in names if name in vars(inner)]
        if not held:
            return None
        inner = model_steps(held[0])[-1]
    return inner
