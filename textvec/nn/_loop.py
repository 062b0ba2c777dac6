"""The training loop in plain torch: an epoch of training, and an evaluation.

What surrounds the epochs (history, callbacks, checkpoints, errors) is in ``_net.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ._averaging import WeightAverage
from ._batches import Batch
from ._criteria import Criterion
from ._processes import mean_of_processes
from ._schedules import ScheduledRates


@dataclass(frozen=True)
class Learner:
    """What learns, and how.

    Parameters
    ----------
    module : torch.nn.Module
        Takes a :class:`Batch`, and returns a tensor or a named tuple of tensors. If it says
        ``reads_targets = True``, it takes the targets too (teacher forcing).
    criterion : Criterion
        Returns the loss of each row, and scores.
    optimizer : torch.optim.Optimizer
        Of the module's parameters.
    clip_norm : float or None, default=None
        Greatest norm of all gradients together; None: not clipped.
    precision : {"float32", "bfloat16"}, default="float32"
        What the module computes in.
    rates : ScheduledRates or None, default=None
        Sets the optimizer's learning rates before each step; None: they stay.
    average : WeightAverage or None, default=None
        Of the weights after each step; None: there is none.
    """

    module: nn.Module
    criterion: Criterion
    optimizer: Optimizer
    clip_norm: float | None = None
    precision: str = "float32"
    rates: ScheduledRates | None = None
    average: WeightAverage | None = None

    def parameters(self) -> list[nn.Parameter]:
        """Return what the optimizer changes."""
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def train(self, mode: bool = True) -> None:
        """Set module and criterion to training, or to evaluation."""
        self.module.train(mode)
        self.criterion.train(mode)


class BatchHooks:
    """What is called in the middle of an epoch; here, nothing is done."""

    def batch_begins(self, batch: tuple[Batch, Any]) -> None:
        """Do nothing before the module reads a batch."""

    def gradients_computed(self, batch: tuple[Batch, Any]) -> None:
        """Do nothing before the optimizer's step."""

    def batch_ends(self, batch: tuple[Batch, Any], step: Step) -> None:
        """Do nothing after the optimizer's step or, in an evaluation, after the loss."""


def train_epoch(
    learner: Learner, batches: Iterable[tuple[Batch, Any]], hooks: BatchHooks
) -> EpochLoss:
    """Train for one epoch, with a step of the optimizer for each batch; return the losses."""
    learner.train()
    epoch = EpochLoss()
    for batch in batches:
        if learner.rates is not None:
            learner.rates.step()
        hooks.batch_begins(batch)
        step = train_step(learner, batch, hooks)
        if learner.average is not None:
            learner.average.step()
        epoch.add(batch, step)
        hooks.batch_ends(batch, step)
    return epoch


def train_step(learner: Learner, batch: tuple[Batch, Any], hooks: BatchHooks) -> Step:
    """Take one step of the optimizer."""
    x, y = batch
    steps: list[Step] = []

    def closure() -> Tensor:
        learner.optimizer.zero_grad()
        outputs = forward(learner.module, x, y, learner.precision)
        loss, weight = mean_loss(learner.criterion, outputs, x, y)
        loss.backward()  # type: ignore[no-untyped-call]
        loss, weight = mean_of_processes(learner.parameters(), loss.detach(), weight)
        if learner.clip_norm is not None:
            nn.utils.clip_grad_norm_(learner.module.parameters(), learner.clip_norm)
        hooks.gradients_computed(batch)
        steps.append(Step(loss, weight, each_tensor(outputs, Tensor.detach)))
        return loss

    learner.optimizer.step(closure)  # type: ignore[arg-type]  # torch's own pass tensors
    return steps[0]  # LBFGS calls the closure several times: the first loss is the step's


@torch.no_grad()
def evaluate(
    learner: Learner, batches: Iterable[tuple[Batch, Any]], hooks: BatchHooks
) -> tuple[EpochLoss, float]:
    """Return the losses and the score on batches that are not learned from."""
    learner.train(False)
    epoch, sums = EpochLoss(), []
    for batch in batches:
        hooks.batch_begins(batch)
        step = evaluate_batch(learner, batch)
        epoch.add(batch, step)
        hooks.batch_ends(batch, step)
        sums.append(metric_sums(learner.criterion, batch, step.outputs))
    return epoch, total_score(learner.criterion, sums)


def evaluate_batch(learner: Learner, batch: tuple[Batch, Any]) -> Step:
    """Compute loss and outputs of one batch."""
    x, y = batch
    outputs = forward(learner.module, x, y, learner.precision)
    return Step(*mean_loss(learner.criterion, outputs, x, y), outputs)


def forward(module: nn.Module, x: Batch, y: Any, precision: str) -> Any:
    """Return the module's outputs for a batch, in float32."""
    inputs = (x, y) if getattr(module, "reads_targets", False) else (x,)
    if precision == "float32":
        return module(*inputs)
    with torch.autocast(x.values.device.type, dtype=torch.bfloat16):
        return each_tensor(module(*inputs), Tensor.float)


def mean_loss(criterion: Criterion, outputs: Any, x: Batch, y: Any) -> tuple[Tensor, Tensor | int]:
    """Return the mean loss of a batch, and its weight in the mean of an epoch.

    The loss of a row is a sum over its terms (its steps, its tokens; else one): the mean is over
    the terms of all rows, each with the weight of its row.
    """
    losses: Tensor = criterion(outputs, y)  # (B,)
    terms = criterion.n_terms(y)  # (B,) or None
    if terms is None and x.weights is None:
        return losses.mean(), len(x)
    if x.weights is None:
        assert terms is not None
        weights = terms.float()
    else:
        losses = losses * x.weights
        weights = x.weights if terms is None else terms * x.weights
    total = weights.sum()
    tiny = torch.finfo(losses.dtype).tiny  # the weights of all rows may be 0
    return losses.sum() / total.clamp(min=tiny), total


def metric_sums(criterion: Criterion, batch: tuple[Batch, Any], outputs: Any) -> Tensor:
    """Return what the score of a pass is computed from, summed over a batch."""
    x, y = batch
    return criterion.metric_sums(outputs, y, row_weights(x))


def total_score(criterion: Criterion, sums: list[Tensor]) -> float:
    """Return the score of a pass, from the :func:`metric_sums` of its batches."""
    return criterion.score(torch.stack(sums).sum(dim=0).cpu())


def row_weights(x: Batch) -> Tensor:
    """Return the weight of each row, (B,)."""
    if x.weights is not None:
        return x.weights
    return torch.ones(len(x), dtype=torch.float32, device=x.values.device)


def each_tensor(outputs: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """Apply a function to a tensor, or to those of a named tuple that hold floats."""
    if isinstance(outputs, Tensor):
        return function(outputs) if outputs.is_floating_point() else outputs
    return type(outputs)(*(each_tensor(part, function) for part in outputs))


class Step(NamedTuple):
    """What came of one batch.

    Parameters
    ----------
    loss : Tensor of shape ()
        Mean loss of its terms.
    weight : Tensor of shape () or int
        Weight of all its terms.
    outputs : Tensor or named tuple of Tensors
        Of the module.
    """

    loss: Tensor
    weight: Tensor | int
    outputs: Any


@dataclass
class EpochLoss:
    """Losses of the batches of an epoch; nothing is read off the device before its end.

    Attributes
    ----------
    losses : list of Tensors
        Mean loss of each batch.
    weights : list of Tensors or int
        Weight of each in the mean.
    sizes : list of int
        Rows of each.
    """

    losses: list[Tensor] = field(default_factory=list)
    weights: list[Tensor | int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, batch: tuple[Batch, Any], step: Step) -> None:
        """Take note of a batch."""
        self.losses.append(step.loss)
        self.weights.append(step.weight)
        self.sizes.append(len(batch[0]))

    def of_batches(self) -> Tensor:
        """Return the mean loss of each batch, on the CPU, float64."""
        return torch.stack(self.losses).cpu().double()

    def mean(self) -> float:
        """Return the mean loss of the epoch."""
        weights = torch.stack([torch.as_tensor(weight) for weight in self.weights]).cpu()
        weights = weights.double()
        return float((self.of_batches() * weights).sum() / weights.sum())
