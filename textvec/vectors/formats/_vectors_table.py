"""What to read of a vectors file, and the table that is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary, trusted_vocabulary

DecodingErrors = Literal["strict", "replace", "ignore"]


@dataclass(frozen=True)
class ReadOptions:
    """Which part of a file to read, and how.

    Parameters
    ----------
    embedding_dim : int or None, default=None
        Width of the vectors; None finds it out.
    limit : int or None, default=None
        Number of vectors to read, from the top; None reads all.
    words : Vocabulary or None, default=None
        The words to keep among them; None keeps all.
    dtype : numpy.dtype or None, default=None
        Of the matrix, float32 or float16; None takes the file's own, float32 for text.
    errors : {"strict", "replace", "ignore"}, default="strict"
        What is done with words that are not UTF-8, as ``bytes.decode`` does it.
    n_reserved : int, default=0
        Number of rows of zeros to put before the vectors.
    """

    embedding_dim: int | None = None
    limit: int | None = None
    words: Vocabulary | None = None
    dtype: np.dtype[Any] | None = None
    errors: DecodingErrors = "strict"
    n_reserved: int = 0

    def check_width(self, width: int, source: object) -> None:
        """Raise a ValueError if the vectors of a source are not of width `embedding_dim`."""
        if self.embedding_dim not in (None, width):
            raise ValueError(
                f"{source} holds vectors of {width} numbers, but "
                f"embedding_dim={self.embedding_dim}."
            )

    @property
    def float_dtype(self) -> np.dtype[Any]:
        """The dtype of the matrix where the file has none of its own."""
        return np.dtype(np.float32) if self.dtype is None else self.dtype

    @property
    def wanted(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]] | None:
        """The words as the kernels take them."""
        return None if self.words is None else (self.words.buffer, self.words.offsets)


class SubwordTable(NamedTuple):
    """Vectors of character n-grams.

    Parameters
    ----------
    table : ndarray of shape (n_buckets, embedding_dim), float32
        A row for each bucket of hashes.
    min_n, max_n : int
        Number of characters of the shortest and of the longest n-gram.
    """

    table: NDArray[np.float32]
    min_n: int
    max_n: int


class VectorsTable(NamedTuple):
    """Tokens and their vectors, as in a file.

    Parameters
    ----------
    buffer : ndarray of uint8
        The tokens in UTF-8, end to end; all distinct.
    offsets : ndarray of shape (n_tokens + 1,), int64
        The start of each token in `buffer`, and the end of the last.
    matrix : ndarray of shape (n_reserved + n_tokens, embedding_dim), float32 or float16
        The vectors, after the reserved rows of zeros.
    format : str
        Of the file.
    n_duplicates : int
        Number of vectors left out because their token came before.
    n_repaired : int
        Number of vectors whose token was not UTF-8.
    subwords : SubwordTable or None
        Vectors of n-grams, from which those of other words are made.
    mapped : str or None
        If the arrays are mapped from a native folder: the checksum of its contents.
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    matrix: NDArray[Any]
    format: str
    n_duplicates: int = 0
    n_repaired: int = 0
    subwords: SubwordTable | None = None
    mapped: str | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens."""
        return trusted_vocabulary(self.buffer, self.offsets)


def select(table: VectorsTable, options: ReadOptions) -> VectorsTable:
    """Select a part of a table without reserved rows; nothing is copied needlessly.

    The tokens must all be distinct.
    """
    offsets, matrix = table.offsets, table.matrix
    if options.limit is not None:
        offsets = offsets[: options.limit + 1]
        matrix = matrix[: options.limit]
    buffer = table.buffer[: offsets[-1]]
    if options.words is not None:
        tokens = trusted_vocabulary(buffer, offsets)
        rows = np.flatnonzero(options.words.lookup(tokens) >= 0)
        tokens = tokens.take(rows)
        buffer, offsets, matrix = tokens.buffer, tokens.offsets, matrix[rows]
    return table._replace(
        buffer=buffer, offsets=offsets, matrix=with_reserved_rows(matrix, options), mapped=None
    )


def with_reserved_rows(matrix: NDArray[Any], options: ReadOptions) -> NDArray[Any]:
    """Put the reserved rows before a matrix, and convert it to the dtype in `options`."""
    dtype = matrix.dtype if options.dtype is None else options.dtype
    if not options.n_reserved and dtype == matrix.dtype:
        return matrix
    table = np.zeros((options.n_reserved + len(matrix), matrix.shape[1]), dtype)
    with np.errstate(over="ignore"):  # `first_not_finite` reports what overflows in float16
        table[options.n_reserved :] = matrix
    return table


def first_not_finite(matrix: NDArray[Any]) -> int | None:
    """Return the first row that holds NaN or infinity, or None."""
    # The extremes are NaN or infinite if any number is, and take no memory.
    if not matrix.size or np.isfinite([matrix.min(), matrix.max()]).all():
        return None
    return int(np.flatnonzero(~np.isfinite(matrix).all(axis=1))[0])
