"""Containers that come in parts, row after row, as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse, sparray

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._inputs._int32_limits import INT32_MAX
from ._array_stores import ArrayStore
from ._growing_vocabulary import GrowingVocabulary


class Facts(NamedTuple):
    """What there is to know of a container, besides its arrays.

    Parameters
    ----------
    kind : str
        A key of `CONTAINERS`.
    options : dict of str to int, str or None
    """

    kind: str
    options: dict[str, Any]


class Joiner(Protocol):
    """Puts the arrays of parts into a store."""

    def add(self, part: Any) -> None:
        """Append the rows of a part."""

    def finish(self) -> Facts:
        """Append what comes last."""


def join(parts: Iterable[Any], store: ArrayStore) -> Facts:
    """Put parts of a container, at least one, into a store, one after the other.

    Raises
    ------
    TypeError
        If they are of no kind that can be joined, or of several.
    """
    joiner: Joiner | None = None
    kind = ""
    for part in parts:
        if joiner is None:
            kind = _kind_of(part)
            joiner = _JOINERS[kind](store)
        elif _kind_of(part) != kind:
            raise TypeError(f"the first part was a {kind}, and another is a {_kind_of(part)}.")
        joiner.add(part)
    assert joiner is not None
    return joiner.finish()


def _kind_of(part: Any) -> str:
    if isinstance(part, (Tokens, Ragged, EmbeddedSequences)):
        return type(part).__name__
    if issparse(part) and part.ndim == 2:
        return "csr_array" if isinstance(part, sparray) else "csr_matrix"
    if isinstance(part, np.ndarray) and part.ndim and not part.dtype.hasobject:
        return "ndarray"
    remedy = ": call set_output(transform='default')" if hasattr(part, "columns") else ""
    raise TypeError(
        f"results are joined if they are Tokens, Ragged, EmbeddedSequences, sparse or arrays of "
        f"numbers, got {type(part).__name__}{remedy}."
    )


class _RaggedJoiner:
    def __init__(self, store: ArrayStore):
        self._store = store
        self._n_items = 0
        self._n_ids: list[int | None] = []
        self._like: NDArray[Any] | None = None
        store.append("offsets", np.zeros(1, dtype=np.int64))

    def add(self, part: Ragged) -> None:
        self._n_ids.append(part.n_ids)
        self._append(part.values, part.offsets)

    def _append(self, values: NDArray[Any], offsets: NDArray[np.int64]) -> None:
        self._like = _checked_like(values, self._like)
        self._store.append("values", values)
        self._store.append("offsets", offsets[1:] + self._n_items)
        self._n_items += len(values)

    def finish(self) -> Facts:
        known = [n for n in self._n_ids if n is not None]
        n_ids = max(known) if len(known) == len(self._n_ids) else None
        return Facts("Ragged", {"n_ids": n_ids})


class _TokensJoiner(_RaggedJoiner):
    """Joins Tokens, of one vocabulary for all parts."""

    def __init__(self, store: ArrayStore):
        super().__init__(store)
        self._vocabulary = GrowingVocabulary()
        self._have_spans: set[bool] = set()

    def add(self, part: Ragged) -> None:
        assert isinstance(part, Tokens)
        ids = self._vocabulary.add(part.vocabulary)
        self._append(ids[part.values], part.offsets)
        self._have_spans.add(part.spans is not None)
        if len(self._have_spans) > 1:
            raise TypeError("some parts have spans, and others have none.")
        if part.spans is not None:
            self._store.append("spans", part.spans)

    def finish(self) -> Facts:
        words = self._vocabulary.vocabulary()
        self._store.append("words", words.buffer)
        self._store.append("word_offsets", words.offsets)
        return Facts("Tokens", {"has_spans": True in self._have_spans})


class _EmbeddedJoiner(_RaggedJoiner):
    """Joins ids that are looked up in one table."""

    def __init__(self, store: ArrayStore):
        super().__init__(store)
        self._first: EmbeddedSequences | None = None

    def add(self, part: Any) -> None:
        first = self._first = self._first or part[:0]
        if part.table is not first.table and part[:0] != first:
            raise TypeError(
                "the parts have vectors of their own, as those of words composed of subwords: set "
                "pooling, or transform all documents at once."
            )
        super().add(part.ids)

    def finish(self) -> Facts:
        first = self._first
        assert first is not None
        if issparse(first.table):
            table = first.table.tocsr()
            for name in ("data", "indices", "indptr"):
                self._store.append(f"table_{name}", getattr(table, name))
        else:
            self._store.append("table", first.table)
        options = {"length": first.length, "padding": first.padding}
        shape = {"n_table_rows": first.table.shape[0], "embedding_dim": first.embedding_dim}
        n_ids = super().finish().options
        return Facts("EmbeddedSequences", {**n_ids, **options, **shape})


class _CsrJoiner:
    def __init__(self, store: ArrayStore):
        self._store = store
        self._n_items, self._n_rows = 0, 0
        self._n_columns: int | None = None
        self._like: NDArray[Any] | None = None
        self._kind = ""
        store.append("indptr", np.zeros(1, dtype=np.int64))

    def add(self, part: Any) -> None:
        rows = part.tocsr()
        n_columns = rows.shape[1]
        self._n_columns = n_columns if self._n_columns is None else self._n_columns
        if n_columns != self._n_columns:
            raise TypeError(f"parts are of {self._n_columns} and of {n_columns} columns.")
        self._kind = _kind_of(part)
        self._like = _checked_like(rows.data, self._like)
        dtype = np.int32 if n_columns <= INT32_MAX else np.int64
        self._store.append("data", rows.data[: rows.nnz])
        self._store.append("indices", rows.indices[: rows.nnz].astype(dtype, copy=False))
        self._store.append("indptr", rows.indptr[1:] + np.int64(self._n_items))
        self._n_items += rows.nnz
        self._n_rows += rows.shape[0]

    def finish(self) -> Facts:
        # scipy has both of one dtype, and would make the wider one in memory.
        assert self._n_columns is not None
        is_wide = max(self._n_items, self._n_columns, self._n_rows) > INT32_MAX
        for name in ("indices", "indptr"):
            self._store.convert(name, np.int64 if is_wide else np.int32)
        return Facts(self._kind, {"n_columns": self._n_columns})


class _ArrayJoiner:
    def __init__(self, store: ArrayStore):
        self._store = store
        self._like: NDArray[Any] | None = None

    def add(self, part: NDArray[Any]) -> None:
        self._like = _checked_like(part, self._like)
        self._store.append("array", part)

    def finish(self) -> Facts:
        return Facts("ndarray", {})


def _checked_like(rows: NDArray[Any], like: NDArray[Any] | None) -> NDArray[Any]:
    """Return an array of no rows, which must be like that of the parts before."""
    if like is not None and (rows.dtype != like.dtype or rows.shape[1:] != like.shape[1:]):
        raise TypeError(
            f"the parts differ: rows of shape {like.shape[1:]} of {like.dtype}, and rows of shape "
            f"{rows.shape[1:]} of {rows.dtype}."
        )
    if rows.dtype.hasobject:
        raise TypeError(f"items of {rows.dtype} can't be written: make numbers of them.")
    return rows[:0]


_JOINERS: dict[str, Any] = {
    "Ragged": _RaggedJoiner,
    "Tokens": _TokensJoiner,
    "EmbeddedSequences": _EmbeddedJoiner,
    "csr_matrix": _CsrJoiner,
    "csr_array": _CsrJoiner,
    "ndarray": _ArrayJoiner,
}
