"""Forecasts of series by a recurrent network."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .._compat import StrOptions, _fit_context
from .._constraints import POSITIVE_INT
from ..networks._parameters import declares_parameters
from ..networks._recurrent import RecurrentLayers
from ..networks._training import Task, positive_sizes
from ..nn import (
    REGRESSION_LOSSES,
    LastPooling,
    Randomness,
    SequenceData,
    SequenceEncoder,
    SequenceModel,
    device_of,
    linear,
)
from ._forecaster import Forecaster, series_attributes
from ._lag_windows import Past, beside, cut, windows
from ._series import check_steps, read_series


@declares_parameters
class RNNForecaster(Forecaster, RecurrentLayers):
    """Forecasts of series: a recurrent network over the last steps, and a dense head.

    The network reads windows of the last `n_lags` steps and gives the next `horizon`. With
    ``horizon=1``, a forecast of more steps is recursive: the network reads its own forecasts. If
    it gives all steps asked for, the forecast is direct; else it goes on in blocks of `horizon`.
    It learns each series as differences, in units in which these have mean 0 and standard
    deviation 1; forecasts are in the units of `y`.

    Parameters
    ----------
    n_lags : int, default=12
        Steps of a window, which should hold a season, where there is one.
    horizon : int, default=1
        Steps that the network gives at once.
    differences : int or tuple of int, default=1
        What is learned is the change against so many steps before: 1 takes away a trend, the
        length of a season takes away the season; several are taken one after the other. ``()``
        learns the values as they are.
    loss : {"squared_error", "absolute_error"}, default="squared_error"
        What is made small, on average over the steps of `horizon`: half the square of the
        error, or its absolute value, which minds outliers less. ``loss_curve_`` is in the units
        of training.
    max_iter : int, default=100
        Passes over the windows. It is a budget: using it up gives no warning.
    early_stopping : bool, default=False
        Whether to hold out the last windows of each series, score the network on them after
        every pass, and give it back the weights of the best pass in the end.
    validation_fraction : float, default=0.1
        Part of the windows of each series that `early_stopping` holds out. What they are to
        forecast is in no window that is learned from.
    n_iter_no_change : int, default=10
        Training stops after more than this many passes without an improvement by `tol`: of
        the validation score with `early_stopping`, of the training loss without.

    Attributes
    ----------
    past_ : tuple
        The end of each series, from which forecasts go on, and its units.

    See Also
    --------
    NaiveForecaster : What any forecast must beat.
    RNNRegressor : Learns a number from each row, in any order of the rows.

    Notes
    -----
    Where the swings of a series grow with its level, forecast its logarithm: by
    ``TransformedTargetRegressor(RNNForecaster(), func=np.log, inverse_func=np.exp)``.

    The step before a forecast reads the exogenous columns of all steps that are forecast at once,
    as they are: bring them to a scale near 1 first, by ``make_pipeline(StandardScaler(), ...)``.
    A column that is known only afterwards must be shifted by `horizon` steps.

    Tune with ``TimeSeriesSplit``, which always forecasts what comes later. A search without
    exogenous columns takes for `X` an array or frame of no columns, ``np.empty((len(y), 0))``.
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
    }

    n_lags: int = 12
    horizon: int = 1
    differences: int | tuple[int, ...] | list[int] = 1
    loss: str = "squared_error"
    max_iter: int = 100
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Fit the network to one series or several.

        Parameters
        ----------
        X : array-like of shape (n_steps, n_features), Ragged, list of such or None, default=None
            Exogenous columns: what is known of each step of `y` before it comes, such as
            holidays or prices. None, or no columns: there are none.
        y : array-like of shape (n_steps,) or (n_steps, 1), Ragged, list of such
            One series: array, list, Series or frame of one column. Several series, which may
            differ in length: Ragged of numbers, or a list of arrays; one network learns from
            all.

        Returns
        -------
        RNNForecaster
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If a series is too short for one window or holds NaN or infinity, if `X` has other
            lengths than `y`, or if the loss becomes infinite.
        """
        state = self._continued() if self.warm_start else {}
        differences = tuple(positive_sizes(self, "differences"))
        series = read_series(X, y, type(self).__name__)
        check_steps(
            series,
            sum(differences) + self.n_lags + self.horizon,
            f"n_lags={self.n_lags}, horizon={self.horizon} and differences={self.differences} need",
        )
        state |= series_attributes(X, series)
        data, state["past_"] = cut(series, differences, self.n_lags, self.horizon)
        width = data.sequences.values.shape[1]
        criterion = REGRESSION_LOSSES[self.loss].unchanged(self.horizon)
        if "net_" in state:
            self._check_shape(width)
        self._learn(
            Task(data.targets, criterion, None, data.series),
            lambda randomness: self._module(width, randomness),
            lambda device: SequenceData.on(device, data.sequences, data.targets),
            epochs=self.max_iter,
            state=state,
            given={"X": X, "y": y, "metadata": None},
        )
        return self

    def _module(self, width: int, randomness: Randomness) -> SequenceModel:
        generator = randomness.generator("cpu")
        stack = self._stack(width, randomness)
        return SequenceModel(
            SequenceEncoder(None, stack, longest=self.n_lags),
            LastPooling(stack, generator),
            linear(stack.output_size, self.horizon, generator),
            dropout=self.dropout,
            randomness=randomness,
        )

    def _check_shape(self, width: int) -> None:
        """Check that what is to be learned on fits the network."""
        horizon = self.net_.criterion_.n_outputs
        if self.horizon != horizon:
            raise ValueError(
                f"the network gives {horizon} steps: horizon={self.horizon} needs one trained "
                "afresh, with warm_start=False."
            )
        fitted = self.n_features_in_ * horizon + 1
        if width != fitted:
            raise ValueError(
                f"X has {(width - 1) // horizon} features, but {type(self).__name__} is "
                f"expecting {self.n_features_in_} features as input."
            )

    def _split(
        self, data: SequenceData, strata: NDArray[Any] | None, draws: np.random.RandomState
    ) -> tuple[SequenceData, SequenceData | None]:
        """Hold out the last windows of each series, of which each stratum has those of one."""
        if not self.early_stopping:
            return data, None
        assert strata is not None
        counts = np.bincount(strata)
        ends = counts.cumsum()[strata]
        left = ends - np.arange(len(strata))  # windows of the series from this one on
        held = np.ceil(self.validation_fraction * counts)[strata]
        train = np.flatnonzero(left >= held + self.horizon)
        if not len(train):
            raise ValueError(
                f"early_stopping=True holds out validation_fraction={self.validation_fraction} of "
                f"the {len(strata)} windows, and horizon={self.horizon} steps before them: no "
                "window is left to learn from."
            )
        return data.take(train), data.take(np.flatnonzero(left <= held))

    def _steps_at_once(self) -> int:
        return int(self.net_.criterion_.n_outputs)

    def _forecast(self, future: NDArray[np.float64]) -> NDArray[np.float64]:
        past: Past = self.past_
        n_steps = future.shape[1]
        at_once, n_lags = self._steps_at_once(), past.n_lags
        has_columns = future.shape[2] > 0
        if has_columns and n_steps < at_once:
            raise ValueError(
                f"X has {n_steps} rows, but a network of horizon={at_once} reads those of "
                f"{at_once} steps to come."
            )
        columns = np.concatenate([past.columns, future], axis=1)
        known = past.scaled()  # (n_series, n_lags + steps forecast)
        while (done := known.shape[1] - n_lags) < n_steps:
            # Columns are known no further: the last block then begins within what is forecast.
            begin = min(done, n_steps - at_once) if has_columns else done
            read = slice(begin, begin + n_lags)
            places = [slice(begin + j, begin + j + n_lags) for j in range(at_once)]
            ahead = [columns[:, place] for place in places] if has_columns else []
            outputs = self._outputs(known[:, read], ahead)
            known = np.concatenate([known, outputs[:, done - begin :]], axis=1)
        return past.original(known[:, n_lags : n_lags + n_steps])

    def _outputs(
        self, values: NDArray[np.float64], ahead: list[NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Give what the network says of one window a series, (n_series, n_lags)."""
        n_series, n_lags = values.shape
        columns = [part.reshape(n_series * n_lags, -1) for part in ahead]
        starts = np.arange(n_series) * n_lags
        sequences = windows(beside(values, columns), starts, n_lags)
        data = SequenceData.on(device_of(self.net_.module_), sequences)
        outputs: NDArray[np.float64] = self.net_.outputs(data).double().numpy()
        return outputs
