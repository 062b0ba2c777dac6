"""Every form of sequences that estimators take, read into one: items, starts, lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import assert_all_finite, check_array

from ..._compat import _check_sample_weight, _get_feature_names
from ..._containers._embedded_sequences import EmbeddedSequences
from ..._containers._ragged import Ragged, gather_items
from ..._containers._tokens import Tokens
from ..._inputs._items import items_of
from ..._inputs._missing import first_missing
from ..._inputs._plain_array import plain_array
from ..._inputs._row_arrays import stacked_rows
from ..._kernels._trimmed_rows import trimmed_rows
from ..._storage._array_files import map_of, release

# A table larger than this is taken for a mistake in the ids.
MAX_TABLE_BYTES = 4 * 2**30
_STRETCH = 1 << 22  # ids that are checked at a time
_DAYS = (
    "of dates, take the days since the step before, numpy.diff(dates) / numpy.timedelta64(1, 'D')."
)


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
    largest : int
        Largest of the ids, or 0.
    """

    values: NDArray[Any]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    table: NDArray[np.float32] | None = None
    n_ids: int | None = None
    n_columns: int | None = None
    offsets: NDArray[np.int64] | None = None
    largest: int = 0

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
        series of vectors; so are the rows of a Ragged of floats. Rows of different length are
        read as a Ragged, and containers of other libraries as arrays of the same values.
    mask_value : float or None, default=0.0
        In an array of floats, steps at either end of a row that hold nothing but this value, which
        may be NaN, are padding. None: every step is real.
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
    if type(X) is np.ndarray and X.ndim == 2 and X.dtype.kind in "iu" and X.size:
        sequences = _padded_ids(X)
    elif isinstance(X, Ragged):
        sequences = _ragged(X, estimator)
    elif isinstance(X, EmbeddedSequences):
        sequences = _embedded(X, estimator)
    else:
        sequences = _array(X, mask_value, estimator, min_rows)
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
    if isinstance(sample_weight, Real):
        sample_weight = _one_weight(sample_weight)
    else:
        sample_weight = plain_array(sample_weight, "sample_weight")
        if sample_weight.dtype.kind != "f":
            sample_weight = plain_array(sample_weight, "sample_weight", np.float64)
    return near_one(_check_sample_weight(sample_weight, rows, ensure_non_negative=True))


def _one_weight(weight: Any) -> float:
    try:
        number = float(weight)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"sample_weight must be finite, got {number} for all rows.")
    return number


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
    ids = X.ids.values
    # Of a request, the rows that it reads; the whole table would take longer than the network.
    used = dense if len(ids) >= len(dense) else dense[ids]
    assert_all_finite(used, input_name="the table of X")
    return replace(_ragged(X.ids, estimator), table=dense.astype(np.float32, copy=False))


def _ragged(X: Ragged, estimator: Any) -> Sequences:
    values, offsets = X.values, X.offsets
    if isinstance(X, Tokens):
        raise ValueError(_texts_message(estimator))
    if values.dtype == object and values.ndim == 1:
        values = np.asarray(stacked_rows(values))
    if values.dtype.kind in "UST" or (values.dtype == object and _holds_str(values)):
        raise ValueError(_texts_message(estimator))
    if values.ndim == 1 and values.dtype.kind in "iu":
        return _ids(values, offsets, n_ids=X.n_ids)
    if values.ndim > 2:
        raise ValueError(f"items of a Ragged must be numbers or vectors, got {values.shape[1:]}.")
    vectors = values.reshape(len(values), math.prod(values.shape[1:]))
    vectors = _finite(vectors, offsets, estimator) if len(vectors) else vectors.astype(np.float32)
    return Sequences(vectors, offsets[:-1], np.diff(offsets))


def _array(X: Any, mask_value: float | None, estimator: Any, min_rows: int) -> Sequences:
    if issparse(X):
        raise TypeError(
            "X is sparse, as counts of words are, which have no order: "
            f"{_name_of(estimator)} reads sequences. Put SequenceVectorizer() in the place of the "
            "vectorizer of counts."
        )
    rows = stacked_rows(items_of(X, "X"))
    if isinstance(rows, list):
        return _ragged(_joined(rows, estimator), estimator)
    _check_objects(rows, estimator)
    if not min_rows and not rows.size and rows.ndim < 3:
        return _without_steps(rows)
    if rows.ndim == 1:
        raise ValueError(_one_row_message(rows))
    checks = {"estimator": estimator, "input_name": "X", "ensure_min_samples": min_rows}
    if _is_checked(rows, min_rows):
        array = rows
    else:
        array = check_array(rows, dtype="numeric", allow_nd=True, ensure_all_finite=False, **checks)
    if array.ndim > 3:
        raise ValueError(f"Found array with dim {array.ndim}, while dim <= 3 is required.")
    if array.ndim == 3 and array.shape[2] == 0:
        raise ValueError(f"Found array with 0 feature(s) a step (shape={array.shape}).")
    if array.ndim == 2 and array.dtype.kind in "iu":
        return _padded_ids(array)
    return _steps(array, mask_value, estimator)


def _steps(array: NDArray[Any], mask_value: float | None, estimator: Any) -> Sequences:
    """Return rows of as many numbers, or vectors, each; without the steps that are masked."""
    offsets = np.arange(len(array) + 1, dtype=np.int64) * array.shape[1]
    width = array.shape[2] if array.ndim == 3 else 1
    steps = array.reshape(offsets[-1], width)
    n_columns = array.shape[1] if array.ndim == 2 else None
    if mask_value is not None and math.isnan(mask_value):
        bounds = _trimmed(~np.isnan(steps).all(axis=1), offsets)
        vectors = _finite(_without_padding(steps, *bounds), offsets, estimator)
        return Sequences(vectors, *bounds, n_columns=n_columns, offsets=offsets)
    vectors = _finite(steps, offsets, estimator)
    if mask_value is None:
        return Sequences(vectors, offsets[:-1], np.diff(offsets), n_columns=n_columns)
    real = (vectors != np.float32(mask_value)).any(axis=1)
    return Sequences(vectors, *_trimmed(real, offsets), n_columns=n_columns, offsets=offsets)


def _without_padding(
    steps: NDArray[Any], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[Any]:
    """Return steps with zeros in place of those that are in no row."""
    kept = np.zeros_like(steps)
    items = gather_items(starts, lengths)
    kept[items] = steps[items]
    return kept


def _is_checked(rows: NDArray[Any], min_rows: int) -> bool:
    """Return whether scikit-learn's check, which takes longer than a short row, changes nothing."""
    return (
        type(rows) is np.ndarray
        and rows.dtype.kind in "iuf"
        and rows.ndim in (2, 3)
        and rows.size > 0
        and len(rows) >= min_rows
    )


def _without_steps(rows: NDArray[Any]) -> Sequences:
    """Return no rows, or such without steps, which are of ids and of vectors alike."""
    offsets = np.zeros(len(rows) + 1, dtype=np.int64)
    n_columns = rows.shape[1] if rows.ndim == 2 else None
    return _ids(np.empty(0, dtype=np.int32), offsets, n_columns=n_columns)


def _joined(rows: list[NDArray[Any]], estimator: Any) -> Ragged:
    """Join rows of different length."""
    for i, row in enumerate(rows):
        if row.ndim == 0:
            raise ValueError(f"row {i} of X is {row.item()!r}, expected a row of ids or numbers.")
        _check_objects(row, estimator, row=i)
    return Ragged.from_rows(rows)


def _check_objects(array: NDArray[Any], estimator: Any, *, row: int | None = None) -> None:
    """Raise an error with the way out for texts and for missing values."""
    if array.dtype.kind == "V":
        raise ValueError(
            f"X is of dtype {array.dtype}, with named fields: pass them as columns, by "
            "numpy.lib.recfunctions.structured_to_unstructured(X)."
        )
    if array.dtype.kind in "mM":
        raise ValueError(
            f"X is of dtype {array.dtype}, but {_name_of(estimator)} reads ids or numbers: {_DAYS}"
        )
    if array.dtype.kind not in "USTO":
        return
    if array.dtype.kind != "O" or _holds_str(array):
        raise ValueError(_texts_message(estimator))
    position = first_missing(array)
    if position is not None:
        where = position if row is None else (row, *position)
        raise ValueError(
            f"Input X contains NaN: {array[position]!r} at {_place(*where)}. Fill it in first, "
            "with 0 for padding."
        )
    for position, value in np.ndenumerate(array):
        if isinstance(value, (date, timedelta)):
            where = position if row is None else (row, *position)
            raise ValueError(
                f"X holds {value!r} at {_place(*where)}, but {_name_of(estimator)} reads ids or "
                f"numbers: {_DAYS}"
            )


def _holds_str(array: NDArray[Any]) -> bool:
    return any(isinstance(value, (str, bytes)) for value in array.flat)


def _place(row: int, step: int | None = None, *_: int) -> str:
    return f"row {row}" if step is None else f"row {row}, step {step}"


def _name_of(estimator: Any) -> str:
    if estimator is None or isinstance(estimator, str):
        return estimator or "the estimator"
    return type(estimator).__name__


def _one_row_message(values: NDArray[Any]) -> str:
    if not len(values):
        return "Found array with 0 sample(s) (shape=(0,)) while a minimum of 1 is required."
    position = first_missing(values)
    if position is not None:
        return f"Input X contains NaN: {values[position]} at {_place(*position)}, expected a row."
    return (
        f"Expected 2D array, got 1D array instead: {values!r:.60}. Reshape your data: "
        "X.reshape(1, -1), or [X], is one sequence, X.reshape(-1, 1) are sequences of one step."
    )


def _texts_message(estimator: Any) -> str:
    name = _name_of(estimator)
    return (
        f"X holds texts or tokens, but {name} reads ids or numbers: put a vectorizer before it, as "
        f"in make_pipeline(SequenceVectorizer(), {name}()). (Rows of tokens become Tokens by "
        "Tokens.from_lists.)"
    )


def _finite(
    vectors: NDArray[Any], offsets: NDArray[np.int64], estimator: Any
) -> NDArray[np.float32]:
    """Return vectors (n_items, D) as float32; an error names the step that is not finite."""
    with np.errstate(over="ignore"):  # is named below
        numbers: NDArray[np.float32] = check_array(
            vectors,
            dtype=np.float32,
            estimator=estimator,
            input_name="X",
            ensure_all_finite=False,
            ensure_min_samples=0,
        )
    finite = np.isfinite(numbers)
    if finite.all():
        return numbers
    item = int(np.argmin(finite.all(axis=1)))
    row = int(np.searchsorted(offsets, item, side="right")) - 1
    is_nan = np.isnan(numbers[item]).any()
    kind = "NaN" if is_nan else "infinity or a value too large for dtype('float32')"
    raise ValueError(f"Input X contains {kind} at {_place(row, int(item - offsets[row]))}.")


def _padded_ids(array: NDArray[Any]) -> Sequences:
    """Return the rows of a two-dimensional array of ids."""
    n_rows, n_columns = array.shape
    offsets = np.arange(n_rows + 1, dtype=np.int64) * n_columns
    return _ids(array.reshape(-1), offsets, n_columns=n_columns)


def _ids(
    values: NDArray[Any],
    offsets: NDArray[np.int64],
    *,
    n_ids: int | None = None,
    n_columns: int | None = None,
) -> Sequences:
    if values.dtype not in (np.int32, np.int64):
        _check_range(int(values.min(initial=0)), int(values.max(initial=0)))
        values = values.astype(np.int32)
    starts, lengths, largest = _real_rows(np.ascontiguousarray(values), offsets)
    values = values.astype(np.int32, copy=False)
    return Sequences(values, starts, lengths, None, n_ids, n_columns, offsets, largest)


def _real_rows(
    ids: NDArray[Any], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return start and length of the rows without padding, and the largest id.

    A mapped file is read stretch by stretch, of which no two are in memory.
    """
    if map_of(ids) is None:
        starts, lengths, least, largest = trimmed_rows(ids, offsets)
        _check_range(least, largest)
        return starts, lengths, largest
    starts, lengths, largest = offsets[:-1].copy(), np.empty(len(offsets) - 1, np.int64), 0
    for first, last in _stretches(offsets):
        start = offsets[first]
        rows = offsets[first : last + 1] - start
        begin, lengths[first:last], least, most = trimmed_rows(ids[start : offsets[last]], rows)
        starts[first:last] = begin + start
        _check_range(least, most)
        largest = max(largest, most)
        release(ids)
    return starts, lengths, largest


def _stretches(offsets: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the first row, and the one behind the last, of stretches of about as many items."""
    first, n_rows = 0, len(offsets) - 1
    while first < n_rows:
        after = int(np.searchsorted(offsets, offsets[first] + _STRETCH, side="right")) - 1
        last = max(after, first + 1)
        yield first, last
        first = last


def _check_range(least: int, largest: int) -> None:
    if least < 0:
        raise ValueError(f"ids must not be negative, got {least}. (Series of numbers are floats.)")
    if largest >= 2**31:
        raise ValueError(f"the largest id is {largest}: ids must be below 2**31.")


def _trimmed(
    real: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return start and length of the rows without the items at either end that are padding."""
    starts, lengths, _, _ = trimmed_rows(real, offsets)
    return starts, lengths
