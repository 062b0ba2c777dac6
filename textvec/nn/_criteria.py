"""Losses of rows: from a network's outputs and the targets, one number a row."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._float64 import in_float64


class Criterion(nn.Module):
    """Loss, prediction and score of a head's outputs.

    Attributes
    ----------
    n_outputs : int
        Width of the head.
    score_name : str
        What :meth:`score` returns, such as "accuracy".
    """

    n_outputs: int
    score_name: str = "score"

    def forward(self, outputs: Any, y: Any) -> Tensor:
        """Return the loss of each row, (B,): a sum over its terms."""
        raise NotImplementedError

    def n_terms(self, y: Any) -> Tensor | None:
        """Return how many terms each row's loss sums, such as its steps, (B,); None: one."""
        return None

    def decide(self, outputs: Any) -> Tensor:
        """Return the prediction for each row, (B, ...)."""
        raise NotImplementedError

    def original(self, values: Any) -> Any:
        """Return targets, or what is decided, in the units of the user's: here, as they are."""
        return values

    def scored(self, outputs: Any, y: Any) -> tuple[Any, Any]:
        """Return outputs and targets as skorch's scoring callbacks take them, (N, ...) both.

        Of rows, or of the steps or tokens of all rows that have a target.
        """
        return outputs, self.original(y)

    def decide_scored(self, outputs: Any) -> Tensor:
        """Return the predictions, (N, ...), from outputs of :meth:`scored`."""
        return self.decide(outputs)

    def proba_scored(self, outputs: Any) -> Tensor:
        """Return what a scorer takes for probabilities, (N, ...), from outputs of `scored`."""
        return outputs  # type: ignore[no-any-return]

    def metric_sums(self, outputs: Any, y: Any, weights: Tensor) -> Tensor:
        """Return sums over a batch, (k,), float64; :meth:`score` takes their totals."""
        raise NotImplementedError

    def score(self, sums: Tensor) -> float:
        """Return the score, from the totals of :meth:`metric_sums`."""
        raise NotImplementedError


class Accuracy(Criterion):
    """A criterion whose score is the weighted accuracy."""

    score_name = "accuracy"

    def correct(self, outputs: Any, y: Any) -> Tensor:
        """Mark the rows predicted correctly, (B,)."""
        correct: Tensor = self.decide(outputs) == y
        return correct

    def metric_sums(self, outputs: Any, y: Any, weights: Tensor) -> Tensor:
        """Return the weight of correct rows, and of all, (2,)."""
        correct = in_float64(self.correct(outputs, y)) * in_float64(weights)
        return torch.stack([correct.sum(), in_float64(weights.sum())])

    def score(self, sums: Tensor) -> float:
        """Return the accuracy."""
        return float(sums[0] / sums[1])


class ClassCriterion(Accuracy):
    """Base of losses over classes.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Part of each target that is shared out evenly among the classes, in training [1]_.

    References
    ----------
    .. [1] C. Szegedy et al. (2016). Rethinking the Inception architecture for computer vision.
       CVPR.
    """

    target_dtype: torch.dtype
    label_smoothing = 0.0  # of models saved before it was a parameter

    def __init__(self, label_smoothing: float = 0.0):
        super().__init__()
        self.label_smoothing = label_smoothing

    @staticmethod
    def of(n_classes: int, label_smoothing: float = 0.0) -> ClassCriterion:
        """Return the loss over so many classes."""
        if n_classes == 2:
            return BinaryCrossEntropy(label_smoothing)
        return CategoricalCrossEntropy(n_classes, label_smoothing)

    @property
    def smoothing(self) -> float:
        return self.label_smoothing if self.training else 0.0

    def smooth(self, y: Tensor) -> Tensor:
        """Return targets of 0 and 1 a little nearer to one half."""
        return y if not self.smoothing else y + self.smoothing * (0.5 - y)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Return the logarithms of the probabilities of the classes, (B, C)."""
        raise NotImplementedError

    def proba_scored(self, outputs: Tensor) -> Tensor:
        """Return the probability of each class, (B, C); of two, that of the second, (B, 1)."""
        return self.log_proba(outputs)[:, -self.n_outputs :].exp()


class BinaryCrossEntropy(ClassCriterion):
    """Two classes, one logit. Targets are 0.0 and 1.0."""

    n_outputs = 1
    target_dtype = torch.float32

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of outputs (B, 1)."""
        y = self.smooth(y)
        return F.binary_cross_entropy_with_logits(outputs[:, 0], y, reduction="none")

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Return the logarithms of the probabilities of both classes, (B, 2)."""
        return F.logsigmoid(torch.cat([-outputs, outputs], dim=1))

    def decide(self, outputs: Tensor) -> Tensor:
        """Return the number of the likelier class, (B,)."""
        return (outputs[:, 0] > 0).long()


class CategoricalCrossEntropy(ClassCriterion):
    """More classes, a logit each. Targets are class numbers."""

    target_dtype = torch.int64

    def __init__(self, n_classes: int, label_smoothing: float = 0.0):
        super().__init__(label_smoothing)
        self.n_outputs = n_classes

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of outputs (B, C)."""
        return F.cross_entropy(outputs, y, reduction="none", label_smoothing=self.smoothing)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Return the logarithms of the probabilities of the classes, (B, C)."""
        return F.log_softmax(outputs, dim=1)

    def decide(self, outputs: Tensor) -> Tensor:
        """Return the number of the likeliest class, (B,)."""
        return outputs.argmax(dim=1)


class MultiLabelCrossEntropy(ClassCriterion):
    """Labels of which a row may have any number, a logit each. Targets are 0.0 and 1.0, (B, C).

    The loss of a row is the sum over its labels, as in scikit-learn's MLPClassifier; a row is
    correct if all its labels are.
    """

    target_dtype = torch.float32

    def __init__(self, n_labels: int, label_smoothing: float = 0.0):
        super().__init__(label_smoothing)
        self.n_outputs = n_labels

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of outputs (B, C)."""
        losses = F.binary_cross_entropy_with_logits(outputs, self.smooth(y), reduction="none")
        return losses.sum(dim=1)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Return the logarithm of each label's probability, (B, C)."""
        return F.logsigmoid(outputs)

    def decide(self, outputs: Tensor) -> Tensor:
        """Return 1 for each label whose probability exceeds one half, (B, C)."""
        return (outputs > 0).long()

    def correct(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Mark the rows all of whose labels are correct, (B,)."""
        return (self.decide(outputs) == y).all(dim=1)
