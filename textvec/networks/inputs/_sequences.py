"""Every form of sequences that estimators take, read into one: items, starts, lengths."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import assert_all_finite, check_array

from ..._compat import _check_sample_weight, _get_feature_names
from ..._embedded_sequences import EmbeddedSequences
from ..._ragged import Ragged

# A table larger than this is taken for a mistake in the ids.
MAX_TABLE_BYTES = 4 * 2**30


@dataclass(frozen=True, eq=False)
class Sequences:
    """Rows of ids or of vectors, checked, in flat arrays.

    Attributes
    ----------
    values : ndarray of shape (n_items,), int32, or (n_items, D), float32
        Ids or vectors of all rows. Items that are in no row are padding.
    starts, lengths : ndarray of shape (n_rows,), int64
        Row i is ``values[starts[i]:starts[i] + lengths[i]]``.
    table : ndarray of shape (V, D), float32, or None
        Vectors to look the ids up in.
    n_ids : int or None
        Number of ids there can be, if the container says so.
    n_columns : int or None
        Columns of a two-dimensional array, the steps of its rows.
    offsets : ndarray of shape (n_rows + 1,), int64, or None
        Bounds of the rows with their padding; None if they have none.
    """

    values: NDArray[Any]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    table: NDArray[np.float32] | None = None
    n_ids: int | None = None
    n_columns: int | None = None
    offsets: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def has_ids(self) -> bool:
        """Whether the items are ids."""
        return self.values.ndim == 1

    @property
    def width(self) -> int | None:
        """Width of the vectors; None for ids without a table."""
        if self.table is not None:
            return int(self.table.shape[1])
        return None if self.has_ids else int(self.values.shape[1])

    def take(self, rows: NDArray[np.int64]) -> Sequences:
        """Select rows; they share the values."""
        return replace(self, starts=self.starts[rows], lengths=self.lengths[rows])


def read_sequences(
    X: Any, *, mask_value: float | None = 0.0, estimator: Any = None, min_rows: int = 1
) -> Sequences:
    """Read rows in any of the forms an estimator takes.

    Parameters
    ----------
    X : Ragged, EmbeddedSequences or array-like
        Ragged or two-dimensional integers are ids: id 0 at either end of a row is padding.
        Two-dimensional floats are series of one number a step, three-dimensional numbers
        series of vectors; so are the rows of a Ragged of floats.
    mask_value : float or None, default=0.0
        In a three-dimensional array, steps at either end of a row that hold nothing but this
        value are padding. None: every step is real.
    estimator : estimator or str, default=None
        Named in error messages.
    min_rows : int, default=1
        Least number of rows.

    Returns
    -------
    Sequences

    Raises
    ------
    ValueError
        If `X` has too few rows, wrong dimensions, negative ids, or holds NaN or infinity.
    """
    if isinstance(X, EmbeddedSequences):
        sequences = _embedded(X, estimator)
    elif isinstance(X, Ragged):
        sequences = _ragged(X, estimator)
    else:
        return _array(X, mask_value, estimator, min_rows)
    if len(sequences) < min_rows:
        raise ValueError(
            f"Found array with {len(sequences)} sample(s) (shape=({len(sequences)},)) while a "
            f"minimum of {min_rows} is required."
        )
    return sequences


def row_weights(sample_weight: Any, rows: Any) -> NDArray[np.floating] | None:
    """Return the weights of rows, checked and of the size of 1; None if there are none."""
    if sample_weight is None:
        return None
    return near_one(_check_sample_weight(sample_weight, rows, ensure_non_negative=True))


def near_one(weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return weights in proportion, of which the largest is below 1 and at least 1/2.

    Networks compute in float32, which holds neither weights of 1e39 nor of 1e-46. The factor is a
    power of two, so that no bit of what is computed in proportion to the weights changes.
    """
    _, exponent = np.frexp(weights.max(initial=0.0))
    near: NDArray[np.floating] = np.ldexp(weights, -exponent)
    return near


def shape_attributes(X: Any, width: int | None) -> dict[str, Any]:
    """Return ``n_features_in_`` and ``feature_names_in_``, where `X` has such."""
    attributes: dict[str, Any] = {} if width is None else {"n_features_in_": width}
    names = _get_feature_names(X)
    return attributes if names is None else attributes | {"feature_names_in_": names}


def _embedded(X: EmbeddedSequences, estimator: Any) -> Sequences:
    rows, table = X.table.shape
    if issparse(X.table) and rows * table * 4 > MAX_TABLE_BYTES:
        raise ValueError(
            f"a one-hot table of {rows} x {table} is too large to be held dense: pass the ids "
            "themselves, whose learned embedding is the same network."
        )
    dense = X.table.toarray() if issparse(X.table) else X.table
    assert_all_finite(dense, input_name="the table of X")
    return replace(_ragged(X.ids, estimator), table=dense.astype(np.float32, copy=False))


def _ragged(X: Ragged, estimator: Any) -> Sequences:
    values, offsets = X.values, X.offsets
    if values.ndim == 1 and values.dtype.kind in "iu":
        return replace(_ids(values, offsets), n_ids=X.n_ids)
    if values.ndim > 2:
        raise ValueError(f"items of a Ragged must be numbers or vectors, got {values.shape[1:]}.")
    vectors = values.reshape(len(values), math.prod(values.shape[1:]))
    if len(vectors):
        vectors = check_array(vectors, dtype=np.float32, estimator=estimator, input_name="X")
    return Sequences(vectors.astype(np.float32, copy=False), offsets[:-1], np.diff(offsets))


def _array(X: Any, mask_value: float | None, estimator: Any, min_rows: int) -> Sequences:
    checks = {"estimator": estimator, "input_name": "X", "ensure_min_samples": min_rows}
    array = check_array(X, dtype="numeric", allow_nd=True, ensure_all_finite=False, **checks)
    if array.ndim > 3:
        raise ValueError(f"Found array with dim {array.ndim}, while dim <= 3 is required.")
    offsets = np.arange(len(array) + 1, dtype=np.int64) * array.shape[1]
    if array.ndim == 2 and array.dtype.kind in "iu":
        return replace(_ids(array.reshape(-1), offsets), n_columns=array.shape[1])
    array = check_array(array, dtype=np.float32, allow_nd=True, **checks)
    vectors = array.reshape(offsets[-1], -1 if array.ndim == 3 and array.size else 1)
    if array.ndim == 3 and mask_value is not None:
        real = (vectors != np.float32(mask_value)).any(axis=1)
        return Sequences(vectors, *_trimmed(real, offsets), offsets=offsets)
    n_columns = array.shape[1] if array.ndim == 2 else None
    return Sequences(vectors, offsets[:-1], np.diff(offsets), n_columns=n_columns)


def _ids(values: NDArray[Any], offsets: NDArray[np.int64]) -> Sequences:
    least, largest = int(values.min(initial=0)), int(values.max(initial=0))
    if least < 0:
        raise ValueError(f"ids must not be negative, got {least}. (Series of numbers are floats.)")
    if largest >= 2**31:
        raise ValueError(f"the largest id is {largest}: ids must be below 2**31.")
    bounds = _trimmed(values != 0, offsets)
    return Sequences(values.astype(np.int32, copy=False), *bounds, offsets=offsets)


def _trimmed(
    real: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return start and length of the rows without the items at either end that are padding."""
    starts, lengths = offsets[:-1], np.diff(offsets)
    if real.all():
        return starts, lengths
    items = np.flatnonzero(real)
    first = np.searchsorted(items, starts)  # of the real items, the row's first
    stop = np.searchsorted(items, offsets[1:])
    filled = np.flatnonzero(first < stop)
    new_starts, new_lengths = starts.copy(), np.zeros_like(lengths)
    new_starts[filled] = items[first[filled]]
    new_lengths[filled] = items[stop[filled] - 1] + 1 - new_starts[filled]
    return new_starts, new_lengths
