"""Counts of terms weighted by BM25."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from ..._compat import _fit_context
from ..._estimators._constraints import PROPORTION, Interval
from ..._estimators._fitted_state import atomic_fit, of_one_moment, replace_fitted
from ...distributed import counted, is_dask, learn, mapped
from ._column_counts import CountedColumns, DocumentCounts
from ._term_weights import TermWeights, with_data


class BM25Transformer(TermWeights):
    r"""Weigh the counts of terms by BM25.

    As tf-idf, with two differences: the hundredth occurrence of a term adds next to nothing,
    and an occurrence in a long document says less than one in a short document.

    Of a Dask array of counts, `fit` adds up on the workers, and `transform` returns a Dask array of
    CSR blocks.

    Parameters
    ----------
    k1 : float, default=1.5
        How slowly further occurrences of a term lose weight, 0 to 1e100. With 0 it only counts
        whether a document holds the term; usual are 1.2 to 2.
    b : float, default=0.75
        How much the length of the document counts, from 0 (not at all) to 1 (the number of
        occurrences is taken in proportion to the length).

    Attributes
    ----------
    idf_ : ndarray of shape (n_features,)
        Weight of each term by the number of documents of `fit` that hold it. Never negative.
    average_length_ : float
        Mean length of the documents of `fit`, in occurrences of terms.
    n_features_in_ : int
        Number of terms.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, if X was a data frame.

    See Also
    --------
    sklearn.feature_extraction.text.TfidfTransformer : The other usual weight.
    NBLogCountRatio : Weights that know the classes.

    Notes
    -----
    A term that occurs :math:`f` times in a document of length :math:`l`, and in :math:`n` of
    the :math:`N` documents of `fit`, weighs

    .. math::

        \ln\left(1 + \frac{N - n + 0.5}{n + 0.5}\right)
        \cdot \frac{f\,(k_1 + 1)}{f + k_1\,(1 - b + b\,l / \bar l)}

    which is BM25 as in [1]_ but for the 1 inside the logarithm. Without it, a term that more
    than half of the documents hold would weigh less than nothing; the 1 is what Lucene's
    ``BM25Similarity`` adds. The length of a document is the sum of its row, so terms that the
    vectorizer left out do not count.

    The weights belong to the documents of a collection: the score of a query is the sum of the
    weights of its terms, ``X @ query``, of a query that is a row of counts.

    References
    ----------
    .. [1] S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and
       Beyond", Foundations and Trends in Information Retrieval 3(4), 2009.

    Examples
    --------
    >>> from textvec import BM25Transformer, CountVectorizer
    >>> counts = CountVectorizer()
    >>> X = counts.fit_transform(["the frog sat on the log", "the toad", "the frog and the toad"])
    >>> weighted = BM25Transformer().fit_transform(X)
    >>> scores = weighted @ counts.transform(["frog on a log"]).T
    >>> scores.toarray().ravel().round(2).tolist()
    [2.07, 0.0, 0.44]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "k1": [Interval(Real, 0, 1e100, closed="both")],  # beyond, the products overflow
        "b": [PROPORTION],
    }

    idf_: NDArray[Any]
    average_length_: float

    def __init__(self, k1: float = 1.5, b: float = 0.75):
        self.k1 = k1
        self.b = b

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn document frequencies and the mean document length.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite.
        """
        if is_dask(X):
            learn(self, X)
        else:
            self._fit_from_all(self._counted(self._read(X, reset=True)))
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn from documents that come in parts.

        All parts together lead to what one `fit` of them learns, to the last bit where counts
        are whole numbers. It goes on after `fit`, too.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms, of the same columns in all parts.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite, or X has another number of columns.
        """
        self._check_may_grow()
        self._add_part(counted(self, X) if is_dask(X) else self._part_counts(X))
        return self

    def _part_counts(self, X: Any, y: Any = None) -> DocumentCounts:
        return self._counted(self._read(X, **self._part_options()))

    def _counted(self, counts: Any) -> DocumentCounts:
        holding = np.bincount(counts.indices, minlength=counts.shape[1])
        total = float(_lengths(counts).sum())
        return DocumentCounts(CountedColumns.of(self, counts), holding, counts.shape[0], total)

    def _fit_from(self, counts: DocumentCounts) -> None:
        n_documents, holding = counts.n_documents, counts.documents
        idf = np.log1p((n_documents - holding + 0.5) / (holding + 0.5))
        fitted = {
            "idf_": idf.astype(counts.columns.dtype),
            "average_length_": counts.total_length / max(1, n_documents),
        }
        replace_fitted(self, counts.columns.attributes() | fitted)
        self._counts = counts

    @of_one_moment
    def transform(self, X: Any) -> Any:
        """Weight counts of terms.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            CSR; float32 where X is, else float64.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite, or X has another number of columns.
        """
        check_is_fitted(self)
        self._validate_params()  # which may have been set after fit
        if is_dask(X):
            return mapped(self.transform, X)
        counts = self._read(X, reset=False)
        # Where no document of `fit` held a term, any is of average length.
        share = _lengths(counts) / self.average_length_ if self.average_length_ else 1.0
        damping = np.broadcast_to(self.k1 * (1 - self.b + self.b * share), counts.shape[:1])
        filled = np.diff(counts.indptr)
        data = counts.data * (self.k1 + 1) / (counts.data + np.repeat(damping, filled))
        data *= self.idf_[counts.indices]
        return with_data(counts, data.astype(counts.dtype, copy=False))


def _lengths(counts: Any) -> NDArray[np.float64]:
    """Return the number of occurrences of terms in each document."""
    return np.asarray(counts.sum(axis=1, dtype=np.float64)).ravel()
