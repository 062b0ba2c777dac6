"""Losses over the tokens of sequences that a decoder writes."""

from __future__ import annotations

from torch import Tensor, stack
from torch.nn import functional as F

from ._criteria import Accuracy
from ._targets import IGNORE_INDEX, target_positions, with_ends


class TokenCrossEntropy(Accuracy):
    """The loss of a decoder's logits: the sum over a row's ids and its end.

    Targets are ids, (T, B), -100 beyond each row's end; outputs the logits (N, V) of their
    :func:`target_positions`. The score is the part of ids and ends that are likeliest.

    Parameters
    ----------
    n_ids : int
        Width V of the head.
    """

    def __init__(self, n_ids: int):
        super().__init__()
        self.n_outputs = n_ids

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Give the sum of the losses of each row, (B,)."""
        places, ids = _placed_ids(y)
        losses = F.cross_entropy(outputs, ids, reduction="none")  # (N,)
        return losses.new_zeros(y.shape[1]).index_add(0, places % y.shape[1], losses)

    def n_terms(self, y: Tensor) -> Tensor:
        """Give the number of ids of each row, its end included, (B,)."""
        return (y != IGNORE_INDEX).sum(dim=0) + 1

    def decide(self, outputs: Tensor) -> Tensor:
        """Give the likeliest id of each place, (N,)."""
        return outputs.argmax(dim=1)

    def metric_sums(self, outputs: Tensor, y: Tensor, weights: Tensor) -> Tensor:
        """Give the weight of places decided rightly, and of all, (2,)."""
        places, ids = _placed_ids(y)
        weights = weights.double()[places % y.shape[1]]  # (N,)
        right = self.right(outputs, ids)
        return stack([(right * weights).sum(), weights.sum()])


def _placed_ids(y: Tensor) -> tuple[Tensor, Tensor]:
    """Give the real places of targets, and the class at each, (N,) both."""
    places = target_positions(y)
    return places, with_ends(y).flatten()[places].long()
