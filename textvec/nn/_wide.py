"""A linear path over the n-grams of ids, around the network."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._batches import Batch
from ._summary import LayerRow, n_parameters

# Buckets of the n-grams of two and more ids, over the outputs: what an optimizer steps through.
_BUCKETS = 2**18
_LEAST_BUCKETS = 2**14
_GAIN = 30.0


class _Terms(NamedTuple):
    places: Tensor  # of the weights of n-grams, (T - n + 1, B)
    scales: Tensor  # what they are multiplied by, 0 of padding, (T - n + 1, B)


class _ScatteredSum(torch.autograd.Function):
    """The scaled sum of weights of places, whose gradient is scattered to these.

    The same as that of ``embedding_bag``, which sorts the places: 5 to 20 times the time on CPUs.
    """

    @staticmethod
    def forward(ctx: Any, weight: Tensor, places: Tensor, scales: Tensor) -> Tensor:
        """Return the sums, (B, C)."""
        ctx.save_for_backward(places, scales)
        ctx.shape = weight.shape
        return F.embedding_bag(places, weight, per_sample_weights=scales, mode="sum")

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Return the gradient of the weights."""
        places, scales = ctx.saved_tensors  # (B, N) both
        total = gradient.new_zeros(ctx.shape)
        if gradient.shape[1] == 1:
            total[:, 0].scatter_add_(0, places.flatten(), (scales * gradient).flatten())
        else:
            terms = scales[:, :, None] * gradient[:, None]  # (B, N, C)
            total.index_add_(0, places.flatten(), terms.flatten(0, 1))
        return total, None, None


def _summed(weight: Tensor, places: Tensor, scales: Tensor) -> Tensor:
    """Return the scaled sum of the weights of each row's places (B, N), (B, C)."""
    if weight.requires_grad and torch.is_grad_enabled() and weight.device.type == "cpu":
        return _ScatteredSum.apply(weight, places, scales)  # type: ignore[no-any-return, no-untyped-call]
    # On other devices, where scattering has no fixed order and sorting costs little.
    return F.embedding_bag(places, weight, per_sample_weights=scales, mode="sum")


class WideLinear(nn.Module):
    """Sum a weight for each id and each n-gram of neighbouring ids of a row [1]_.

    A linear model on a bag of n-grams, to be trained together with a network. Ids have a weight
    each; longer n-grams share hashed ones. The sum is divided by the square root of the number of
    its terms, as the rows of tf-idf are normalized, and multiplied by `gain`: the weights of a
    linear model are larger than those of a network, and learn as much faster. All begin at zero.

    Parameters
    ----------
    n_tokens : int
        Ids there are.
    n_outputs : int
        Width C of the output.
    max_ngram : int
        Longest n-gram.

    References
    ----------
    .. [1] H.-T. Cheng et al. (2016). Wide & deep learning for recommender systems. DLRS.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import Batch, WideLinear
    >>> wide = WideLinear(10, 3, 2)
    >>> wide(Batch(torch.tensor([[2, 3], [4, 5]]))).shape
    torch.Size([2, 3])
    """

    gain = 1.0  # of models saved before there was one
    # Hashes of n-grams are polynomials of their ids modulo a prime: no product exceeds an int64.
    factor = 1_000_003
    prime = 2**31 - 1

    def __init__(self, n_tokens: int, n_outputs: int, max_ngram: int):
        super().__init__()
        self.gain = _GAIN
        self.n_tokens = n_tokens
        self.max_ngram = max_ngram
        self.n_buckets = max(_LEAST_BUCKETS, _BUCKETS // n_outputs) if max_ngram > 1 else 0
        self.weight = nn.Parameter(torch.zeros(n_tokens + self.n_buckets, n_outputs))

    def forward(self, batch: Batch) -> Tensor:
        """Return the sum of each row, (B, C)."""
        terms = self._terms(batch)
        places = torch.cat([term.places for term in terms]).t().contiguous()  # (B, N)
        scales = torch.cat([term.scales for term in terms]).t().contiguous()  # (B, N)
        return _summed(self.weight, places, scales)

    def of_steps(self, batch: Batch, directions: Tensor) -> Tensor:
        """Return what each step adds to outputs @ directions (B, C), (T, B).

        An n-gram is shared out evenly among its steps.
        """
        added = torch.zeros(batch.values.shape, device=self.weight.device)  # (T, B)
        for n, term in enumerate(self._terms(batch), start=1):
            of_term = (F.embedding(term.places, self.weight) * directions).sum(dim=2) * term.scales
            for i in range(n):
                added[i : i + len(of_term)] += of_term / n
        return added

    def _terms(self, batch: Batch) -> list[_Terms]:
        """Return the n-grams of each length, those of one id first."""
        ids = batch.values.long()  # (T, B)
        steps = torch.arange(len(ids), device=ids.device)[:, None]  # (T, 1)
        real = (ids > 0) if batch.lengths is None else (steps < batch.lengths) & (ids > 0)
        places, present, grams = [ids], [real], ids
        for n in range(2, min(self.max_ngram, len(ids)) + 1):
            grams = (grams[:-1] * self.factor + ids[n - 1 :]) % self.prime
            places.append(self.n_tokens + grams % self.n_buckets)
            present.append(present[-1][:-1] & real[n - 1 :])
        counts = sum(part.sum(dim=0) for part in present)  # (B,)
        scale = torch.as_tensor(counts).clamp(min=1).to(self.weight.dtype).rsqrt()
        scale = scale * self.gain
        return [_Terms(place, part * scale) for place, part in zip(places, present, strict=True)]

    def layer_rows(self) -> list[LayerRow]:
        """List the layer."""
        return [LayerRow("wide", "WideLinear", (None, self.weight.shape[1]), n_parameters(self))]
