"""Losses over the labels of steps: each label by itself, or whole sequences of labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ._chunks import ChunkLabels, chunk_counts, f1_of_counts
from ._crf import ChainScores, best_path, log_likelihood, marginals
from ._criteria import Criterion
from ._float64 import in_float64
from ._targets import IGNORE_INDEX
from ._transitions import Transitions

# Not -inf: of a row of which no sequence of labels is allowed, that of fewest violations is best.
_FORBIDDEN = -1e6


class TagCriterion(Criterion):
    """Base of losses over the labels of steps. Targets are class numbers, (T, B).

    Parameters
    ----------
    n_classes : int
        Width C of the head.
    chunks : ChunkLabels or None, default=None
        The classes taken apart, of which the score is the F1 of the chunks; None: it is the
        accuracy over steps.
    """

    def __init__(self, n_classes: int, chunks: ChunkLabels | None = None):
        super().__init__()
        self.n_outputs = n_classes
        self.chunks = chunks

    def n_terms(self, y: Tensor) -> Tensor:
        """Return the number of steps of each row, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0)

    def proba(self, outputs: Any) -> Tensor:
        """Return the probability of each label at each step, (T, B, C)."""
        raise NotImplementedError

    def metric_sums(self, outputs: Any, y: Tensor, weights: Tensor) -> Tensor:
        """Return the weight of correct steps, and of all; or of right, true, predicted chunks."""
        decided = self.decide(outputs)
        if self.chunks is not None:
            return _chunk_sums(self.chunks, decided, y, weights)
        correct = (decided == y).sum(dim=0)  # (B,); no class is IGNORE_INDEX
        counts = torch.stack([correct, self.n_terms(y)])  # (2, B)
        return (in_float64(counts) * in_float64(weights)).sum(dim=1)

    def score(self, sums: Tensor) -> float:
        """Return the accuracy over steps, or the F1 of the chunks."""
        if self.chunks is not None:
            return f1_of_counts(*sums.tolist())
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
    """Negative log probability of the whole sequence of labels under a CRF.

    Parameters
    ----------
    n_classes, chunks
        As for :class:`TagCriterion`.
    transitions : Transitions or None, default=None
        Which label may follow which; None: any.
    """

    def __init__(
        self,
        n_classes: int,
        chunks: ChunkLabels | None = None,
        transitions: Transitions | None = None,
    ):
        super().__init__(n_classes, chunks)
        self.transitions = transitions

    def forward(self, outputs: ChainScores, y: Tensor) -> Tensor:
        """Return the negative log probability of each row's labels, (B,)."""
        return -log_likelihood(self.allowed(outputs), y)

    def decide(self, outputs: ChainScores) -> Tensor:
        """Return the likeliest sequence of labels of each row, (T, B)."""
        return best_path(self.allowed(outputs))

    def proba(self, outputs: ChainScores) -> Tensor:
        """Return the probability of each label at each step, over all sequences, (T, B, C)."""
        return marginals(self.allowed(outputs))

    def allowed(self, scores: ChainScores) -> ChainScores:
        """Return the scores under which what is not allowed is never likely."""
        if self.transitions is None:
            return scores
        allowed = (torch.from_numpy(part).to(scores.start.device) for part in self.transitions)
        start, end, pairs = (
            part.masked_fill(~mask, _FORBIDDEN)
            for part, mask in zip((scores.start, scores.end, scores.pairs), allowed, strict=True)
        )
        return scores._replace(start=start, end=end, pairs=pairs)


def _chunk_sums(chunks: ChunkLabels, decided: Tensor, y: Tensor, weights: Tensor) -> Tensor:
    """Count chunks of the steps that have a label, in predictions and targets (T, B)."""
    labelled = (y != IGNORE_INDEX).T  # (B, T)
    true, predicted = (part.T[labelled].cpu().numpy() for part in (y, decided))
    lengths = labelled.sum(dim=1).cpu().numpy()
    return torch.from_numpy(chunk_counts(chunks, true, predicted, lengths, weights.cpu().numpy()))
