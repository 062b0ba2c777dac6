"""Co-occurrence counts: how often tokens occur near each other."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .._kernels._window_counts import count_neighbours
from .._token_counts import TokenCounts
from .._tokens import Tokens
from .._vocabulary import Vocabulary, trusted_vocabulary

Weighting = Literal["harmonic", "flat"]
Side = Literal["both", "left", "right"]


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


def frequent_tokens(tokens: Tokens, *, min_count: int, max_tokens: int | None = None) -> Vocabulary:
    """Return the tokens that are frequent enough, of ids from 0 by falling frequency.

    Ties are in code-point order, so that the ids do not depend on the order of the documents.
    `max_tokens` counts the rows of an embedding, padding and unknown included.

    Raises
    ------
    ValueError
        If no token occurs `min_count` times.
    """
    counts = TokenCounts.of(tokens)
    if counts.occurrences.max(initial=0) < min_count:
        raise ValueError(
            f"no token occurs min_count={min_count} times: lower min_count or fit on more "
            "documents."
        )
    chosen = counts.select(max_tokens=max_tokens, min_count=min_count, min_df=1, max_df=1.0)
    return trusted_vocabulary(chosen.vocabulary.buffer, chosen.vocabulary.offsets)


def count_cooccurrences(
    tokens: Tokens,
    vocabulary: Vocabulary,
    *,
    window: int,
    weighting: Weighting = "harmonic",
    side: Side = "both",
    n_threads: int = 1,
) -> Cooccurrences:
    """Count the tokens that occur within a window of each other.

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
    side : {"both", "left", "right"}, default="both"
        Which neighbours the row of a token counts: those on both sides, which makes the matrix
        symmetric, only those before it, or only those after it. Stanford's ``-symmetric 0`` is
        ``"right"``.
    n_threads : int, default=1
        Number of threads; the result does not depend on it.

    Returns
    -------
    Cooccurrences
        Where a token occurs near itself, each occurrence counts the other: the pair counts twice.

    Notes
    -----
    Memory is 12 bytes a token of the documents and 8 bytes an entry of the result. Sums are of
    integers, so they are exact, and the same from both sides of a pair.
    """
    id_of = vocabulary.lookup(tokens.vocabulary)
    data, indices, indptr = count_neighbours(
        id_of[tokens.values],
        tokens.offsets,
        len(vocabulary),
        window=window,
        harmonic=weighting == "harmonic",
        left=side in ("both", "left"),
        right=side in ("both", "right"),
        n_threads=n_threads,
    )
    return Cooccurrences(vocabulary, data, indices, indptr)
