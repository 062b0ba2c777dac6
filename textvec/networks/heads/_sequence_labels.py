"""Labels for the steps of sequences, a row for each sequence."""

from __future__ import annotations

from itertools import chain, compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets

from ..._containers._ragged import Ragged, gather_items, offsets_from_lengths, row_of_item
from ..._containers._tokens import Tokens
from ..._inputs._items import is_row, items_of
from ..._inputs._missing import is_missing
from ..._inputs._target_arrays import check_has_targets
from ..._reporting._caller_warnings import warn_caller
from ...nn import IGNORE_INDEX
from ..inputs._sequences import Sequences


def read_labels(y: Any, name: str) -> Ragged:
    """Read rows of labels, as :func:`label_rows` does, and check that they are classes.

    Raises
    ------
    ValueError
        If `y` has no such rows, or its labels are continuous numbers.
    """
    labels = label_rows(y, name, missing=True)
    known = labels.values
    if known.dtype == object:
        known = np.asarray(known[has_label(known)].tolist())
    if len(known):
        check_classification_targets(known)
    if known.dtype.kind in "if" and (known == IGNORE_INDEX).any():
        warn_caller(
            f"the label {IGNORE_INDEX}, torch's ignore_index, is a class as any other here: steps "
            f"without a label have None, [[None if label == {IGNORE_INDEX} else label for label in "
            "row] for row in y]."
        )
    return labels


def has_label(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which labels are not missing: None, NaN and NA, in an array of objects."""
    if labels.dtype != object:
        return np.ones(len(labels), bool)
    return np.array([not is_missing(label) for label in labels], dtype=bool)


def label_rows(y: Any, name: str, *, missing: bool = False) -> Ragged:
    """Read rows of labels.

    Parameters
    ----------
    y : Ragged, array-like of shape (n_rows, n_steps), frame, or list of lists
        Labels of any type that can be sorted; a frame has a row of them in each of its rows.
    name : str
        Name of the estimator, for error messages.
    missing : bool, default=False
        Whether labels may be missing: None, NaN or NA, all of which become None.

    Returns
    -------
    Ragged

    Raises
    ------
    ValueError
        If `y` has no such rows, or a label is missing that may not be.
    """
    check_has_targets(y, name)
    if isinstance(y, Tokens):  # whose ids are of this call alone
        y = y.to_list()
    labels = y if isinstance(y, Ragged) else _join(y, name, missing=missing)
    if labels.values.ndim != 1:
        raise ValueError(f"{name} takes one label a step, got items of shape {labels.values.shape}")
    if len(labels.values) and not (missing and labels.dtype == object):
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
        _warn_of_sides(labels, sequences, padded)
    wrong = np.flatnonzero(~fits)
    if len(wrong):
        row = wrong[0]
        raise ValueError(
            f"row {row} has {sequences.lengths[row]} steps, but {lengths[row]} labels: y must have "
            "a label for each step. (Tokenizers leave out punctuation: give the vectorizer the "
            "rows of tokens that were labelled.)"
        )
    items = gather_items(starts, sequences.lengths)
    return Ragged(labels.values[items], offsets_from_lengths(sequences.lengths))


def labelled_steps(labels: Ragged, predicted: Ragged) -> tuple[Ragged, Ragged]:
    """Return labels, and what was predicted for their steps, without the steps that have none."""
    labelled = has_label(labels.values)
    if labelled.all():
        return labels, predicted
    counts = np.bincount(row_of_item(labels.lengths)[labelled], minlength=len(labels))
    offsets = offsets_from_lengths(counts)
    true = np.asarray(labels.values[labelled].tolist(), dtype=None if labelled.any() else object)
    return Ragged(true, offsets), Ragged(predicted.values[labelled], offsets)


def _warn_of_sides(labels: Ragged, sequences: Sequences, padded: NDArray[np.bool_]) -> None:
    """Warn if the labels of padding differ, as if X and y were padded on opposite sides."""
    assert sequences.offsets is not None
    is_real = np.zeros(int(sequences.offsets[-1]), dtype=bool)
    is_real[gather_items(sequences.starts, sequences.lengths)] = True
    of_padding = set()
    for row in np.flatnonzero(padded):
        steps = is_real[sequences.offsets[row] : sequences.offsets[row + 1]]
        of_padding.update(labels[row][~steps].tolist())
    if len(of_padding) > 1:
        warn_caller(
            f"steps of padding have different labels, {sorted(map(str, of_padding))[:3]} among "
            "them: are X and y padded on the same side? The labels of padding are not learned.",
        )


def _join(y: Any, name: str, *, missing: bool) -> Ragged:
    rows = []
    for i, row in enumerate(items_of(y, "y")):
        if not is_row(row):
            raise ValueError(
                f"{name} takes a row of labels for each row of X, got {row!r} as row {i}."
            )
        rows.append(items_of(row, f"row {i} of y"))
    flat = list(chain.from_iterable(rows))
    offsets = offsets_from_lengths([len(row) for row in rows])
    is_known = [not is_missing(label) for label in flat]
    kinds = {isinstance(label, str) for label in compress(flat, is_known)}
    if len(kinds) > 1 or not (missing or all(is_known)):
        _raise_for_labels(flat, offsets, missing=missing)
    if all(is_known):
        has_nul = kinds == {True} and any(label.endswith("\0") for label in flat)
        return Ragged(np.array(flat, dtype=object if has_nul else None), offsets)
    values = np.full(len(flat), None, dtype=object)
    values[is_known] = list(compress(flat, is_known))
    return Ragged(values, offsets)


def _raise_for_labels(labels: list[Any], offsets: NDArray[np.int64], *, missing: bool) -> None:
    """Raise an error that names the first label that is missing, or of another kind."""
    first = next(label for label in labels if not (missing and is_missing(label)))
    for item, label in enumerate(labels):
        if missing and is_missing(label):
            continue
        row = int(np.searchsorted(offsets, item, side="right")) - 1
        place = f"row {row} of y at step {item - offsets[row]}"
        if is_missing(label):
            raise ValueError(f"Input y contains NaN: the label in {place} is missing ({label!r}).")
        if isinstance(label, str) != isinstance(first, str):
            raise ValueError(
                f"labels must be all str or all numbers, got {label!r} in {place}, but "
                f"{first!r} before."
            )
