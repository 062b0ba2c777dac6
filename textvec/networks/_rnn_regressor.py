"""Regression on sequences by a recurrent network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils import Tags

from .._compat import StrOptions, _fit_context
from .._inputs._target_arrays import read_targets
from ..nn import REGRESSION_LOSSES
from ._parts import Parts
from ._pooled_estimator import PooledEstimator
from ._records import FitData
from .heads._number_head import NumberHead


class RNNRegressor(RegressorMixin, PooledEstimator):
    """Predict numbers from sequences by a recurrent network: as RNNClassifier, for regression.

    Each target is standardized for training, so that `y` need not be scaled; predictions are in
    the units of `y`. For what `X` may be, see :class:`RNNClassifier`.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error"}, default="squared_error"
        Loss, averaged over the targets of a row: half the squared error, which estimates the
        mean, or the absolute error, which estimates the median and is robust to outliers.
        ``loss_curve_`` is in the units of training.
    pooling : {"last", "mean", "max", "attention", "concat"} or a tuple, default=("mean", "max")
        How the hidden states of a row become one vector: the last one (of each direction its own),
        their mean or maximum, a mean weighted by a learned query, or the first three concatenated.
        A tuple: all its kinds concatenated. ``"last"`` where the end of a short row, or the order
        of its steps, decides.
    wide : int or "auto", default="auto"
        Longest n-gram, at most 100, of a linear model that is combined with the network (wide and
        deep learning; Cheng et al., 2016): ridge regression on tf-idf, fitted before the network,
        and scaled by how well it predicts held-out rows. The prediction is the weighted mean of
        both, two thirds of it the linear model's. Trained with the network, it would overfit: a
        network that begins by `partial_fit`, where ``"auto"`` is 0, or by `fit` on more than 2**24
        n-grams or of more than 2**22 weights, predicts without it. For all else, see
        :class:`RNNClassifier`.

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
    _of_network: ClassVar[tuple[str, ...]] = ("loss",)

    loss: str = "squared_error"
    pooling: str | Sequence[str] = ("mean", "max")

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(  # type: ignore[override]  # there are no classes
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Continue training, by one epoch over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets; those of the first call determine the units of training.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row in the loss.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; or if `early_stopping` or `checkpoint` is set, or in the first call `wide` to
            a number above 0.
        """
        if self._previous() is None and self.wide not in ("auto", 0):
            raise ValueError(
                f"wide={self.wide!r} is a linear model that is fitted to all rows: partial_fit of "
                'a new network takes wide="auto" or 0, which leave it out. To have it, begin by '
                "fit."
            )
        return self._partial_fit(FitData(X, y, sample_weight))

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return R2 of the predictions, the mean over the targets.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The true targets, in any form that `fit` takes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row.

        Returns
        -------
        float
            1 at best; 0 for predictions of the mean.
        """
        return float(super().score(X, read_targets(y), sample_weight))

    def _parts(self) -> Parts:
        # Trained step by step, the linear model of numbers fits the noise.
        return replace(super()._parts(), output_of_part=self._output(wide=0))

    def _head(self) -> NumberHead:
        return NumberHead(self.loss)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
