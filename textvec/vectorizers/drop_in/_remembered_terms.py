"""Terms that the columns of hashes remember, of documents that come in parts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..._containers._ragged import positions_in_rows
from ..._containers._vocabulary import Vocabulary
from ..._counting._count_settings import Settings
from ..._kernels._hashed_ngrams import hash_tokens


class RememberedTerms(NamedTuple):
    """The first distinct terms of each column, in the order of their first appearance.

    Parameters
    ----------
    terms : Vocabulary
    n_columns : int
    n_kept : int
        How many terms a column remembers.
    settings : tuple of (name, description)
        Not used: the parameters of estimators are compared before their terms are merged.
    """

    terms: Vocabulary
    n_columns: int
    n_kept: int
    settings: Settings = ()

    def first(self) -> RememberedTerms:
        """Return the terms that are remembered, of all distinct ones."""
        columns = hash_tokens(self.terms.buffer, self.terms.offsets, self.n_columns)
        by_column = np.argsort(columns, kind="stable")
        # Not an array of all columns, of which there may be 2**31.
        sizes = np.unique(columns, return_counts=True)[1]
        is_kept = positions_in_rows(sizes) < self.n_kept
        return self._replace(terms=self.terms.take(np.sort(by_column[is_kept])))

    def merge(self, *others: RememberedTerms) -> RememberedTerms:
        """Return the first terms of these documents followed by others: it is associative."""
        terms, _ = self.terms.merge(*(other.terms for other in others))
        return self._replace(terms=terms).first()
