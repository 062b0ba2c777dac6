"""Counts of tokens, and the vocabulary of those neither too rare nor too common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._tokens import Tokens
from .._containers._vocabulary import FIRST, Vocabulary
from .._kernels._counts import column_counts, document_counts
from .._storage._array_files import map_of, release
from ._count_settings import Settings, check_same_settings
from ._packed_counts import Packed, packed, unpacked

_MAPPED = 1 << 22  # tokens of a file that are counted at a time


class EmptySelection(ValueError):
    """No token is within the limits."""


class TokenCounts(NamedTuple):
    """Number of occurrences of each distinct token, and of documents that hold it.

    A record that never changes, of any part of the documents. The tokens are in the order of
    their first appearance, which means nothing: `select` sorts.

    Where there is `room` for so many tokens only, the rarest are dropped when there are more (lossy
    counting [1]_). All counts are then at most `lost` too small, those of dropped tokens included.

    References
    ----------
    .. [1] G. S. Manku and R. Motwani (2002). Approximate frequency counts over data streams. VLDB.
    """

    vocabulary: Vocabulary
    occurrences: NDArray[np.int64]
    documents: NDArray[np.int64]
    n_documents: int
    settings: Settings = ()  # what the tokens were made with
    room: int | None = None
    lost: int = 0

    @classmethod
    def of(cls, tokens: Tokens, settings: Settings = (), *, room: int | None = None) -> TokenCounts:
        """Count tokens; a token of the vocabulary that no document holds is left out."""
        n = len(tokens.vocabulary)
        occurrences, documents = np.zeros((2, n), dtype=np.int64)
        for part in _parts(tokens):
            occurrences += column_counts(part.values, n)
            documents += document_counts(part.values, part.offsets, n)
        counts = cls(tokens.vocabulary, occurrences, documents, len(tokens), settings, room)
        return counts.only(occurrences > 0)._pruned()

    @classmethod
    def nothing(cls) -> TokenCounts:
        """Return the counts of no documents."""
        none = np.empty(0, dtype=np.int64)
        return cls(Vocabulary(), none, none, 0)

    def merge(self, *others: TokenCounts) -> TokenCounts:
        """Return the counts of the documents of this one and of others.

        Raises
        ------
        ValueError
            If they were counted with other parameters; the first is named.
        """
        for other in others:
            check_same_settings(self.settings, other.settings)
        parts = (self, *others)
        vocabulary, places = self.vocabulary.merge(*(other.vocabulary for other in others))
        sums = np.zeros((2, len(vocabulary)), dtype=np.int64)
        for part, ids in zip(parts, places, strict=True):
            positions = ids - self.vocabulary.first_id
            sums[0, positions] += part.occurrences
            sums[1, positions] += part.documents
        n_documents = sum(part.n_documents for part in parts)
        settings = max((part.settings for part in parts), key=len)
        rooms = [part.room for part in parts if part.room is not None]
        counts = TokenCounts(
            vocabulary,
            sums[0],
            sums[1],
            n_documents,
            settings,
            room=min(rooms, default=None),
            lost=sum(part.lost for part in parts),
        )
        return counts._pruned()

    def _pruned(self) -> TokenCounts:
        """Return the counts without the rarest tokens, if there are more than there is room for."""
        if self.room is None or len(self.vocabulary) <= self.room:
            return self
        # Some room is made at a time, so that not every part is pruned.
        kept = self.room * 3 // 4
        most = int(np.partition(self.occurrences, -kept - 1)[-kept - 1])
        return self.only(self.occurrences > most)._replace(lost=self.lost + most)

    def __reduce__(self) -> tuple[Any, ...]:
        small = (packed(self.occurrences), packed(self.documents))
        rest = (self.n_documents, self.settings, self.room, self.lost)
        return _unpacked, (self.vocabulary, *small, *rest)

    def without(self, tokens: Iterable[str]) -> TokenCounts:
        """Return the counts of all tokens but these."""
        return self.only(~self.are_among(tokens))

    def are_among(self, tokens: Iterable[str]) -> NDArray[np.bool_]:
        """Return whether each of the tokens is one of these."""
        return Vocabulary(dict.fromkeys(tokens)).lookup(self.vocabulary) >= 0

    def of_vocabulary(self, vocabulary: Vocabulary) -> TokenCounts:
        """Return the counts of the tokens of a vocabulary of ids from anywhere, in its order."""
        positions = self.vocabulary.lookup(vocabulary)
        counts = np.zeros((2, len(vocabulary)), dtype=np.int64)
        known = positions >= 0
        counts[:, known] = np.stack([self.occurrences, self.documents])[:, positions[known]]
        return self._replace(vocabulary=vocabulary, occurrences=counts[0], documents=counts[1])

    def only(self, keep: NDArray[np.bool_]) -> TokenCounts:
        """Return the counts of some of the tokens."""
        return self if keep.all() else self.take(np.flatnonzero(keep))

    def take(self, positions: NDArray[np.int64], *, first_id: int | None = None) -> TokenCounts:
        """Return the counts of the tokens at these positions, in that order."""
        return self._replace(
            vocabulary=self.vocabulary.take(positions, first_id=first_id),
            occurrences=self.occurrences[positions],
            documents=self.documents[positions],
        )

    def are_within(self, *, min_count: int, min_df: float, max_df: float) -> NDArray[np.bool_]:
        """Return whether each of the tokens is within the limits."""
        least, most = (_n_documents(df, self.n_documents) for df in (min_df, max_df))
        if most < least:
            raise EmptySelection(
                f"max_df={max_df} means fewer documents ({most:g}) than min_df={min_df} "
                f"({least:g}) out of {self.n_documents}."
            )
        is_frequent = (self.occurrences >= min_count) & (self.documents >= least)
        return is_frequent & (self.documents <= most)

    def are_most_frequent(self, n_tokens: int, *, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether each token is one of the most frequent of some; of ties, the first are."""
        falling = np.argsort(np.where(among, -self.occurrences, 1), kind="stable")
        are_chosen = np.zeros(len(among), dtype=bool)
        are_chosen[falling[:n_tokens]] = True
        return are_chosen & among

    def in_order(self) -> TokenCounts:
        """Return the counts of the tokens in the order of their code points."""
        return self.take(self.vocabulary.argsort())

    def select(
        self,
        *,
        max_tokens: int | None,
        min_count: int,
        min_df: float,
        max_df: float,
    ) -> TokenCounts:
        """Return the counts of tokens within the limits by falling frequency, of ids from 2 on.

        Ties go by code point, so the ids do not depend on the order of the documents.
        """
        if not len(self.vocabulary):
            if self.lost:
                raise EmptySelection(
                    f"empty vocabulary: prune_at={self.room} has left no token: raise it."
                )
            raise EmptySelection(
                "empty vocabulary: the documents hold no tokens (they may be empty, hold nothing "
                "but stop words, or be shorter than a k-mer)."
            )
        kept = self.only(self.are_within(min_count=min_count, min_df=min_df, max_df=max_df))
        if not len(kept.vocabulary):
            raise EmptySelection(
                f"none of {len(self.vocabulary)} distinct tokens is within the limits "
                f"min_count={min_count}, min_df={min_df}, max_df={max_df}: lower the first two "
                "or raise max_df."
            )
        alphabetical = kept.vocabulary.argsort()
        falling = np.argsort(-kept.occurrences[alphabetical], kind="stable")
        room = None if max_tokens is None else max_tokens - FIRST
        return kept.take(alphabetical[falling][:room], first_id=FIRST)


def _parts(tokens: Tokens) -> Iterator[Tokens]:
    """Yield tokens at once or, mapped from a file, in parts that do not stay in memory."""
    if map_of(tokens.values) is None:
        yield tokens
        return
    n_items = max(_MAPPED, 4 * len(tokens.vocabulary))  # each part is counted in a table for all
    n_rows = max(1, n_items * len(tokens) // max(1, len(tokens.values)))
    for first in range(0, len(tokens), n_rows):
        yield tokens[first : first + n_rows]
        release(tokens.values)


def _n_documents(df: float, n_documents: int) -> float:
    """Read a limit as scikit-learn does: an integer is a number, a float a share."""
    return df if isinstance(df, (int, np.integer)) else df * n_documents


def _unpacked(
    vocabulary: Vocabulary,
    occurrences: Packed,
    documents: Packed,
    n_documents: int,
    settings: Settings,
    room: int | None,
    lost: int,
) -> TokenCounts:
    counts = unpacked(occurrences), unpacked(documents)
    return TokenCounts(vocabulary, *counts, n_documents, settings, room, lost)
