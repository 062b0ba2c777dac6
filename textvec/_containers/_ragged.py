"""Rows of different length in one flat array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from .._inputs._named_arguments import naming_arguments
from .._inputs._padding_options import Side
from .._inputs._plain_array import integer, plain_array
from .._inputs._row_arrays import arrays_of_rows, numbers_of_rows, rows_of
from .._reporting._html_tables import ITEMS, ROWS, first_of, html_table
from ._cut_rows import FlatRows, kept_items, padded_rows
from ._read_only import owned, read_only

__all__ = ["Ragged"]


class Ragged:
    """Rows of different length, stored end to end in one array.

    Row ``i`` is ``values[offsets[i]:offsets[i + 1]]``. The container is indexed by
    row as a 1-d array is, so it passes through ``train_test_split``,
    ``cross_val_score``, pipelines and joblib; nothing but rows can be indexed. It
    cannot be changed: its arrays are read-only, and so are the rows, which are
    views of them.

    Parameters
    ----------
    values : array-like of shape (n_items, ...)
        The items of all rows, in order; any dtype. Copied, unless it is a read-only
        array already (a memory map, or the values of another container), which is
        shared.
    offsets : array-like of shape (n_rows + 1,)
        Where each row begins, and the end of the last: starts at 0, never falls,
        ends at ``n_items``. Stored as int64; copied as the values are.
    n_ids : int or None, default=None
        For rows of ids: how many ids there can be, so that ``max(id) < n_ids``; an
        embedding of them needs this many rows. Kept by every selection of rows.

    Attributes
    ----------
    values : ndarray of shape (n_items, ...)
        Read-only.
    offsets : ndarray of shape (n_rows + 1,), int64
        Read-only.
    n_ids : int or None
    shape : tuple of (n_rows,)
        Rows only: the rows have no common length.
    lengths : ndarray of shape (n_rows,), int64
        Number of items of each row.

    Raises
    ------
    ValueError
        If the offsets do not describe the values, or an id is not below `n_ids`.

    See Also
    --------
    SequencePadder : Makes rows of one length, as a step of a pipeline.

    Examples
    --------
    >>> from textvec import Ragged
    >>> rows = Ragged.from_rows([[3, 1, 4], [], [1, 5]])
    >>> rows[2]
    array([1, 5])
    >>> rows[[2, 0]].to_list()
    [[1, 5], [3, 1, 4]]
    >>> rows.to_padded(value=-1)
    array([[ 3,  1,  4],
           [-1, -1, -1],
           [ 1,  5, -1]])
    """

    @naming_arguments("rows become a Ragged by Ragged.from_rows(rows)")
    def __init__(self, values: ArrayLike, offsets: ArrayLike, *, n_ids: int | None = None):
        self._values = owned(values)
        self._offsets = _checked_offsets(offsets, self._values)
        self._n_ids = _checked_n_ids(n_ids, self._values)

    @classmethod
    def from_rows(
        cls, rows: Iterable[ArrayLike], dtype: DTypeLike | None = None, *, n_ids: int | None = None
    ) -> Ragged:
        """Return a container of rows.

        Parameters
        ----------
        rows : iterable of array-like of shape (length, ...)
            The rows, or a frame or array whose rows they are; an empty one may be of any dtype.
        dtype : dtype, default=None
            Of the values; None takes the common dtype of the rows that hold items, and
            int64 if none does.
        n_ids : int or None, default=None
            As in the constructor.

        Returns
        -------
        Ragged

        Raises
        ------
        TypeError
            If a row is no sequence; the message names it.
        ValueError
            If items differ in shape, or an id is not below `n_ids`.
        """
        dtype = None if dtype is None else _checked_dtype(dtype)
        items = rows_of(rows)
        numbers = numbers_of_rows(items) if dtype is None else None
        if numbers is not None:
            values, offsets = numbers.flat()
            return trusted_rows(values, offsets, n_ids=_checked_n_ids(n_ids, values))
        arrays = arrays_of_rows(items, dtype)
        # An empty list is of float64, and would make floats of ids.
        filled = [a for a in arrays if len(a)]
        if dtype is None:
            dtype = _common_dtype(filled) if filled else np.int64
        values = np.concatenate(filled, dtype=dtype) if filled else np.empty(0, dtype)
        lengths = [len(a) for a in arrays]
        n_ids = _checked_n_ids(n_ids, values)
        return trusted_rows(values, offsets_from_lengths(lengths), n_ids=n_ids)

    @property
    def values(self) -> NDArray[Any]:
        return self._values

    @property
    def offsets(self) -> NDArray[np.int64]:
        return self._offsets

    @property
    def n_ids(self) -> int | None:
        return self._n_ids

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self),)

    @property
    def ndim(self) -> int:
        return 1

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.values.dtype

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + self.offsets.nbytes

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[NDArray[Any]]:
        bounds = self.offsets.tolist()
        for start, stop in pairwise(bounds):
            yield self.values[start:stop]

    @overload
    def __getitem__(self, key: int | np.integer[Any]) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, key: Any) -> Self: ...
    def __getitem__(self, key: Any) -> NDArray[Any] | Self:
        """Return one row (a view) for an integer, else a container of the selected rows."""
        key = row_key(key)
        if isinstance(key, int):
            key = self._row_number(key)
            return self.values[self.offsets[key] : self.offsets[key + 1]]
        return self._take(rows_of_key(key, len(self)))

    def concat(self, *others: Self) -> Self:
        """Return these rows followed by those of other containers.

        Parameters
        ----------
        *others : Ragged
            Containers of rows of the same shape.

        Returns
        -------
        Ragged
            A new container of the common dtype, rows in order.

        Raises
        ------
        TypeError
            If one of them is a container of another kind, or none.
        ValueError
            If their items differ in shape.
        """
        Ragged._check_same_kind(self, others)
        parts = (self, *others)
        known = [p.n_ids for p in parts if p.n_ids is not None]
        values = [p.values for p in parts]
        shapes = {v.shape[1:] for v in values}
        if len(shapes) > 1:
            raise ValueError(
                f"items of joined rows must be of one shape, got {sorted(shapes)}: rows may differ "
                "in length only."
            )
        joined = self._with(
            np.concatenate(values, dtype=_common_dtype(values)),
            joined_offsets([p.offsets for p in parts]),
        )
        joined._n_ids = max(known) if len(known) == len(parts) else None
        return joined

    def truncated(
        self,
        length: int,
        *,
        truncating: Side = "post",
        keep_first: int = 0,
        keep_last: int = 0,
    ) -> Self:
        """Return the rows truncated to at most `length` items.

        Parameters
        ----------
        length : int
            Greatest number of items a row keeps.
        truncating : {"pre", "post"}, default="post"
            The side that loses items.
        keep_first, keep_last : int, default=0
            Number of items at the start and at the end of a row that stay whatever is cut: 1
            and 1 for BOS and EOS tokens.

        Returns
        -------
        Ragged
            The rows, of which none is longer than `length`.
        """
        kept = kept_items(self.lengths, length, truncating, keep_first, keep_last)
        starts, lengths = self.offsets[:-1], kept.lengths
        if not kept.tail.any():
            return self._gather(starts, lengths)
        items = gather_items(starts, lengths)
        items += np.where(
            positions_in_rows(lengths) >= np.repeat(kept.head, lengths),
            np.repeat(self.lengths - lengths, lengths),
            0,
        )
        return self._with_items(items, offsets_from_lengths(lengths))

    def reversed(self) -> Self:
        """Return the rows with their items from the last to the first.

        A model that reads them is one that reads the rows backwards.

        Returns
        -------
        Ragged
            Rows of the same lengths.

        Examples
        --------
        >>> from textvec import Ragged
        >>> Ragged.from_rows([[1, 2, 3], [4], []]).reversed().to_list()
        [[3, 2, 1], [4], []]
        """
        starts, lengths = self.offsets[:-1], self.lengths
        items = np.repeat(2 * starts + lengths - 1, lengths) - gather_items(starts, lengths)
        return self._with_items(items, offsets_from_lengths(lengths))

    def to_padded(
        self,
        length: int | None = None,
        *,
        padding: Side = "post",
        truncating: Side = "post",
        value: Any = 0,
        keep_first: int = 0,
        keep_last: int = 0,
    ) -> NDArray[Any]:
        """Return one array, with all rows padded and truncated to one length.

        Parameters
        ----------
        length : int or None, default=None
            Of every row of the result; None takes the longest row's.
        padding, truncating : {"pre", "post"}, default="post"
            The side of a short row that is filled, of a long row that is cut.
        value : scalar, default=0
            What short rows are filled with; a str for rows of str.
        keep_first, keep_last : int, default=0
            As in `truncated`.

        Returns
        -------
        ndarray of shape (n_rows, length, ...)
            Of the dtype of the values; where these are str, wide enough for `value`.

        Raises
        ------
        ValueError
            If `value` can't be held by the dtype of the values.
        """
        return padded_rows(
            FlatRows(self.values, self.offsets),
            length,
            padding=padding,
            truncating=truncating,
            value=value,
            keep_first=keep_first,
            keep_last=keep_last,
        )

    def to_list(self) -> list[Any]:
        """Return the rows as nested lists of Python scalars.

        Returns
        -------
        list
            A list for each row.
        """
        flat, bounds = self.values.tolist(), self.offsets.tolist()
        return [flat[a:b] for a, b in pairwise(bounds)]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(
            self.values, other.values
        )

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        raise TypeError(
            f"{type(self).__name__} rows differ in length, so there is no one array of them: "
            "use .to_padded() (or a SequencePadder step), .to_list(), or .values for the flat "
            "items. For a model that is not of sequences, take TfidfVectorizer() or "
            f'EmbeddingVectorizer(vectors, pooling="mean") {self._place_of_vectorizer}.'
        )

    def __array_function__(
        self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Join containers where NumPy joins arrays, as scikit-learn does with predictions."""
        if function is np.concatenate and kwargs.get("axis", 0) == 0 and len(args) == 1:
            first, *others = args[0]
            if isinstance(first, Ragged):
                return first.concat(*others)
        return function._implementation(*args, **kwargs)

    def __repr__(self) -> str:
        item = "".join(f" x {n}" for n in self.values.shape[1:])
        return (
            f"{type(self).__name__}({len(self)} rows, {len(self.values)} items{item} "
            f"of {self.dtype})"
        )

    def _repr_html_(self) -> str:
        return self._html_rows(repr(self), self._items_name)

    def _html_rows(self, caption: str, items_name: str) -> str:
        rows = [(i, len(self[i]), self._row_text(i)) for i in range(min(ROWS, len(self)))]
        return html_table(caption, ["row", "length", items_name], rows, n_rows=len(self))

    _items_name = "items"
    _place_of_vectorizer = "in place of the step before"

    def _row_text(self, row: int) -> str:
        values = self[row][:ITEMS]
        texts = map(str, values.tolist()) if values.ndim == 1 else ["vector"] * len(values)
        return first_of(list(texts), len(self[row]))

    def _check_same_kind(self, others: tuple[Any, ...]) -> None:
        if not isinstance(self, Ragged):  # of Ragged.concat(list), as numpy.concatenate takes it
            raise TypeError(
                f"concat joins containers, got {type(self).__name__}: write a.concat(b, c), or "
                "first.concat(*others)."
            )
        for other in others:
            if type(other) is not type(self):
                raise TypeError(
                    f"{type(self).__name__} can be joined with {type(self).__name__} only, got "
                    f"{type(other).__name__}."
                )

    def _row_number(self, key: int) -> int:
        if not -len(self) <= key < len(self):
            raise IndexError(f"row {key} is out of range: there are {len(self)} rows.")
        return key % len(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for value in state.values():
            if isinstance(value, np.ndarray):  # a copy, or a memory map of joblib's
                read_only(value)
        self._check_state()

    def _check_state(self) -> None:
        """Check what a pickle or a file says: kernels trust the arrays."""
        Ragged.__init__(self, self._values, self._offsets, n_ids=self._n_ids)

    def _with(self, values: NDArray[Any], offsets: NDArray[np.int64]) -> Self:
        """Make a container like this one of other items: new arrays, or parts of its own."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._values, other._offsets = read_only(values), read_only(offsets)
        return other

    def _take(self, rows: NDArray[np.int64] | slice) -> Self:
        if isinstance(rows, slice) and rows.step == 1:  # contiguous: share the values
            offsets = self.offsets[rows.start : rows.stop + 1]
            return self._with_items(slice(offsets[0], offsets[-1]), offsets - offsets[0])
        return self._gather(self.offsets[:-1][rows], self.lengths[rows])

    def _gather(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Self:
        """Select `lengths[i]` items from `starts[i]` on, for every row i of the result."""
        return self._with_items(gather_items(starts, lengths), offsets_from_lengths(lengths))

    def _with_items(self, items: NDArray[np.int64] | slice, offsets: NDArray[np.int64]) -> Self:
        return self._with(self.values[items], offsets)


def trusted_rows(
    values: NDArray[Any], offsets: NDArray[np.int64], *, n_ids: int | None = None
) -> Ragged:
    """Return rows of new arrays, or of another container's, without the checks and copies."""
    return read_only_rows(read_only(values), read_only(offsets), n_ids=n_ids)


def read_only_rows(
    values: NDArray[Any], offsets: NDArray[np.int64], *, n_ids: int | None = None
) -> Ragged:
    """Return rows of arrays that nobody can write to, and that describe each other."""
    rows = Ragged.__new__(Ragged)
    rows._values, rows._offsets, rows._n_ids = values, offsets, n_ids
    return rows


def offsets_from_lengths(lengths: ArrayLike) -> NDArray[np.int64]:
    """Return the (n_rows + 1,) offsets of rows of these lengths."""
    lengths = np.asarray(lengths, dtype=np.int64)
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def joined_offsets(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the offsets of the rows of several containers, one after the other."""
    starts = np.cumsum([0, *(offsets[-1] for offsets in parts)])
    moved = [offsets[1:] + start for offsets, start in zip(parts, starts, strict=False)]
    return np.concatenate([parts[0][:1], *moved])


def offsets_of_kept(keep: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the offsets of rows after only the items marked in `keep` remain."""
    return offsets_from_lengths(keep)[offsets]


def row_of_item(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row number of every item of rows of these lengths: ``[2, 1]`` -> ``0 0 1``."""
    return np.repeat(np.arange(len(lengths)), lengths)


def positions_in_rows(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the position of every item in its own row: lengths ``[2, 1]`` -> ``0 1 0``."""
    offsets = offsets_from_lengths(lengths)
    return np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)


def gather_items(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of the items of rows that start at `starts` and have these lengths.

    ``values[gather_items(starts, lengths)]`` are the items of those rows, end to end.
    """
    offsets = offsets_from_lengths(lengths)
    return np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)


def row_key(key: Any) -> Any:
    """Return the key of rows, which scikit-learn may pass as ``(rows, ...)``."""
    if isinstance(key, tuple):
        if len(key) != 2 or key[1] is not Ellipsis:
            raise IndexError(
                "only rows can be indexed, by one integer, slice, array or mask: an item is "
                "rows[i][j], a column rows.to_padded()[:, j]."
            )
        key = key[0]
    return key.__index__() if isinstance(key, (int, np.integer)) else key


def rows_of_key(key: slice | Sequence[int] | NDArray[Any], n_rows: int) -> Any:
    """Return the rows a key selects: a slice of step 1 with its bounds, else row numbers."""
    if isinstance(key, slice):
        start, stop, step = key.indices(n_rows)
        # Not arange(start, stop, step): a step may be too large for int64.
        return slice(start, max(start, stop), 1) if step == 1 else np.arange(n_rows)[key]
    rows = plain_array(key, "rows")
    if rows.ndim != 1:
        raise IndexError(f"rows are selected by a 1-d array, got one of {rows.ndim} dimensions.")
    if rows.size == 0:
        return np.empty(0, dtype=np.int64)
    if rows.dtype == bool:
        if len(rows) != n_rows:
            raise IndexError(f"a mask of {len(rows)} rows can't select from {n_rows} rows.")
        return np.flatnonzero(rows)
    if rows.dtype.kind not in "iu":
        raise IndexError(f"rows are selected by integers or a mask, got dtype {rows.dtype}.")
    wrong = rows[(rows >= n_rows) | (rows < -n_rows)]
    if wrong.size:
        raise IndexError(f"row {wrong[0]} is out of range: there are {n_rows} rows.")
    return rows


def _checked_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    try:
        return np.dtype(dtype)
    except (TypeError, ValueError) as error:
        raise TypeError(f"dtype must be a dtype of NumPy, got {dtype!r:.50}.") from error


def _common_dtype(arrays: list[NDArray[Any]]) -> np.dtype[Any]:
    dtypes = {a.dtype.kind: str(a.dtype) for a in arrays}
    if dtypes.keys() & set("UT") and dtypes.keys() - set("UTO"):  # NumPy would write 1 as "1"
        raise TypeError(f"the rows hold items of different kinds: {' and '.join(dtypes.values())}.")
    try:
        return np.result_type(*{a.dtype for a in arrays})
    except TypeError as error:
        raise TypeError(f"the rows hold items of different kinds: {error}") from error


def _checked_n_ids(n_ids: Any, values: NDArray[Any]) -> int | None:
    if n_ids is None:
        return None
    limit = integer(n_ids, "n_ids")
    if values.size and values.dtype.kind not in "iu":
        raise ValueError(f"n_ids={limit} is for rows of integers, got items of {values.dtype}.")
    if values.size and values.max() >= limit:
        raise ValueError(f"the largest id is {values.max()}, expected less than n_ids={limit}.")
    return limit


def _checked_offsets(offsets: ArrayLike, values: NDArray[Any]) -> NDArray[np.int64]:
    array = plain_array(offsets, "offsets")
    if array.dtype.kind not in "iu" or array.ndim != 1 or not len(array):
        raise ValueError(
            "offsets must be a 1-d array of n_rows + 1 integers, "
            f"got shape {array.shape} of dtype {array.dtype}."
        )
    array = owned(array, np.int64)
    if values.ndim == 0:
        raise ValueError("values must have at least one dimension, got a scalar.")
    falls = (array[1:] < array[:-1]).any()
    if array[0] != 0 or array[-1] != len(values) or falls:
        raise ValueError(
            f"offsets must rise from 0 to the number of values, {len(values)}; "
            f"got offsets from {array[0]} to {array[-1]}"
            f"{' that fall in between' if falls else ''}."
        )
    return array
