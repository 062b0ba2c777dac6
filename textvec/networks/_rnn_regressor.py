"""Numbers from sequences, by a recurrent network."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.utils import Tags, check_array

from .._compat import StrOptions, _fit_context
from ..nn import REGRESSION_LOSSES, RegressionCriterion, Sequences
from ._parameters import declares_parameters
from ._recurrent import PooledRecurrentNetwork
from ._training import Task


@declares_parameters
class RNNRegressor(RegressorMixin, PooledRecurrentNetwork):  # type: ignore[misc]
    """Regression on sequences: embedding, recurrent layers, pooling, dense head.

    The targets are learned in units in which each has mean 0 and standard deviation 1, so that
    the same learning rates fit targets of any size; predictions are in the units of `y`. What
    `X` may be is said at :class:`RNNClassifier`.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error"}, default="squared_error"
        What is made small, on average over the targets of a row: half the square of the error,
        which leads to the mean, or its absolute value, which leads to the median and minds
        outliers less. ``loss_curve_`` is in the units of training.

    See Also
    --------
    RNNClassifier : The same network for classes.

    Notes
    -----
    The validation scores of `early_stopping` are R2, the mean over the targets.

    Examples
    --------
    What is the largest number of a row?

    >>> import numpy as np
    >>> from textvec import Ragged, RNNRegressor
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.uniform(-1, 1, size=rng.integers(2, 9)) for _ in range(400)]
    >>> y = [100 * row.max() for row in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = RNNRegressor(
    ...     cell="gru", hidden_size=16, learning_rate_init=0.01, max_iter=20, random_state=0
    ... )
    >>> bool(model.fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
    }

    loss: str = "squared_error"

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Go on training, by one pass over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets; those of the first call set the units of training.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` is set.
        """
        state = self._continued_in_part()
        return self._train(X, y, sample_weight, epochs=1, state=state)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict the targets.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs), float64
            As `y` was.
        """
        outputs = self._outputs(X)
        criterion: RegressionCriterion = self.net_.criterion_
        return criterion.original(outputs)

    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        name = type(self).__name__
        if y is None:
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        numbers = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self)
        if "net_" in state:
            criterion: RegressionCriterion = state["net_"].criterion_
            if numbers.shape[1:] != criterion.mean.shape:
                raise ValueError(
                    f"y has shape {numbers.shape}, but {name} was fitted on targets of shape "
                    f"(n_samples, {', '.join(map(str, criterion.mean.shape))})."
                )
        else:
            criterion = REGRESSION_LOSSES[self.loss].of(numbers, sample_weight)
        return Task(criterion.scaled(numbers), criterion, sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
