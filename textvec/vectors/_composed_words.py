"""Vectors of out-of-vocabulary words, composed of those of their subwords."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._vocabulary import Vocabulary
from ._word_table import WordTable


class ComposedWords(NamedTuple):
    """Words whose vectors are composed of those of their subwords.

    Parameters
    ----------
    positions : ndarray of shape (n_words,), int64
        Where the words are in a vocabulary, rising.
    rows : ndarray of shape (n_words, embedding_dim)
        Their vectors, never zeros.
    """

    positions: NDArray[np.int64]
    rows: NDArray[Any]


def compose_missing(
    vectors: WordTable, words: Vocabulary, is_missing: NDArray[np.bool_]
) -> ComposedWords:
    """Compose the vectors of missing words from their subwords, where these have any."""
    positions = np.flatnonzero(is_missing)
    if vectors.subwords is None or not len(positions):
        return ComposedWords(np.empty(0, np.int64), vectors.matrix[:0])
    tokens = words.take(positions).tokens
    rows = vectors._composed(tokens).astype(vectors.matrix.dtype, copy=False)
    is_composed = rows.any(axis=1)
    return ComposedWords(positions[is_composed], rows[is_composed])
