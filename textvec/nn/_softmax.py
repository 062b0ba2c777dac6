"""The output layer over a vocabulary: one softmax, or one in two steps that costs less."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._few_shapes import filled
from ._initialization import EMBEDDING_BOUND

# Where a large vocabulary is cut: of words, each group has about half as many targets as the one
# before. These take half the time of two groups (``benchmarks/language_model.py --softmax``).
_CUTOFFS = (1_000, 3_000, 8_000, 30_000, 120_000)
# Rows that are computed at once, without and with groups, whose first softmax is small. On a CPU
# more would not fit the caches, and each allocation of logits would be fresh memory from the
# system; other devices need more to be busy.
_ROWS, _GROUPED_ROWS, _DEVICE_ROWS = 2048, 6144, 16_384


class AdaptiveSoftmax(nn.Module):
    """Probabilities of the classes 0 to V - 1, of which the first are the most frequent [1]_.

    The frequent classes have a logit each, and so has every group of rarer ones; the logits
    within a group are computed only for targets in it. The probabilities are exact
    and sum to 1, whatever the groups. All classes have vectors of full width, unlike in [1]_,
    so that they can be those of an embedding [2]_. Class 0, which in an embedding is padding and
    zero, has a vector of its own.

    Parameters
    ----------
    weight : Tensor of shape (V, D)
        Vectors of the classes, a Parameter; row 0 is not used.
    cutoffs : sequence of int, default=()
        Where each group begins; empty: one softmax over all.
    generator : torch.Generator
        Draws the vectors of class 0 and of the groups.

    References
    ----------
    .. [1] E. Grave et al. (2017). Efficient softmax approximation for GPUs. ICML.
    .. [2] O. Press and L. Wolf (2017). Using the output embedding to improve language
       models. EACL.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import AdaptiveSoftmax
    >>> weight = torch.nn.Parameter(torch.randn(9, 4))
    >>> softmax = AdaptiveSoftmax(weight, [3, 6], torch.Generator())
    >>> softmax.log_proba(torch.randn(2, 4)).exp().sum(dim=1).allclose(torch.ones(2))
    True
    """

    cutoffs: Tensor

    def __init__(self, weight: Tensor, cutoffs: tuple[int, ...], generator: torch.Generator):
        super().__init__()
        n_classes, width = weight.shape
        bounds = [*cutoffs, n_classes]
        self.sizes = [bounds[0], *(b - a for a, b in pairwise(bounds))]
        self.weight = weight
        special = torch.empty(
            1 + len(cutoffs), width, dtype=torch.float32
        )  # class 0, then the groups
        special.uniform_(-EMBEDDING_BOUND, EMBEDDING_BOUND, generator=generator)
        self.special = nn.Parameter(special)
        bias = torch.zeros(n_classes + len(cutoffs), dtype=torch.float32)
        self.bias = nn.Parameter(bias)
        self.register_buffer("cutoffs", torch.tensor(cutoffs, dtype=torch.int64))

    @staticmethod
    def cutoffs_for(n_classes: int, softmax: str) -> tuple[int, ...]:
        """Return the cutoffs for so many classes.

        Parameters
        ----------
        n_classes : int
            V.
        softmax : {"auto", "full", "adaptive"}
            ``"auto"`` cuts where it pays on a CPU.
        """
        if softmax == "full" or (softmax == "auto" and n_classes <= 2 * _CUTOFFS[0]):
            return ()
        return tuple(c for c in _CUTOFFS if c < n_classes) or (max(1, n_classes // 4),)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the log probability of class ``y[i]`` (N,) after ``x[i]`` (N, D), (N,)."""
        layers = self._layers()
        n_rows = _GROUPED_ROWS if layers.groups else _ROWS
        if x.device.type != "cpu":
            n_rows = _DEVICE_ROWS
        pieces = zip(x.split(n_rows), y.split(n_rows), strict=True)  # type: ignore[no-untyped-call]
        return torch.cat([self._log_proba_of(*piece, layers) for piece in pieces])

    def log_proba(self, x: Tensor) -> Tensor:
        """Return the log probability of every class after each of (N, D), (N, V)."""
        layers = self._layers()
        head = F.linear(x, *layers.head).log_softmax(dim=1)  # (N, 1 + groups + frequent)
        k = len(layers.groups)
        parts = [head[:, :1], head[:, 1 + k :]]
        for i, layer in enumerate(layers.groups):
            parts.append(head[:, i + 1, None] + F.linear(x, *layer).log_softmax(dim=1))
        return torch.cat(parts, dim=1)

    def _layers(self) -> _Layers:
        frequent, *groups = torch.split(self.weight, self.sizes)
        k = len(groups)
        bias, *biases = torch.split(self.bias, [self.sizes[0] + k, *self.sizes[1:]])
        head = (torch.cat([self.special, frequent[1:]]), bias)
        return _Layers(head, list(zip(groups, biases, strict=True)))

    def _log_proba_of(self, x: Tensor, y: Tensor, layers: _Layers) -> Tensor:
        k = len(layers.groups)
        group = torch.bucketize(y, self.cutoffs, right=True)  # (N,); 0: frequent
        position = torch.where(group > 0, group, torch.where(y > 0, y + k, 0))
        log_proba = -F.cross_entropy(F.linear(x, *layers.head), position, reduction="none")  # (N,)
        for i, (layer, rows) in enumerate(
            zip(layers.groups, _rows_of_groups(group, k), strict=True)
        ):
            logits = F.linear(x[filled(rows)], *layer)[: len(rows)]
            inner = F.cross_entropy(logits, y[rows] - self.cutoffs[i], reduction="none")
            log_proba = log_proba.index_add(0, rows, -inner.to(log_proba.dtype))
        return log_proba


def _rows_of_groups(group: Tensor, n_groups: int) -> list[Tensor]:
    """Return the rows of each of the groups 1 to n of rare classes, waiting for a device once."""
    if not n_groups:
        return []
    numbers = torch.arange(n_groups + 1, device=group.device)
    sizes = (group[:, None] == numbers).sum(dim=0).tolist()
    return list(torch.split(group.argsort(stable=True), sizes))[1:]


class _Layers(NamedTuple):
    """Weights (n_logits, D) and biases (n_logits,) of the first softmax and of those of groups."""

    head: tuple[Tensor, Tensor]
    groups: list[tuple[Tensor, Tensor]]
