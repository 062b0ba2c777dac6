"""Losses over the labels of steps: each label by itself, or whole sequences of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
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

    @property
    def score_name(self) -> str:  # type: ignore[override]  # read-only
        return "accuracy" if self.chunks is None else "F1"

    def step_weights(self, y: Tensor) -> Tensor:
        """Return the weight of each step in its row, of the shape of `y`; 0 without a label."""
        return y != IGNORE_INDEX

    def n_terms(self, y: Tensor) -> Tensor:
        """Return the weight of all steps of each row, (B,)."""
        return self.step_weights(y).sum(dim=0)

    def proba(self, outputs: Any) -> Tensor:
        """Return the probability of each label at each step, (T, B, C)."""
        raise NotImplementedError

    def metric_sums(self, outputs: Any, y: Tensor, weights: Tensor) -> Tensor:
        """Return the weight of correct steps, and of all; or of right, true, predicted chunks."""
        decided = self.decide(outputs)
        if self.chunks is not None:
            return _chunk_sums(self.chunks, decided, y, weights)
        of_steps = self.step_weights(y)  # (T, B)
        counts = torch.stack(
            [(of_steps * (decided == y)).sum(dim=0), of_steps.sum(dim=0)]
        )  # (2, B)
        return (in_float64(counts) * in_float64(weights)).sum(dim=1)

    def scored(self, outputs: Any, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return outputs (N, C) and targets (N,) of the steps that have a label."""
        labelled = y != IGNORE_INDEX
        return self.step_scores(outputs)[labelled], y[labelled]

    def step_scores(self, outputs: Any) -> Tensor:
        """Return a score of each label at each step, (T, B, C), the largest of the decided one."""
        raise NotImplementedError

    def decide_scored(self, outputs: Tensor) -> Tensor:
        """Return the number of the label of each step, (N,)."""
        return outputs.argmax(dim=1)

    def score(self, sums: Tensor) -> float:
        """Return the accuracy over steps, or the F1 of the chunks."""
        if self.chunks is not None:
            return f1_of_counts(*sums.tolist())
        return float(sums[0] / sums[1])


class StepCrossEntropy(TagCriterion):
    """Cross-entropy of each step: a logit for each label.

    Parameters
    ----------
    n_classes, chunks
        As for :class:`TagCriterion`.
    class_weights : ndarray of shape (n_classes,), float32, or None, default=None
        Weight of the steps of each label, in loss and accuracy.
    label_smoothing : float, default=0.0
        Part of each target that is shared out evenly among the labels, in training.
    """

    # Of models saved before they were parameters.
    class_weights: NDArray[np.float32] | None = None
    label_smoothing = 0.0

    def __init__(
        self,
        n_classes: int,
        chunks: ChunkLabels | None = None,
        *,
        class_weights: NDArray[np.float32] | None = None,
        label_smoothing: float = 0.0,
    ):
        super().__init__(n_classes, chunks)
        self.class_weights = class_weights
        self.label_smoothing = label_smoothing

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the sum of the steps' losses of each row, (B,), of outputs (T, B, C)."""
        losses = F.cross_entropy(
            outputs.flatten(0, 1),
            y.flatten(),
            reduction="none",
            ignore_index=IGNORE_INDEX,
            label_smoothing=self.label_smoothing if self.training else 0.0,
        ).view_as(y)
        if self.class_weights is not None:
            losses = losses * self.step_weights(y)
        return losses.sum(dim=0)

    def step_weights(self, y: Tensor) -> Tensor:
        """Return the weight of each step in its row, of the shape of `y`; 0 without a label."""
        labelled = super().step_weights(y)
        if self.class_weights is None:
            return labelled
        weights = torch.from_numpy(self.class_weights).to(y.device)
        return weights[y.clamp(min=0)] * labelled

    def step_scores(self, outputs: Tensor) -> Tensor:
        """Return the logits, (T, B, C)."""
        return outputs

    def proba_scored(self, outputs: Tensor) -> Tensor:
        """Return the probability of each label at each step, (N, C)."""
        return outputs.softmax(dim=1)

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

    def step_scores(self, outputs: ChainScores) -> Tensor:
        """Return 1 for each label of the likeliest sequence, else 0, (T, B, C)."""
        return F.one_hot(self.decide(outputs), self.n_outputs).float()

    def proba_scored(self, outputs: Tensor) -> Tensor:
        """Raise an error: the likeliest sequence says nothing of the probability of each step."""
        raise ValueError(
            "with crf=True a callback scores the predicted labels, not their probabilities: take a "
            "scoring of predictions, such as 'accuracy', or watch valid_loss."
        )

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
