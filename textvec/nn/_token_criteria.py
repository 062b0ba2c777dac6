"""Losses over tokens: of a decoder's logits, and of log probabilities of the targets."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ._criteria import Accuracy, Criterion
from ._float64 import in_float64
from ._neighbor_targets import NeighborIds
from ._targets import IGNORE_INDEX, target_positions, with_ends


class TokenCrossEntropy(Accuracy):
    """Cross-entropy of a decoder's logits: the sum over a row's ids and EOS.

    Targets are ids, (T, B), `IGNORE_INDEX` beyond each row's end; outputs are the logits (N, V) at
    their :func:`target_positions`. The score is the accuracy over ids and EOS.

    Parameters
    ----------
    n_ids : int
        Width V of the head.
    """

    score_name = "token accuracy"

    def __init__(self, n_ids: int):
        super().__init__()
        self.n_outputs = n_ids

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the sum of the losses of each row, (B,)."""
        positions, ids = _positioned_ids(y)
        losses = F.cross_entropy(outputs, ids, reduction="none")  # (N,)
        return losses.new_zeros(y.shape[1]).index_add(0, positions % y.shape[1], losses)

    def n_terms(self, y: Tensor) -> Tensor:
        """Return the number of ids of each row, EOS included, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0) + 1

    def decide(self, outputs: Tensor) -> Tensor:
        """Return the likeliest id of each position, (N,)."""
        return outputs.argmax(dim=1)

    def scored(self, outputs: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits (N, V) and the ids, (N,)."""
        return outputs, _positioned_ids(y)[1]

    def proba_scored(self, outputs: Tensor) -> Tensor:
        """Return the probability of each id at each position, (N, V)."""
        return outputs.softmax(dim=1)

    def metric_sums(self, outputs: Tensor, y: Tensor, weights: Tensor) -> Tensor:
        """Return the weight of correct positions, and of all, (2,)."""
        positions, ids = _positioned_ids(y)
        weights = in_float64(weights[positions % y.shape[1]])  # (N,)
        correct = in_float64(self.correct(outputs, ids)) * weights
        return torch.stack([correct.sum(), weights.sum()])


class LanguageCriterion(Criterion):
    """Negative log-likelihood of the targets; the score is the mean log probability."""

    score_name = "mean log probability"

    def __init__(self, n_ids: int):
        super().__init__()
        self.n_outputs = n_ids

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of log probabilities (T, B)."""
        return -outputs.sum(dim=0)

    def n_terms(self, y: Tensor) -> Tensor:
        """Return the number of targets of each row, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0)

    def decide(self, outputs: Tensor) -> Tensor:
        """Raise an error: outputs are log probabilities of the targets alone."""
        raise ValueError(
            "this network predicts probabilities of tokens, and no tokens that a callback could "
            "score: watch valid_score, their mean log probability, or valid_loss."
        )

    def scored(self, outputs: Tensor, y: Any) -> tuple[Tensor, Tensor]:
        """Return the log probabilities and the ids, flat."""
        return outputs.flatten(), y.flatten()

    def metric_sums(self, outputs: Tensor, y: Tensor, weights: Tensor) -> Tensor:
        """Return the log probability of all targets, and their number, weighted, (2,)."""
        sums = torch.stack([in_float64(outputs).sum(dim=0), in_float64(self.n_terms(y))])  # (2, B)
        return (sums * in_float64(weights)).sum(dim=1)

    def score(self, sums: Tensor) -> float:
        """Return the mean log probability of a target."""
        return float(sums[0] / sums[1])


class NeighborCriterion(LanguageCriterion):
    """Negative log-likelihood of the words of a sentence's neighbours, EOS included."""

    def n_terms(self, y: NeighborIds) -> Tensor:  # type: ignore[override]
        """Return the number of words of both neighbours of each row, EOS included, (B,)."""
        counts = torch.stack([(ids != IGNORE_INDEX).sum(dim=0) for ids in y])  # (2, B)
        return torch.where(counts > 0, counts + 1, 0).sum(dim=0)

    def scored(self, outputs: Tensor, y: NeighborIds) -> tuple[Tensor, Tensor]:
        """Return the log probabilities and the ids of both neighbours, flat."""
        return outputs.flatten(), torch.cat([ids.flatten() for ids in y])


def _positioned_ids(y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the positions of targets, and the class at each, (N,) both."""
    positions = target_positions(y)
    return positions, with_ends(y).flatten()[positions].long()
