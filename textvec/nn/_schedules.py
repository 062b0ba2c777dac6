"""Schedules of the learning rate over a training, as parts of its length."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Of onecycle, as its authors begin and end it, and where it turns.
_CYCLE_BEGIN, _CYCLE_END, _CYCLE_TURN = 1 / 25, 1e-4 / 25, 0.3


def _cosine(begin: float, end: float, part: float) -> float:
    return end + (begin - end) * (1 + math.cos(math.pi * part)) / 2


# From the part of the training that is over, after the warmup, to the share of the rate.
DECAYS: dict[str, Callable[[float], float]] = {
    "constant": lambda part: 1.0,
    "linear": lambda part: 1.0 - part,
    "cosine": lambda part: _cosine(1.0, 0.0, part),
    "onecycle": lambda part: _cosine(1.0, _CYCLE_END, part),
}


@dataclass(frozen=True)
class RateSchedule:
    """What share of the learning rate a training uses, at each part of its length.

    The rate rises in the warmup and falls after it. Each is a function of the part of the training
    that is over, so that nothing has to be kept to resume one.

    Parameters
    ----------
    kind : {"constant", "linear", "cosine", "onecycle"}
        How the rate falls after the warmup: not at all, in a line to 0 [1]_, by half a cosine to 0
        [2]_; ``"onecycle"`` [3]_ rises by half a cosine from a 25th, then falls by one to nearly 0.
    warmup : float, default=0.0
        Part of the training in which the rate rises, in [0, 1), in a line from 0; of
        ``"onecycle"``, 0 stands for 0.3.

    References
    ----------
    .. [1] J. Devlin et al. (2019). BERT. NAACL.
    .. [2] I. Loshchilov and F. Hutter (2017). SGDR: stochastic gradient descent with warm
       restarts. ICLR.
    .. [3] L. N. Smith and N. Topin (2019). Super-convergence: very fast training of neural networks
       using large learning rates.

    Examples
    --------
    >>> from textvec.nn import RateSchedule
    >>> schedule = RateSchedule("linear", warmup=0.2)
    >>> [round(schedule.share(part), 2) for part in (0.0, 0.1, 0.2, 0.6, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """

    kind: str
    warmup: float = 0.0

    def share(self, part: float) -> float:
        """Return the share of the learning rate where `part` of the training is over, in [0, 1]."""
        cycle = self.kind == "onecycle"
        warmup = _CYCLE_TURN if cycle and not self.warmup else self.warmup
        if part < warmup:
            return _cosine(_CYCLE_BEGIN, 1.0, part / warmup) if cycle else part / warmup
        return DECAYS[self.kind](min(1.0, (part - warmup) / (1.0 - warmup)))


class ScheduledRates:
    """Sets the rates of an optimizer in the course of a training.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        Its groups have the rates that :func:`set_rates` chose.
    schedule : RateSchedule
        Of the whole training.
    epochs : int
        Of the whole training.
    made : int
        Epochs of it that have been made already.
    """

    def __init__(self, optimizer: Any, schedule: RateSchedule, *, epochs: int, made: int):
        self.optimizer = optimizer
        self.schedule = schedule
        self.epochs = epochs
        self.made = made

    def begin_epoch(self, part: Callable[[], float]) -> None:
        """Begin an epoch, of which the batch in hand is ``part()``."""
        self.part = part
        self.begin, self.over = float(self.made), 0.0
        self.made += 1

    def step(self) -> None:
        """Set the rates for the batch in hand: those at the middle of its part of the epoch."""
        part = self.part()
        middle = min(1.0, self.over + part / 2)
        share = self.schedule.share((self.begin + middle) / self.epochs)
        for group in self.optimizer.param_groups:
            group["lr"] = group["chosen_lr"] * share
        self.over += part
