"""Queries of word vectors: nearest words, analogies, similarity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._inputs._words import word_list
from .._word_table import WordTable
from ._analogy_terms import AnalogyTerm, read_terms
from ._nearest import Excluded, best_rows
from ._neighbors import Neighbors, neighbors
from ._scorers import CosineScorer, CosMulScorer, Scorer
from ._unit_vectors import NormedTable, cosines, norms_of, odd_one_out, signed_sums

METHODS = ("add", "mul")


class WordQueries(WordTable):
    """Query a vocabulary and the vectors of its words by cosine similarity.

    The norm of each vector is computed once, on first need; no normalised copy is made.
    """

    _norms: NDArray[np.float64] | None = None  # a cache, never pickled

    @overload
    def nearest(  # type: ignore[overload-overlap]
        self, query: str, k: int = 10, *, limit: int | None = None
    ) -> Neighbors: ...
    @overload
    def nearest(
        self, query: Sequence[str], k: int = 10, *, limit: int | None = None
    ) -> list[Neighbors]: ...
    @overload
    def nearest(self, query: ArrayLike, k: int = 10, *, limit: int | None = None) -> Any: ...

    def nearest(self, query: Any, k: int = 10, *, limit: int | None = None) -> Any:
        """Find the words whose vectors have the highest cosine with a query.

        Parameters
        ----------
        query : str, sequence of str or array-like of shape ([n_queries,] embedding_dim)
            One word, several, or vectors. Several in one call take much less time than as many
            calls.
        k : int, default=10
            Number of words to find, at least 1.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary, which are the most
            frequent as a rule; None searches all. Try 100,000 where rare words get in the way.

        Returns
        -------
        Neighbors or list of Neighbors
            A list if `query` is several words or a 2-d array. A word is not its own neighbour.
            Words of equal score come in the order of the vocabulary.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `k` is not positive, or the vectors are not of this width or not finite.

        Notes
        -----
        The search takes some 10 to 100 MB of memory besides the result, whatever the number of
        queries and words. A vector of zeros is similar to nothing: its cosines are 0.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.nearest("frog", k=1)
        Neighbors(words=('toad',), scores=array([0.98994949]))
        >>> [found.words for found in vectors.nearest(["frog", "king"], k=1)]
        [('toad',), ('frog',)]
        >>> print(vectors.nearest([1, 0, 1], k=2))
        king  0.9487
        frog  0.3162
        """
        targets, rows = self._targets(query)
        flat = targets.reshape(-1, self.embedding_dim)  # (q, D)
        scorer = CosineScorer(self._search_table(limit), flat)
        found = self._best(scorer, k, np.atleast_1d(rows)[:, None])
        return found if targets.ndim == 2 else found[0]

    def most_distant(self, word: str, k: int = 10, *, limit: int | None = None) -> Neighbors:
        """Find the words whose vectors have the lowest cosine with that of a word.

        Parameters
        ----------
        word : str
            The word.
        k : int, default=10
            Number of words to find, at least 1.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary; None searches all.

        Returns
        -------
        Neighbors
            From the lowest cosine up.

        Raises
        ------
        KeyError
            If the word has no vector.
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
        target, row = self._targets(word)
        scorer = CosineScorer(self._search_table(limit), -target[None])
        (found,) = self._best(scorer, k, row[None, None])
        return Neighbors(found.words, 0.0 - found.scores)  # not -0.0

    def analogy(
        self,
        positive: Any,
        negative: Any = (),
        k: int = 10,
        *,
        method: Literal["add", "mul"] = "add",
        limit: int | None = None,
    ) -> Neighbors:
        """Find the words that are similar to some words and dissimilar to others.

        "Man is to king as woman is to what?" is ``analogy(["king", "woman"], ["man"])``.

        Parameters
        ----------
        positive : str, vector, or iterable of str, vectors and pairs of one and a weight
            What the answer is similar to, as in ``["king", ("woman", 0.5), vectors["man"]]``.
        negative : the same, default=()
            What it is dissimilar to.
        k : int, default=10
            Number of words to find, at least 1.
        method : {"add", "mul"}, default="add"
            ``"add"`` is 3CosAdd: the cosine with the sum of the words' unit vectors, those of
            `negative` subtracted. ``"mul"`` is 3CosMul: the product of the cosines with
            `positive`, shifted to the range from 0 to 1, divided by that of `negative`; no single
            large cosine outweighs the others. Begin with ``"add"``.
        limit : int or None, default=None
            Search only this many words from the top of the vocabulary; None searches all.

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
        terms, rows = self._of_terms([*likes, *unlikes])  # (m, D), (m,)
        weights = [term.weight for term in likes] + [-term.weight for term in unlikes]
        scorer: Scorer
        if method == "add":
            scorer = CosineScorer(self._search_table(limit), signed_sums(terms, weights)[None])
        elif {abs(weight) for weight in weights} == {1.0}:
            parts = np.arange(len(terms))[None]  # (1, m)
            scorer = CosMulScorer(self._search_table(limit), terms, parts, len(likes))
        else:
            raise ValueError('weights need method="add": a product of cosines has none.')
        return self._best(scorer, k, rows[None])[0]

    def similarity(self, a: Any, b: Any) -> Any:
        """Compute the cosine between words, or vectors.

        Parameters
        ----------
        a, b : str, sequence of str or array-like of shape ([n_pairs,] embedding_dim)
            What to compare: pair by pair if both are several, one with each if one is.

        Returns
        -------
        float or ndarray of shape (n_pairs,), float64
            From -1 to 1; 0 where a vector is zeros.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `a` and `b` are several, but not as many.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["up", "down", "left"], [[0, 1], [0, -1], [-1, 0]])
        >>> vectors.similarity("up", "down")
        -1.0
        >>> vectors.similarity("up", ["up", "down", "left"])
        array([ 1., -1.,  0.])
        """
        (left, _), (right, _) = self._targets(a), self._targets(b)
        if left.ndim == right.ndim == 2 and len(left) != len(right):
            raise ValueError(f"a and b must be as many, got {len(left)} and {len(right)}.")
        found = cosines(left, right)
        return found if found.ndim else float(found)

    def odd_one_out(self, words: Iterable[str]) -> str:
        """Find the word that is least similar to the others.

        Parameters
        ----------
        words : iterable of str
            At least one; three or more for the result to mean something.

        Returns
        -------
        str
            The word of lowest cosine with the mean of all the unit vectors; the first of ties.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If there are no words.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.odd_one_out(["frog", "king", "toad"])
        'king'
        """
        words = word_list(words)
        if not words:
            raise ValueError("words must hold at least one word, got none.")
        return words[odd_one_out(self.vectors(words))]

    def _of_terms(self, terms: list[AnalogyTerm]) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """Return the vectors of terms (m, D), and their rows (m,), -1 for none."""
        words = [term.what for term in terms if isinstance(term.what, str)]
        found, known = self.vectors(words), self.vocabulary.lookup(words)
        if len(words) == len(terms):
            return found, known
        is_word = np.array([isinstance(term.what, str) for term in terms])
        vectors = np.empty((len(terms), self.embedding_dim), np.float32)
        rows = np.full(len(terms), -1, np.int32)
        vectors[is_word], rows[is_word] = found, known
        given = [term.what for term in terms if not isinstance(term.what, str)]
        vectors[~is_word], _ = self._targets(np.array(given, dtype=np.float32))
        return vectors, rows

    def _search_table(self, limit: int | None) -> NormedTable:
        if limit is not None and not _is_count(limit):
            raise ValueError(f"limit must be a positive integer or None, got {limit!r}.")
        if self._norms is None:
            self._norms = norms_of(self.matrix)
        return NormedTable(self.matrix, self._norms).head(limit)

    def _best(self, scorer: Scorer, k: int, excluded: NDArray[np.int32]) -> list[Neighbors]:
        """Return the neighbours of each query, without the rows `excluded` (q, m)."""
        if not _is_count(k):
            raise ValueError(f"k must be a positive integer, got {k!r}.")
        hits = best_rows(scorer, int(k), Excluded.of(excluded))
        return neighbors(hits, scorer.n_queries, self.vocabulary)

    def _targets(self, query: Any) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """Return the vectors of a query (D,) or (q, D), and their rows () or (q,), -1 for none."""
        if isinstance(query, np.ndarray) and not query.ndim:
            query = query.item()
        if isinstance(query, str):
            return self.vectors([query])[0], self.vocabulary.lookup([query])[0]
        if not isinstance(query, np.ndarray) or query.dtype.kind in "OUT":
            query = query.to_pylist() if hasattr(query, "to_pylist") else list(query)
            if not query or any(isinstance(word, str) for word in query):
                words = word_list(query)
                return self.vectors(words), self.vocabulary.lookup(words)
        vectors = np.asarray(query, dtype=np.float32)
        if vectors.ndim not in (1, 2) or vectors.shape[-1] != self.embedding_dim:
            raise ValueError(
                f"vectors must be of shape ({self.embedding_dim},) or (n_queries, "
                f"{self.embedding_dim}), got {vectors.shape}."
            )
        if not np.isfinite(vectors).all():
            raise ValueError("vectors must be finite numbers in float32, got one that is not.")
        return vectors, np.full(vectors.shape[:-1], -1, np.int32)


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and int(value) >= 1


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise a ValueError if a parameter is not one of its choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}.")
