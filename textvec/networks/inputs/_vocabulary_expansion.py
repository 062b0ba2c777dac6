"""A vocabulary expanded by vectors learned elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._vocabulary import Vocabulary
from ...vectors import WordVectors


def shared_words(
    known: Vocabulary, vectors: WordVectors
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the positions of the words that both have, among the known and among the vectors.

    Raises
    ------
    ValueError
        If they share none.
    """
    rows = vectors.vocabulary.lookup(known)
    positions = np.flatnonzero(rows >= 0)
    if not len(positions):
        raise ValueError(
            f"expand_from shares none of its {len(vectors)} words with the {len(known)} of the "
            "documents: do the tokenizer and the vectors agree on lower case and language?"
        )
    return positions, rows[positions]


def linear_map(
    known: Vocabulary, table: NDArray[np.float32], vectors: WordVectors
) -> NDArray[np.float32]:
    """Find the matrix that takes vectors of shared words nearest to the table's.

    Parameters
    ----------
    known : Vocabulary
        Words of the table.
    table : ndarray of shape (n_words, D)
        Their vectors, in the order of `known`.
    vectors : WordVectors
        Of width E.

    Returns
    -------
    ndarray of shape (E, D)
        With the least sum of squared differences; of several such, the one of least norm.
    """
    positions, rows = shared_words(known, vectors)
    given, wanted = vectors.matrix[rows].astype(np.float64), table[positions].astype(np.float64)
    return np.linalg.lstsq(given, wanted, rcond=None)[0].astype(np.float32)


def mapped_words(
    words: Vocabulary, vectors: WordVectors, to_table: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Map the vectors of those words that have one.

    Parameters
    ----------
    words : Vocabulary
        Distinct words.
    vectors : WordVectors
        Of width E; subwords make vectors of words it does not hold.
    to_table : ndarray of shape (E, D)
        As `linear_map` gives it.

    Returns
    -------
    positions : ndarray of shape (n_found,), int64
        Of the words found.
    mapped : ndarray of shape (n_found, D), float32
    """
    found = np.flatnonzero(vectors.vocabulary.lookup(words) >= 0)
    if vectors.subwords is not None:
        found = np.arange(len(words))
    given = vectors.vectors(words.take(found).tokens)  # (n, E)
    # einsum, not a matrix product: its last bits do not depend on how many words there are.
    return found, np.einsum("ne,ed->nd", given.astype(np.float32), to_table)
