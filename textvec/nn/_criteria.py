"""Losses: from the head's outputs and the targets, one number a row."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ClassCriterion(nn.Module):
    """What losses over classes have in common; one of them is chosen by their number."""

    n_outputs: int
    target_dtype: torch.dtype

    @staticmethod
    def of(n_classes: int) -> ClassCriterion:
        """Give the loss over so many classes."""
        return BinaryCrossEntropy() if n_classes == 2 else CategoricalCrossEntropy(n_classes)

    def decide(self, outputs: Tensor) -> Tensor:
        """Give the number of the likeliest class, (B,)."""
        raise NotImplementedError

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Give the logarithms of the probabilities of the classes, (B, C)."""
        raise NotImplementedError

    def score(self, outputs: Tensor, y: Tensor, weights: Tensor) -> float:
        """Give the accuracy of all rows, weighted."""
        right = (self.decide(outputs) == y).double()
        return float((right * weights).sum() / weights.sum())


class BinaryCrossEntropy(ClassCriterion):
    """Two classes, one logit. Targets are 0.0 and 1.0."""

    n_outputs = 1
    target_dtype = torch.float32

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Give the loss of each row, (B,), of outputs (B, 1)."""
        return F.binary_cross_entropy_with_logits(outputs[:, 0], y, reduction="none")

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Give the logarithms of the probabilities of both classes, (B, 2)."""
        return F.logsigmoid(torch.cat([-outputs, outputs], dim=1))

    def decide(self, outputs: Tensor) -> Tensor:
        """Give the number of the likelier class, (B,)."""
        return (outputs[:, 0] > 0).long()


class CategoricalCrossEntropy(ClassCriterion):
    """More classes, a logit each. Targets are class numbers."""

    target_dtype = torch.int64

    def __init__(self, n_classes: int):
        super().__init__()
        self.n_outputs = n_classes

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Give the loss of each row, (B,), of outputs (B, C)."""
        return F.cross_entropy(outputs, y, reduction="none")

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Give the logarithms of the probabilities of the classes, (B, C)."""
        return F.log_softmax(outputs, dim=1)

    def decide(self, outputs: Tensor) -> Tensor:
        """Give the number of the likeliest class, (B,)."""
        return outputs.argmax(dim=1)
