"""Tokens as n-grams of tokens, in the order of a document."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import gather_items, offsets_from_lengths
from ..._containers._tokens import Tokens
from ..._inputs._ngram_ranges import checked_range
from ..._kernels._tokenize import TokenBuilder


class _Grams(NamedTuple):
    """The n-grams of one n in all documents, end to end, as ids of the distinct ones."""

    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    names: list[str]


class _NgramTokens(Tokens):
    """Tokens that are n-grams already, made once for a fit and a transform."""


def token_ngrams(tokens: Tokens, ngram_range: tuple[int, int]) -> Tokens:
    """Return the n-grams of every document: all of the least n, then all of the next.

    Parameters
    ----------
    tokens : Tokens
        Those that this function has returned are returned as they are.
    ngram_range : tuple of (min_n, max_n)
        Least and greatest number of tokens of an n-gram.

    Returns
    -------
    Tokens
        An n-gram is its tokens, joined by spaces; without spans.

    Raises
    ------
    ValueError
        If the range is not of two integers from 1 on, the least first.
    """
    if isinstance(tokens, _NgramTokens):
        return tokens
    min_n, max_n = checked_range(ngram_range)
    if (min_n, max_n) == (1, 1):
        return tokens
    beyond = int(tokens.lengths.max(initial=0)) + 1  # no document has an n-gram so long
    min_n, max_n = min(min_n, beyond), min(max_n, beyond)
    grams = _Grams(tokens.values.astype(np.int64), tokens.lengths, tokens.vocabulary.tokens)
    parts = []
    for n in range(1, max_n + 1):
        if n > 1:
            grams = _one_longer(grams, n, tokens)
        if n >= min_n:
            parts.append(grams)
    return _interleaved(parts)


def _one_longer(grams: _Grams, n: int, tokens: Tokens) -> _Grams:
    """Return n-grams: each (n - 1)-gram that another token of its document follows, and it."""
    lengths = np.maximum(grams.lengths - 1, 0)
    firsts = grams.ids[gather_items(offsets_from_lengths(grams.lengths)[:-1], lengths)]
    lasts = tokens.values[gather_items(tokens.offsets[:-1] + n - 1, lengths)]
    n_tokens = max(1, len(tokens.vocabulary))
    pairs, ids = np.unique(firsts * n_tokens + lasts, return_inverse=True)
    words = tokens.vocabulary.tokens
    names = [
        f"{grams.names[first]} {words[last]}"
        for first, last in zip(*(part.tolist() for part in divmod(pairs, n_tokens)), strict=True)
    ]
    return _Grams(ids, lengths, names)


def _interleaved(parts: list[_Grams]) -> Tokens:
    """Return Tokens of the n-grams of several n, those of one document together."""
    builder = TokenBuilder()  # two n-grams may read the same where tokens hold spaces
    builder.add([name for part in parts for name in part.names])
    interned, _, buffer, token_offsets, _ = builder.finish()
    offsets = offsets_from_lengths(np.sum([part.lengths for part in parts], axis=0))
    values = np.empty(offsets[-1], dtype=np.int32)
    starts, first = offsets[:-1].copy(), 0
    for part in parts:
        values[gather_items(starts, part.lengths)] = interned[first + part.ids]
        starts += part.lengths
        first += len(part.names)
    return _NgramTokens._trusted((values, offsets, buffer, token_offsets, None))
