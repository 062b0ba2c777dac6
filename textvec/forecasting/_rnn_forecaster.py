"""Forecasts of time series by a recurrent network."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .._compat import StrOptions, _check_n_features, _fit_context
from .._estimators._constraints import POSITIVE_INT
from ..networks._estimator import NetworkEstimator
from ..networks._parameters import fitted
from ..networks._records import FitData, SequenceExamples, TrainingPlan, validation_rows
from ..networks._recurrent_estimator import RECURRENT_CONSTRAINTS
from ..networks._sizes import positive_sizes
from ..nn import (
    REGRESSION_LOSSES,
    LastPooling,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceEncoder,
    SequenceModel,
    SequenceNet,
    device_of,
    linear,
)
from ._forecaster import Forecaster
from ._lag_windows import ForecastOrigin, lag_windows, make_windows, windows_of, with_exogenous
from ._series import Series, check_steps, read_following, read_series
from ._series_form import Forms
from ._series_regressor import series_attributes


class RNNForecaster(Forecaster, NetworkEstimator):
    """Forecasts of time series: a recurrent network over lag windows, and a dense head.

    The network reads windows of the last `n_lags` steps and predicts the next `horizon`. A
    forecast of at most `horizon` steps is direct; a longer one continues in blocks of `horizon`
    steps, for which the network reads its own forecasts (recursive; with ``horizon=1``, step by
    step). Each series is differenced, and standardized by its own mean and standard deviation;
    forecasts are in the units of `y`.

    Parameters
    ----------
    n_lags : int, default=12
        Number of steps of a window, at least 1. Begin with the length of a season.
    horizon : int, default=1
        Number of steps that the network predicts at once, at least 1. Begin with 1, and with
        the number of steps you need if forecasts of many steps drift.
    differences : int or tuple of int, default=1
        Lags at which the series are differenced, one after the other, each at least 1: 1
        removes a trend, the length of a season removes the season. Begin with 1, and with
        ``(12, 1)`` for monthly values with a yearly season and a trend. ``()``: none.
    loss : {"squared_error", "absolute_error"}, default="squared_error"
        Loss, a mean over the steps of `horizon`: half the squared error, or the absolute error,
        which is less sensitive to outliers. ``loss_curve_`` is in standardized units.
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell (Hochreiter and Schmidhuber, 1997; Cho et al., 2014); ``"rnn"`` is
        the plain tanh cell.
    hidden_size : int, default=64
        Width of the hidden state, at least 1. Begin with 16 for a series of some hundred steps.
    num_layers : int, default=1
        Recurrent layers, each over the outputs of the one below, 1 to 1000. Begin with 1.
    max_iter : int, default=100
        Number of epochs. Reaching it raises no warning.
    early_stopping : bool, default=False
        Whether to hold out the last windows of each series, score the network on them after
        every epoch, and restore the weights of the best epoch at the end.
    validation_fraction : float, default=0.1
        Fraction of the windows of each series that `early_stopping` holds out. No training
        window holds or predicts a step that they predict.
    n_iter_no_change : int, default=10
        Training stops after more than this many epochs without an improvement by `tol`: of
        the validation score with `early_stopping`, of the training loss without.

    Attributes
    ----------
    past_ : tuple
        The end of each series, from which its forecast continues, and its mean and scale.
    n_series_ : int or None
        Number of series; None if `fit` saw one series, not a collection.
    n_outputs_ : int
        Number of target columns of each series.
    form_ : tuple or None
        The Series or frame that `fit` saw, whose index `predict` continues; None for arrays.
    n_features_in_ : int
        Number of exogenous columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if `fit` saw a data frame.

    See Also
    --------
    NaiveForecaster : The baseline to compare with.
    RNNRegressor : Predicts a number for each row; the order of rows does not matter.

    Notes
    -----
    If the swings of a series grow with its level, forecast its logarithm, by
    ``TransformedTargetRegressor(RNNForecaster(), func=np.log, inverse_func=np.exp)``.

    Each step of a window also holds the exogenous columns of the next `horizon` steps. They
    are not standardized: do so first, by ``make_pipeline(StandardScaler(), ...)``. A column
    that is only known afterwards must be shifted by `horizon` steps.

    Tune with ``TimeSeriesSplit``, which only forecasts what comes later. For a search without
    exogenous columns, `X` is an array or frame of no columns, ``np.empty((len(y), 0))``.
    On a series of some hundred steps, compare :class:`NaiveForecaster` and exponential
    smoothing: they are hard to beat [1]_.

    References
    ----------
    .. [1] S. Makridakis, E. Spiliotis and V. Assimakopoulos (2018). Statistical and machine
       learning forecasting methods: concerns and ways forward. PLOS ONE 13(3).

    Examples
    --------
    >>> import numpy as np
    >>> from textvec import RNNForecaster
    >>> steps = np.arange(120)
    >>> y = 10 * np.sin(steps / 4) + steps
    >>> model = RNNForecaster(hidden_size=16, learning_rate_init=0.01, random_state=0)
    >>> forecasts = model.fit(y=y[:100]).predict(horizon=20)
    >>> bool(np.abs(forecasts - y[100:]).max() < 4)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_lags": [POSITIVE_INT],
        "horizon": [POSITIVE_INT],
        "differences": [POSITIVE_INT, tuple, list],
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
        **RECURRENT_CONSTRAINTS,
    }

    _of_network: ClassVar[tuple[str, ...]] = ("loss", "cell", "hidden_size", "num_layers")

    n_lags: int = 12
    horizon: int = 1
    differences: int | tuple[int, ...] | list[int] = 1
    loss: str = "squared_error"
    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1
    max_iter: int = 100
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10

    past_: ForecastOrigin = fitted()
    n_series_: int | None = fitted()
    n_outputs_: int = fitted()
    form_: Forms = fitted()
    n_features_in_: int = fitted()
    feature_names_in_: NDArray[np.object_] = fitted()

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None, *, X_val: Any = None, y_val: Any = None) -> Self:
        """Fit the network to one series or several.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
            Exogenous columns: what is known of each step of `y` in advance, such as holidays
            or prices. None, or no columns: there are none.
        y : array-like of shape (n_steps,) or (n_steps, n_outputs), Ragged, list of such
            One series: an array, list, Series or frame. Each of its columns is a target: the
            network reads them together, and forecasts all at once. Several series, of the same
            columns, which may differ in length: a list of such, or Ragged. One network is
            trained on all, and forecasts each from its own values. Dates must be in order, at a
            frequency that pandas finds.
        X_val, y_val : as `X` and `y`, default=None
            Validation steps, which follow those of `y`, at least `horizon` in each series: the
            forecasts of them are scored after every epoch, ``validation_losses_`` and
            ``validation_scores_``. With `early_stopping` they take the place of those held out.
            `predict` still continues `y`.

        Returns
        -------
        RNNForecaster
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If a series is too short for one window, holds NaN or infinity, or has an index that
            cannot be continued; if `X` has other lengths or dates than `y`; if `y_val` does not
            continue `y`; or if the loss becomes infinite.
        """
        validation = validation_rows(X_val, y_val, needs_X=False)
        return self._fit(FitData(X, y, validation=validation))

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        differences = tuple(positive_sizes(self, "differences"))
        series = read_series(data.X, data.y, type(self).__name__)
        check_steps(
            series,
            sum(differences) + self.n_lags + self.horizon,
            f"n_lags={self.n_lags}, horizon={self.horizon} and differences={self.differences} need",
        )
        windows, past = make_windows(series, differences, self.n_lags, self.horizon)
        width = windows.sequences.values.shape[1]
        if previous is not None:
            self._check_shape(series)
        return TrainingPlan(
            examples=SequenceExamples(windows.sequences, windows.targets),
            criterion=REGRESSION_LOSSES[self.loss].unchanged(self.horizon * series.n_targets),
            build=partial(self._build, width, self.horizon * series.n_targets),
            attributes={**series_attributes(data.X, series), "past_": past},
            hold_out=partial(_last_windows, windows.series, self.horizon),
            validation=self._validation(data.validation, series, past),
        )

    def _validation(
        self, data: FitData | None, series: Series, origin: ForecastOrigin
    ) -> SequenceExamples | None:
        """Return the windows that predict the steps after those of series."""
        if data is None:
            return None
        later = read_following(data.X, data.y, type(self).__name__, series)
        check_steps(later, self.horizon, f"horizon={self.horizon} needs", name="y_val")
        joined = series.followed_by(later, origin.values.shape[1])
        windows = windows_of(joined, origin, self.horizon)
        return SequenceExamples(windows.sequences, windows.targets)

    def _build(self, width: int, n_outputs: int, randomness: Randomness) -> SequenceModel:
        """Make the network."""
        stack = RecurrentStack(
            self.cell,
            width,
            self.hidden_size,
            num_layers=self.num_layers,
            dropout=self.dropout,
            randomness=randomness,
        )
        return SequenceModel(
            SequenceEncoder(None, stack, longest=self.n_lags),
            LastPooling(stack),
            linear(stack.output_size, n_outputs, randomness.generator("cpu")),
            dropout=self.dropout,
            randomness=randomness,
        )

    def _check_shape(self, series: Series) -> None:
        """Check that the fitted network has the horizon and the columns to go on with."""
        horizon = self._default_horizon()
        if self.horizon != horizon:
            raise ValueError(
                f"the network predicts {horizon} steps: horizon={self.horizon} needs one trained "
                "afresh, with warm_start=False."
            )
        if series.n_targets != self._n_outputs:
            raise ValueError(
                f"y has {series.n_targets} columns, but {type(self).__name__} was fitted on "
                f"{self._n_outputs}: others need a network trained afresh, with warm_start=False."
            )
        _check_n_features(self, series.columns, reset=False)

    def _default_horizon(self) -> int:
        return int(self.net_.criterion_.n_outputs) // self._n_outputs

    def _origin(self, past: Series, *, new_series: bool) -> ForecastOrigin:
        n_lags, differences = self.past_.n_lags, self.past_.differences
        least = self.past_.values.shape[1]
        check_steps(past, least, f"n_lags={n_lags} and {differences=} need", name="past")
        return self.past_.of_others(past) if new_series else self.past_.moved_to(past)

    def _forecast(self, origin: ForecastOrigin, future: NDArray[np.float64]) -> NDArray[np.float64]:
        n_steps, has_columns = future.shape[1], future.shape[2] > 0
        block, n_lags = self._default_horizon(), origin.n_lags
        if has_columns and n_steps < block:
            raise ValueError(
                f"X has {n_steps} rows, but a network of horizon={block} reads those of the next "
                f"{block} steps."
            )
        columns = np.concatenate([origin.columns, future], axis=1)
        scaled = origin.scaled().reshape(-1, self._n_outputs, n_lags)
        known = scaled.transpose(0, 2, 1)  # (n_series, n_lags + steps forecast, n_outputs)
        while (done := known.shape[1] - n_lags) < n_steps:
            # A last block must not read columns behind those of `future`: it may overlap.
            start = min(done, n_steps - block) if has_columns else done
            ahead = []
            if has_columns:
                ahead = [columns[:, start + j : start + j + n_lags] for j in range(block)]
            outputs = self._outputs(known[:, start : start + n_lags], ahead)
            known = np.concatenate([known, outputs[:, done - start :]], axis=1)
        forecasts = known[:, n_lags : n_lags + n_steps].transpose(0, 2, 1)
        return origin.original(forecasts.reshape(-1, n_steps))

    def _outputs(
        self, values: NDArray[np.float64], ahead: list[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Return the network's outputs, (n_series, block, n_outputs), for a window of each series.

        `values` are (n_series, n_lags, n_outputs).
        """
        n_series, n_lags, n_outputs = values.shape
        columns = [part.reshape(n_series * n_lags, -1) for part in ahead]
        starts = np.arange(n_series) * n_lags
        items = with_exogenous(values.reshape(-1, n_outputs), columns)
        data = SequenceData.on(device_of(self.net_.module_), lag_windows(items, starts, n_lags))
        outputs: NDArray[np.float64] = self.net_.outputs(data).double().numpy()
        return outputs.reshape(n_series, -1, n_outputs)


def _last_windows(
    series: NDArray[np.int64], horizon: int, n_rows: int, fraction: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hold out the last windows of each series, and drop those whose targets they read."""
    counts = np.bincount(series)
    left = counts.cumsum()[series] - np.arange(n_rows)  # windows of the series from this one on
    held_out = np.ceil(fraction * counts)[series]
    train = np.flatnonzero(left >= held_out + horizon)
    if not len(train):
        raise ValueError(
            f"early_stopping=True holds out validation_fraction={fraction} of the {n_rows} "
            f"windows, and horizon={horizon} steps before them: no window is left to train on."
        )
    return train, np.flatnonzero(left <= held_out)
