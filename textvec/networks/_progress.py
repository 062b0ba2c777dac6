"""The bridge from the epochs of a training to the tasks that scikit-learn's callbacks watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.callback import CallbackContext
from skorch.callbacks import Callback

from ._records import FitData


class FitProgress:
    """Reports the fit of an estimator to the callbacks that ``set_callbacks`` has given it.

    Parameters
    ----------
    estimator : estimator
        That fits.
    data : FitData
        What its `fit` was given.
    """

    def __init__(self, estimator: Any, data: FitData):
        self.estimator = estimator
        self.data = data.for_callbacks()
        self._context: CallbackContext | None = None

    def begin(self, n_epochs: int) -> CallbackContext:
        """Report that the training of so many epochs, at most, begins."""
        self._context = self.estimator._init_callback_context(max_subtasks=n_epochs)
        self._context.call_on_fit_task_begin(estimator=self.estimator, **self.data)
        return self._context

    def end(self) -> None:
        """Report that the estimator is fitted."""
        assert self._context is not None
        self._context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=dict, **self.data
        )


class EpochTasks(Callback):
    """Report every epoch of a net as a task of a fit.

    Parameters
    ----------
    context : CallbackContext
        Of the fit.
    progress : FitProgress
        Holds the estimator and its data.
    attributes : callable
        Returns the fitted attributes that the estimator would have if training ended now.
    """

    def __init__(
        self,
        context: CallbackContext,
        progress: FitProgress,
        attributes: Callable[[], dict[str, Any]],
    ):
        self.context = context
        self.progress = progress
        self.attributes = attributes

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        self.task_ = self.context.subcontext(task_name="epoch")
        self.task_.call_on_fit_task_begin(estimator=self.progress.estimator, **self.progress.data)

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        net.stopped_ |= self.task_.call_on_fit_task_end(
            estimator=self.progress.estimator,
            reconstruction_attributes=self.attributes,
            **self.progress.data,
        )
