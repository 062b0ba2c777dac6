"""Series as windows of steps."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags, check_array

from .._compat import _fit_context
from .._containers._ragged import Ragged, offsets_from_lengths, positions_in_rows, trusted_rows
from .._estimators._constraints import POSITIVE_INT
from .._estimators._reported_fit import ReportedFit
from .._estimators._stateless import Stateless
from ..distributed import refuse_dask


class WindowTransformer(ReportedFit, Stateless, TransformerMixin, BaseEstimator):
    """Turn the steps of a series into lag windows, one for each step.

    For a network that reads what comes before a step, and any target of the step: the rows stay
    as many as the steps, so the transformer is a step of a pipeline and `y` stays as it is.

    Parameters
    ----------
    length : int
        Number of steps of a window, 1 or more; begin with one season, such as 24 hours.
    sampling_rate : int, default=1
        Distance of the steps in a window, 1 or more: 2 takes every second one, and the window
        goes back twice as far.

    See Also
    --------
    RNNForecaster : Makes its windows itself, and forecasts several steps.

    Notes
    -----
    The window of step ``t`` has the steps ``t - (length - 1) * sampling_rate``, ..., ``t -
    sampling_rate``, ``t``; those of the first steps are shorter, as nothing comes before. From
    row ``(length - 1) * sampling_rate`` on, these are the windows of Keras'
    ``timeseries_dataset_from_array``; ``windows[::stride]`` are those of its `sequence_stride`.

    Rows of training and test data follow one another: transform the whole series, then split. A
    window holds its step itself; what is to be predicted is in `y`, such as the next value.

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import WindowTransformer
    >>> series = np.array([1.0, 2.0, 3.0, 4.0])
    >>> WindowTransformer(length=3).fit_transform(series).to_list()
    [[1.0], [1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]
    >>> WindowTransformer(length=2).fit_transform(np.c_[series, 10 * series])[2]
    array([[ 2., 20.],
           [ 3., 30.]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "length": [POSITIVE_INT],
        "sampling_rate": [POSITIVE_INT],
    }

    def __init__(self, length: int, *, sampling_rate: int = 1):
        self.length = length
        self.sampling_rate = sampling_rate

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_features)
            Not used.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.
        """
        return self

    def transform(self, X: Any) -> Ragged:
        """Turn the steps of one series into windows.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_features)
            The series: numbers, or a row of numbers a step.

        Returns
        -------
        Ragged of float64 or float32
            A row for each step: the numbers, or rows of numbers, of its window.

        Raises
        ------
        ValueError
            If X has no steps, more than two dimensions, NaN or infinity, or is several series.
        """
        self._validate_params()  # which may have been set after fit
        refuse_dask(X, "X")
        if isinstance(X, list) and len({len(row) for row in X if isinstance(row, Sized)}) > 1:
            raise ValueError(
                "X must be one series, got a list of series of different length: transform each, "
                "as [transformer.transform(series) for series in X]."
            )
        steps = check_array(
            X, dtype=[np.float64, np.float32], ensure_2d=False, input_name="X", estimator=self
        )
        last = np.arange(len(steps))
        lengths = np.minimum(last // self.sampling_rate + 1, self.length)
        before = np.repeat(lengths - 1, lengths) - positions_in_rows(lengths)
        items = np.repeat(last, lengths) - self.sampling_rate * before
        return trusted_rows(steps[items], offsets_from_lengths(lengths))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        return tags
