"""The moving average of a network's weights, which takes their place between epochs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ._fitted_parts import fitted_tensors

# Of the steps so far, over which the average reaches back.
_PART = 0.2


class Trained(nn.Module):
    """A module without what no step of its training changes: a fitted linear path.

    Parameters
    ----------
    module : torch.nn.Module
        The module, all of whose parameters and buffers are there.
    """

    def __init__(self, module: nn.Module):
        super().__init__()
        self.module = module
        fixed = fitted_tensors(module)
        self.own_parameters = [p for p in module.parameters() if id(p) not in fixed]
        self.own_buffers = [b for b in module.buffers() if id(b) not in fixed]

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """Yield the parameters that are trained."""
        return iter(self.own_parameters)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers that training may change."""
        return iter(self.own_buffers)


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
        self.module = Trained(module)
        self.average = AveragedModel(self.module, multi_avg_fn=self._update, use_buffers=True)
        self.trained: list[Tensor] = []  # between epochs, the weights that training goes on from
        self.steps_per_epoch = 0

    def begin_epoch(self) -> None:
        """Set the module to the weights that are trained."""
        if self.trained:
            _copy(self.trained, averaged(self.module))

    def step(self) -> None:
        """Add the weights after a step of the optimizer."""
        self.average.update_parameters(self.module)

    def end_epoch(self) -> None:
        """Set the module to the average."""
        self.trained = [tensor.detach().clone() for tensor in averaged(self.module)]
        self.steps_per_epoch = self.steps_per_epoch or int(self.average.n_averaged)
        _copy(averaged(self.average.module), averaged(self.module))

    def state(self) -> dict[str, Any]:
        """Return what training goes on from after an epoch, besides the weights of the module."""
        return {
            "trained": [tensor.cpu() for tensor in self.trained],
            "steps_per_epoch": self.steps_per_epoch,
            "n_averaged": int(self.average.n_averaged),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Set the state, when the module has the average again."""
        _copy(averaged(self.module), averaged(self.average.module))
        self.average.n_averaged.fill_(state["n_averaged"])
        self.steps_per_epoch = state["steps_per_epoch"]
        self.trained = [
            kept.to(tensor.device, copy=True)
            for kept, tensor in zip(state["trained"], averaged(self.module), strict=True)
        ]

    def _update(self, averages: Any, weights: Any, n_averaged: Any) -> None:
        if not averages[0].is_floating_point():  # such as numbers of batches
            _copy(weights, averages)
            return
        # The model's own count: `n_averaged` is a copy on the device, which would be waited for.
        n_steps = int(self.average.n_averaged)
        reach = min(_PART * n_steps, self.steps_per_epoch or math.inf)
        update: Any = get_ema_multi_avg_fn(reach / (1 + reach))  # type: ignore[no-untyped-call]
        update(averages, weights, n_averaged)


def averaged(module: Any) -> Iterator[Tensor]:
    """Yield the tensors of a module that are averaged."""
    return chain(module.parameters(), module.buffers())


@torch.no_grad()
def _copy(source: Any, target: Any) -> None:
    for value, tensor in zip(source, target, strict=True):
        tensor.copy_(value)
