"""Linear-chain conditional random field (CRF): scores of whole label sequences.

The score of labels y_1 ... y_T of a row is ``start[y_1] + sum of emissions[t, y_t] +
sum of pairs[y_(t-1), y_t] + end[y_T]``; its probability the softmax of that over all label
sequences (Lafferty, McCallum and Pereira, 2001). All three sums over sequences that are needed
go step by step: the partition function and the marginals by forward and backward sums, the best
sequence by Viterbi's algorithm. A row ends at its length; beyond, nothing counts.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ._initialization import linear


class ChainScores(NamedTuple):
    """The scores that those of label sequences of a batch are sums of.

    Parameters
    ----------
    emissions : Tensor of shape (T, B, C)
        Of each label at each step.
    start, end : Tensor of shape (C,)
        Of a sequence that begins, or ends, with a label.
    pairs : Tensor of shape (C, C)
        Of a label (row) before a label (column).
    lengths : Tensor of shape (B,), int64
        Real steps of each row.
    """

    emissions: Tensor
    start: Tensor
    end: Tensor
    pairs: Tensor
    lengths: Tensor

    def real(self) -> Tensor:
        """Mark the real steps, (T, B)."""
        steps = torch.arange(len(self.emissions), device=self.lengths.device)[:, None]
        return steps < self.lengths


class ChainHead(nn.Module):
    """A dense layer for the emissions, and the scores of pairs of labels.

    Parameters
    ----------
    in_features, n_classes : int
        Widths H and C.
    generator : torch.Generator
        Draws the weights of the dense layer; the scores of pairs begin at zero.
    """

    def __init__(self, in_features: int, n_classes: int, generator: torch.Generator):
        super().__init__()
        self.emissions = linear(in_features, n_classes, generator)
        self.start = nn.Parameter(torch.zeros(n_classes, dtype=torch.float32))
        self.end = nn.Parameter(torch.zeros(n_classes, dtype=torch.float32))
        self.pairs = nn.Parameter(torch.zeros(n_classes, n_classes, dtype=torch.float32))

    def forward(self, steps: Tensor, lengths: Tensor | None) -> ChainScores:
        """Return the scores for steps (T, B, H)."""
        if lengths is None:
            lengths = torch.full((steps.shape[1],), len(steps), device=steps.device)
        return ChainScores(self.emissions(steps), self.start, self.end, self.pairs, lengths)


def log_likelihood(scores: ChainScores, y: Tensor) -> Tensor:
    """Return the log probability of labels (T, B) of each row, (B,); 0 of a row without steps."""
    unlabelled = scores.real() & (y < 0)
    if not unlabelled.any():
        return _path_score(scores, y) - log_partition(scores)
    classes = torch.arange(len(scores.start), device=y.device)
    other = (y[:, :, None] != classes) & (y >= 0)[:, :, None]  # (T, B, C)
    least = torch.finfo(scores.emissions.dtype).min / 4  # not -inf: its gradient would be NaN
    known = scores._replace(emissions=scores.emissions.masked_fill(other, least))
    return log_partition(known) - log_partition(scores)


def log_partition(scores: ChainScores) -> Tensor:
    """Return the logarithm of the sum over all label sequences, (B,); 0 without steps."""
    total = (_forward_sums(scores)[-1] + scores.end).logsumexp(dim=1)
    return total.masked_fill(scores.lengths == 0, 0.0)


def marginals(scores: ChainScores) -> Tensor:
    """Return the probability of each label at each step, (T, B, C)."""
    forward, backward = _forward_sums(scores), _backward_sums(scores)
    return (torch.stack(forward) + torch.stack(backward)).softmax(dim=2)


def best_path(scores: ChainScores) -> Tensor:
    """Return the likeliest label sequence of each row, (T, B); without meaning beyond its end."""
    real, n_classes = scores.real(), len(scores.start)
    stay = torch.arange(n_classes, device=real.device)
    best = scores.start + scores.emissions[0]  # (B, C): of sequences that end with a label
    origins = []
    for t in range(1, len(scores.emissions)):
        reached, origin = (best[:, :, None] + scores.pairs).max(dim=1)  # (B, C)
        goes_on = real[t][:, None]
        best = torch.where(goes_on, reached + scores.emissions[t], best)
        origins.append(torch.where(goes_on, origin, stay))
    label = (best + scores.end).argmax(dim=1)  # (B,)
    path = [label]
    for origin in reversed(origins):
        label = origin.gather(1, label[:, None])[:, 0]
        path.append(label)
    return torch.stack(path[::-1])


def _path_score(scores: ChainScores, y: Tensor) -> Tensor:
    """Return the score of labels (T, B) of each row, (B,)."""
    real, labels = scores.real(), y.clamp(min=0)
    emitted = scores.emissions.gather(2, labels[:, :, None])[:, :, 0]  # (T, B)
    total = (emitted * real).sum(dim=0)
    total = total + (scores.pairs[labels[:-1], labels[1:]] * real[1:]).sum(dim=0)
    last = labels.gather(0, (scores.lengths - 1).clamp(min=0)[None])[0]  # (B,)
    return total + (scores.start[labels[0]] + scores.end[last]) * (scores.lengths > 0)


def _forward_sums(scores: ChainScores) -> list[Tensor]:
    """Return, for each step and label, the log sum over the steps before: T times (B, C)."""
    real = scores.real()
    sums = [scores.start + scores.emissions[0]]
    for t in range(1, len(scores.emissions)):
        reached = (sums[-1][:, :, None] + scores.pairs).logsumexp(dim=1) + scores.emissions[t]
        sums.append(torch.where(real[t][:, None], reached, sums[-1]))
    return sums


def _backward_sums(scores: ChainScores) -> list[Tensor]:
    """Return, for each step and label, the log sum over the steps after: T times (B, C)."""
    real = scores.real()
    sums = [scores.end.expand(real.shape[1], -1)]
    for t in range(len(scores.emissions) - 1, 0, -1):
        onward = (scores.emissions[t] + sums[-1])[:, None, :]  # (B, 1, C)
        before = (scores.pairs + onward).logsumexp(dim=2)
        sums.append(torch.where(real[t][:, None], before, sums[-1]))
    return sums[::-1]
