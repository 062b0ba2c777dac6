"""Labels for the steps of sequences, a row for each sequence."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets

from ..._ragged import Ragged, gather_items, offsets_from_lengths
from ..inputs._sequences import Sequences


def read_labels(y: Any, name: str) -> Ragged:
    """Read rows of labels, as :func:`label_rows` does, and check that they are classes.

    Raises
    ------
    ValueError
        If `y` has no such rows, or its labels are continuous numbers.
    """
    labels = label_rows(y, name)
    if len(labels.values):
        check_classification_targets(labels.values)
    return labels


def label_rows(y: Any, name: str) -> Ragged:
    """Read rows of labels.

    Parameters
    ----------
    y : Ragged, array-like of shape (n_rows, n_steps), or list of lists
        Labels of any type that can be sorted.
    name : str
        Name of the estimator, for error messages.

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
    labels = y if isinstance(y, Ragged) else _join(y, name)
    if labels.values.ndim != 1:
        raise ValueError(f"{name} takes one label a step, got items of shape {labels.values.shape}")
    if len(labels.values):
        assert_all_finite(labels.values, input_name="y", estimator_name=name)
    return labels


def align_labels(labels: Ragged, sequences: Sequences) -> Ragged:
    """Return the labels of the steps that are not padding.

    Parameters
    ----------
    labels : Ragged
        A row has as many labels as its sequence has steps, with or without its padding.
    sequences : Sequences
        The sequences.

    Raises
    ------
    ValueError
        If a row has another number of labels; the message names it.
    """
    lengths = labels.lengths
    fits = lengths == sequences.lengths
    if fits.all():
        return labels
    starts = labels.offsets[:-1].copy()
    if sequences.offsets is not None:
        padded = ~fits & (lengths == np.diff(sequences.offsets))
        starts[padded] += (sequences.starts - sequences.offsets[:-1])[padded]
        fits |= padded
    wrong = np.flatnonzero(~fits)
    if len(wrong):
        row = wrong[0]
        raise ValueError(
            f"row {row} has {sequences.lengths[row]} steps, but {lengths[row]} labels: y must have "
            "a label for each step."
        )
    items = gather_items(starts, sequences.lengths)
    return Ragged(labels.values[items], offsets_from_lengths(sequences.lengths))


def _join(y: Any, name: str) -> Ragged:
    rows = list(y)
    for i, row in enumerate(rows):
        if isinstance(row, (str, bytes)) or not hasattr(row, "__len__"):
            raise ValueError(
                f"{name} takes a row of labels for each row of X, got {row!r} as row {i}."
            )
    flat = np.asarray(list(chain.from_iterable(rows)))
    return Ragged(flat, offsets_from_lengths([len(row) for row in rows]))
