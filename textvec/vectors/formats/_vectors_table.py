"""What is asked of a vectors file, and what reading it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._vocabulary import Vocabulary, trusted_vocabulary


@dataclass(frozen=True)
class Request:
    """What to read of a file.

    Parameters
    ----------
    embedding_dim : int or None, default=None
        Numbers of a vector; None finds it out.
    limit : int or None, default=None
        Number of vectors to look at, from the top; None looks at all.
    words : Vocabulary or None, default=None
        The words to keep among them; None keeps all.
    dtype : numpy.dtype or None, default=None
        Of the matrix, float32 or float16; None takes the file's own, float32 for text.
    n_blank : int, default=0
        Rows of zeros that go before the vectors.
    """

    embedding_dim: int | None = None
    limit: int | None = None
    words: Vocabulary | None = None
    dtype: np.dtype[Any] | None = None
    n_blank: int = 0

    @property
    def float_dtype(self) -> np.dtype[Any]:
        """Of the matrix where the file says nothing."""
        return np.dtype(np.float32) if self.dtype is None else self.dtype

    @property
    def wanted(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]] | None:
        """The words as the kernels take them."""
        return None if self.words is None else (self.words.buffer, self.words.offsets)


class SubwordTable(NamedTuple):
    """Vectors of pieces of words.

    Parameters
    ----------
    table : ndarray of shape (n_buckets, embedding_dim), float32
        A row for each remainder of a hash.
    min_n, max_n : int
        Characters of the shortest and the longest piece.
    """

    table: NDArray[np.float32]
    min_n: int
    max_n: int


class VectorsTable(NamedTuple):
    """Tokens and their vectors, as they stand in a file.

    Parameters
    ----------
    buffer : ndarray of uint8
        The tokens in UTF-8, end to end; all distinct.
    offsets : ndarray of shape (n_tokens + 1,), int64
        Where each token begins in `buffer`, and the end of the last.
    matrix : ndarray of shape (n_blank + n_tokens, embedding_dim), float32 or float16
        The vectors, below as many rows of zeros as the reader was asked for.
    format : str
        Of the file.
    n_duplicates : int
        Vectors left out because their token came before.
    subwords : SubwordTable or None
        What makes vectors of other words.
    mapped : str or None
        If the arrays are mapped from a native folder: the checksum of what it holds.
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    matrix: NDArray[Any]
    format: str
    n_duplicates: int = 0
    subwords: SubwordTable | None = None
    mapped: str | None = None


def select(table: VectorsTable, request: Request) -> VectorsTable:
    """Take from a table without rows of zeros what was asked for; nothing is copied needlessly.

    The tokens must be all distinct.
    """
    offsets, matrix = table.offsets, table.matrix
    if request.limit is not None:
        offsets = offsets[: request.limit + 1]
        matrix = matrix[: request.limit]
    buffer = table.buffer[: offsets[-1]]
    if request.words is not None:
        tokens = trusted_vocabulary(buffer, offsets)
        rows = np.flatnonzero(request.words.lookup(tokens) >= 0)
        tokens = tokens.take(rows)
        buffer, offsets, matrix = tokens.buffer, tokens.offsets, matrix[rows]
    return table._replace(
        buffer=buffer, offsets=offsets, matrix=below_zeros(matrix, request), mapped=None
    )


def below_zeros(matrix: NDArray[Any], request: Request) -> NDArray[Any]:
    """Put the rows of zeros before a matrix, and give it the dtype that was asked for."""
    dtype = matrix.dtype if request.dtype is None else request.dtype
    if not request.n_blank and dtype == matrix.dtype:
        return matrix
    table = np.zeros((request.n_blank + len(matrix), matrix.shape[1]), dtype)
    with np.errstate(over="ignore"):  # whoever asked for float16 is told by `first_not_finite`
        table[request.n_blank :] = matrix
    return table


def first_not_finite(matrix: NDArray[Any]) -> int | None:
    """Give the first row that holds NaN or infinity, or None."""
    # The extremes are NaN or infinite if any number is, and take no memory.
    if not matrix.size or np.isfinite([matrix.min(), matrix.max()]).all():
        return None
    return int(np.flatnonzero(~np.isfinite(matrix).all(axis=1))[0])
