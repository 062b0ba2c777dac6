"""A linear path over the n-grams of ids, around the network."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .._containers._vocabulary import PAD, UNKNOWN
from .._kernels._row_ngrams import row_ngrams
from ._batches import Batch
from ._summary import LayerRow, n_parameters

# Buckets of the n-grams of two and more ids, over the outputs: what an optimizer steps through.
_BUCKETS = 2**18
_LEAST_BUCKETS = 2**14
_GAIN = 30.0
_FIRST = torch.zeros(1, dtype=torch.long, device="cpu")  # where the only row begins
_TINY = 1e-12  # of the squared norm of a row without a known n-gram


class NGrams(NamedTuple):
    """The n-grams of one length in the rows of a batch."""

    codes: Tensor  # ids, or hashes of the longer ones, (T - n + 1, B)
    present: Tensor  # whether all their ids are steps of the row, (T - n + 1, B)


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

    A linear model on a bag of n-grams, to be added to a network. Ids have a weight each, but for
    that of unknown tokens; longer n-grams share hashed ones, and the one of id 0, of padding, is
    the intercept. An n-gram counts as in sublinear tf-idf: 1 + log(its occurrences), times `idf`;
    the rows are normalized, and multiplied by `gain`: the weights of a linear model are larger than
    those of a network, and learn as much faster. All begin at zero, with an idf of 1: either they
    are trained with a network, or :func:`fit_wide` sets both.

    Parameters
    ----------
    n_tokens : int
        Ids there are.
    n_outputs : int
        Width C of the output.
    max_ngram : int
        Longest n-gram.

    Attributes
    ----------
    is_fitted : bool
        Whether the weights, those of :func:`fit_wide` or zeros, are not trained.
    network_share : float
        What the outputs of a network are multiplied by in the sum with those of a fitted path.

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

    idf: Tensor
    gain = 1.0  # of models saved before there was one
    is_fitted = False
    network_share = 0.2  # of models saved before it depended on what is predicted
    # Hashes of n-grams are polynomials of their ids modulo a prime: no product exceeds an int64.
    factor = 1_000_003
    prime = 2**31 - 1

    def __init__(self, n_tokens: int, n_outputs: int, max_ngram: int):
        super().__init__()
        self.gain = _GAIN
        self.n_tokens = n_tokens
        self.max_ngram = max_ngram
        self.n_buckets = max(_LEAST_BUCKETS, _BUCKETS // n_outputs) if max_ngram > 1 else 0
        n_places, dtype = n_tokens + self.n_buckets, torch.float32
        self.weight = nn.Parameter(torch.zeros(n_places, n_outputs, dtype=dtype))
        self.register_buffer("idf", torch.ones(n_places, dtype=dtype))

    @property
    def tfidf(self) -> Tensor | None:
        """The weight of each n-gram in the rows; None in models that were saved without."""
        return self._buffers.get("idf")

    @property
    def last_unnamed(self) -> int:
        """The largest id that is no token: an unknown one is in no n-gram, as in bags."""
        return PAD if self.tfidf is None else UNKNOWN

    def forward(self, batch: Batch) -> Tensor:
        """Return the sum of each row, (B, C)."""
        if _is_one_row(batch) and not torch.is_grad_enabled() and self.tfidf is not None:
            return self._of_row(batch.values[:, 0], self.tfidf)
        places = self._places(batch)  # (N, B)
        scales = self._scales(places).t().contiguous()  # (B, N)
        summed = _summed(self.weight, places.t().contiguous(), scales)
        return summed + self.weight[0]

    def _of_row(self, ids: Tensor, idf: Tensor) -> Tensor:
        """Return the sum of one row on the CPU, (1, C), to the same bits in a third of the time."""
        row = ids.long().contiguous().numpy()
        sizes = (self.max_ngram, self.n_tokens, self.n_buckets, self.last_unnamed)
        found = row_ngrams(row, *sizes, self.factor, self.prime)
        places, counts = map(torch.from_numpy, found)  # (N,) both
        values = idf.take(places).mul_(counts.log().add_(1))
        scales = (places > 0).mul(values).div_(counts)
        squares = (scales * values).sum(dim=0)
        scales.mul_(squares.clamp_(min=_TINY).rsqrt_().mul_(self.gain))
        summed = torch.embedding_bag(self.weight, places, _FIRST, False, 0, False, scales)[0]
        return summed.add_(self.weight[0])

    def of_steps(self, batch: Batch, directions: Tensor) -> Tensor:
        """Return what each step adds to outputs @ directions (B, C), (T, B).

        An n-gram is shared out evenly among its steps; the intercept is no step's.
        """
        places = self._places(batch)
        of_terms = (F.embedding(places, self.weight) * directions).sum(dim=2) * self._scales(places)
        n_steps = len(batch.values)
        added = of_terms.new_zeros(batch.values.shape)  # (T, B)
        for n in range(1, min(self.max_ngram, n_steps) + 1):
            of_term, of_terms = of_terms[: n_steps - n + 1], of_terms[n_steps - n + 1 :]
            for i in range(n):
                added[i : i + len(of_term)] += of_term / n
        return added

    def ngrams(self, batch: Batch) -> list[NGrams]:
        """Return the n-grams of each length, those of one id first."""
        ids = batch.values.long()  # (T, B)
        steps = torch.arange(len(ids), device=ids.device)[:, None]  # (T, 1)
        real = ids > self.last_unnamed
        if batch.lengths is not None:
            real &= steps < batch.lengths
        found = [NGrams(ids, real)]
        for n in range(2, min(self.max_ngram, len(ids)) + 1):
            codes, present = found[-1]
            codes = (codes[:-1] * self.factor + ids[n - 1 :]) % self.prime
            found.append(NGrams(codes, present[:-1] & real[n - 1 :]))
        return found

    def _places(self, batch: Batch) -> Tensor:
        """Return where the weights of all n-grams are, (N, B); 0 where there is none."""
        one, *longer = self.ngrams(batch)
        places = [one.codes, *(self.n_tokens + codes % self.n_buckets for codes, _ in longer)]
        present = [one.present, *(grams.present for grams in longer)]
        return torch.where(torch.cat(present), torch.cat(places), 0)

    def _scales(self, places: Tensor) -> Tensor:
        """Return what the weight of each n-gram of a row is multiplied by, (N, B)."""
        present, idf = places > 0, self.tfidf
        if idf is None:
            return present * (self.gain * present.sum(dim=0).clamp(min=1).rsqrt())
        counts = _counts(places, len(idf))
        values = idf[places] * (1 + counts.log())  # of the tf-idf, at each occurrence
        scales = present * values / counts
        squares = (scales * values).sum(dim=0)
        return scales * (self.gain * squares.clamp(min=_TINY).rsqrt())

    def layer_rows(self) -> list[LayerRow]:
        """List the layer."""
        shape, count = (None, self.weight.shape[1]), n_parameters(self)
        return [LayerRow("wide", "WideLinear", shape, count, is_fitted=self.is_fitted)]


def _is_one_row(batch: Batch) -> bool:
    """Return whether a batch is a row on the CPU without padding."""
    values = batch.values
    return batch.lengths is None and values.shape[1:] == (1,) and values.device.type == "cpu"


def _counts(places: Tensor, n_places: int) -> Tensor:
    """Return how often the place of each n-gram occurs in its row, (N, B)."""
    rows = torch.arange(places.shape[1], device=places.device) * n_places
    _, terms, counts = torch.unique(places + rows, return_inverse=True, return_counts=True)
    repeated: Tensor = counts[terms]
    return repeated.to(torch.float32)
