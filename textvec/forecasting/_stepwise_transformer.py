"""A transformer of scikit-learn for the steps of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, clone
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._containers._tokens import refuse_tokens
from .._estimators._constraints import HasMethods
from .._estimators._fitted_state import atomic_fit, replace_fitted
from .._estimators._reported_fit import ReportedFit
from .._estimators._sequence_names import SequenceNames
from .._inputs._items import items_of
from .._reporting._caller_warnings import warn_caller
from .._reporting._named_errors import errors_of


class StepwiseTransformer(ReportedFit, SequenceNames, BaseEstimator):
    """Apply a transformer of scikit-learn to each step of series of different length.

    What the transformer learns, it learns from the steps of all series of `fit` together, of which
    each is a row to it: ``StepwiseTransformer(StandardScaler())`` scales every feature by one mean
    and one standard deviation.

    Parameters
    ----------
    transformer : estimator
        A transformer of rows of numbers, such as ``StandardScaler()``, ``PCA(5)`` or a Pipeline
        of them. A copy of it is fitted; it is fitted without `y`.

    Attributes
    ----------
    transformer_ : estimator
        The fitted transformer.
    n_features_in_ : int
        Number of features of a step in `fit`; 1 of series of single numbers.

    See Also
    --------
    RNNClassifier : Reads the same series.

    Notes
    -----
    All steps of an array are taken as real. Of series that are padded by zeros, the zeros would be
    scaled, and no longer be padding to a network: `fit` warns of steps of zeros at the ends of
    series. Pass the series unpadded, or pad them with NaN, which ``StandardScaler`` leaves as it
    is; see :class:`SequencePadder`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.preprocessing import StandardScaler
    >>> from textvec import StepwiseTransformer
    >>> series = [np.array([[1.0, 200.0], [3.0, 200.0]]), np.array([[5.0, 500.0]])]
    >>> scaler = StepwiseTransformer(StandardScaler()).fit(series)
    >>> scaler.transform(series)
    Ragged(2 rows, 3 items x 2 of float64)
    >>> scaler.transform(series)[1]
    array([[1.22474487, 1.41421356]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "transformer": [HasMethods(["fit", "transform"])],
    }

    transformer_: Any
    n_features_in_: int

    def __init__(self, transformer: Any):
        self.transformer = transformer

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit a copy of the transformer to the steps of all series.

        Parameters
        ----------
        X : Ragged, list of array-like of shape (n_steps,) or (n_steps, n_features), or ndarray
            The series. An array of shape (n_series, n_steps) has a number for each step, one of
            shape (n_series, n_steps, n_features) several.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        TypeError
            If the rows are ids, tokens or embedded sequences, or not of numbers.
        ValueError
            If there are no steps.
        """
        steps = _Steps.of(X)
        if not len(steps.items):
            raise ValueError("there are no steps to learn from: X is empty, or all series in it.")
        _warn_of_zeros(steps.rows)
        transformer = clone(self.transformer).fit(steps.table, None)  # as a frozen one must have it
        n_features = steps.table.shape[1]
        replace_fitted(self, {"transformer_": transformer, "n_features_in_": n_features})
        return self

    @atomic_fit
    def fit_transform(self, X: Any, y: Any = None) -> Ragged | NDArray[Any]:
        """Fit a copy of the transformer to the steps, and transform them.

        Parameters
        ----------
        X : as in `fit`
            The series, which are read once.
        y : None
            Ignored.

        Returns
        -------
        Ragged or ndarray
            As of `transform`.
        """
        rows = _rows_of(X)
        return self.fit(rows).transform(rows)

    def transform(self, X: Any) -> Ragged | NDArray[Any]:
        """Transform the steps of series.

        Parameters
        ----------
        X : as in `fit`
            The series.

        Returns
        -------
        Ragged or ndarray
            The series, of as many steps: an array for an array, Ragged for anything else.

        Raises
        ------
        TypeError
            If the transformer returns a sparse matrix.
        """
        check_is_fitted(self)
        steps = _Steps.of(X)
        if len(steps.items):
            return steps.replaced(self.transformer_.transform(steps.table))
        one_step = np.zeros((1, self.n_features_in_))
        return steps.replaced(_dense(self.transformer_.transform(one_step), 1)[:0])

    @available_if(lambda self: hasattr(self.transformer, "inverse_transform"))
    def inverse_transform(self, X: Any) -> Ragged | NDArray[Any]:
        """Return series to what they were before they were transformed.

        Parameters
        ----------
        X : as `transform` returns it
            The series.

        Returns
        -------
        Ragged or ndarray
            The series, as far as the transformer can return them.

        Raises
        ------
        ValueError
            If the steps have another number of features than those that `transform` returns.
        """
        check_is_fitted(self)
        steps = _Steps.of(X)
        if not len(steps.items):
            return steps.replaced(np.zeros((0, self.n_features_in_)))
        width = steps.table.shape[1]
        with errors_of(f"X, of {width} features a step, must be as transform returns it"):
            values = self.transformer_.inverse_transform(steps.table)
            if np.shape(values)[1:] != (self.n_features_in_,):  # as by a scale that all share
                raise ValueError(f"there were {self.n_features_in_} features to transform.")
        return steps.replaced(values)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags


def _rows_of(X: Any) -> Ragged | NDArray[Any]:
    """Return series as one array, if they are one of numbers, or as a Ragged."""
    refuse_tokens(X)
    if isinstance(X, EmbeddedSequences):
        raise TypeError(
            "X is EmbeddedSequences, whose steps share a table of vectors: transform the vectors "
            "before, as in WordVectors(v.vocabulary, PCA(50).fit_transform(v.matrix))."
        )
    if isinstance(X, Ragged):
        return X
    if isinstance(X, np.ndarray) and X.ndim > 1 and X.dtype != object:
        return np.asarray(items_of(X, "X"))  # no matrix, and none of which items are masked
    return Ragged.from_rows(X)


@dataclass(frozen=True)
class _Steps:
    """The steps of series.

    Parameters
    ----------
    rows : Ragged or ndarray of shape (n_rows, n_steps[, n_features])
        The series.
    items : ndarray of shape (n_items[, n_features])
        Their steps, one after the other.
    """

    rows: Ragged | NDArray[Any]
    items: NDArray[Any]

    @classmethod
    def of(cls, X: Any) -> Self:
        """Read series in any of the forms that estimators take."""
        rows = _rows_of(X)
        if isinstance(rows, Ragged):
            items = rows.values
        else:
            n_rows, n_steps, *shape = rows.shape
            items = rows.reshape(n_rows * n_steps, *shape)
        if items.ndim > 2:
            raise ValueError(
                f"a step must be a number or a row of numbers, got steps of shape {items.shape[1:]}"
                f"{'' if isinstance(rows, Ragged) else f' in X of shape {rows.shape}'}."
            )
        if len(items):
            _check_numbers(items)
        return cls(rows, items)

    @property
    def table(self) -> NDArray[Any]:
        """The steps as rows of features, (n_items, n_features)."""
        return self.items if self.items.ndim == 2 else self.items[:, np.newaxis]

    def replaced(self, result: Any) -> Ragged | NDArray[Any]:
        """Return the series with other steps, which a transformer has made of these."""
        values = _dense(result, len(self.items))
        if self.items.ndim == 1 and values.shape[1] == 1:
            values = values[:, 0]
        if isinstance(self.rows, Ragged):
            return Ragged(values, self.rows.offsets)
        return values.reshape(*self.rows.shape[:2], *values.shape[1:])


def _check_numbers(items: NDArray[Any]) -> None:
    if items.dtype.kind in "iu" and items.ndim == 1:
        raise TypeError(
            "X holds integers, one a step, which are ids and no measurements: pass series of "
            "numbers as floats, or in the shape (n_series, n_steps, 1)."
        )
    if items.dtype.kind not in "fiu":
        raise TypeError(f"the steps of X are of dtype {items.dtype}, expected numbers.")


def _dense(result: Any, n_steps: int) -> NDArray[Any]:
    """Return what a transformer has made of steps as an array, (n_steps, n_features)."""
    if issparse(result):
        raise TypeError(
            "the transformer returns a sparse matrix, but series are dense: pass "
            "sparse_output=False to it, if it has that."
        )
    values = np.asarray(result)
    if values.ndim != 2 or len(values) != n_steps:
        raise ValueError(
            f"the transformer made an array of shape {values.shape} of {n_steps} steps: it must "
            "return one row for each."
        )
    return values


def _warn_of_zeros(rows: Ragged | NDArray[Any]) -> None:
    """Warn of series in an array that seem to be padded by zeros."""
    if isinstance(rows, Ragged) or rows.ndim < 3 or rows.shape[2] < 2:
        return
    have_ends = np.all((rows[:, [0, -1]] != 0).any(axis=2), axis=1)
    n_padded = len(rows) - int(np.count_nonzero(have_ends))
    if n_padded:
        warn_caller(
            f"{n_padded} of {len(rows)} series in X begin or end with steps of zeros, which are "
            "transformed as all others: if they are padding, pass the series unpadded, as a list "
            "of arrays, or padded with NaN."
        )
