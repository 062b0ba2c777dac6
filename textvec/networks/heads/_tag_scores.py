"""Metrics of predicted labels of steps against the true ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged, row_of_item
from ...nn import ChunkLabels, chunk_counts, f1_of_counts

Weights = NDArray[np.floating] | None
Metric = Callable[[list[list[Any]], list[list[Any]]], float]


def accuracy(y_true: Ragged, y_pred: Ragged, weights: Weights) -> float:
    """Return the fraction of steps whose label is predicted; `weights` are those of rows."""
    right = y_true.values == y_pred.values
    of_steps = None if weights is None else weights[row_of_item(y_true.lengths)]
    return float(np.average(right, weights=of_steps))


def chunk_f1(y_true: Ragged, y_pred: Ragged, weights: Weights) -> float:
    """Return the F1 of the chunks; `weights` are those of rows."""
    both = np.concatenate([y_true.values, y_pred.values])
    labels, numbers = np.unique(both, return_inverse=True)
    true, predicted = np.split(numbers, 2)
    counts = chunk_counts(ChunkLabels.of(labels), true, predicted, y_true.lengths, weights)
    return f1_of_counts(*counts)


TAG_METRICS = {"accuracy": accuracy, "f1": chunk_f1}


def tag_score(metric: str | Metric, y_true: Ragged, y_pred: Ragged, weights: Weights) -> float:
    """Return a metric by its name, or of a function of lists of rows.

    Raises
    ------
    ValueError
        If there is no step to score, or a function is to take weights.
    """
    if not len(y_true.values):
        raise ValueError("there is no step to score: no row has a step with a label.")
    if isinstance(metric, str):
        return TAG_METRICS[metric](y_true, y_pred, weights)
    if weights is not None:
        raise ValueError(
            "a callable metric takes no sample_weight: leave it out, or set metric to "
            f"{' or '.join(map(repr, TAG_METRICS))}."
        )
    return float(metric(y_true.to_list(), y_pred.to_list()))
