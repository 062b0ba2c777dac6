"""The bridge from epochs to the tasks that scikit-learn's callbacks watch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sklearn.callback import CallbackContext
from skorch.callbacks import Callback


class EpochTasks(Callback):  # type: ignore[misc]
    """Report every epoch of a net as a task of an estimator's fit.

    Parameters
    ----------
    context : CallbackContext
        Of the fit.
    estimator : estimator
        That fits.
    data : dict
        Of ``X``, ``y`` and ``metadata``, as the callbacks get them.
    fitted : callable
        Gives the fitted attributes that the estimator would have if training ended now.
    """

    def __init__(
        self,
        context: CallbackContext,
        estimator: Any,
        data: Mapping[str, Any],
        fitted: Callable[[], dict[str, Any]],
    ):
        self.context = context
        self.estimator = estimator
        self.data = data
        self.fitted = fitted

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        self.task_ = self.context.subcontext(task_name="epoch")
        self.task_.call_on_fit_task_begin(estimator=self.estimator, **self.data)

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        net.stopped_ |= self.task_.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=self.fitted, **self.data
        )
