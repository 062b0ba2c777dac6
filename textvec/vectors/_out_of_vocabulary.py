"""Vectors for the tokens of documents that a table lacks."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._ragged import Ragged
from .._vocabulary import FIRST, UNKNOWN, Vocabulary, trusted_vocabulary
from ._document_pooling import compacted
from ._word_vectors import WordVectors


class MoreRows(NamedTuple):
    """What a table gets beside the vectors of words.

    Parameters
    ----------
    unknown : ndarray of shape (embedding_dim,)
        The vector of a token that has none.
    words : Vocabulary
        Words that `vectors` lack, which get rows at the end.
    rows : ndarray of shape (n_words, embedding_dim)
        Their vectors.
    """

    unknown: NDArray[Any]
    words: Vocabulary
    rows: NDArray[Any]


def renumbered(words: Vocabulary) -> Vocabulary:
    """Give the same words with the ids of an embedding; their bytes are shared."""
    return trusted_vocabulary(words.buffer, words.offsets, first_id=FIRST)


def joined(words: Vocabulary, more: Vocabulary) -> Vocabulary:
    """Append tokens known to be new."""
    buffer = np.concatenate([words.buffer, more.buffer])
    offsets = np.concatenate([words.offsets, more.offsets[1:] + words.offsets[-1]])
    return trusted_vocabulary(buffer, offsets, first_id=words.first_id)


def table_with(vectors: WordVectors, more: MoreRows) -> NDArray[Any]:
    """Give a table of an embedding that has these rows too."""
    n_words = len(vectors)
    shape = (FIRST + n_words + len(more.rows), vectors.embedding_dim)
    table = np.zeros(shape, vectors.matrix.dtype)  # (V, D)
    table[UNKNOWN] = more.unknown
    table[FIRST : FIRST + n_words] = vectors.matrix
    table[FIRST + n_words :] = more.rows
    table.flags.writeable = False
    return table


def from_subwords(
    vectors: WordVectors, words: Vocabulary, is_missing: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Make vectors of those missing words whose pieces have some.

    Parameters
    ----------
    vectors : WordVectors
        Without `subwords` nothing is made.
    words : Vocabulary
    is_missing : ndarray of shape (n_words,), bool

    Returns
    -------
    at : ndarray of shape (n_made,), int64
        Positions in `words`, rising.
    rows : ndarray of shape (n_made, embedding_dim)
        Never zeros.
    """
    at = np.flatnonzero(is_missing)
    if vectors.subwords is None or not len(at):
        return np.empty(0, np.int64), vectors.matrix[:0]
    rows = np.asarray(vectors.subwords.vectors(words.take(at).tokens), vectors.matrix.dtype)
    is_made = rows.any(axis=1)
    return at[is_made], rows[is_made]


def drawn(matrix: NDArray[Any], n_rows: int, generator: RandomState) -> NDArray[np.float64]:
    """Draw vectors from normal distributions with the moments of each dimension."""
    mean = matrix.mean(axis=0, dtype=np.float64)  # (D,)
    # A dimension at a time: the squares of the whole matrix in float64 would be twice its size.
    deviation = np.array([column.std(dtype=np.float64) for column in matrix.T])  # (D,)
    return generator.normal(mean, deviation, size=(n_rows, len(mean)))


def only_used(
    ids: Ragged,
    table: NDArray[Any],
    weights: NDArray[np.float32],
    rows: NDArray[Any],
    row_weight: float,
) -> tuple[Ragged, NDArray[Any], NDArray[np.float32]]:
    """Give ids, table and weights of what occurs, rows behind the table's end included.

    Parameters
    ----------
    ids : Ragged of int32
        Each row behind the end of `table` must occur.
    table, weights
        A vector and a weight for each id.
    rows : ndarray of shape (n_rows, embedding_dim)
        The vectors of ids from ``len(table)`` on.
    row_weight : float
        What each of them weighs.
    """
    used, values = compacted(ids.values, len(table) + len(rows))
    known = used[used < len(table)]
    small = np.concatenate([table[known], rows])
    more = np.full(len(rows), row_weight, np.float32)
    return Ragged(values, ids.offsets), small, np.concatenate([weights[known], more])
