"""Counts of tokens, and the vocabulary of those neither too rare nor too common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._kernels._counts import document_counts
from ._tokens import Tokens
from ._vocabulary import FIRST, Vocabulary

AFTER_FIT = (
    "partial_fit after fit would forget what fit learned, whose counts are not kept: begin with "
    "partial_fit, on a new {name}."
)


class EmptySelection(ValueError):
    """No token is within the limits."""


class TokenCounts(NamedTuple):
    """Number of occurrences of each distinct token, and of documents that hold it."""

    vocabulary: Vocabulary
    occurrences: NDArray[np.int64]
    documents: NDArray[np.int64]
    n_documents: int

    @classmethod
    def of(cls, tokens: Tokens) -> TokenCounts:
        """Count tokens; a token of the vocabulary that no document holds is left out."""
        n = len(tokens.vocabulary)
        occurrences = np.bincount(tokens.values, minlength=n)
        documents = document_counts(tokens.values, tokens.offsets, n)
        return cls(tokens.vocabulary, occurrences, documents, len(tokens))._only(occurrences > 0)

    def __add__(self, other: TokenCounts) -> TokenCounts:  # type: ignore[override]
        vocabulary, (here, there) = self.vocabulary.merge(other.vocabulary)
        sums = np.zeros((2, len(vocabulary)), dtype=np.int64)
        for counts, places in ((self, here), (other, there)):
            sums[0, places] += counts.occurrences
            sums[1, places] += counts.documents
        return TokenCounts(vocabulary, sums[0], sums[1], self.n_documents + other.n_documents)

    def without(self, tokens: Iterable[str]) -> TokenCounts:
        """Return the counts of all tokens but these."""
        found = self.vocabulary.lookup(list(tokens))
        keep = np.ones(len(self.vocabulary), dtype=bool)
        keep[found[found >= 0]] = False
        return self._only(keep)

    def of_vocabulary(self, vocabulary: Vocabulary) -> TokenCounts:
        """Return the counts of the tokens of a vocabulary of ids from anywhere, in its order."""
        positions = self.vocabulary.lookup(vocabulary)
        counts = np.zeros((2, len(vocabulary)), dtype=np.int64)
        known = positions >= 0
        counts[:, known] = np.stack([self.occurrences, self.documents])[:, positions[known]]
        return TokenCounts(vocabulary, counts[0], counts[1], self.n_documents)

    def _only(self, keep: NDArray[np.bool_]) -> TokenCounts:
        return self if keep.all() else self._take(np.flatnonzero(keep))

    def _take(self, positions: NDArray[np.int64], *, first_id: int | None = None) -> TokenCounts:
        return self._replace(
            vocabulary=self.vocabulary.take(positions, first_id=first_id),
            occurrences=self.occurrences[positions],
            documents=self.documents[positions],
        )

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
            raise EmptySelection(
                "empty vocabulary: the documents hold no tokens (they may be empty, or hold "
                "nothing but stop words)."
            )
        least, most = (_n_documents(df, self.n_documents) for df in (min_df, max_df))
        if most < least:
            raise EmptySelection(
                f"max_df={max_df} means fewer documents ({most:g}) than min_df={min_df} "
                f"({least:g}) out of {self.n_documents}."
            )
        kept = self._only(
            (self.occurrences >= min_count) & (self.documents >= least) & (self.documents <= most)
        )
        if not len(kept.vocabulary):
            raise EmptySelection(
                f"none of {len(self.vocabulary)} distinct tokens is within the limits "
                f"min_count={min_count}, min_df={min_df}, max_df={max_df}: lower the first two "
                "or raise max_df."
            )
        alphabetical = kept.vocabulary.argsort()
        falling = np.argsort(-kept.occurrences[alphabetical], kind="stable")
        room = None if max_tokens is None else max_tokens - FIRST
        return kept._take(alphabetical[falling][:room], first_id=FIRST)


def _n_documents(df: float, n_documents: int) -> float:
    """Read a limit as scikit-learn does: an integer is a number, a float a share."""
    return df if isinstance(df, (int, np.integer)) else df * n_documents
