"""Sequences of vectors that are rows of one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import issparse

from .._inputs._padding_options import Side, check_side
from ._ragged import Ragged, row_key, trusted_rows
from ._read_only import owned, read_only
from ._tokens import refuse_tokens

__all__ = ["EmbeddedSequences"]


class EmbeddedSequences:
    """Documents as sequences of vectors, held as ids and the one table they point into.

    The result of an embedding lookup. ``np.asarray`` makes the three-dimensional array that
    textbooks show; networks instead look up the vectors of one batch at a time, and may fine-tune
    the table. With 100 dimensions, the ids take a hundredth of the memory of that array. The ids
    and the table are read-only.

    Parameters
    ----------
    ids : Ragged of int, or array-like of rows of int
        Rows of ids, each a row of `table`. By contract 0 is padding and 1 an unknown token.
    table : array-like or scipy.sparse.sparray of shape (n_rows, embedding_dim)
        The vectors; row 0, the padding, is zero. A sparse table (one-hot) is made
        dense a gather at a time. Copied, unless it is read-only already.
    length : int or None, default=None
        Length of every sequence of ``np.asarray``: shorter ones are padded with zeros. None
        takes the longest sequence's.
    padding : {"pre", "post"}, default="post"
        The side of short sequences that ``np.asarray`` fills.

    Attributes
    ----------
    ids : Ragged of int32
    table : ndarray or scipy.sparse.csr_array of shape (n_rows, embedding_dim)
    shape : tuple of (n_sequences, length, embedding_dim)
        Of ``np.asarray``.
    lengths : ndarray of shape (n_sequences,), int64
        Number of vectors of each sequence, padding not counted.
    embedding_dim : int
        Width of the vectors.

    Raises
    ------
    TypeError
        If the ids are Tokens, whose numbers belong to no table.
    ValueError
        If an id has no row in the table, a sequence is longer than `length`, or row 0 of the
        table is not zero.

    See Also
    --------
    EmbeddingVectorizer : Makes them of documents.
    OneHotVectorizer : Makes them with one column a token.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import EmbeddedSequences, Ragged
    >>> table = np.array([[0, 0], [9, 9], [1, 2]], dtype=np.float32)
    >>> sequences = EmbeddedSequences(Ragged.from_rows([[2, 1], [2]]), table)
    >>> sequences.shape
    (2, 2, 2)
    >>> np.asarray(sequences)
    array([[[1., 2.],
            [9., 9.]],
    <BLANKLINE>
           [[1., 2.],
            [0., 0.]]], dtype=float32)
    """

    def __init__(
        self,
        ids: Any,
        table: Any,
        *,
        length: int | None = None,
        padding: Side = "post",
    ):
        refuse_tokens(ids)
        check_side("padding", padding)
        self._ids: Ragged = ids if isinstance(ids, Ragged) else Ragged.from_rows(ids)
        self._table = _owned_csr(table) if issparse(table) else owned(table)
        self._length = length
        self._padding = padding
        _check_table(self._table)
        _check_ids(self._ids, self._table.shape[0])
        longest = int(self._ids.lengths.max(initial=0))
        if length is not None and longest > length:
            raise ValueError(
                f"length={length}, but a sequence has {longest} vectors: cut it first."
            )

    @property
    def ids(self) -> Ragged:
        return self._ids

    @property
    def table(self) -> Any:
        return self._table

    @property
    def length(self) -> int | None:
        return self._length

    @property
    def padding(self) -> Side:
        return self._padding

    @property
    def lengths(self) -> NDArray[np.int64]:
        return self.ids.lengths

    @property
    def embedding_dim(self) -> int:
        return int(self.table.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = self.table.dtype
        return dtype

    @property
    def ndim(self) -> int:
        return 3

    @property
    def shape(self) -> tuple[int, int, int]:
        length = int(self.lengths.max(initial=0)) if self.length is None else self.length
        return (len(self), length, self.embedding_dim)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self._vectors(row) for row in self.ids)

    @overload
    def __getitem__(self, key: int | np.integer[Any]) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, key: Any) -> EmbeddedSequences: ...
    def __getitem__(self, key: Any) -> NDArray[Any] | EmbeddedSequences:
        """Return one sequence (length, embedding_dim) for an integer, else the selected ones."""
        key = row_key(key)
        if isinstance(key, int):
            return self._vectors(self.ids[key])
        return self._with_ids(self.ids[key])

    def to_ragged(self) -> Ragged:
        """Return all vectors, a Ragged with values of shape (n_items, embedding_dim).

        Returns
        -------
        Ragged
            The vector of each id, in rows of the same lengths.
        """
        return trusted_rows(self._vectors(self.ids.values), self.ids.offsets)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("the array is made by looking vectors up: copy=False is impossible.")
        ids = self.ids.to_padded(self.shape[1], padding=self.padding)
        vectors = self._vectors(ids.ravel()).reshape(self.shape)
        return vectors if dtype is None else vectors.astype(dtype, copy=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EmbeddedSequences):
            return NotImplemented
        return (
            self.ids == other.ids
            and (self.shape, self.padding) == (other.shape, other.padding)
            and _equal_tables(self.table, other.table)
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        n, length, dim = self.shape
        return (
            f"EmbeddedSequences({n} sequences of up to {length} vectors of {dim}, "
            f"table of {self.table.shape[0]})"
        )

    def _repr_html_(self) -> str:
        return self.ids._html_rows(repr(self), "rows of the table")

    def _vectors(self, ids: NDArray[Any]) -> NDArray[Any]:
        rows = self.table[ids]
        return np.asarray(rows.toarray() if issparse(rows) else rows)

    def _with_ids(self, ids: Ragged) -> EmbeddedSequences:
        """Return the same with some of its ids, which need no check."""
        other = EmbeddedSequences.__new__(EmbeddedSequences)
        other.__dict__.update(self.__dict__)
        other._ids = ids
        return other

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        for part in _arrays_of(self._table):
            read_only(part)
        # A pickle or a file may say anything, and kernels trust the ids.
        EmbeddedSequences.__init__(
            self, self._ids, self._table, length=self._length, padding=self._padding
        )


def _owned_csr(table: Any) -> Any:
    csr = table.tocsr()
    csr.check_format(full_check=True)  # a column out of range would be written to
    parts = tuple(owned(part) for part in _arrays_of(csr))
    return type(csr)(parts, shape=csr.shape)


def _arrays_of(table: Any) -> tuple[NDArray[Any], ...]:
    return (table.data, table.indices, table.indptr) if issparse(table) else (table,)


def _equal_tables(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if issparse(a) or issparse(b):
        both = issparse(a) and issparse(b) and a.shape == b.shape
        return both and not (a != b).nnz
    return np.array_equal(a, b)


def _check_table(table: Any) -> None:
    if table.ndim != 2 or not table.shape[0]:
        raise ValueError(f"table must be (n_rows >= 1, embedding_dim), got shape {table.shape}.")
    if table.dtype.kind not in "biuf":
        raise ValueError(f"the table must hold numbers, got items of dtype {table.dtype}.")
    first = table[[0]]
    if first.count_nonzero() if issparse(first) else first.any():
        raise ValueError("row 0 of the table stands for padding and must be zero.")


def _check_ids(ids: Ragged, n_rows: int) -> None:
    values = ids.values
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            f"ids must be rows of integers, got items of shape {values.shape[1:]} "
            f"and dtype {values.dtype}."
        )
    if values.size and values.min() < 0:
        raise ValueError(f"ids must not be negative, got {values.min()}.")
    if values.size and values.max() >= n_rows:
        raise ValueError(
            f"the largest id is {values.max()}, but the table has {n_rows} rows: "
            "ids and table must come from the same vectorizer."
        )
