"""Every form of input, read into one: flat items, where each row starts, how long it is."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import assert_all_finite, check_array

from .._embedded_sequences import EmbeddedSequences
from .._ragged import Ragged
from .._vocabulary import UNKNOWN

# A table beyond this is taken for a mistake in the ids, unless its size was asked for.
_MAX_TABLE_BYTES = 4 * 2**30
# Rows of a table that its fingerprint reads.
_FINGERPRINT_ROWS = 512


@dataclass(frozen=True, eq=False)
class Sequences:
    """Rows of ids or of vectors, checked, in flat arrays.

    Attributes
    ----------
    values : ndarray of shape (n_items,), int32, or (n_items, D), float32
        Ids or vectors of all rows. Items that no row covers are padding.
    starts, lengths : ndarray of shape (n_rows,), int64
        Row i is ``values[starts[i]:starts[i] + lengths[i]]``.
    table : ndarray of shape (V, D), float32, or None
        The vectors that ids stand for.
    n_ids : int or None
        How many ids there can be, if the container says so.
    n_columns : int or None
        Columns of a two-dimensional array, which are the steps of its rows.
    offsets : ndarray of shape (n_rows + 1,), int64, or None
        Where rows begin and end with their padding; None if they have none.
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
        """Width of the vectors; None for ids that stand for none."""
        if self.table is not None:
            return int(self.table.shape[1])
        return None if self.has_ids else int(self.values.shape[1])

    def take(self, rows: NDArray[np.int64]) -> Sequences:
        """Select rows; they share the values."""
        return replace(self, starts=self.starts[rows], lengths=self.lengths[rows])


@dataclass(frozen=True)
class InputSpec:
    """What a network was built to read.

    Attributes
    ----------
    kind : {"ids", "vectors"}
        Ids for the network's own embedding, or vectors.
    size : int
        Rows of the embedding, or width of the vectors.
    bounded : bool
        Whether `size` was given, so that a larger id is a mistake. Else it was read off
        the ids seen, and a larger id is a token never seen: unknown.
    n_columns : int or None
        Steps that a two-dimensional array of floats must have.
    fingerprint : int or None
        Of the table that the embedding started from.
    longest : int
        Steps of the longest row seen.
    """

    kind: Literal["ids", "vectors"]
    size: int
    bounded: bool = True
    n_columns: int | None = None
    fingerprint: int | None = None
    longest: int = 0

    @classmethod
    def of(
        cls, sequences: Sequences, *, n_tokens: int | None, embedding_dim: int, tuned: bool
    ) -> InputSpec:
        """Settle what a network reads that is built for these rows.

        Raises
        ------
        ValueError
            If an id is not below `n_tokens`, or so large that its table would be absurd.
        """
        longest = int(sequences.lengths.max(initial=0))
        if sequences.has_ids and sequences.table is None:
            bound = sequences.n_ids if n_tokens is None else n_tokens
            largest = int(sequences.values.max(initial=UNKNOWN))
            size = largest + 1 if bound is None else bound
            spec = cls("ids", size, bounded=bound is not None, longest=longest)
            _check_table_size(size, largest, embedding_dim, asked_for=n_tokens is not None)
            spec.conform(sequences, "the estimator")
            return spec
        width = sequences.width
        assert width is not None
        if sequences.table is not None and tuned:
            table = sequences.table
            return cls("ids", len(table), fingerprint=_fingerprint(table), longest=longest)
        return cls("vectors", width, n_columns=sequences.n_columns, longest=longest)

    def conform(self, sequences: Sequences, reader: str) -> Sequences:
        """Check that rows are what the network reads, and map unseen ids to unknown.

        Raises
        ------
        ValueError
            If they are not; the message names `reader`.
        """
        if self.kind == "vectors":
            self._check_vectors(sequences, reader)
            return sequences
        self._check_table(sequences, reader)
        largest = int(sequences.values.max(initial=0))
        if largest < self.size:
            return replace(sequences, table=None)
        if self.bounded and sequences.table is None:
            raise ValueError(
                f"the largest id is {largest}, but the embedding has {self.size} rows: ids must "
                "come from the vectorizer of the training rows, and n_tokens must be its number "
                "of ids."
            )
        values = np.where(sequences.values < self.size, sequences.values, np.int32(UNKNOWN))
        return replace(sequences, values=values, table=None)

    def _check_vectors(self, sequences: Sequences, reader: str) -> None:
        if sequences.width is None:
            raise ValueError(
                f"X holds ids, but {reader} was fitted on vectors: give vectors of width "
                f"{self.size}."
            )
        if sequences.width != self.size:
            raise ValueError(
                f"X has {sequences.width} features a step, but {reader} is expecting "
                f"{self.size} features as input."
            )
        if None not in (self.n_columns, sequences.n_columns) and (
            self.n_columns != sequences.n_columns
        ):
            raise ValueError(
                f"X has {sequences.n_columns} features, but {reader} is expecting "
                f"{self.n_columns} features as input. (Series of any length come as Ragged.)"
            )

    def _check_table(self, sequences: Sequences, reader: str) -> None:
        if not sequences.has_ids:
            raise ValueError(
                f"X holds vectors of width {sequences.width}, but {reader} was fitted on ids."
            )
        if sequences.table is None:
            return
        # Rows behind its end are words of later documents, which the tuned table does not know.
        if self.fingerprint != _fingerprint(sequences.table[: self.size]):
            raise ValueError(
                f"the table of X is not the one {reader} was fitted on and has tuned since: "
                "ids must point into the same table."
            )


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
        How many rows there must be.

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


def _embedded(X: EmbeddedSequences, estimator: Any) -> Sequences:
    rows, table = X.table.shape
    if issparse(X.table) and rows * table * 4 > _MAX_TABLE_BYTES:
        raise ValueError(
            f"a one-hot table of {rows} x {table} is too large to be held dense: give the ids "
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
    """Give start and length of rows, less the items at either end that aren't real."""
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


def _check_table_size(size: int, largest: int, embedding_dim: int, *, asked_for: bool) -> None:
    n_bytes = 4 * size * embedding_dim
    if n_bytes > _MAX_TABLE_BYTES and not asked_for:
        raise ValueError(
            f"the largest id is {largest}: an embedding of {size} rows x {embedding_dim} would "
            f"take {n_bytes / 2**30:.0f} GiB. If that is meant, pass n_tokens={size}."
        )


def _fingerprint(table: NDArray[np.float32]) -> int:
    """Sum up some rows of a table, spread over all of it."""
    step = max(1, len(table) // _FINGERPRINT_ROWS)
    return zlib.crc32(table[::step].tobytes(), zlib.crc32(repr(table.shape).encode()))
