"""Queries of word vectors: the words nearest to others, and analogies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._analogy_terms import read_terms
from ._nearest import Excluded, best_rows
from ._neighbors import Neighbors, NeighborsList, neighbors
from ._scorers import CosineScorer, CosMulScorer, Scorer
from ._unit_vectors import signed_sums
from ._word_comparisons import SearchedWords, WordComparisons, is_count

METHODS = ("add", "mul")


class WordQueries(WordComparisons):
    """Find words by the cosine similarity of their vectors."""

    @overload
    def nearest(  # type: ignore[overload-overlap]
        self,
        query: str,
        k: int | None = 10,
        *,
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Neighbors: ...
    @overload
    def nearest(
        self,
        query: Sequence[str],
        k: int | None = 10,
        *,
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> NeighborsList: ...
    @overload
    def nearest(
        self,
        query: ArrayLike,
        k: int | None = 10,
        *,
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Any: ...

    def nearest(
        self,
        query: Any,
        k: int | None = 10,
        *,
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Any:
        """Find the words whose vectors have the highest cosine with a query.

        Parameters
        ----------
        query : str, sequence of str or array-like of shape ([n_queries,] embedding_dim)
            One word, several, or vectors. Several in one call take much less time than as many
            calls.
        k : int or None, default=10
            Number of words to find, at least 1; None ranks all that are searched.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary, which are the most
            frequent as a rule; None searches all. Try 100,000 where rare words get in the way.
        candidates : iterable of str or None, default=None
            Search only these words, in place of `limit`.

        Returns
        -------
        Neighbors or NeighborsList
            A list, which shows as a table, if `query` is several words or a 2-d array. A word is
            not its own neighbour. Words of equal score come in the order of the vocabulary, or of
            `candidates`.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `k` is not positive, the vectors are not of this width or not finite, or there are
            both `limit` and `candidates`.

        Notes
        -----
        The search takes some 10 to 100 MB of memory besides the result, whatever the number of
        queries and words. A vector of zeros is similar to nothing: its cosines are 0.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.nearest("frog", k=1)
        toad  0.9899
        >>> [found.words for found in vectors.nearest(["frog", "king"], k=1)]
        [('toad',), ('frog',)]
        >>> print(vectors.nearest([1, 0, 1], k=2))
        king  0.9487
        frog  0.3162
        >>> print(vectors.nearest("frog", candidates=["king"]))
        king  0.4000
        """
        targets, words = self._targets(query)
        searched = self._searched(limit, candidates)
        scorer = CosineScorer(searched.table, targets.reshape(-1, self.embedding_dim))
        excluded = searched.vocabulary.lookup(words)[:, None]  # (q, 1), or (0, 1) for vectors
        found = _best(searched, scorer, k, excluded, words)
        return found if targets.ndim == 2 else found[0]

    def most_distant(
        self,
        word: str,
        k: int | None = 10,
        *,
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Neighbors:
        """Find the words whose vectors have the lowest cosine with that of a word.

        Parameters
        ----------
        word : str
            The word.
        k : int or None, default=10
            Number of words to find, at least 1; None ranks all that are searched.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary; None searches all.
        candidates : iterable of str or None, default=None
            Search only these words, in place of `limit`.

        Returns
        -------
        Neighbors
            From the lowest cosine up.

        Raises
        ------
        KeyError
            If the word has no vector.
        TypeError
            If `word` is no str; `nearest` takes vectors.
        ValueError
            If `k` is not positive.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["up", "down", "left"], [[0, 1], [0, -1], [-1, 0]])
        >>> print(vectors.most_distant("up", k=2))
        down  -1.0000
        left  0.0000
        """
        if not isinstance(word, str):
            raise TypeError(f"word must be a str, got {type(word).__name__}: {word!r}.")
        target, words = self._targets(word)
        searched = self._searched(limit, candidates)
        scorer = CosineScorer(searched.table, -target[None])
        (found,) = _best(searched, scorer, k, searched.vocabulary.lookup(words)[None])
        return Neighbors(found.words, 0.0 - found.scores, word)  # not -0.0

    def analogy(
        self,
        positive: Any,
        negative: Any = (),
        k: int | None = 10,
        *,
        method: Literal["add", "mul"] = "add",
        limit: int | None = None,
        candidates: Iterable[str] | None = None,
    ) -> Neighbors:
        """Find the words that are similar to some words and dissimilar to others.

        "Man is to king as woman is to what?" is ``analogy(["king", "woman"], ["man"])``.

        Parameters
        ----------
        positive : str, vector, or iterable of str, vectors and pairs of one and a weight
            What the answer is similar to, as in ``["king", ("woman", 0.5), vectors["man"]]``.
        negative : the same, default=()
            What it is dissimilar to.
        k : int or None, default=10
            Number of words to find, at least 1; None ranks all that are searched.
        method : {"add", "mul"}, default="add"
            ``"add"`` is 3CosAdd: the cosine with the sum of the words' unit vectors, those of
            `negative` subtracted. ``"mul"`` is 3CosMul: the product of the cosines with
            `positive`, shifted to the range from 0 to 1, divided by that of `negative`; no single
            large cosine outweighs the others. Begin with ``"add"``.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary; None searches all.
        candidates : iterable of str or None, default=None
            Search only these words, in place of `limit`.

        Returns
        -------
        Neighbors
            Without the words of `positive` and `negative`.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `positive` is empty, `k` is not positive, there is no such `method`, or there are
            weights other than 1 with ``"mul"``.

        References
        ----------
        T. Mikolov, W. Yih and G. Zweig, "Linguistic Regularities in Continuous Space Word
        Representations", NAACL 2013.

        O. Levy and Y. Goldberg, "Linguistic Regularities in Sparse and Explicit Word
        Representations", CoNLL 2014; "mul" is its equation 4.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> words = ["man", "woman", "king", "queen", "frog"]
        >>> vectors = WordVectors(words, [[1, 0, 0], [1, 1, 0], [1, 0, 2], [1, 1, 2], [3, 0, 1]])
        >>> print(vectors.analogy(["king", "woman"], ["man"], k=2))
        queen  0.9404
        frog   0.3731
        """
        likes, unlikes = read_terms(positive), read_terms(negative)
        check_choice("method", method, METHODS)
        if not likes:
            raise ValueError("positive must name at least one word, got none.")
        terms = [*likes, *unlikes]
        vectors = self._of_terms(terms)  # (m, D)
        searched = self._searched(limit, candidates)
        weights = [term.weight for term in likes] + [-term.weight for term in unlikes]
        scorer: Scorer
        if method == "add":
            scorer = CosineScorer(searched.table, signed_sums(vectors, weights)[None])
        elif {abs(weight) for weight in weights} == {1.0}:
            parts = np.arange(len(terms))[None]  # (1, m)
            scorer = CosMulScorer(searched.table, vectors, parts, len(likes))
        else:
            raise ValueError('weights need method="add": a product of cosines has none.')
        words = [term.what for term in terms if isinstance(term.what, str)]
        return _best(searched, scorer, k, searched.vocabulary.lookup(words)[None])[0]


def _best(
    searched: SearchedWords,
    scorer: Scorer,
    k: int | None,
    excluded: NDArray[np.int32],
    queries: Sequence[str] = (),
) -> NeighborsList:
    """Return the neighbours of each query, without the rows `excluded` (q, m), -1 for none.

    `queries` are the words that were looked up, if these are the queries.
    """
    if k is not None and not is_count(k):
        raise ValueError(f"k must be a positive integer, or None for all words, got {k!r}.")
    n_found = scorer.n_rows if k is None else int(k)
    hits = best_rows(scorer, n_found, Excluded.of(excluded))
    return neighbors(hits, scorer.n_queries, searched.vocabulary, queries)


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise a ValueError if a parameter is not one of its choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}.")
