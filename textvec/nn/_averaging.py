"""The moving average of a network's weights, which takes their place between epochs."""

from __future__ import annotations

import math
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from ._fitted_parts import fitted_tensors

# Of the steps so far, over which the average reaches back.
_PART = 0.2


class WeightAverage:
    """The moving average of a module's weights [1]_ [2]_.

    It reaches back over the last fifth of the steps so far, and at most over an epoch. Within an
    epoch the module has the weights that are trained; between epochs, where it is evaluated,
    watched and kept, their average.

    Parameters
    ----------
    module : torch.nn.Module
        Of which parameters and buffers are averaged.

    References
    ----------
    .. [1] P. Izmailov et al. (2018). Averaging weights leads to wider optima and better
       generalization. UAI.
    .. [2] B. T. Polyak and A. B. Juditsky (1992). Acceleration of stochastic approximation by
       averaging. SIAM Journal on Control and Optimization 30(4).

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import WeightAverage
    >>> module = torch.nn.Linear(1, 1)
    >>> average = WeightAverage(module)
    >>> average.begin_epoch()
    >>> for value in (1.0, 7.0):
    ...     _ = torch.nn.init.constant_(module.weight, value)
    ...     average.step()
    >>> average.end_epoch()
    >>> round(module.weight.item(), 2)
    6.0
    >>> average.begin_epoch()
    >>> module.weight.item()
    7.0
    """

    def __init__(self, module: nn.Module):
        self.weights = averaged(module)
        self.averages = [tensor.detach().clone() for tensor in self.weights]
        pairs = list(zip(self.averages, self.weights, strict=True))
        self._floats = [pair for pair in pairs if pair[0].is_floating_point()]
        self._others = [pair for pair in pairs if not pair[0].is_floating_point()]
        self.trained: list[Tensor] = []  # between epochs, the weights that training goes on from
        self.n_averaged = 0
        self.steps_per_epoch = 0

    def begin_epoch(self) -> None:
        """Set the module to the weights that are trained."""
        if self.trained:
            _copy(self.trained, self.weights)

    @torch.no_grad()
    def step(self) -> None:
        """Add the weights after a step of the optimizer."""
        if self.n_averaged:
            reach = min(_PART * self.n_averaged, self.steps_per_epoch or math.inf)
            update: Any = get_ema_multi_avg_fn(reach / (1 + reach))  # type: ignore[no-untyped-call]
            averages, weights = zip(*self._floats, strict=True)
            update(averages, weights, self.n_averaged)
            for average, number in self._others:  # such as of batches
                average.copy_(number)
        else:
            _copy(self.weights, self.averages)
        self.n_averaged += 1

    def end_epoch(self) -> None:
        """Set the module to the average."""
        self.trained = [tensor.detach().clone() for tensor in self.weights]
        self.steps_per_epoch = self.steps_per_epoch or self.n_averaged
        _copy(self.averages, self.weights)

    def state(self) -> dict[str, Any]:
        """Return what training goes on from after an epoch, besides the weights of the module."""
        return {
            "trained": [tensor.cpu() for tensor in self.trained],
            "steps_per_epoch": self.steps_per_epoch,
            "n_averaged": self.n_averaged,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Set the state, when the module has the average again."""
        _copy(self.weights, self.averages)
        self.n_averaged = state["n_averaged"]
        self.steps_per_epoch = state["steps_per_epoch"]
        self.trained = [
            kept.to(tensor.device, copy=True)
            for kept, tensor in zip(state["trained"], self.weights, strict=True)
        ]


def averaged(module: nn.Module) -> list[Tensor]:
    """Return the parameters and buffers that training may change: none of a fitted linear path."""
    fixed = fitted_tensors(module)
    return [t for t in chain(module.parameters(), module.buffers()) if id(t) not in fixed]


@torch.no_grad()
def _copy(source: Any, target: Any) -> None:
    for value, tensor in zip(source, target, strict=True):
        tensor.copy_(value)
