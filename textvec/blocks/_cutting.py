"""Rows of any container, or documents of a stream, cut into blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._inputs._blocks import in_blocks
from .._inputs._documents import document_list
from .._inputs._streams import document_stream, is_table, peeked
from .._reporting._progress_bars import tracked, tracked_documents
from .._storage._array_files import release

_ITEMS = 1 << 22  # numbers of a block
# A block of Tokens has their whole vocabulary, which each block is looked up in.
_ITEMS_PER_TOKEN = 4


class Block(NamedTuple):
    """Neighbouring rows, and the number of the first of them."""

    rows: Any
    first: int


def cut(X: Any, block_size: int | None) -> Iterator[Block]:
    """Cut rows into blocks of a number of rows; None takes as many as are worth a call."""
    first = 0
    for rows in _slices(X, block_size):
        yield Block(rows, first)
        first += _n_rows(rows)


def _n_rows(rows: Any) -> int:
    return rows.shape[0] if hasattr(rows, "shape") else len(rows)


def _slices(X: Any, block_size: int | None) -> Iterator[Any]:
    if _has_rows(X):
        rows = _of_rows(X, block_size)
        return iter(tracked(rows, "transforming", "rows", total=X.shape[0], size=_n_rows))
    stream = None if isinstance(X, list) else document_stream(X)
    if stream is None:
        documents = X if isinstance(X, list) else document_list(X)
        return tracked_documents(in_blocks(documents, block_size), documents)
    first, items = peeked(stream)
    if first and is_table(first[0]):  # of any columns: each is a block
        return iter(tracked(items, "transforming", "rows", size=_n_rows))
    return tracked_documents(in_blocks(items if first else X, block_size), X)


def _has_rows(X: Any) -> bool:
    """Return whether rows are of ids or numbers, or of several columns, and no documents."""
    if isinstance(X, (Ragged, EmbeddedSequences)) or issparse(X):
        return True
    shape: tuple[int, ...] = getattr(X, "shape", ())
    return len(shape) > 1 and (
        shape[1] > 1 or getattr(getattr(X, "dtype", None), "kind", "O") in "biuf"
    )


def _of_rows(X: Any, block_size: int | None) -> Iterator[Any]:
    n_rows = X.shape[0]
    if block_size is None:
        n_tokens = len(X.vocabulary) if isinstance(X, Tokens) else 0
        n_items = max(_ITEMS, _ITEMS_PER_TOKEN * n_tokens)
        block_size = max(1, n_items * n_rows // max(1, _size(X)))
    rows = getattr(X, "iloc", X)  # pandas
    for first in range(0, n_rows, block_size):
        if hasattr(X, "schema") and hasattr(X, "slice"):  # polars and arrow
            yield X.slice(first, block_size)
        else:
            yield rows[first : first + block_size]
        _forget(X)


def _forget(X: Any) -> None:
    """Keep nothing in memory of rows that are mapped from a file."""
    if isinstance(X, EmbeddedSequences):
        X = X.ids
    for name in ("values", "data", "indices"):
        part = getattr(X, name, None)
        if isinstance(part, np.ndarray):
            release(part)
    if isinstance(X, np.ndarray):
        release(X)


def _size(X: Any) -> int:
    """Return the number of items of some rows, about."""
    if isinstance(X, EmbeddedSequences):
        return len(X.ids.values)
    if isinstance(X, Ragged):
        return int(X.values.size)
    if hasattr(X, "nnz"):
        return int(X.nnz)
    return math.prod(X.shape)
