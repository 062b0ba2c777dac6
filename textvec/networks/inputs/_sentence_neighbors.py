"""Documents as runs of sentences, and which of these are neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._documents import as_documents, to_list
from ..._ragged import Ragged, offsets_from_lengths
from ..._tokens import checked_tokens
from ...tokenizers import split_sentences

Splitter = Callable[[str], Iterable[str]]


class SentenceNeighbors(NamedTuple):
    """Sentences that have a neighbour, and which it is.

    Attributes
    ----------
    rows : ndarray of shape (n,), int64
        The sentences.
    before, after : ndarray of shape (n,), int64
        The one before and the one after in its document; -1 if there is none.
    """

    rows: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]


def read_sentences(
    X: Any, splitter: Splitter | None, name: str
) -> tuple[list[str], NDArray[np.int64]]:
    """Give the sentences of all documents.

    Parameters
    ----------
    X : documents, or list of lists of str
        Raw text, or sentences of each document.
    splitter : callable or None
        Makes sentences of raw text; None: :func:`split_sentences`.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    sentences : list of str
        Of one document after the other.
    offsets : ndarray of shape (n_documents + 1,), int64
        Where each document begins, and the end of the last.

    Raises
    ------
    ValueError, TypeError
        If there are no documents, or something is no str; the message names the row.
    """
    if isinstance(X, Ragged):
        raise TypeError(
            f"{name} learns from raw text or lists of sentences, got {type(X).__name__}, which "
            "does not say where sentences end."
        )
    documents = X if type(X) is list else to_list(X)
    if not documents:
        raise ValueError(f"there are no documents to fit {name} on: X is empty.")
    if isinstance(documents[0], (list, tuple, np.ndarray)):
        rows: Iterable[Any] = documents
    else:
        split = split_sentences if splitter is None else splitter
        rows = map(split, as_documents(documents))
    passages = [checked_tokens(row, i, what="sentences") for i, row in enumerate(rows)]
    offsets = offsets_from_lengths([len(passage) for passage in passages])
    return [sentence for passage in passages for sentence in passage], offsets


def sentence_neighbors(lengths: NDArray[np.int64], offsets: NDArray[np.int64]) -> SentenceNeighbors:
    """Find each sentence's neighbours within its document.

    Parameters
    ----------
    lengths : ndarray of shape (n_sentences,), int64
        Number of tokens of each. A sentence without tokens is passed over, so that the ones
        beside it are neighbours.
    offsets : ndarray of shape (n_documents + 1,), int64
        Where the sentences of each document begin, and the end of the last's.

    Returns
    -------
    SentenceNeighbors
    """
    filled = np.flatnonzero(lengths > 0)
    documents = np.searchsorted(offsets, filled, side="right")
    follows = np.zeros(len(filled) + 1, bool)  # whether sentence i goes on from i - 1
    follows[1:-1] = documents[1:] == documents[:-1]
    before = np.where(follows[:-1], np.roll(filled, 1), -1)
    after = np.where(follows[1:], np.roll(filled, -1), -1)
    has_one = follows[:-1] | follows[1:]
    return SentenceNeighbors(filled[has_one], before[has_one], after[has_one])
