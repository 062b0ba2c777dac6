"""Labels of steps: each for itself, or as a whole sequence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ._batches import Batch
from ._crf import ChainHead, ChainScores, best_path, log_likelihood, marginals
from ._criteria import Criterion
from ._model import StepModel
from ._summary import LayerRow, n_parameters
from ._targets import IGNORE_INDEX


class TagCriterion(Criterion):
    """What losses over the labels of steps have in common. Targets are class numbers, (T, B).

    Parameters
    ----------
    n_classes : int
        Width C of the head.
    """

    def __init__(self, n_classes: int):
        super().__init__()
        self.n_outputs = n_classes

    def n_terms(self, y: Tensor) -> Tensor:
        """Give the number of steps of each row, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0)

    def proba(self, outputs: Any) -> Tensor:
        """Give the probability of each label at each step, (T, B, C)."""
        raise NotImplementedError

    def metric_sums(self, outputs: Any, y: Tensor, weights: Tensor) -> Tensor:
        """Give the weight of steps decided rightly, and of all, (2,)."""
        right = (self.decide(outputs) == y).sum(dim=0)  # (B,); padding is never decided for
        counts = torch.stack([right, self.n_terms(y)])  # (2, B)
        return (counts.double() * weights).sum(dim=1)

    def score(self, sums: Tensor) -> float:
        """Give the accuracy over steps."""
        return float(sums[0] / sums[1])


class StepCrossEntropy(TagCriterion):
    """A logit for each label at each step."""

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Give the sum of the steps' losses of each row, (B,), of outputs (T, B, C)."""
        losses = F.cross_entropy(
            outputs.flatten(0, 1), y.flatten(), reduction="none", ignore_index=IGNORE_INDEX
        )
        return losses.view_as(y).sum(dim=0)

    def decide(self, outputs: Tensor) -> Tensor:
        """Give the number of the likeliest label of each step, (T, B)."""
        return outputs.argmax(dim=2)

    def proba(self, outputs: Tensor) -> Tensor:
        """Give the probability of each label at each step, (T, B, C)."""
        return outputs.softmax(dim=2)


class ChainCriterion(TagCriterion):
    """A score for each sequence of labels."""

    def forward(self, outputs: ChainScores, y: Tensor) -> Tensor:
        """Give the negative log probability of each row's labels, (B,)."""
        return -log_likelihood(outputs, y)

    def decide(self, outputs: ChainScores) -> Tensor:
        """Give the likeliest sequence of labels of each row, (T, B)."""
        return best_path(outputs)

    def proba(self, outputs: ChainScores) -> Tensor:
        """Give the probability of each label at each step, over all sequences, (T, B, C)."""
        return marginals(outputs)


class ChainModel(StepModel):
    """A :class:`StepModel` whose head scores whole sequences of labels."""

    head: ChainHead

    def forward(self, batch: Batch) -> ChainScores:  # type: ignore[override]
        """Give the scores of label sequences."""
        return self.head(self.dropout(self.steps(batch)), batch.lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers; the chain holds the scores of neighbours, of beginning and ending."""
        head = self.head
        count = n_parameters(head) - n_parameters(head.emissions)
        return [*super().layer_rows(), LayerRow("chain", "CRF", (None, None), count)]
