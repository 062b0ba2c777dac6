"""A vocabulary that grows by the tokens of each block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import joined_offsets
from .._containers._vocabulary import Vocabulary, trusted_vocabulary


class GrowingVocabulary:
    """Number distinct tokens by first appearance, block after block.

    The tokens are held in vocabularies of falling size, each at most half of the one before, so
    that a token is put into another index only as often as their number doubles.
    """

    def __init__(self) -> None:
        self._parts: list[Vocabulary] = []
        self._n_tokens = 0

    def __len__(self) -> int:
        return self._n_tokens

    def add(self, tokens: Vocabulary) -> NDArray[np.int32]:
        """Take in the tokens that are new; return the ids of all."""
        ids = np.full(len(tokens), -1, dtype=np.int32)
        unknown, rest = np.arange(len(tokens)), tokens
        for part in self._parts:
            ids[unknown] = found = part.lookup(rest)
            is_unknown = found < 0
            unknown, rest = unknown[is_unknown], rest.take(np.flatnonzero(is_unknown))
        ids[unknown] = np.arange(self._n_tokens, self._n_tokens + len(rest))
        if len(rest):
            self._parts.append(rest.take(np.arange(len(rest)), first_id=self._n_tokens))
            self._n_tokens += len(rest)
            self._join_small()
        return ids

    def vocabulary(self) -> Vocabulary:
        """Return all tokens, in the order of their ids, from 0."""
        return joined_vocabularies(self._parts) if self._parts else Vocabulary()

    def _join_small(self) -> None:
        """Join the last vocabularies until the one before them is more than twice as large."""
        first, size = len(self._parts) - 1, len(self._parts[-1])
        while first and len(self._parts[first - 1]) < 2 * size:
            first -= 1
            size += len(self._parts[first])
        self._parts[first:] = [joined_vocabularies(self._parts[first:])]


def joined_vocabularies(parts: list[Vocabulary]) -> Vocabulary:
    """Return the tokens of vocabularies that have none in common, in their order."""
    return trusted_vocabulary(
        np.concatenate([part.buffer for part in parts]),
        joined_offsets([part.offsets for part in parts]),
        first_id=parts[0].first_id,
    )
