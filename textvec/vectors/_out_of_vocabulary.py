"""Vectors for the tokens of documents that pretrained vectors lack."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from .._containers._ragged import Ragged
from .._containers._vocabulary import FIRST, UNKNOWN, Vocabulary
from ..blocks._growing_vocabulary import joined_vocabularies
from ._composed_words import ComposedWords
from ._document_pooling import compacted
from ._word_vectors import WordVectors

OutOfVocabulary = Literal["zero", "mean", "random", "token", "error"]


class ExtraRows(NamedTuple):
    """Rows that the table of an embedding gets in addition to the vectors of words.

    Parameters
    ----------
    unknown : ndarray of shape (embedding_dim,)
        The vector of the unknown token.
    words : Vocabulary
        Words that `vectors` lack, which get rows at the end.
    rows : ndarray of shape (n_words, embedding_dim)
        Their vectors.
    """

    unknown: NDArray[Any]
    words: Vocabulary
    rows: NDArray[Any]


def extra_rows(
    vectors: WordVectors,
    words: Vocabulary,
    composed: ComposedWords,
    is_unknown: NDArray[np.bool_],
    *,
    oov: OutOfVocabulary,
    oov_token: str,
    random_state: int | RandomState | None,
) -> ExtraRows | None:
    """Make the extra rows of the table for the tokens of `fit`, None if there are none.

    Parameters
    ----------
    vectors : WordVectors
    words : Vocabulary
        The tokens of the documents.
    composed : ComposedWords
        Those of them that have a vector by their subwords.
    is_unknown : ndarray of shape (n_tokens,), bool
        Those that have none.
    oov : {"zero", "mean", "random", "token", "error"}
        What unknown tokens get.
    oov_token : str
        The word whose vector they get with ``"token"``.
    random_state : int, RandomState instance or None
        Draws vectors.
    """
    names = words.take(composed.positions)
    order = names.argsort()  # not that of the documents
    names, rows = names.take(order), composed.rows[order]
    unknown = np.zeros(vectors.embedding_dim)
    if oov == "mean" and len(vectors):
        unknown = vectors.matrix.mean(axis=0, dtype=np.float64)
    elif oov == "token":
        unknown = _vector_of(vectors, oov_token)
    elif oov == "random":
        missing = words.take(np.flatnonzero(is_unknown))
        drawn = draw_rows(vectors.matrix, 1 + len(missing), check_random_state(random_state))
        unknown = drawn[0]
        names = joined_vocabularies([names, missing.take(missing.argsort())])
        rows = np.concatenate([rows, drawn[1:]])
    elif not len(names):
        return None
    return ExtraRows(unknown, names, rows)


def _vector_of(vectors: WordVectors, token: str) -> NDArray[Any]:
    if token not in vectors:
        raise ValueError(
            f"oov_token={token!r} has no vector: name the word of the vectors that stands for "
            'unknown ones, such as "<unk>", "UNK" or "[UNK]", or set oov="zero".'
        )
    return vectors[token]


def draw_rows(matrix: NDArray[Any], n_rows: int, generator: RandomState) -> NDArray[np.float64]:
    """Draw vectors from normal distributions with the moments of each dimension.

    Without any vector there are no moments, and the rows are zeros.
    """
    if not len(matrix):
        return np.zeros((n_rows, matrix.shape[1]))
    mean = matrix.mean(axis=0, dtype=np.float64)  # (D,)
    # A dimension at a time: the squares of the whole matrix in float64 would be twice its size.
    deviation = np.array([column.std(dtype=np.float64) for column in matrix.T])  # (D,)
    return generator.normal(mean, deviation, size=(n_rows, len(mean)))


def extended_table(vectors: WordVectors, extra: ExtraRows) -> NDArray[Any]:
    """Return the table of an embedding with extra rows."""
    n_words = len(vectors)
    shape = (FIRST + n_words + len(extra.rows), vectors.embedding_dim)
    table = np.zeros(shape, vectors.matrix.dtype)  # (V, D)
    table[UNKNOWN] = extra.unknown
    table[FIRST : FIRST + n_words] = vectors.matrix
    table[FIRST + n_words :] = extra.rows
    table.flags.writeable = False
    return table


class UsedRows(NamedTuple):
    """Documents as ids of a small table that holds the vectors they use only."""

    ids: Ragged
    table: NDArray[Any]  # (n_used, D)
    weights: NDArray[np.float32]  # (n_used,)


def used_rows(
    ids: Ragged,
    table: NDArray[Any],
    weights: NDArray[np.float32],
    rows: NDArray[Any],
    row_weight: float,
) -> UsedRows:
    """Gather the rows that documents use, of a table and of rows appended to it.

    Parameters
    ----------
    ids : Ragged of int32
        All ids from ``len(table)`` on must occur.
    table, weights
        A vector and a weight for each id below.
    rows : ndarray of shape (n_rows, embedding_dim)
        The vectors of ids from ``len(table)`` on.
    row_weight : float
        The weight of each of them.
    """
    used, values = compacted(ids.values, len(table) + len(rows))
    known = used[used < len(table)]
    row_weights = np.full(len(rows), row_weight, np.float32)
    return UsedRows(
        Ragged(values, ids.offsets),
        np.concatenate([table[known], rows]),
        np.concatenate([weights[known], row_weights]),
    )
