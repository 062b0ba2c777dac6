"""Vocabulary expansion: word vectors of other origin, mapped to those a network has learned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary
from ...vectors import WordVectors


def shared_words(
    known: Vocabulary, vectors: WordVectors
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the positions of the words that both have: in `known`, and in `vectors`.

    Raises
    ------
    ValueError
        If there are none.
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
    """Return the matrix that maps the vectors of shared words to those of a table.

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
        The least-squares solution; of several such, the one of least norm.
    """
    positions, rows = shared_words(known, vectors)
    source, target = vectors.matrix[rows].astype(np.float64), table[positions].astype(np.float64)
    return np.linalg.lstsq(source, target, rcond=None)[0].astype(np.float32)


def mapped_words(
    words: Vocabulary, vectors: WordVectors, to_table: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the mapped vectors of the words that have a vector.

    Parameters
    ----------
    words : Vocabulary
        Distinct words.
    vectors : WordVectors
        Of width E; with subwords, every word has a vector.
    to_table : ndarray of shape (E, D)
        As :func:`linear_map` returns it.

    Returns
    -------
    positions : ndarray of shape (n_found,), int64
        Positions of these words in `words`.
    mapped : ndarray of shape (n_found, D), float32
    """
    found = np.flatnonzero(vectors.vocabulary.lookup(words) >= 0)
    if vectors.subwords is not None:
        found = np.arange(len(words))
    source = vectors.vectors(words.take(found).tokens)  # (n, E)
    # einsum, not a matrix product: its last bits do not depend on the number of words.
    return found, np.einsum("ne,ed->nd", source.astype(np.float32), to_table)
