"""What watches the training, as callbacks of skorch."""

from __future__ import annotations

import copy
import math
from typing import Any

from skorch.callbacks import Callback
from torch import Tensor

_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_grad_computed")


class EarlyStopping(Callback):
    """Stop when a figure has stopped getting better, as scikit-learn's MLPClassifier does.

    With validation rows the figure is their score, and the weights of the best epoch come
    back at the end; of equal scores the one of the lower validation loss is best. Without,
    it is the training loss, and the weights stay those of the last epoch.

    Parameters
    ----------
    tol : float
        What counts as better.
    patience : int
        Epochs in a row that may pass without it.
    """

    def __init__(self, tol: float, patience: int):
        self.tol = tol
        self.patience = patience

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        self.best_ = (-math.inf, -math.inf)
        self.waited_ = 0
        self.weights_: dict[str, Tensor] | None = None

    def on_epoch_end(self, net: Any, dataset_valid: Any = None, **kwargs: Any) -> None:
        epoch = net.history[-1]
        validated = dataset_valid is not None
        score = epoch["valid_score"] if validated else -epoch["train_loss"]
        self.waited_ = self.waited_ + 1 if score < self.best_[0] + self.tol else 0
        figure = (score, -epoch["valid_loss"] if validated else 0.0)
        if figure > self.best_:
            self.best_ = figure
            if validated:
                self.weights_ = copy.deepcopy(net.module_.state_dict())
        net.stopped_ |= self.waited_ > self.patience

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        if self.weights_ is not None:
            net.module_.load_state_dict(self.weights_)


def watches_batches(callback: Callback) -> bool:
    """Tell whether a callback does anything between the epochs' ends."""
    return any(getattr(type(callback), h) is not getattr(Callback, h) for h in _BATCH_HOOKS)
