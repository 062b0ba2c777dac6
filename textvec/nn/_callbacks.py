"""Callbacks of skorch's kind: early stopping, and schedules that go on."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from skorch.callbacks import Callback, LRScheduler
from torch import Tensor

_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_grad_computed")


class EarlyStopping(Callback):
    """Stop when training does not improve any more, as scikit-learn's MLPClassifier does.

    With validation rows, their score is watched, and the weights of the best epoch are restored
    at the end; of equal scores, the one with the lower validation loss is best. Without, the
    training loss is watched, and the weights stay those of the last epoch.

    Parameters
    ----------
    tol : float
        Least difference that is an improvement.
    patience : int
        Epochs in a row that may pass without one.
    validated : bool, default=True
        Whether the score of validation rows is watched, where there are any.
    """

    def __init__(self, tol: float, patience: int, *, validated: bool = True):
        self.tol = tol
        self.patience = patience
        self.validated = validated

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        self.best_ = (-math.inf, -math.inf)
        self.best_epoch_ = 0
        self.waited_ = 0
        self.weights_: dict[str, Tensor] | None = None

    def on_epoch_end(self, net: Any, dataset_valid: Any = None, **kwargs: Any) -> None:
        epoch = net.history[-1]
        validated = self.validated and dataset_valid is not None
        score = epoch["valid_score"] if validated else -epoch["train_loss"]
        self.waited_ = self.waited_ + 1 if score < self.best_[0] + self.tol else 0
        result = (score, -epoch["valid_loss"] if validated else 0.0)
        if result > self.best_:
            self.best_, self.best_epoch_ = result, len(net.history)
            if validated:
                self.weights_ = copy.deepcopy(net.module_.state_dict())
        net.stopped_ |= self.waited_ > self.patience

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        if self.weights_ is not None:
            net.module_.load_state_dict(self.weights_)

    def conclusions(self, net: Any) -> list[str]:
        """Return why training has ended before its last epoch, and whose weights the net has."""
        score = f"validation {net.criterion_.score_name}"
        watched = "training loss" if self.weights_ is None else score
        said = []
        if self.waited_ > self.patience:
            said.append(
                f"stopped early: {self.waited_} epochs in which the {watched} did not improve by "
                f"tol={self.tol:g}"
            )
        if self.weights_ is not None and self.best_epoch_ < len(net.history):
            said.append(f"weights of epoch {self.best_epoch_} restored: its {watched} is the best")
        return said


@contextmanager
def schedules_going_on(net: Any, callbacks: Sequence[tuple[str, Callback]]) -> Iterator[None]:
    """Let schedules of learning rates go on where an earlier run has left them, or begin.

    ``LRScheduler.on_train_begin``, called in this context, makes a new one that has counted the
    epochs before, but takes a step too many from the rate of now; and one that has not run yet
    begins with the epochs before, too.
    """
    optimizer, schedules = net.optimizer_, [c for _, c in callbacks if isinstance(c, LRScheduler)]
    if not schedules or not len(net.history):
        yield
        return
    states = [c.lr_scheduler_ and c.lr_scheduler_.state_dict() for c in schedules]
    groups = [{n: v for n, v in g.items() if n != "params"} for g in optimizer.param_groups]
    for group in optimizer.param_groups:
        group.setdefault("initial_lr", group["lr"])
    yield
    for group, values in zip(optimizer.param_groups, groups, strict=True):
        group.update(values)
    for callback, state in zip(schedules, states, strict=True):
        if state is None:
            callback.lr_scheduler_ = callback.policy_(optimizer, **callback.kwargs)
            callback.batch_idx_ = 0
            continue
        new = callback.lr_scheduler_
        # The rates may have been set anew since.
        rates = {"base_lrs": getattr(new, "base_lrs", None), "_last_lr": [g["lr"] for g in groups]}
        new.load_state_dict(state | {n: v for n, v in rates.items() if n in state})


def alike(callback: Callback | None, other: Callback) -> bool:
    """Return whether two callbacks are of one class and have equal parameters."""
    if type(callback) is not type(other):
        return False
    own, others = callback.get_params(deep=False), other.get_params(deep=False)
    try:
        return own.keys() == others.keys() and all(
            value is others[name] or bool(value == others[name]) for name, value in own.items()
        )
    except ValueError:  # arrays
        return False


def watches_batches(callback: Callback) -> bool:
    """Return whether a callback has a hook that is called for each batch."""
    return any(getattr(type(callback), h) is not getattr(Callback, h) for h in _BATCH_HOOKS)


def reads_outputs(callback: Callback) -> bool:
    """Return whether a callback may read the outputs of each batch; a schedule does not."""
    return type(callback).on_batch_end not in (Callback.on_batch_end, LRScheduler.on_batch_end)
