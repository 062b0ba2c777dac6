"""Pooling: one vector a document, from the vectors of its tokens."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import Ragged
from .._containers._vocabulary import UNKNOWN
from .._kernels._pooled_rows import pooled_rows
from ._embedding_counts import IdCounts

Pooling = Literal["mean", "max", "idf", "sif"]


def token_weights(
    pooling: Pooling, counts: IdCounts, *, ignore_unknown: bool, sif_a: float
) -> NDArray[np.float32]:
    """Compute the weight of each id.

    Parameters
    ----------
    pooling : {"mean", "max", "idf", "sif"}
    counts : IdCounts
        Of the documents of `fit`.
    ignore_unknown : bool
        Whether the unknown token has the weight 0, as padding has.
    sif_a : float
        Of ``"sif"``: the smaller it is, the lower the weights of frequent tokens.

    Returns
    -------
    ndarray of shape (n_ids,), float32
    """
    if pooling == "idf":  # as scikit-learn's TfidfTransformer learns it
        weights = np.log((1 + counts.n_documents) / (1 + counts.documents)) + 1
    elif pooling == "sif":
        weights = sif_a / (sif_a + counts.occurrences / max(1, counts.n_tokens))  # (V,)
    else:
        weights = np.ones(len(counts.occurrences))
    weights[: UNKNOWN + 1 if ignore_unknown else UNKNOWN] = 0
    return weights.astype(np.float32)


def unseen_weight(pooling: Pooling, n_documents: int) -> float:
    """Return the weight of an id that occurs in none of `n_documents` documents."""
    return 1 + float(np.log(1 + n_documents)) if pooling == "idf" else 1.0


def pool(
    pooling: Pooling, ids: Ragged, table: NDArray[Any], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Pool the vectors of each row of ids.

    Parameters
    ----------
    pooling : {"mean", "max", "idf", "sif"}
        Of ``"sif"``, everything but the removal of the common component.
    ids : Ragged of int32
    table : ndarray of shape (n_ids, embedding_dim)
    weights : ndarray of shape (n_ids,), float32
        As `token_weights` returns them.

    Returns
    -------
    ndarray of shape (n_rows, embedding_dim), float32
    """
    values = ids.values
    if table.dtype != np.float32:
        # The kernel takes no half precision: only the rows of the table in use are converted.
        used, values = compacted(values, len(table))
        table, weights = table[used].astype(np.float32), weights[used]
    how: Literal["mean", "sum_per_item", "max"]
    how = "max" if pooling == "max" else "sum_per_item" if pooling == "sif" else "mean"
    return pooled_rows(
        np.ascontiguousarray(table), np.ascontiguousarray(values), ids.offsets, weights, how
    )


def compacted(ids: NDArray[np.int32], n_ids: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the distinct ids, rising, and the position of each item's id among them."""
    is_used = np.zeros(n_ids, dtype=bool)
    is_used[ids] = True
    return np.flatnonzero(is_used), (np.cumsum(is_used, dtype=np.int32) - 1)[ids]


def without_component(
    pooled: NDArray[np.float32], component: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Subtract from each row its projection on a vector of norm 1, or of zeros."""
    # Not a matrix product, whose last bits depend on the number of rows.
    shares = np.einsum("nd,d->n", pooled, component)  # (n,)
    rest: NDArray[np.float32] = pooled - shares[:, None] * component
    return rest
