"""Counts of terms weighted by how much they tell the classes apart."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, hstack
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from ..._compat import _align_api_if_sparse, _check_sample_weight, _fit_context
from ..._counting._count_settings import Settings, check_same_settings, settings_of
from ..._estimators._constraints import Interval
from ..._estimators._fitted_state import atomic_fit, of_one_moment, replace_fitted
from ..._inputs._target_arrays import read_targets
from ...distributed import counted, is_dask, learn, mapped
from ._column_counts import ClassCounts, CountedColumns
from ._term_weights import TermWeights, with_data


class NBLogCountRatio(TermWeights):
    r"""Weigh the counts of terms by their log-count ratio between classes.

    What naive Bayes knows of a term, handed to a linear model as the size of a feature. The
    model then needs little weight on terms that tell the classes apart, and its penalty holds
    down the others: with n-grams up to three, a strong and quick baseline.

    Of a Dask array of counts, `fit` adds up on the workers, and `transform` returns a Dask array of
    CSR blocks.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to the count of each term in each class, greater than 0 and up to 1e100. Less of it
        trusts rare terms more; begin with 1.
    binarize : bool, default=True
        Whether the counts are replaced by 1 where a document holds a term, as in [1]_. False
        takes the counts, or any other non-negative weights, as they are.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    log_count_ratio_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weight of each term: greater than 0 where it speaks for the class. Of two classes the
        second has the only row, for the first's is its negative.
    n_features_in_ : int
        Number of terms.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, if X was a data frame.

    See Also
    --------
    BM25Transformer : Weights that need no classes.
    sklearn.naive_bayes.MultinomialNB : A classifier of the same counts.

    Notes
    -----
    Let :math:`p` be `alpha` plus the counts of the terms in the documents of a class, and
    :math:`q` the same in all other documents. A term weighs

    .. math:: r = \ln \frac{p / \lVert p \rVert_1}{q / \lVert q \rVert_1}.

    With more than two classes a term becomes one feature a class, named ``term@class``: all
    features of the first class, then all of the second, each weighed by that class against the
    rest. The matrix is then `n_classes` times as large. Where one model a class is wanted,
    each with its own features only, use this class on two sides inside
    :class:`~sklearn.multiclass.OneVsRestClassifier`::

        OneVsRestClassifier(make_pipeline(NBLogCountRatio(), LinearSVC()))

    So it takes much less memory. Compare with tf-idf, though, which is often ahead where there are
    many classes.

    Where documents differ in length, let scikit-learn's ``Normalizer`` follow, and a model with a
    small penalty, as ``LogisticRegression(C=30)``: else long documents have the largest logits.

    The authors also interpolate the model's weights with their mean, which is for the model
    to do, and a transformer can't.

    References
    ----------
    .. [1] S. Wang and C. Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic
       Classification", ACL 2012.

    Examples
    --------
    >>> from textvec import CountVectorizer, NBLogCountRatio
    >>> counts = CountVectorizer()
    >>> X = counts.fit_transform(["good frog", "a good log", "bad frog", "bad log"])
    >>> ratio = NBLogCountRatio().fit(X, ["pos", "pos", "neg", "neg"])
    >>> dict(zip(counts.get_feature_names_out(), ratio.log_count_ratio_[0].round(2).tolist()))
    {'bad': -1.1, 'frog': 0.0, 'good': 1.1, 'log': 0.0}
    >>> ratio.transform(counts.transform(["good, good log"])).toarray().round(2)
    array([[0. , 0. , 1.1, 0. ]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "alpha": [Interval(Real, 0, 1e100, closed="right")],  # beyond, the sums overflow
        "binarize": ["boolean"],
    }

    classes_: NDArray[Any]
    log_count_ratio_: NDArray[Any]

    def __init__(self, alpha: float = 1.0, *, binarize: bool = True):
        self.alpha = alpha
        self.binarize = binarize

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the ratios.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms.
        y : array-like of shape (n_documents,)
            The class of each document; two classes or more.
        sample_weight : array-like of shape (n_documents,) or None, default=None
            How often each document counts; None is once.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite, or there is only one class.
        """
        if is_dask(X):
            learn(self, X, y=y, sample_weight=sample_weight)
            return self
        counts, labels = self._read_labelled(X, y, reset=True)
        self._fit_from_all(self._counted(counts, labels, _weights(sample_weight, counts)))
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Learn from documents that come in parts.

        All parts together lead to what one `fit` of them learns, to the last bit where counts
        and weights are whole numbers. It goes on after `fit`, too.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms, of the same columns in all parts.
        y : array-like of shape (n_documents,)
            The class of each document. A part may hold one class only: until there are two,
            `transform` says so.
        classes : array-like of shape (n_classes,) or None, default=None
            Classes that there are, of this part and of others; with them the number of columns
            is the same from the first part on. None takes those of `y`.
        sample_weight : array-like of shape (n_documents,) or None, default=None
            As in `fit`.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite, X has another number of columns, or `y`
            holds a class that `classes` lacks.
        """
        self._check_may_grow()
        if is_dask(X):
            part = counted(self, X, y=y, sample_weight=sample_weight)
        else:
            part = self._part_counts(X, y, sample_weight)
        self._add_part(part if classes is None else _of_classes(part, read_targets(classes)))
        return self

    def _part_counts(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> ClassCounts:
        counts, labels = self._read_labelled(X, y, **self._part_options())
        weights = _weights(sample_weight, counts, allow_all_zero_weights=True)
        return self._counted(counts, labels, weights)

    def _counted(self, counts: Any, labels: NDArray[Any], weights: NDArray[Any]) -> ClassCounts:
        """Sum the counts of terms of each class."""
        if len(labels):
            check_classification_targets(labels)
        found, codes = np.unique(labels, return_inverse=True)
        # In float64: of float32, sums of ones end at 2**24.
        places = codes, np.arange(len(codes))
        members = csr_array((weights.astype(np.float64), places), (len(found), len(codes)))
        sums = (members @ self._taken(counts)).toarray()  # (C, V)
        return ClassCounts(CountedColumns.of(self, counts), found, sums, self._settings())

    def _settings(self) -> Settings:
        return settings_of({"binarize": self.binarize})

    def _fit_from(self, counts: ClassCounts) -> None:
        check_same_settings(self._settings(), counts.settings)
        fitted = {"classes_": counts.classes}
        if len(counts.classes) > 1:  # until there are more parts there may be one
            ratio = self._ratio(counts.sums)
            ratio = ratio[1:] if len(ratio) == 2 else ratio
            fitted["log_count_ratio_"] = ratio.astype(counts.columns.dtype)
        replace_fitted(self, counts.columns.attributes() | fitted)
        self._counts = counts

    def _fit_from_all(self, counts: ClassCounts) -> None:
        self._check_classes(counts.classes)
        super()._fit_from_all(counts)

    def _check_classes(self, classes: NDArray[Any]) -> None:
        if len(classes) < 2:
            held = f"one class: {classes.tolist()[0]!r}" if len(classes) else "no classes"
            raise ValueError(f"{type(self).__name__} tells classes apart, and y holds {held}.")

    @of_one_moment
    def transform(self, X: Any) -> Any:
        """Weight counts of terms.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            Counts of terms.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features) or (n_documents, n_classes * n_features)
            CSR; float32 where X is, else float64. The second shape is that of more than two
            classes.

        Raises
        ------
        ValueError
            If a count is negative, NaN or infinite, or X has another number of columns.
        """
        check_is_fitted(self)
        if is_dask(X):
            return mapped(self.transform, X)
        self._check_classes(self.classes_)
        counts = self._taken(self._read(X, reset=False))
        blocks = [
            with_data(counts, (counts.data * ratio[counts.indices]).astype(counts.dtype))
            for ratio in self.log_count_ratio_
        ]
        return blocks[0] if len(blocks) == 1 else _align_api_if_sparse(hstack(blocks, format="csr"))

    @of_one_moment
    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:
        """Return the names of the features: those of the terms, with the class if they are many.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the terms. None takes those of the data frame of `fit`, or makes ``"x0"``,
            ``"x1"`` and so on.

        Returns
        -------
        ndarray of shape (n_features,) or (n_classes * n_features,), object
            The names of the columns; with several classes, each with its class.
        """
        check_is_fitted(self)
        names: NDArray[np.object_] = super().get_feature_names_out(input_features)
        if len(self.classes_) == 2:
            return names
        return np.array([f"{name}@{c}" for c in self.classes_ for name in names], dtype=object)

    def _taken(self, counts: Any) -> Any:
        return with_data(counts, np.ones_like(counts.data)) if self.binarize else counts

    def _ratio(self, in_class: NDArray[Any]) -> NDArray[np.float64]:
        """Return the log-count ratio of each class against the rest."""
        inside = in_class.astype(np.float64) + self.alpha  # (C, V)
        outside = in_class.sum(axis=0, dtype=np.float64) - in_class + self.alpha  # (C, V)
        log_ratio = np.log(inside) - np.log(outside)
        log_ratio -= np.log(inside.sum(axis=1) / outside.sum(axis=1))[:, None]
        return log_ratio  # type: ignore[no-any-return]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _of_classes(part: ClassCounts, classes: NDArray[Any]) -> ClassCounts:
    """Return the counts of all classes that there are, of which a part may lack some."""
    known = np.unique(classes)
    others = part.classes[~np.isin(part.classes, known)].tolist()
    if others:
        raise ValueError(f"y holds {others}, which are not among classes={known.tolist()}.")
    none = np.zeros((len(known), part.columns.number))
    return part.merge(part._replace(classes=known, sums=none))


def _weights(sample_weight: ArrayLike | None, counts: Any, **options: bool) -> NDArray[Any]:
    if not counts.shape[0]:
        return np.ones(0, dtype=counts.dtype)
    weights: NDArray[Any] = _check_sample_weight(
        sample_weight, counts, dtype=counts.dtype, ensure_non_negative=True, **options
    )
    return weights
