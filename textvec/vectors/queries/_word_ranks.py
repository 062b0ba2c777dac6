"""Ranks of words among the neighbours of another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._inputs._words import word_list
from ._nearest import scores_of_all
from ._neighbors import Neighbors
from ._scorers import CosineScorer
from ._word_queries import WordQueries


class WordRanks(WordQueries):
    """Rank words by their similarity to another."""

    def rank(self, word: str, other: str | Iterable[str]) -> Any:
        """Compute the rank of words among the neighbours of a word.

        Parameters
        ----------
        word : str
            The word whose neighbours are ranked: all of the vocabulary but the word itself.
        other : str or iterable of str
            The words to rank.

        Returns
        -------
        int or ndarray of shape (n_words,), int64
            From 1, that of the nearest; words that are as similar have the same rank.

        Raises
        ------
        KeyError
            If a word has no vector.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.rank("frog", "king")
        2
        >>> vectors.rank("frog", ["toad", "king"])
        array([1, 2])
        """
        others = [other] if isinstance(other, str) else word_list(other, "other")
        ascending = np.sort(self._scores_of_neighbors(word))
        n_below = np.searchsorted(ascending, self._scores(word, others), side="right")
        ranks = 1 + len(ascending) - n_below.astype(np.int64)
        return int(ranks[0]) if isinstance(other, str) else ranks

    def closer_than(self, word: str, other: str) -> Neighbors:
        """Find the words that are more similar to a word than another is.

        Parameters
        ----------
        word : str
            The word.
        other : str
            The word that others are compared with.

        Returns
        -------
        Neighbors
            All words of the vocabulary whose cosine is higher, from the best down; without the
            word itself.

        Raises
        ------
        KeyError
            If a word has no vector.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> print(vectors.closer_than("frog", "king"))
        toad  0.9899
        """
        scores = self._scores_of_neighbors(word)
        (bound,) = self._scores(word, [other])
        rows = np.flatnonzero(scores > bound)
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        return Neighbors(tuple(self.vocabulary.take(rows).tokens), scores[rows], word)

    def relative_cosine_similarity(self, word: str, other: str, k: int = 10) -> float:
        """Compute the similarity of two words, relative to that of the nearest ones.

        Parameters
        ----------
        word, other : str
            The words.
        k : int, default=10
            Number of nearest words of `word` to compare with, at least 1.

        Returns
        -------
        float
            The cosine of the two, divided by the sum of the `k` highest cosines of `word`; 0
            if they sum to 0. Synonyms have more than ``1 / k`` as a rule.

        Raises
        ------
        KeyError
            If a word has no vector.

        References
        ----------
        A. Leeuwenberg, M. Vela, J. Dehdari and J. van Genabith, "A Minimally Supervised Approach
        for Synonym Extraction with Word Embeddings", PBML 105, 2016.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> round(vectors.relative_cosine_similarity("frog", "toad", k=2), 3)
        0.712
        """
        total = float(self.nearest(word, k).scores.sum())
        return float(self.similarity(word, other)) / total if total else 0.0

    def _scores_of_neighbors(self, word: str) -> NDArray[np.float64]:
        """Return the cosines (n_words,) of a word with all, -inf with itself."""
        scores = scores_of_all(CosineScorer(self._searched(None, None).table, self.vectors([word])))
        if word in self.vocabulary:
            scores[self.vocabulary[word]] = -np.inf
        return scores

    def _scores(self, word: str, others: list[str]) -> NDArray[np.float64]:
        """Return the cosines of a word with others, the same bits as with all."""
        searched = self._searched(None, others)
        scores = scores_of_all(CosineScorer(searched.table, self.vectors([word])))
        return scores[searched.vocabulary.lookup(others)]
