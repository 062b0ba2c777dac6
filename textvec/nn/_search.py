"""The likeliest sequence of ids, searched step by step for many rows at once.

A search calls a function for each step: it takes the last id of each sequence (BOS before the
first) and a state, and returns the logits of the next id (class 0: EOS) and the state after. The
unknown id is never part of a sequence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from .._containers._vocabulary import UNKNOWN
from ._targets import EOS


class SearchState(Protocol):
    """What goes from step to step."""

    def take(self, rows: Tensor) -> Self:
        """Select rows, also one several times."""
        ...


Step = Callable[[Tensor, Any], tuple[Tensor, Any]]


class Hypotheses(NamedTuple):
    """The n best sequences of each row, the best first.

    Parameters
    ----------
    ids : Tensor of shape (B, n, max_length), int64
        0 beyond each one's end.
    scores : Tensor of shape (B, n)
        Log probabilities, the end included, over the length penalty; -inf stands for none.
    """

    ids: Tensor
    scores: Tensor


def greedy_search(step: Step, state: SearchState, first: Tensor, *, max_length: int) -> Tensor:
    """Take the likeliest id at each step.

    Parameters
    ----------
    step : callable
        Takes ids (R,) and a state of R rows, returns logits (R, V) and the state after.
    state : SearchState
        Of the rows, before the first step.
    first : Tensor of shape (B,), int64
        What the first step reads: zeros.
    max_length : int
        Most ids of a sequence.

    Returns
    -------
    Tensor of shape (B, max_length), int64
        0 beyond each one's end. A row that has ended costs nothing more.
    """
    found = first.new_zeros(len(first), max_length)
    rows, ids = torch.arange(len(first), device=first.device), first
    for t in range(max_length):
        logits, state = step(ids, state)  # (R, V)
        ids = _without_unknown(logits).argmax(dim=1)
        found[rows, t] = ids
        goes_on = (ids != EOS).nonzero()[:, 0]
        if not len(goes_on):
            break
        if len(goes_on) < len(ids):
            rows, ids, state = rows[goes_on], ids[goes_on], state.take(goes_on)
    return found


def beam_search(
    step: Step,
    state: SearchState,
    first: Tensor,
    *,
    width: int,
    max_length: int,
    length_penalty: float = 0.0,
    n_best: int = 1,
) -> Hypotheses:
    """Keep the likeliest hypotheses at each step, and return the best that ended.

    A sequence of n ids, its end included, scores its log probability over
    ``((5 + n) / 6) ** length_penalty`` [1]_. One that ends leaves the beam, which then is one
    narrower [2]_. A row is done when its beam is empty, or nothing in it can become one of the
    best.

    Parameters
    ----------
    step, state, first
        As for :func:`greedy_search`.
    width : int
        Hypotheses that are kept for each row; with one, this is a greedy search.
    max_length : int
        Most ids of a sequence; there it ends.
    length_penalty : float, default=0.0
        Above 0, longer sequences are preferred: a sum of log probabilities falls with every
        id.
    n_best : int, default=1
        Sequences to return for each row, at most `width`.

    Returns
    -------
    Hypotheses

    References
    ----------
    .. [1] Y. Wu et al. (2016). Google's neural machine translation system.
       arXiv:1609.08144. Section 7, without the coverage penalty.
    .. [2] I. Sutskever, O. Vinyals and Q. V. Le (2014). Sequence to sequence learning with
       neural networks. NeurIPS. Section 3.2.
    """
    beams = _Beams(first, width, max_length, length_penalty, n_best)
    state = state.take(torch.arange(len(first), device=first.device).repeat_interleave(width))
    ids = first.repeat_interleave(width)
    for _ in range(max_length + 1):
        logits, state = step(ids, state)  # (R k, V)
        kept = beams.advance(F.log_softmax(_without_unknown(logits), dim=1))
        if not len(kept):
            break
        state, ids = state.take(kept), beams.ids[:, :, -1].flatten()
    return beams.best


class _Beams:
    """The hypotheses that are kept, up to k of each of the R rows not done yet.

    Attributes
    ----------
    best : Hypotheses
        The best sequences of every row so far.
    rows : Tensor of shape (R,)
        The numbers of the rows not done.
    ids : Tensor of shape (R, k, t)
        The hypotheses.
    scores : Tensor of shape (R, k)
        Their log probabilities, falling; -inf stands for none.
    room : Tensor of shape (R, 1)
        How many are still kept: k less those that have ended.
    """

    def __init__(
        self, first: Tensor, width: int, max_length: int, length_penalty: float, n_best: int
    ):
        n_rows, device = len(first), first.device
        self.width = width
        self.max_length = max_length
        self.length_penalty = length_penalty
        self.best = Hypotheses(
            first.new_zeros(n_rows, n_best, max_length),
            torch.full((n_rows, n_best), -math.inf, dtype=torch.float32, device=device),
        )
        self.rows = torch.arange(n_rows, device=device)
        self.ids = first.new_zeros(n_rows, width, 0)
        # All are the same hypothesis, the empty one: only the first of them counts.
        self.scores = torch.full((n_rows, width), -math.inf, dtype=torch.float32, device=device)
        self.scores[:, 0] = 0.0
        self.room = first.new_full((n_rows, 1), width)

    def advance(self, log_proba: Tensor) -> Tensor:
        """Go on by one id, by their log probabilities (R k, V).

        Returns, for each hypothesis that is kept now, which of the R k it comes from.
        """
        n_ids = log_proba.shape[1]
        if self.ids.shape[2] == self.max_length:
            log_proba[:, EOS + 1 :] = -math.inf
        totals = self.scores[:, :, None] + log_proba.view(*self.scores.shape, n_ids)  # (R, k, V)
        # Of twice the beam's width, no less than the width goes on: each can end but once.
        scores, positions = totals.flatten(1).topk(2 * self.width)  # (R, 2 k)
        origins, ids = positions // n_ids, positions % n_ids
        self._end(scores, origins, ids == EOS)
        scores, chosen = scores.masked_fill(ids == EOS, -math.inf).topk(self.width)
        scores = scores.masked_fill(self._beyond(self.width), -math.inf)  # (R, k)
        origins, ids = origins.gather(1, chosen), ids.gather(1, chosen)
        before = self.ids.gather(1, _for_all_steps(origins, self.ids.shape[2]))
        self.ids = torch.cat([before, ids[:, :, None]], dim=2)  # (R, k, t + 1)
        self.scores = scores
        return self._drop_done(origins)

    def _end(self, scores: Tensor, origins: Tensor, ended: Tensor) -> None:
        """Note the best sequences of those that end among the candidates (R, 2 k)."""
        length = self.ids.shape[2]
        ended = ended & scores.isfinite() & ~self._beyond(2 * self.width)
        self.room = self.room - ended.sum(dim=1, keepdim=True)
        scores = scores.masked_fill(~ended, -math.inf) / self._penalty(length + 1)
        worst = self.best.scores[self.rows, -1]  # of the best
        better = (scores.amax(dim=1) > worst).nonzero()[:, 0]  # the (Q,) rows with a new one
        rows, n_best = self.rows[better], self.best.scores.shape[1]
        both = torch.cat([self.best.scores[rows], scores[better]], dim=1)  # (Q, n + 2 k)
        # Stable: of equal scores, the sequence that was found first stays.
        both, chosen = both.sort(dim=1, descending=True, stable=True)
        chosen = chosen[:, :n_best]
        places = _for_all_steps(chosen.clamp(max=n_best - 1), self.max_length)
        known = self.best.ids[rows].gather(1, places)
        sources = origins[better].gather(1, (chosen - n_best).clamp(min=0))  # (Q, n)
        new = self.ids[better].gather(1, _for_all_steps(sources, length))
        is_new = (chosen >= n_best)[:, :, None]
        self.best.ids[rows] = torch.where(is_new, F.pad(new, (0, self.max_length - length)), known)
        self.best.scores[rows] = both[:, :n_best]

    def _beyond(self, n_candidates: int) -> Tensor:
        """Mark the candidates that a row has no room for, (R, n_candidates)."""
        return torch.arange(n_candidates, device=self.room.device) >= self.room

    def _drop_done(self, origins: Tensor) -> Tensor:
        """Drop the rows that are done, and return where the hypotheses of the others come from."""
        bound = self.scores[:, 0] / self._penalty(self.max_length + 1)  # what one can still reach
        done = self.best.scores[self.rows, -1] >= bound  # an empty beam's is -inf
        origins = origins + torch.arange(len(origins), device=done.device)[:, None] * self.width
        if done.any():
            kept = (~done).nonzero()[:, 0]
            origins, self.rows, self.ids = origins[kept], self.rows[kept], self.ids[kept]
            self.scores, self.room = self.scores[kept], self.room[kept]
        return origins.flatten()

    def _penalty(self, length: int) -> float:
        return float(((5 + length) / 6) ** self.length_penalty)


def _for_all_steps(positions: Tensor, n_steps: int) -> Tensor:
    """Return positions of sequences (R, n) as those of all their ids, (R, n, T)."""
    return positions[:, :, None].expand(-1, -1, n_steps)


def _without_unknown(logits: Tensor) -> Tensor:
    """Return logits (R, V) under which the unknown id is never likely."""
    logits = logits.clone()
    logits[:, UNKNOWN] = -math.inf
    return logits
