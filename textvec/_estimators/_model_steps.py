"""The steps of a fitted model: its transformers, and the network at its end."""

from __future__ import annotations

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


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
