"""Pointwise mutual information of tokens, and its factors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import eigsh

from .._tokens import Tokens
from .._vocabulary import Vocabulary

_MAX_DENSE = 500  # concepts whose matrix is factored whole: it takes milliseconds


def count_rows(tokens: Tokens, vocabulary: Vocabulary) -> tuple[Any, NDArray[np.float64]]:
    """Count the rows that hold both of two tokens, and those that hold each.

    Parameters
    ----------
    tokens : Tokens
    vocabulary : Vocabulary
        Of ids from 0; other tokens are not counted.

    Returns
    -------
    pairs : csr_array of shape (n_tokens, n_tokens), float64
        Symmetric, its diagonal empty.
    counts : ndarray of shape (n_tokens,), float64
    """
    ids = vocabulary.lookup(tokens.vocabulary)[tokens.values]
    rows = np.repeat(np.arange(len(tokens)), tokens.lengths)[ids >= 0]
    ids = ids[ids >= 0]
    held = csr_array((np.ones(len(ids)), (rows, ids)), shape=(len(tokens), len(vocabulary)))
    held.data[:] = 1  # a token that comes several times in a row is held once
    pairs = csr_array(held.T @ held)
    counts = pairs.diagonal()
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs, counts


def shifted_positive_pmi(
    pairs: Any,
    counts: NDArray[np.float64],
    *,
    n_total: float,
    shift: float = 1.0,
    smoothing: float = 0.75,
) -> Any:
    """Give ``max(0, log(p_ij / (p_i p_j) ** smoothing) - log(shift))`` of each pair.

    Parameters
    ----------
    pairs : csr_array of shape (n_tokens, n_tokens)
        How often each pair occurs together.
    counts : ndarray of shape (n_tokens,)
        How often each token occurs, above 0 where it has pairs.
    n_total : float
        What both are divided by for probabilities.
    shift : float, default=1.0
        Word2vec's number of negative samples, which this stands for.
    smoothing : float, default=0.75
        Exponent of the tokens' probabilities. Below 1 it lowers what rare tokens get.

    Returns
    -------
    csr_array of shape (n_tokens, n_tokens), float64
        Only what is above 0.
    """
    entries = pairs.tocoo()
    i, j = entries.coords
    log_p = smoothing * np.log(counts / n_total, where=counts > 0, out=np.zeros(len(counts)))
    pmi = np.log(entries.data / n_total) - log_p[i] - log_p[j] - np.log(shift)
    keep = pmi > 0
    return csr_array((pmi[keep], (i[keep], j[keep])), shape=pairs.shape)


def factor(
    matrix: Any, n_factors: int, *, add_context: bool, generator: RandomState
) -> NDArray[np.float64]:
    """Factor a symmetric matrix by its largest singular values, or those of positive sign.

    Parameters
    ----------
    matrix : csr_array of shape (n_tokens, n_tokens)
        Symmetric.
    n_factors : int
        Below `n_tokens`.
    add_context : bool
        Whether to give ``(U + V) sqrt(S)`` and not ``U sqrt(S)``.
    generator : RandomState
        Draws where the search for singular vectors starts.

    Returns
    -------
    ndarray of shape (n_tokens, n_factors)
        By falling singular value; the largest number of each column is positive.

    Notes
    -----
    Of a symmetric matrix, singular values are the eigenvalues without their signs, and a
    column of V is that of U with the sign of the eigenvalue. The columns of negative ones vanish
    from ``U + V``, so with `add_context` the next positive ones stand in their place.
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
    scale = 2 * (values > 0) if add_context else 1
    factors: NDArray[np.float64] = vectors * (scale * np.sqrt(np.abs(values)))
    return factors
