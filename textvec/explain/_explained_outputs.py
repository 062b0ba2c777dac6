"""Which output of a network is explained of each row, and its value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from ..nn import ClassCriterion, Criterion, MultiLabelCrossEntropy, RegressionCriterion


def explained_columns(
    criterion: Criterion, outputs: Tensor, target: Any, classes: NDArray[Any] | None, name: str
) -> NDArray[np.int64]:
    """Return the number of the class, or of the column, to explain of each row.

    Parameters
    ----------
    criterion : Criterion
        Of the network.
    outputs : Tensor of shape (n_rows, n_outputs)
        Its outputs.
    target : label, array-like of shape (n_rows,) or None
        As of :func:`token_saliency`; None: what is predicted.
    classes : ndarray of shape (n_classes,) or None
        Labels of the classes, sorted; None: columns are named by their numbers.
    name : str
        Name of the estimator, for error messages.

    Raises
    ------
    ValueError
        If `target` is unknown, of another shape, or None with several columns of numbers.
    """
    if target is None:
        return _predicted_columns(criterion, outputs, name)
    known = np.arange(criterion.n_outputs) if classes is None else classes
    return _numbers(target, known, len(outputs))


def explained_values(
    criterion: Criterion, outputs: Tensor, columns: NDArray[np.int64]
) -> NDArray[np.floating]:
    """Return the probability of a class of each row, or its prediction of a column, (n_rows,)."""
    if isinstance(criterion, RegressionCriterion):
        all_columns = criterion.original(outputs).reshape(len(outputs), -1)
    else:
        assert isinstance(criterion, ClassCriterion)
        all_columns = criterion.log_proba(outputs).exp().numpy()
    return all_columns[np.arange(len(outputs)), columns]


def _predicted_columns(criterion: Criterion, outputs: Tensor, name: str) -> NDArray[np.int64]:
    if isinstance(criterion, MultiLabelCrossEntropy):
        return outputs.argmax(dim=1).numpy()
    if isinstance(criterion, ClassCriterion):
        return criterion.decide(outputs).numpy()
    if criterion.n_outputs > 1:
        raise ValueError(
            f"{name} predicts {criterion.n_outputs} columns: say which to explain, such as "
            "target=0."
        )
    return np.zeros(len(outputs), np.int64)


def _numbers(target: ArrayLike, known: NDArray[Any], n_rows: int) -> NDArray[np.int64]:
    labels = np.asarray(target)
    if labels.ndim > 1 or (labels.ndim == 1 and len(labels) != n_rows):
        raise ValueError(
            f"target must be one for all rows, or one for each of the {n_rows}, got shape "
            f"{labels.shape}."
        )
    unknown = labels[~np.isin(labels, known)]
    if len(unknown):
        raise ValueError(f"target must be of {known.tolist()}, got {unknown.tolist()[0]!r}.")
    return np.broadcast_to(np.searchsorted(known, labels), n_rows)
