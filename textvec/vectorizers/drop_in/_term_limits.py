"""Which terms become columns: neither too rare nor too common, and no more than there may be."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array

from ..._counting._token_counts import EmptySelection, TokenCounts
from ..._kernels._ngrams import NgramCounts


@dataclass(frozen=True)
class TermLimits:
    """The limits of a vectorizer, for a number of documents."""

    min_df: Any
    max_df: Any
    max_features: int | None
    dtype: DTypeLike  # of the counts
    n_documents: int

    @classmethod
    def of(cls, vectorizer: Any, n_documents: int) -> TermLimits:
        """Return the limits of a vectorizer, or raise an EmptySelection if nothing is in them."""
        limits = cls(
            vectorizer.min_df,
            vectorizer.max_df,
            vectorizer.max_features,
            vectorizer.dtype,
            n_documents,
        )
        if limits.most < limits.least:
            raise EmptySelection(
                f"max_df corresponds to < documents than min_df: of {n_documents} documents, "
                f"max_df={limits.max_df} is {limits.most:g} and min_df={limits.min_df} is "
                f"{limits.least:g}."
            )
        return limits

    @property
    def least(self) -> Any:
        """The least number of documents that hold a term."""
        return self.min_df if isinstance(self.min_df, Integral) else self.min_df * self.n_documents

    @property
    def most(self) -> Any:
        """The greatest number of documents that hold a term."""
        return self.max_df if isinstance(self.max_df, Integral) else self.max_df * self.n_documents

    def are_within(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return whether terms are within the limits, by the number of documents that hold each."""
        are_within: NDArray[np.bool_] = (documents >= self.least) & (documents <= self.most)
        return are_within

    def ids(self, counts: NgramCounts, *, binary: bool) -> NDArray[np.int32]:
        """Return the ids of the terms within the limits, in the order of their names."""
        if self.least <= 1 and self.most >= self.n_documents and self.max_features is None:
            return counts.sort(counts.is_term)
        documents, occurrences = counts.frequencies()
        is_kept = counts.is_term & self.are_within(documents)
        if not is_kept.any():
            raise self._nothing(documents[counts.is_term])
        by_name = counts.sort(is_kept)
        return by_name[self._most_frequent((documents if binary else occurrences)[by_name])]

    def select(self, counts: TokenCounts) -> TokenCounts:
        """Return the counts of the terms within the limits, in the order of their names."""
        by_name = counts.vocabulary.argsort()
        documents = counts.documents[by_name]
        kept = by_name[self.are_within(documents)]
        if not len(kept):
            raise self._nothing(documents)
        kept = kept[self._most_frequent(counts.occurrences[kept])]
        return TokenCounts(
            counts.vocabulary.take(kept),
            counts.occurrences[kept],
            counts.documents[kept],
            counts.n_documents,
        )

    def _nothing(self, documents: NDArray[np.int64]) -> EmptySelection:
        n_rare, n_common = int((documents < self.least).sum()), int((documents > self.most).sum())
        reasons, remedies = [], []
        if n_rare:
            reasons.append(
                f"{n_rare} are in fewer than {self.least:g} documents (min_df={self.min_df})"
            )
            remedies.append("a lower min_df")
        if n_common:
            reasons.append(
                f"{n_common} are in more than {self.most:g} documents (max_df={self.max_df})"
            )
            remedies.append("a higher max_df")
        return EmptySelection(
            f"After pruning, no terms remain. Of {len(documents)} terms in {self.n_documents} "
            f"documents, {' and '.join(reasons)}. Try {' or '.join(remedies)}."
        )

    def _most_frequent(self, occurrences: NDArray[np.int64]) -> NDArray[np.int64] | slice:
        """Return the positions of as many terms as there may be, of terms in the order of names."""
        if self.max_features is None or len(occurrences) <= self.max_features:
            return slice(None)
        # Ties are broken as NumPy's quicksort happens to, which depends on the dtype.
        sums = occurrences.astype(_sum_dtype(self.dtype))
        return np.sort((-sums).argsort()[: self.max_features])


def _sum_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    return csr_array((1, 1), dtype=dtype).sum(axis=0).dtype  # type: ignore[no-any-return]
