"""Losses over the labels of steps: each label by itself, or whole sequences of labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ._crf import ChainScores, best_path, log_likelihood, marginals
from ._criteria import Criterion
from ._targets import IGNORE_INDEX


class TagCriterion(Criterion):
    """Base of losses over the labels of steps. Targets are class numbers, (T, B).

    Parameters
    ----------
    n_classes : int
        Width C of the head.
    """

    def __init__(self, n_classes: int):
        super().__init__()
        self.n_outputs = n_classes

    def n_terms(self, y: Tensor) -> Tensor:
        """Return the number of steps of each row, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0)

    def proba(self, outputs: Any) -> Tensor:
        """Return the probability of each label at each step, (T, B, C)."""
        raise NotImplementedError

    def metric_sums(self, outputs: Any, y: Tensor, weights: Tensor) -> Tensor:
        """Return the weight of correct steps, and of all, (2,)."""
        correct = (self.decide(outputs) == y).sum(dim=0)  # (B,); no class is IGNORE_INDEX
        counts = torch.stack([correct, self.n_terms(y)])  # (2, B)
        return (counts.double() * weights).sum(dim=1)

    def score(self, sums: Tensor) -> float:
        """Return the accuracy over steps."""
        return float(sums[0] / sums[1])


class StepCrossEntropy(TagCriterion):
    """Cross-entropy of each step: a logit for each label."""

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the sum of the steps' losses of each row, (B,), of outputs (T, B, C)."""
        losses = F.cross_entropy(
            outputs.flatten(0, 1), y.flatten(), reduction="none", ignore_index=IGNORE_INDEX
        )
        return losses.view_as(y).sum(dim=0)

    def decide(self, outputs: Tensor) -> Tensor:
        """Return the number of the likeliest label of each step, (T, B)."""
        return outputs.argmax(dim=2)

    def proba(self, outputs: Tensor) -> Tensor:
        """Return the probability of each label at each step, (T, B, C)."""
        return outputs.softmax(dim=2)


class ChainCriterion(TagCriterion):
    """Negative log probability of the whole sequence of labels under a CRF."""

    def forward(self, outputs: ChainScores, y: Tensor) -> Tensor:
        """Return the negative log probability of each row's labels, (B,)."""
        return -log_likelihood(outputs, y)

    def decide(self, outputs: ChainScores) -> Tensor:
        """Return the likeliest sequence of labels of each row, (T, B)."""
        return best_path(outputs)

    def proba(self, outputs: ChainScores) -> Tensor:
        """Return the probability of each label at each step, over all sequences, (T, B, C)."""
        return marginals(outputs)
