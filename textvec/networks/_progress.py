"""The bridge from the epochs of a training to the tasks that scikit-learn's callbacks watch."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from numbers import Real
from typing import Any

import torch
from sklearn.callback import CallbackContext
from skorch.callbacks import Callback, Checkpoint, LRScheduler, TrainEndCheckpoint

from .._compat import CALLBACKS_OF_ESTIMATORS
from .._reporting._epoch_lines import Epoch, print_conclusion, print_epoch
from ..nn import EarlyStopping, Share
from ._records import FitData

_LOGGERS = "skorch.callbacks.logging"
# What the losses of the history are called where they are printed.
_LOSSES = {"train_loss": "loss", "valid_loss": "validation loss"}


def copied_callbacks(callbacks: Sequence[Any]) -> list[Any]:
    """Return copies of skorch callbacks, together, as they may share parts.

    Classes are kept, and functions called: what makes a callback that cannot be copied.

    Raises
    ------
    TypeError
        If one is no callback of skorch, or cannot be copied.
    ValueError
        If one is a schedule by a name that skorch does not know.
    """
    if not isinstance(callbacks, (list, tuple)):
        _check_is_of_skorch(callbacks)
        raise TypeError(f"callbacks must be a list: write callbacks=[{_name_of(callbacks)}(...)].")
    made = [_called(callback) for callback in callbacks]
    for callback in made:
        callback = callback[1] if isinstance(callback, tuple) else callback
        _check_is_of_skorch(callback)
        _check_schedule(callback)
    memo = {id(m): m for m, given in zip(made, callbacks, strict=True) if m is not given}
    try:
        return copy.deepcopy(made, memo)
    except TypeError as error:
        raise TypeError(
            f"the callbacks cannot be copied, as fit does with each ({error}): pass a function "
            "that makes the callback, such as lambda: Logger(writer), in the place of it."
        ) from error


def own_callbacks(callbacks: Sequence[Any]) -> list[Any]:
    """Return copies of the callbacks that this process runs.

    In a group of several, only the first prints, logs and writes files.
    """
    made = copied_callbacks(callbacks)
    if Share.own().is_first:
        return made
    return [c for c in made if not _writes(c[1] if isinstance(c, tuple) else c)]


def _writes(callback: Any) -> bool:
    kind = callback if isinstance(callback, type) else type(callback)
    is_logger = any(base.__module__ == _LOGGERS for base in kind.__mro__)
    return is_logger or issubclass(kind, (Checkpoint, TrainEndCheckpoint))


def _called(callback: Any) -> Any:
    makes_one = callable(callback) and not isinstance(callback, (type, Callback))
    return callback() if makes_one else callback


def _check_is_of_skorch(callback: Any) -> None:
    if isinstance(callback, Callback) or hasattr(callback, "on_train_begin"):
        return
    way_out = "callbacks takes those of skorch, such as skorch.callbacks.LRScheduler"
    if hasattr(callback, "on_fit_task_begin"):
        way_out = "it is a callback of scikit-learn, for estimator.set_callbacks(...)"
    raise TypeError(f"{_name_of(callback)} is no callback of skorch: {way_out}.")


def _check_schedule(callback: Any) -> None:
    policy = getattr(callback, "policy", None)
    if not isinstance(callback, LRScheduler) or not isinstance(policy, str):
        return
    if not hasattr(sys.modules[LRScheduler.__module__], policy):  # where skorch looks it up
        raise ValueError(
            f"LRScheduler(policy={policy!r}) names no schedule that skorch knows: pass the class, "
            f"as in policy=torch.optim.lr_scheduler.{_nearest(policy)}."
        )


def _nearest(policy: str) -> str:
    names = [name for name in vars(torch.optim.lr_scheduler) if name[0].isupper()]
    return next(iter(get_close_matches(policy, names, n=1)), "StepLR")


def _name_of(callback: Any) -> str:
    kind = callback if isinstance(callback, type) else type(callback)
    return kind.__name__


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
        self.estimator = estimator if Share.own().is_first else _without_callbacks(estimator)
        metadata = None if data.sample_weight is None else {"sample_weight": data.sample_weight}
        self.data = {"X": data.X, "y": data.y, "metadata": metadata}
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


def _without_callbacks(estimator: Any) -> Any:
    silent = copy.copy(estimator)
    for name in CALLBACKS_OF_ESTIMATORS:
        vars(silent).pop(name, None)
    return silent


class EpochLines(Callback):
    """Print a line after every epoch of a net, with all numbers of its row in the history.

    Parameters
    ----------
    estimator : str
        Name of its class.
    n_epochs : int
        Epochs that the net will have made.
    stopping : EarlyStopping
        Knows, at the end, why there were fewer, and whose weights were restored.
    """

    def __init__(self, estimator: str, n_epochs: int, stopping: EarlyStopping):
        self.estimator = estimator
        self.n_epochs = n_epochs
        self.stopping = stopping

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        row = net.history[-1]
        names = _LOSSES | {"valid_score": f"validation {net.criterion_.score_name}"}
        figures = {names.get(n, n): row[n] for n in row if _is_figure(n, row[n])}
        print_epoch(Epoch(self.estimator, row["epoch"], self.n_epochs, figures, row["dur"]))

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        for said in self.stopping.conclusions(net):
            print_conclusion(self.estimator, said)


def _is_figure(name: str, value: Any) -> bool:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and name not in ("epoch", "dur") and not name.endswith("_batch_count")


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
