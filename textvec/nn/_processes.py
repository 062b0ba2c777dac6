"""Training in several processes, which torch.distributed has joined to a group.

Each computes its share of every batch, and the gradients are those of the whole batch: the losses
are those of one process up to rounding. What is drawn at random, decided or written is the first
process's. In a single process, nothing of this does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

import torch
from torch import Tensor, distributed, nn

from ._randomness import Randomness

_Result = TypeVar("_Result")


class Share(NamedTuple):
    """Which rows of a batch a process computes: those of every n-th, so that lengths are alike."""

    rank: int = 0
    n_processes: int = 1

    @classmethod
    def own(cls) -> Share:
        """Return the share of this process: all rows, if it is in no group."""
        if not (distributed.is_available() and distributed.is_initialized()):
            return cls()
        return cls(distributed.get_rank(), distributed.get_world_size())

    @property
    def is_all(self) -> bool:
        """Whether there is one process."""
        return self.n_processes == 1

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that reports and writes."""
        return self.rank == 0

    def of(self, rows: Tensor) -> Tensor:
        """Select from the rows of a batch, (B,); there may be fewer rows than processes."""
        return rows[self.rank :: self.n_processes]


def from_first(function: Callable[[], _Result]) -> _Result:
    """Call a function in the first process, and return its result in all.

    What it raises, it raises in all: none waits for another that has failed.
    """
    share = Share.own()
    if share.is_all:
        return function()
    outcome: list[Any] = [None, None]
    if share.is_first:
        try:
            outcome[0] = function()
        except Exception as error:
            outcome[1] = error
    mine = outcome[0]
    distributed.broadcast_object_list(outcome)
    if outcome[1] is not None:
        raise outcome[1]
    return mine if share.is_first else outcome[0]  # type: ignore[no-any-return]


def check_same(value: Any, message: str) -> None:
    """Raise a ValueError in all processes if a value is not the same in all."""
    share = Share.own()
    if share.is_all:
        return
    values: list[Any] = [None] * share.n_processes
    distributed.all_gather_object(values, value)
    if any(other != values[0] for other in values):
        raise ValueError(f"{message}, got {values} in the processes 0 to {len(values) - 1}.")


def mean_of_processes(
    parameters: Iterable[nn.Parameter], loss: Tensor, weight: Tensor | int
) -> tuple[Tensor, Tensor | int]:
    """Make gradients those of the whole batch, and return its mean loss and its weight.

    Parameters
    ----------
    parameters : iterable of nn.Parameter
        With the gradients of this process's mean loss.
    loss, weight : Tensor of shape () or int
        The mean loss of this process's rows, and its weight in that of the batch.
    """
    if Share.own().is_all:
        return loss, weight
    gradients = [p.grad for p in parameters if p.grad is not None]
    parts = [g.flatten() for g in gradients]
    summed = torch.cat([*parts, loss[None], torch.ones_like(loss)[None]]) * weight
    distributed.all_reduce(summed)
    means, total = summed[:-1], summed[-1]
    means /= total.clamp(min=torch.finfo(means.dtype).tiny)  # the weights of all rows may be 0
    of_gradients = torch.split(means[:-1], [len(part) for part in parts])
    for gradient, mean in zip(gradients, of_gradients, strict=True):
        gradient.copy_(mean.view_as(gradient))
    return means[-1], total


def order_generator(randomness: Randomness) -> torch.Generator:
    """Return what draws the order of the rows of an epoch: the same order in all processes."""
    own = randomness.generator("cpu")
    if Share.own().is_all:
        return own
    state = from_first(own.get_state)
    if Share.own().is_first:
        return own
    return torch.Generator().set_state(state)


def begin_together(module: nn.Module, randomness: Randomness) -> None:
    """Copy the weights of the first process to all, and seed the dropout masks of each."""
    share = Share.own()
    if share.is_all:
        return
    _take_weights(module)
    if not share.is_first:
        randomness.reseed(randomness.seed + share.rank)


def end_together(module: nn.Module, randomness: Randomness) -> None:
    """Copy the weights and the random state of the first process to all."""
    if Share.own().is_all:
        return
    _take_weights(module)
    randomness.__setstate__(from_first(randomness.__getstate__))


def _take_weights(module: nn.Module) -> None:
    for tensor in module.state_dict().values():
        distributed.broadcast(tensor, src=0)
