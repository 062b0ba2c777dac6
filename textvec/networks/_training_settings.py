"""The parameters of a training, as an estimator has them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
import torch
from skorch.callbacks import LRScheduler

from ..nn import OptimizerLike, RateSchedule


@dataclass(frozen=True)
class TrainingSettings:
    """The parameters of :class:`NetworkEstimator`, which says what each does.

    Two fields describe the estimator for checkpoints: its name, and all its parameters.
    """

    dropout: float
    embedding_dropout: float | None = field(default=None, kw_only=True)  # not all have these two
    token_dropout: float = field(default=0.0, kw_only=True)
    optimizer: OptimizerLike
    learning_rate_init: float
    learning_rate: str
    warmup: float
    weight_decay: float
    clip_norm: float | None
    max_iter: int
    batch_size: int
    average: bool
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    tol: float
    random_state: int | np.random.RandomState | None
    device: str | torch.device
    precision: str
    callbacks: list[Any] | tuple[Any, ...] | None
    checkpoint: str | os.PathLike[str] | None
    verbose: int | bool
    estimator: str
    parameters: Mapping[str, Any]

    @property
    def schedule(self) -> RateSchedule | None:
        """Course of the learning rate; None: constant, or what a callback makes it."""
        if self.learning_rate == "constant" and not self.warmup:
            return None
        if any(_is_schedule(callback) for callback in self.callbacks or ()):
            raise ValueError(
                f"learning_rate={self.learning_rate!r} with warmup={self.warmup}, and a schedule "
                "among callbacks: both would set the learning rate. Keep one; with the callback, "
                "learning_rate='constant' and warmup=0."
            )
        return RateSchedule(self.learning_rate, self.warmup)

    @classmethod
    def of(cls, estimator: Any) -> Self:
        """Return the settings of an estimator."""
        parameters = estimator.get_params(deep=False)
        own = {f.name: parameters[f.name] for f in fields(cls) if f.name in parameters}
        return cls(estimator=type(estimator).__name__, parameters=parameters, **own)


def _is_schedule(callback: Any) -> bool:
    """Return whether an entry of `callbacks` is a schedule: an instance, a class, or named."""
    if isinstance(callback, tuple):
        callback = callback[-1]
    return isinstance(callback, LRScheduler) or (
        isinstance(callback, type) and issubclass(callback, LRScheduler)
    )
