"""Warnings of rows that a network can read, but not as they are probably meant."""

from __future__ import annotations

import numpy as np

from ..._reporting._caller_warnings import warn_caller
from ._sequences import Sequences

_ROWS_LOOKED_AT = 1000
# With the mean 10 standard deviations from 0, nothing was learned of random walks; with 3, less.
_FAR_FROM_0, _LARGE = 5, 500


def warn_of_meaning(sequences: Sequences) -> None:
    """Warn if an array looks like counts of words, or series of numbers like ids."""
    if not _are_of_terms(sequences):
        if not _warn_of_float_ids(sequences):
            _warn_of_scale(sequences)
        return
    kind = "integers, read as ids" if sequences.has_ids else "floats, read as series of numbers"
    warn_caller(
        f"X holds {kind}, in which 0 is padding at either end of a row; but most of X is 0 "
        "elsewhere, as in counts of words and tf-idf, which have no order. Put "
        "SequenceVectorizer() in the place of the vectorizer of counts, or a linear model behind "
        "it. (Series come without this warning as floats of shape (n_samples, n_steps, 1).)"
    )


def _are_of_terms(sequences: Sequences) -> bool:
    """Return whether most of an array is 0 that pads no row, and the rest may be of terms.

    That is, ids, or whole numbers that are not negative, or rows of norm 1, as tf-idf has them.
    """
    offsets, n_columns = sequences.offsets, sequences.n_columns
    if offsets is None or not n_columns:
        return False
    n_rows = min(len(sequences), _ROWS_LOOKED_AT)
    values = sequences.values[: n_rows * n_columns].reshape(n_rows, n_columns)
    n_before = (sequences.starts - offsets[:-1])[:n_rows]
    n_after = n_columns - n_before - sequences.lengths[:n_rows]
    n_unpadded = values.size - int(np.maximum(n_before, n_after).sum())
    if n_unpadded <= 2 * np.count_nonzero(values):
        return False
    if sequences.has_ids or (values.min() >= 0 and (values == np.floor(values)).all()):
        return True
    squares = np.square(values).sum(axis=1)
    return bool(np.isclose(squares[squares > 0], 1, atol=1e-3).all())


def _warn_of_scale(sequences: Sequences) -> None:
    """Warn if steps have numbers that are large, or all far from 0, which saturate the units."""
    steps = sequences.values
    if sequences.has_ids or not len(steps):
        return
    steps = steps[: _ROWS_LOOKED_AT * 100].astype(np.float64)
    means, deviations = steps.mean(axis=0), steps.std(axis=0)
    is_far = np.abs(means) > _FAR_FROM_0 * np.maximum(deviations, 1)
    wrong = np.flatnonzero(is_far | (deviations > _LARGE))
    if not len(wrong):
        return
    mean, deviation = means[wrong[0]], deviations[wrong[0]]
    which = "Numbers" if len(means) == 1 else f"Numbers of feature {wrong[0]}"
    warn_caller(
        f"{which} in X have the mean {mean:.3g} and the standard deviation {deviation:.3g}: "
        "networks learn badly from numbers that are large or all far from 0. Standardize them: "
        "put StepwiseTransformer(StandardScaler()) before the network, in a Pipeline."
    )


def _warn_of_float_ids(sequences: Sequences) -> bool:
    """Warn if series of numbers look like rows of ids that have become floats; return whether."""
    values = sequences.values
    is_array_of_steps = sequences.n_columns is None and sequences.offsets is not None
    if sequences.has_ids or values.shape[1] != 1 or not len(values) or is_array_of_steps:
        return False
    if values.min() < 0 or (values != np.floor(values)).any():
        if is_mixed := _columns_of_ids(sequences):
            warn_caller(
                "X holds floats, read as series of numbers, but most of its columns hold whole "
                "numbers as ids are, and others do not: has a ColumnTransformer put ids next to "
                "numbers? Put RNNEncoder behind the vectorizer there, and a linear model behind "
                "all: see the guide, Text and numeric columns.",
            )
        return is_mixed
    if are_ids := bool(values.max() >= 2):
        warn_caller(
            "X holds floats, read as series of numbers, but all are whole and not negative, as ids "
            "are. If they are ids, pass them as integers, X.astype(int), to be embedded; series "
            "come without this warning as an array of shape (n_samples, n_steps, 1).",
        )
    return are_ids


def _columns_of_ids(sequences: Sequences) -> bool:
    """Return whether half of the columns of an array, or more, are of whole numbers, and not all.

    Of some rows: what is whole in all of them by chance, is so in few series.
    """
    if sequences.n_columns is None or sequences.offsets is None or len(sequences) < 4:
        return False
    table = sequences.values.reshape(len(sequences), sequences.n_columns)
    are_whole = ((table >= 0) & (table == np.floor(table))).all(axis=0) & (table.max(axis=0) > 1)
    return 2 <= int(are_whole.sum()) < len(are_whole) <= 2 * int(are_whole.sum())
