"""Losses: from a network's outputs and the targets, one number a row."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Criterion(nn.Module):
    """What the training asks of a head: a loss, a decision, and a score.

    Attributes
    ----------
    n_outputs : int
        Width of the head.
    """

    n_outputs: int

    def forward(self, outputs: Any, y: Any) -> Tensor:
        """Give the loss of each row, (B,): of one unit, or the sum over its :meth:`units`."""
        raise NotImplementedError

    def n_terms(self, y: Any) -> Tensor | None:
        """Give how many units each row's loss is the sum of, (B,); None: one each."""
        return None

    def decide(self, outputs: Any) -> Tensor:
        """Give what is predicted for each row, (B, ...)."""
        raise NotImplementedError

    def metric_sums(self, outputs: Any, y: Any, weights: Tensor) -> Tensor:
        """Give figures of a batch whose sum over all batches tells the score, (k,), float64."""
        raise NotImplementedError

    def score(self, sums: Tensor) -> float:
        """Give the score of all rows, of the sum of their tallies."""
        raise NotImplementedError


class Accuracy(Criterion):
    """A criterion whose score is the weighted part of right decisions."""

    def right(self, outputs: Any, y: Any) -> Tensor:
        """Mark the rows that are decided rightly, (B,)."""
        right: Tensor = self.decide(outputs) == y
        return right

    def metric_sums(self, outputs: Any, y: Any, weights: Tensor) -> Tensor:
        """Give the weight of rows decided rightly, and of all, (2,)."""
        right = self.right(outputs, y).double()
        return torch.stack([(right * weights).sum(), weights.sum().double()])

    def score(self, sums: Tensor) -> float:
        """Give the accuracy."""
        return float(sums[0] / sums[1])


class ClassCriterion(Accuracy):
    """What losses over classes have in common; one of them is chosen by their number."""

    target_dtype: torch.dtype

    @staticmethod
    def of(n_classes: int) -> ClassCriterion:
        """Give the loss over so many classes."""
        return BinaryCrossEntropy() if n_classes == 2 else CategoricalCrossEntropy(n_classes)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Give the logarithms of the probabilities of the classes, (B, C)."""
        raise NotImplementedError


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


class MultiLabelCrossEntropy(ClassCriterion):
    """Labels of which a row may have any number, a logit each. Targets are 0.0 and 1.0, (B, C).

    The loss of a row is the sum over its labels, as in scikit-learn's MLPClassifier; a row is
    decided rightly if all its labels are.
    """

    target_dtype = torch.float32

    def __init__(self, n_labels: int):
        super().__init__()
        self.n_outputs = n_labels

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Give the loss of each row, (B,), of outputs (B, C)."""
        return F.binary_cross_entropy_with_logits(outputs, y, reduction="none").sum(dim=1)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Give the logarithm of each label's probability, (B, C)."""
        return F.logsigmoid(outputs)

    def decide(self, outputs: Tensor) -> Tensor:
        """Give 1 for each label that is likelier than not, (B, C)."""
        return (outputs > 0).long()

    def right(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Mark the rows all of whose labels are right, (B,)."""
        return (self.decide(outputs) == y).all(dim=1)
