"""Pointwise mutual information (PMI) of tokens, and its factors."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from .._containers._ragged import row_of_item
from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary

_MAX_DENSE = 500  # concepts whose matrix is factored as a dense one: it takes milliseconds


class PairCounts(NamedTuple):
    """How often tokens occur together, and how often each occurs.

    Parameters
    ----------
    vocabulary : Vocabulary
        The tokens, of ids from 0.
    pairs : csr_array of shape (n_tokens, n_tokens)
        How often each pair occurs together; symmetric.
    counts : ndarray of shape (n_tokens,), float64
        How often each token occurs, above 0 where it has pairs.
    n_total : float
        What both are divided by for probabilities.
    """

    vocabulary: Vocabulary
    pairs: Any
    counts: NDArray[np.float64]
    n_total: float

    @classmethod
    def of_rows(cls, vocabulary: Vocabulary, sums: Any, n_rows: int) -> PairCounts:
        """Take the diagonal of :func:`row_sums` as the counts of the tokens."""
        counts, pairs = sums.diagonal(), sums.copy()
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        return cls(vocabulary, pairs, counts, n_rows)

    @classmethod
    def of_pairs(cls, vocabulary: Vocabulary, pairs: Any) -> PairCounts:
        """Count a token as often as it occurs with any other."""
        counts = pairs.sum(axis=1, dtype=np.float64)
        return cls(vocabulary, pairs, counts, float(counts.sum()))


def row_sums(tokens: Tokens, vocabulary: Vocabulary) -> Any:
    """Count the rows that hold both of two tokens, and those that hold each.

    Parameters
    ----------
    tokens : Tokens
        The rows.
    vocabulary : Vocabulary
        The tokens to count, of ids from 0.

    Returns
    -------
    csr_array of shape (n_tokens, n_tokens), float64
        Whole numbers, which add up; the diagonal is of the rows that hold a token.
    """
    ids = vocabulary.lookup(tokens.vocabulary)[tokens.values]
    rows = row_of_item(tokens.lengths)[ids >= 0]
    ids = ids[ids >= 0]
    held = csr_array((np.ones(len(ids)), (rows, ids)), shape=(len(tokens), len(vocabulary)))
    held.data[:] = 1  # a token that comes several times in a row is held once
    return csr_array(held.T @ held)


def shifted_positive_pmi(counts: PairCounts, *, shift: float = 1.0, smoothing: float = 0.75) -> Any:
    """Compute ``max(0, log(p_ij / (p_i p_j) ** smoothing) - log(shift))`` of each pair.

    Parameters
    ----------
    counts : PairCounts
    shift : float, default=1.0
        Corresponds to word2vec's number of negative samples.
    smoothing : float, default=0.75
        Exponent of the tokens' probabilities. Below 1 it lowers the PMI of rare tokens.

    Returns
    -------
    csr_array of shape (n_tokens, n_tokens), float64
        Only what is above 0.

    References
    ----------
    O. Levy and Y. Goldberg, "Neural Word Embedding as Implicit Matrix Factorization", NIPS 2014.
    """
    entries = counts.pairs.tocoo()
    i, j = entries.coords
    shares = counts.counts / counts.n_total
    log_p = smoothing * np.log(shares, where=counts.counts > 0, out=np.zeros(len(shares)))
    pmi = np.log(entries.data / counts.n_total) - log_p[i] - log_p[j] - np.log(float(shift))
    keep = pmi > 0
    return csr_array((pmi[keep], (i[keep], j[keep])), shape=counts.pairs.shape)


def factor(
    matrix: Any, n_factors: int, *, add_context: bool, generator: RandomState
) -> NDArray[np.float64]:
    """Factor a symmetric matrix by its largest singular values.

    Parameters
    ----------
    matrix : csr_array of shape (n_tokens, n_tokens)
        Symmetric.
    n_factors : int
        Below `n_tokens`.
    add_context : bool
        Whether to return ``(U + V) sqrt(S)`` or ``U sqrt(S)``.
    generator : RandomState
        Draws the start of the search for singular vectors.

    Returns
    -------
    ndarray of shape (n_tokens, n_factors)
        By falling singular value; the entry of largest magnitude of each column is positive.

    Notes
    -----
    The singular values of a symmetric matrix are the magnitudes of its eigenvalues, and a
    column of V is that of U with the sign of the eigenvalue. The columns of negative eigenvalues
    vanish from ``U + V``, so with `add_context` the largest positive ones are taken.
    """
    if matrix.shape[0] <= _MAX_DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray())
    else:
        start = generator.uniform(-1, 1, size=matrix.shape[0])
        values, vectors = eigsh(matrix, n_factors, which="LA" if add_context else "LM", v0=start)
    sizes = values if add_context else np.abs(values)
    order = np.argsort(-sizes, kind="stable")[:n_factors]
    values, vectors = values[order], vectors[:, order]
    highest = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[highest, np.arange(len(order))])
    scale = np.where(values > 0, 2, 0) if add_context else 1
    factors: NDArray[np.float64] = vectors * (scale * np.sqrt(np.abs(values)))
    return factors
