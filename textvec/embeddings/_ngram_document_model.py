"""Vectors of documents and n-grams, learned pass by pass, and vectors of new documents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import Ragged
from .._kernels._document_steps import infer_documents, learn_documents

# Ids that negative samples are drawn from: enough for rare n-grams to be among them. Those that are
# not would only be drawn to documents, never away from any, and spoil the vectors of all.
_MIN_NOISE, _NOISE_PER_NGRAM = 1 << 20, 16
_DOCUMENTS_PER_CALL = 256  # some tenths of a second, after which an interruption is heard


class StepSettings(NamedTuple):
    """How one step is taken: negative samples, factor of the cosine, initial learning rate."""

    n_negative: int
    scale: float
    learning_rate: float


def noise_ids(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return ids to draw negative samples from, each as often as it occurs.

    Parameters
    ----------
    counts : ndarray of shape (n_ngrams,), int64
        How often each n-gram occurs; at least one does.

    Returns
    -------
    ndarray of shape (n_noise,), int32
    """
    ends = np.cumsum(counts)
    size = min(int(ends[-1]), max(_MIN_NOISE, _NOISE_PER_NGRAM * len(counts)))
    quantiles = (np.arange(size) + 0.5) / size * ends[-1]
    noise: NDArray[np.int32] = np.searchsorted(ends, quantiles, side="right").astype(np.int32)
    return noise


def unit_vectors(
    n_vectors: int, embedding_dim: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Draw vectors of length 1 from all directions alike."""
    drawn = rng.standard_normal((n_vectors, embedding_dim), dtype=np.float32)
    lengths = np.sqrt(np.square(drawn).sum(axis=1, keepdims=True))
    drawn /= np.maximum(lengths, np.finfo(np.float32).tiny)
    return drawn


class NgramDocumentModel:
    """Unit vectors of documents and of n-grams, and what they learn from.

    Parameters
    ----------
    rows : Ragged of int32
        The n-grams of each document, as ids from 0 on.
    counts : ndarray of shape (n_ngrams,), int64
        How often each n-gram occurs.
    embedding_dim : int
        Width of the vectors.
    settings : StepSettings
    seed : int
        Of the initial vectors, the order of the documents and the negative samples.
    """

    def __init__(
        self,
        rows: Ragged,
        counts: NDArray[np.int64],
        *,
        embedding_dim: int,
        settings: StepSettings,
        seed: int,
    ):
        self._rng = np.random.default_rng(seed)
        self._rows = rows
        self.settings = settings
        self.noise = noise_ids(counts)
        self.documents = unit_vectors(len(rows), embedding_dim, self._rng)
        self.documents[rows.lengths == 0] = 0
        self.ngrams = unit_vectors(len(counts), embedding_dim, self._rng)
        self._document_squares = np.ones(len(rows), dtype=np.float32)
        self._ngram_squares = np.ones(len(counts), dtype=np.float32)

    def run_epoch(self) -> float:
        """Take a step for each n-gram of each document, in random order of the documents.

        Returns
        -------
        float
            The mean loss of an n-gram and its negative samples, before their steps.
        """
        order = self._rng.permutation(len(self._rows))
        loss = 0.0
        for start in range(0, len(order), _DOCUMENTS_PER_CALL):
            chosen = order[start : start + _DOCUMENTS_PER_CALL]
            rows = self._rows[chosen]
            documents, squares = self.documents[chosen], self._document_squares[chosen]
            loss += learn_documents(
                documents,
                squares,
                self.ngrams,
                self._ngram_squares,
                rows.values,
                rows.offsets,
                self.noise,
                **self.settings._asdict(),
                seed=int(self._rng.integers(2**63)),
            )
            self.documents[chosen], self._document_squares[chosen] = documents, squares
        return loss / len(self._rows.values)


def infer(
    rows: Ragged,
    ngrams: NDArray[np.float32],
    noise: NDArray[np.int32],
    *,
    settings: StepSettings,
    n_epochs: int,
) -> NDArray[np.float32]:
    """Infer the vectors of documents, each from its n-grams alone.

    Parameters
    ----------
    rows : Ragged of int32
        The n-grams of each document, as ids from 0 on.
    ngrams : ndarray of shape (n_ngrams, embedding_dim), float32
        Their vectors.
    noise : ndarray of shape (n_noise,), int32
        As `noise_ids` returns them.
    settings : StepSettings
    n_epochs : int
        Number of passes over each document.

    Returns
    -------
    ndarray of shape (n_documents, embedding_dim), float32
        Of length 1; zeros of a document without n-grams.
    """
    start = unit_vectors(1, ngrams.shape[1], np.random.default_rng(0))
    documents = np.repeat(start, len(rows), axis=0)
    documents[rows.lengths == 0] = 0
    infer_documents(
        documents,
        ngrams,
        rows.values,
        rows.offsets,
        noise,
        **settings._asdict(),
        n_passes=n_epochs,
        seed=0,
    )
    return documents
