"""Rows of labels, one for each step of a sequence."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets

from ..._ragged import Ragged, offsets_from_lengths
from ...nn import Sequences


def read_labels(y: Any, name: str) -> Ragged:
    """Read rows of labels that are classes; as :func:`label_rows`.

    Raises
    ------
    ValueError
        If `y` has no such rows, or its labels are measurements.
    """
    labels = label_rows(y, name)
    if len(labels.values):
        check_classification_targets(labels.values)
    return labels


def label_rows(y: Any, name: str) -> Ragged:
    """Read a row of labels for each row.

    Parameters
    ----------
    y : Ragged, array-like of shape (n_rows, n_steps), or list of lists
        The labels, of any type that can be sorted.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    Ragged

    Raises
    ------
    ValueError
        If `y` has no such rows.
    """
    if y is None:
        raise ValueError(f"{name} requires y to be passed, but the target y is None.")
    labels = y if isinstance(y, Ragged) else _joined(y, name)
    if labels.values.ndim != 1:
        raise ValueError(f"{name} takes one label a step, got items of shape {labels.values.shape}")
    if len(labels.values):
        assert_all_finite(labels.values, input_name="y", estimator_name=name)
    return labels


def align_labels(labels: Ragged, sequences: Sequences) -> Ragged:
    """Give the labels of the real steps.

    A row has as many labels as real steps, or as many as steps with its padding.

    Raises
    ------
    ValueError
        If it has neither; the message names the row.
    """
    lengths = labels.lengths
    real = lengths == sequences.lengths
    if real.all():
        return labels
    starts = labels.offsets[:-1].copy()
    padded = np.zeros_like(real)
    if sequences.offsets is not None:
        padded = ~real & (lengths == np.diff(sequences.offsets))
        starts[padded] += (sequences.starts - sequences.offsets[:-1])[padded]
    wrong = np.flatnonzero(~real & ~padded)
    if len(wrong):
        row = wrong[0]
        raise ValueError(
            f"row {row} has {sequences.lengths[row]} steps, but {lengths[row]} labels: y must have "
            "a label for each step."
        )
    offsets = offsets_from_lengths(sequences.lengths)
    items = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], sequences.lengths)
    return Ragged(labels.values[items], offsets)


def _joined(y: Any, name: str) -> Ragged:
    rows = list(y)
    for i, row in enumerate(rows):
        if isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
            raise ValueError(
                f"{name} takes a row of labels for each row of X, got {row!r} as row {i}."
            )
    flat = np.asarray(list(chain.from_iterable(rows)))
    return Ragged(flat, offsets_from_lengths([len(row) for row in rows]))
