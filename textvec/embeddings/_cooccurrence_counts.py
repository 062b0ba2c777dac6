"""Co-occurrence counts: how often tokens occur near each other."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary, numbered_from
from .._counting._token_counts import TokenCounts
from .._kernels._window_counts import UNITS_OF_ONE, count_neighbours
from ._frequent_enough import check_frequent_enough

Weighting = Literal["harmonic", "flat"]


class Cooccurrences(NamedTuple):
    """Co-occurrence counts of pairs of tokens, as the three arrays of a sparse matrix."""

    vocabulary: Vocabulary
    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int64]

    @property
    def matrix(self) -> Any:
        """The counts as a csr_array of shape (n_tokens, n_tokens)."""
        return csr_array((self.data, self.indices, self.indptr), shape=(len(self.vocabulary),) * 2)

    @classmethod
    def of_sums(cls, vocabulary: Vocabulary, sums: Any, weighting: Weighting) -> Cooccurrences:
        """Round sums of windows, which are whole numbers, to counts."""
        data = np.empty(len(sums.data), dtype=np.float32)
        unit = UNITS_OF_ONE if weighting == "harmonic" else 1
        np.divide(sums.data, float(unit), out=data, casting="same_kind")  # in float64, in pieces
        indices = np.ascontiguousarray(sums.indices, dtype=np.int32)
        return cls(vocabulary, data, indices, np.ascontiguousarray(sums.indptr, dtype=np.int64))

    @classmethod
    def of_matrix(cls, vocabulary: Vocabulary, matrix: Any) -> Cooccurrences:
        """Take the positive entries of a scipy matrix."""
        matrix = csr_array(matrix)
        matrix.eliminate_zeros()
        return cls(
            vocabulary,
            np.ascontiguousarray(matrix.data, dtype=np.float32),
            np.ascontiguousarray(matrix.indices, dtype=np.int32),
            np.ascontiguousarray(matrix.indptr, dtype=np.int64),
        )


def frequent_tokens(
    counts: TokenCounts, *, min_count: int, max_tokens: int | None = None
) -> Vocabulary:
    """Return the tokens that are frequent enough, of ids from 0 by falling frequency.

    Ties are in code-point order, so that the ids do not depend on the order of the documents.
    `max_tokens` counts the rows of an embedding, padding and unknown included.

    Raises
    ------
    ValueError
        If no token occurs `min_count` times.
    """
    n_frequent = int(np.count_nonzero(counts.occurrences >= min_count))
    check_frequent_enough(len(counts.occurrences), n_frequent, min_count)
    chosen = counts.select(max_tokens=max_tokens, min_count=min_count, min_df=1, max_df=1.0)
    return numbered_from(chosen.vocabulary, 0)


def window_sums(
    tokens: Tokens,
    vocabulary: Vocabulary,
    *,
    window: int,
    weighting: Weighting = "harmonic",
    n_threads: int = 1,
) -> Any:
    """Count the tokens that occur within a window of each other, exactly.

    Parameters
    ----------
    tokens : Tokens
        The documents; windows end with the document.
    vocabulary : Vocabulary
        The tokens to count, of ids from 0. Others are dropped before distances are counted, so
        the tokens on either side of them are neighbours, as in Stanford's and gensim's programs.
    window : int
        Maximum distance of two tokens.
    weighting : {"harmonic", "flat"}, default="harmonic"
        Whether a pair at distance d counts as 1/d or as 1.
    n_threads : int, default=1
        Number of threads; the result does not depend on it.

    Returns
    -------
    csr_array of shape (n_tokens, n_tokens), int64
        Sums of whole numbers, which :meth:`Cooccurrences.of_sums` reads; those of several parts
        of the documents add up. The matrix is symmetric. Where a token occurs near
        itself, each occurrence counts the other: the pair counts twice.

    Notes
    -----
    Memory is 12 bytes a token of the documents and 12 bytes an entry of the result.
    """
    id_of = vocabulary.lookup(tokens.vocabulary)
    arrays = count_neighbours(
        id_of[tokens.values],
        tokens.offsets,
        len(vocabulary),
        window=window,
        harmonic=weighting == "harmonic",
        n_threads=n_threads,
    )
    return csr_array(arrays, shape=(len(vocabulary),) * 2)
