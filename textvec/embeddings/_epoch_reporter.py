"""Reports of the epochs of a fit."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from .._reporting._epoch_lines import Epoch, print_epoch


class EpochReporter:
    """Report the epochs of a fit to scikit-learn's callbacks and, with `verbose`, in print.

    Parameters
    ----------
    estimator : VectorLearner
        The estimator that is fitted.
    X, y : Any
        The arguments of `fit`, for the callbacks.

    Attributes
    ----------
    losses : list of float
        The loss of each epoch, if there is one.
    n_done : int
        Number of epochs that ended.
    """

    def __init__(self, estimator: Any, X: Any, y: Any):
        self.losses: list[float] = []
        self.n_done = 0
        self._estimator = estimator
        self._data = {"X": X, "y": y, "metadata": None}
        self._context = estimator._init_callback_context(max_subtasks=estimator.max_iter)
        self._context.call_on_fit_task_begin(estimator=estimator, **self._data)

    def begin(self) -> None:
        """Report that an epoch begins."""
        self._begun = perf_counter()
        self._task = self._context.subcontext(task_name="epoch")
        self._task.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def end(self, fitted: Callable[[], dict[str, Any]], loss: float | None = None) -> bool:
        """Report that an epoch ended.

        Parameters
        ----------
        fitted : callable
            Returns the fitted attributes that the estimator would have if it stopped now.
        loss : float or None, default=None
            The loss of the epoch.

        Returns
        -------
        bool
            Whether a callback asks to stop.
        """
        self.n_done += 1
        if loss is not None:
            self.losses.append(loss)
        if self._estimator.verbose:
            print_epoch(self._epoch(loss))
        return bool(
            self._task.call_on_fit_task_end(
                estimator=self._estimator, reconstruction_attributes=fitted, **self._data
            )
        )

    def close(self) -> None:
        """Report that the fit ended; the estimator must have its fitted attributes by now."""
        self._context.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=dict, **self._data
        )

    def _epoch(self, loss: float | None) -> Epoch:
        name, seconds = type(self._estimator).__name__, perf_counter() - self._begun
        figures = {} if loss is None else {"loss": loss}
        return Epoch(name, self.n_done, self._estimator.max_iter, figures, seconds)
