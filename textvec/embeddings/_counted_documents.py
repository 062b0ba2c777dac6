"""Co-occurrence counts of a vocabulary as whole numbers, which add up exactly."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary
from .._counting._count_settings import Settings, check_same_settings
from .._counting._token_counts import TokenCounts
from ..vectors._embedding_counts import EmbeddingCounts


class CountedDocuments(NamedTuple):
    """What learners of vectors need of documents: counts of pairs, and of tokens.

    Parameters
    ----------
    sums : csr_array of shape (n_tokens, n_tokens)
        How often pairs of tokens co-occur; whole numbers, in a unit that the settings determine.
    tokens : TokenCounts
        Of the tokens of a vocabulary with ids from 0, the same in all parts.
    n_others : int
        Number of occurrences of all other tokens.
    settings : tuple of (name, description)
        What was counted with; the vocabulary is among it.
    """

    sums: Any
    tokens: TokenCounts
    n_others: int
    settings: Settings = ()

    @classmethod
    def of(
        cls, sums: Any, tokens: Tokens, vocabulary: Vocabulary, settings: Settings = ()
    ) -> CountedDocuments:
        """Count the tokens of the documents that pairs were counted in."""
        counts = TokenCounts.of(tokens)
        known = counts.of_vocabulary(vocabulary)
        n_others = int(counts.occurrences.sum() - known.occurrences.sum())
        return cls(sums, known, n_others, settings)

    @property
    def vocabulary(self) -> Vocabulary:
        """The tokens, in the order of the rows."""
        return self.tokens.vocabulary

    @property
    def n_documents(self) -> int:
        """How many documents were counted."""
        return self.tokens.n_documents

    def merge(self, *others: CountedDocuments) -> CountedDocuments:
        """Return the counts of these documents and of others, whatever their order."""
        for other in others:
            check_same_settings(self.settings, other.settings)
        parts = (self, *others)
        tokens = self.tokens._replace(
            occurrences=np.sum([part.tokens.occurrences for part in parts], axis=0),
            documents=np.sum([part.tokens.documents for part in parts], axis=0),
            n_documents=sum(part.tokens.n_documents for part in parts),
        )
        sums = reduce(add, (part.sums for part in parts))
        return CountedDocuments(sums, tokens, sum(p.n_others for p in parts), self.settings)

    def occurring(self) -> CountedDocuments:
        """Return the counts of the tokens that occur at all: the others can't be learned."""
        keep = np.flatnonzero(self.tokens.occurrences)
        if len(keep) == len(self.vocabulary):
            return self
        return self._replace(sums=self.sums[keep][:, keep], tokens=self.tokens.take(keep))

    def of_embedding(self) -> EmbeddingCounts:
        """Return the counts of tokens as an EmbeddingVectorizer learns from them.

        All tokens outside of the vocabulary are one, which is longer than any in it.
        """
        longest = int(np.diff(self.vocabulary.offsets).max(initial=0))
        vocabulary, _ = self.vocabulary.merge(Vocabulary(["?" * (longest + 1)]))
        tokens = self.tokens._replace(
            vocabulary=vocabulary,
            occurrences=np.append(self.tokens.occurrences, self.n_others),
            documents=np.append(self.tokens.documents, 0),
        )
        return EmbeddingCounts(tokens, 0)
