"""The base of the transformers that weight a matrix of counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_non_negative, validate_data

from ..._compat import _align_api_if_sparse
from ..._counting._mergeable import Mergeable
from ..._estimators._reported_fit import ReportedFit
from ..._estimators._sparse_output import SparseOutput
from ..._inputs._items import is_tensor, items_of
from ..._inputs._target_arrays import read_targets
from ...distributed import refuse_dask

# What scikit-learn makes of the input of `fit` and `transform`.
_FORMAT: dict[str, Any] = {"accept_sparse": "csr", "dtype": [np.float64, np.float32]}


class TermWeights(
    SparseOutput, Mergeable, ReportedFit, OneToOneFeatureMixin, TransformerMixin, BaseEstimator
):
    """Base of transformers of counts, sparse or dense, to a CSR matrix of the same sparsity.

    What they learn takes little room: `fit` keeps what was counted, so that more may be added.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def _read(self, X: Any, *, reset: bool, **options: Any) -> Any:
        """Return the counts as floats: CSR in canonical format, without stored zeros."""
        X = _without_tensor(X)
        least = 1 if reset else 0  # as everywhere, no document makes no row
        options = {"ensure_min_samples": least, **_FORMAT, **options}
        return self._checked(validate_data(self, X, reset=reset, **options))

    def _read_labelled(
        self, X: Any, y: ArrayLike, *, reset: bool, **options: Any
    ) -> tuple[Any, NDArray[Any]]:
        """Return the counts as `_read` does, and the labels."""
        X = _without_tensor(X)
        labels = y if y is None else read_targets(y)
        counts, labels = validate_data(self, X, labels, reset=reset, **_FORMAT, **options)
        return self._checked(counts), labels

    def _part_options(self) -> dict[str, Any]:
        """Return how a part is read, which may be empty: of the columns of those before."""
        self._check_may_grow()
        return {"reset": "_counts" not in vars(self), "ensure_min_samples": 0}

    def _fit_from_all(self, counts: Any) -> None:
        self._fit_from(counts)

    def _checked(self, counts: Any) -> Any:
        if counts.shape[0]:
            check_non_negative(counts, type(self).__name__)
        return canonical(counts)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _without_tensor(X: Any) -> Any:
    refuse_dask(X, "X")
    return items_of(X, "X") if is_tensor(X) else X


def canonical(counts: Any) -> Any:
    """Return counts as CSR, sorted, summed and without stored zeros; the input is not changed."""
    if not issparse(counts):
        return csr_array(counts)
    if not counts.has_canonical_format or not counts.data.all():
        counts = counts.copy()
        counts.sum_duplicates()
        counts.eliminate_zeros()
    return counts


def with_data(counts: Any, data: NDArray[Any]) -> Any:
    """Return a matrix with other data at the positions of `counts`.

    Sparse array or matrix, as scikit-learn is set. The positions are copied, so that changing
    the result in place does not change `counts`.
    """
    parts = (data, counts.indices.copy(), counts.indptr.copy())
    return _align_api_if_sparse(csr_array(parts, shape=counts.shape))
