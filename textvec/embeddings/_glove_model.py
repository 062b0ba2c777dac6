"""The model of GloVe, trained epoch by epoch."""

from __future__ import annotations

from functools import partial
from math import isqrt
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from .._containers._read_only import read_only
from .._kernels._glove_adagrad import group_entries, row_length, train_block
from .._kernels._threads import in_threads
from ..vectors import WordVectors
from ._cooccurrence_counts import Cooccurrences

# Stanford's bound on the gradient of one number; only a rate that is far too high reaches it.
_CLIP = 100.0
# This many rows of both sides, with their squares, fit into the second-level cache.
_ROWS_PER_BLOCK = 1000
_ENTRIES_PER_BLOCK = 1 << 12  # at least, on average: a call a block costs as much as some entries
_MAX_BLOCKS = 256


class GloVeModel:
    """Vectors and biases of words and contexts, and the counts they learn from.

    The entries of the matrix are cut into blocks of rows and columns. An epoch goes through them
    a diagonal at a time: its blocks share no row and no column, so threads may take one each
    [1]_. The number of blocks depends on the counts alone, and so does the result: it is the same
    for any number of threads.

    Parameters
    ----------
    counts : Cooccurrences
        All above 0, and at least one.
    embedding_dim : int
        Width of the vectors.
    x_max, alpha : float
        A count x weighs ``min(1, (x / x_max) ** alpha)``.
    learning_rate : float
        Initial learning rate of AdaGrad.
    seed : int
        Of the initial values and of the order of the entries.
    n_threads : int, default=1
        Maximum number of blocks that are worked on at once.

    References
    ----------
    .. [1] R. Gemulla, E. Nijkamp, P. J. Haas and Y. Sismanis, "Large-Scale Matrix Factorization
       with Distributed Stochastic Gradient Descent", KDD 2011.
    """

    def __init__(
        self,
        counts: Cooccurrences,
        *,
        embedding_dim: int,
        x_max: float,
        alpha: float,
        learning_rate: float,
        seed: int,
        n_threads: int = 1,
    ):
        n_words, n_entries = len(counts.vocabulary), len(counts.data)
        self.vocabulary = counts.vocabulary
        self.embedding_dim = embedding_dim
        self.n_blocks = max(
            1,
            min(
                n_words // _ROWS_PER_BLOCK + 1, isqrt(n_entries // _ENTRIES_PER_BLOCK), _MAX_BLOCKS
            ),
        )
        self._entries, self._starts = group_entries(
            counts.data,
            counts.indices,
            counts.indptr,
            n_blocks=self.n_blocks,
            x_max=x_max,
            alpha=alpha,
        )
        self._learning_rate = learning_rate
        self._n_threads = min(n_threads, self.n_blocks)
        self._random = RandomState(seed)
        self.words = self._first_rows(n_words, bias_at=0)
        self.contexts = self._first_rows(n_words, bias_at=1)

    def _first_rows(self, n_words: int, *, bias_at: int) -> NDArray[np.float32]:
        """Draw rows as Stanford's program does; their layout is described with the kernel."""
        width, length = self.embedding_dim, row_length(self.embedding_dim)
        rows = np.zeros((n_words, 2 * length), dtype=np.float32)
        drawn = self._random.uniform(-0.5, 0.5, size=(n_words, width + 1)) / (width + 1)
        rows[:, :width] = drawn[:, :width]
        rows[:, width : width + 2] = 1
        rows[:, width + bias_at] = drawn[:, width]
        rows[:, length:] = 1  # sums of squared gradients: the first step has the initial rate
        return rows

    def run_epoch(self) -> float:
        """Take a step for each entry, in random order, and return their mean loss.

        Raises
        ------
        ValueError
            If the loss is not finite.
        """
        n_blocks = self.n_blocks
        losses: list[float] = []
        for shift in self._random.permutation(n_blocks).tolist():
            seeds = self._random.randint(2**63 - 1, size=n_blocks, dtype=np.int64).tolist()
            blocks = [a * n_blocks + (a + shift) % n_blocks for a in range(n_blocks)]
            steps = [partial(self._train, *each) for each in zip(blocks, seeds)]
            losses += in_threads(steps, self._n_threads)
        loss = sum(losses) / len(self._entries)
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss became {loss}: learning_rate_init={self._learning_rate} is too high."
            )
        return loss

    def _train(self, block: int, seed: int) -> float:
        return train_block(
            self._entries[self._starts[block] : self._starts[block + 1]],
            self.words,
            self.contexts,
            self.embedding_dim,
            learning_rate=self._learning_rate,
            clip=_CLIP,
            seed=seed,
        )

    def vectors(self, *, add_context: bool = True) -> WordVectors:
        """Return the current vectors: a word's own, plus its vector as a context on request."""
        matrix: NDArray[Any] = self.words[:, : self.embedding_dim].copy()  # (V, D)
        if add_context:
            matrix += self.contexts[:, : self.embedding_dim]
        return WordVectors(self.vocabulary, read_only(matrix))
