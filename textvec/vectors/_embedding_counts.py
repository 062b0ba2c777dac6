"""What an EmbeddingVectorizer counts of documents, part by part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._containers._ragged import row_of_item
from .._containers._tokens import Tokens
from .._containers._vocabulary import UNKNOWN, Vocabulary
from .._counting._count_settings import Settings
from .._counting._token_counts import TokenCounts


class IdCounts(NamedTuple):
    """Number of occurrences of each id of an embedding, and of documents that hold it."""

    occurrences: NDArray[np.int64]  # (V,)
    documents: NDArray[np.int64]  # (V,)
    n_documents: int
    n_tokens: int


class EmbeddingCounts(NamedTuple):
    """Counts of tokens, and the number of documents with any that has no vector.

    The latter is not to be had of counts of tokens: a document may hold several.
    """

    tokens: TokenCounts
    n_unknown_documents: int

    @property
    def settings(self) -> Settings:
        """What the tokens were made with."""
        return self.tokens.settings

    @classmethod
    def of(
        cls, tokens: Tokens, is_unknown: NDArray[np.bool_] | None, settings: Settings = ()
    ) -> EmbeddingCounts:
        """Count tokens; None where documents with unknown ones need not be counted."""
        n_unknown = 0
        if is_unknown is not None:
            n_unknown = len(np.unique(row_of_item(tokens.lengths)[is_unknown[tokens.values]]))
        return cls(TokenCounts.of(tokens, settings), n_unknown)

    def merge(self, *others: EmbeddingCounts) -> EmbeddingCounts:
        """Return the counts of the documents of this one and of others."""
        tokens = self.tokens.merge(*(other.tokens for other in others))
        n_unknown = sum(part.n_unknown_documents for part in (self, *others))
        return EmbeddingCounts(tokens, n_unknown)

    def by_id(self, vocabulary: Vocabulary, is_unknown: NDArray[np.bool_]) -> IdCounts:
        """Return the counts of the ids of a vocabulary, and of the unknown token.

        Parameters
        ----------
        vocabulary : Vocabulary
            With ids from 2.
        is_unknown : ndarray of shape (n_tokens,), bool
            Which of the tokens stand for the unknown one.
        """
        occurrences, documents = np.zeros((2, vocabulary.first_id + len(vocabulary)), np.int64)
        ids = vocabulary.lookup(self.tokens.vocabulary)
        is_known = ids >= 0
        occurrences[ids[is_known]] = self.tokens.occurrences[is_known]
        documents[ids[is_known]] = self.tokens.documents[is_known]
        occurrences[UNKNOWN] = self.tokens.occurrences[is_unknown & ~is_known].sum()
        documents[UNKNOWN] = self.n_unknown_documents
        n_tokens = int(self.tokens.occurrences.sum())
        return IdCounts(occurrences, documents, self.tokens.n_documents, n_tokens)
