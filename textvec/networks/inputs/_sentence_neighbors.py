"""Documents as sentences, and the neighbours of each sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged, offsets_from_lengths
from ..._containers._tokens import checked_tokens
from ..._inputs._documents import as_documents, document_list
from ...tokenizers import split_sentences

Splitter = Callable[[str], Iterable[str]]


class SentenceNeighbors(NamedTuple):
    """The sentences that have a neighbour, and their neighbours, by number.

    Attributes
    ----------
    rows : ndarray of shape (n,), int64
        The sentences.
    before, after : ndarray of shape (n,), int64
        The previous and the next sentence of the same document; -1 if there is none.
    """

    rows: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]


def read_sentences(
    X: Any, splitter: Splitter | None, name: str
) -> tuple[list[str], NDArray[np.int64]]:
    """Return the sentences of all documents.

    Parameters
    ----------
    X : documents, or list of lists of str
        Raw text, or the sentences of each document.
    splitter : callable or None
        Splits raw text into sentences; None is :func:`split_sentences`.
    name : str
        Name of the estimator, for error messages.

    Returns
    -------
    sentences : list of str
        The sentences of the first document, then those of the second, and so on.
    offsets : ndarray of shape (n_documents + 1,), int64
        Document i has the sentences ``offsets[i]`` to ``offsets[i + 1] - 1``.

    Raises
    ------
    ValueError, TypeError
        If there are no documents, or one is not of str; the message names the row.
    """
    if isinstance(X, Ragged):
        raise TypeError(
            f"{name} learns from raw text or lists of sentences, got {type(X).__name__}, which "
            "does not say where sentences end."
        )
    documents = X if type(X) is list else document_list(X)
    if not documents:
        raise ValueError(f"there are no documents to fit {name} on: X is empty.")
    if isinstance(documents[0], (list, tuple, np.ndarray)):
        rows: Iterable[Any] = documents
    else:
        split = split_sentences if splitter is None else splitter
        rows = map(split, as_documents(documents))
    checked = [checked_tokens(row, i, what="sentences") for i, row in enumerate(rows)]
    if not any(checked):
        raise ValueError(f"there are no sentences to fit {name} on: all documents are empty.")
    offsets = offsets_from_lengths([len(row) for row in checked])
    return [sentence for row in checked for sentence in row], offsets


def sentence_neighbors(lengths: NDArray[np.int64], offsets: NDArray[np.int64]) -> SentenceNeighbors:
    """Return the neighbours of each sentence within its document.

    Parameters
    ----------
    lengths : ndarray of shape (n_sentences,), int64
        Number of tokens of each. A sentence without tokens is skipped: the one before it and
        the one after it are neighbours.
    offsets : ndarray of shape (n_documents + 1,), int64
        As :func:`read_sentences` returns them.

    Returns
    -------
    SentenceNeighbors
    """
    filled = np.flatnonzero(lengths > 0)
    documents = np.searchsorted(offsets, filled, side="right")
    follows = np.zeros(len(filled) + 1, bool)  # whether sentence i - 1 is of the same document
    follows[1:-1] = documents[1:] == documents[:-1]
    before = np.where(follows[:-1], np.roll(filled, 1), -1)
    after = np.where(follows[1:], np.roll(filled, -1), -1)
    has_neighbor = follows[:-1] | follows[1:]
    return SentenceNeighbors(filled[has_neighbor], before[has_neighbor], after[has_neighbor])
