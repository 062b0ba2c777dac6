"""Sparse matrices of rows, made without checks that take longer than a document."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix, issparse
from sklearn import get_config
from sklearn.preprocessing import normalize
from sklearn.utils import check_array

from ..._compat import inplace_csr_row_normalize_l1, inplace_csr_row_normalize_l2
from ..._inputs._int32_limits import INT32_MAX

_SCALES_ROWS = {"l1": inplace_csr_row_normalize_l1, "l2": inplace_csr_row_normalize_l2}


def csr_of(
    data: NDArray[Any], indices: NDArray[np.int32], indptr: NDArray[np.int64], n_columns: int
) -> Any:
    """Make the sparse matrix or array that scikit-learn is set to return."""
    index_dtype = np.int64 if len(indices) > INT32_MAX else np.int32
    columns = indices.astype(index_dtype, copy=False)
    starts = indptr.astype(index_dtype, copy=False)
    kind = csr_array if get_config()["sparse_interface"] == "sparray" else csr_matrix
    if len(starts) != 2:
        return kind((data, columns, starts), (len(starts) - 1, n_columns))
    row = kind.__new__(kind)
    vars(row).update(_empty_row(kind, n_columns), data=data, indices=columns, indptr=starts)
    return row


def csr_of_width(X: Any, n_columns: int, name: str) -> Any:
    """Return what an estimator, named `name`, made of documents as csr; check its width."""
    X = check_array(X, accept_sparse="csr")
    if X.shape[1] != n_columns:
        raise ValueError(f"X has {X.shape[1]} features, but {name} makes {n_columns}.")
    return X if issparse(X) else csr_array(X)


@lru_cache(maxsize=128)
def _empty_row(kind: Any, n_columns: int) -> dict[str, Any]:
    """Return the attributes of a row, of which SciPy's constructor makes some.

    It takes longer than a document is read in, and once is enough for all rows.
    """
    return dict(vars(kind((1, n_columns))))


def normalized(X: Any, norm: Literal["l1", "l2"]) -> Any:
    """Return a sparse matrix with rows of norm 1; in place, if it is one of floats."""
    is_csr = getattr(X, "format", "") == "csr" and X.shape[0]
    if not (is_csr and X.dtype in (np.float32, np.float64) and np.isfinite(X.data.sum())):
        return normalize(X, norm=norm, copy=False)
    _SCALES_ROWS[norm](X)
    return X
