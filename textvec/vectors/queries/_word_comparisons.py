"""Comparisons of words by their vectors: cosine similarities and distances, means."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._containers._vocabulary import Vocabulary
from ..._inputs._items import is_tensor, items_of
from ..._inputs._words import word_list
from .._word_table import WordTable
from ._analogy_terms import AnalogyTerm, read_terms
from ._nearest import scores_of_all
from ._scorers import CosineScorer
from ._unit_vectors import NormedTable, cosines, norms_of, odd_one_out, unit


class SearchedWords(NamedTuple):
    """The words that a query searches, with ids from 0, and their vectors."""

    vocabulary: Vocabulary
    table: NormedTable


class Targets(NamedTuple):
    """What a query compares words with.

    Parameters
    ----------
    vectors : ndarray of shape (embedding_dim,) or (n_queries, embedding_dim)
    words : list of str
        The words that they are the vectors of; none if they are of no words.
    """

    vectors: NDArray[Any]
    words: list[str]


class WordComparisons(WordTable):
    """Compare words by the cosines of their vectors.

    The norm of each vector is computed once, on first need; no normalised copy is made.
    """

    _norms: NDArray[np.float64] | None = None  # a cache, never pickled

    def similarity(self, a: Any, b: Any = None) -> Any:
        """Compute the cosine between words, or vectors.

        Parameters
        ----------
        a, b : str, sequence of str or array-like of shape ([n_pairs,] embedding_dim)
            What to compare: pair by pair if both are several, one with each if one is. Without
            `b`, one word or vector with all words of the vocabulary.

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
        if b is None:
            return self._with_all(a)
        (left, _), (right, _) = self._targets(a), self._targets(b)
        if left.ndim == right.ndim == 2 and len(left) != len(right):
            raise ValueError(f"a and b must be as many, got {len(left)} and {len(right)}.")
        found = cosines(left, right)
        return found if found.ndim else float(found)

    def distance(self, a: Any, b: Any = None) -> Any:
        """Compute the cosine distance between words, or vectors: one minus their similarity.

        Parameters
        ----------
        a, b : str, sequence of str or array-like of shape ([n_pairs,] embedding_dim)
            What to compare, as in :meth:`similarity`.

        Returns
        -------
        float or ndarray of shape (n_pairs,), float64
            From 0 to 2; 1 where a vector is zeros.

        Raises
        ------
        KeyError, ValueError
            As :meth:`similarity`.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["up", "down", "left"], [[0, 1], [0, -1], [-1, 0]])
        >>> vectors.distance("up")
        array([0., 2., 1.])
        """
        return 1.0 - self.similarity(a, b)

    def mean_vector(
        self, words: Any, *, normalize: bool = True, ignore_missing: bool = True
    ) -> NDArray[np.float32]:
        """Compute the mean vector of words, weighted or not.

        Parameters
        ----------
        words : str, vector, or iterable of str, vectors and pairs of one and a weight
            At least one. ``zip(words, weights)`` is an iterable of pairs.
        normalize : bool, default=True
            Whether vectors are scaled to norm 1 first, so that each counts by its weight alone.
        ignore_missing : bool, default=True
            Whether words without a vector are left out.

        Returns
        -------
        ndarray of shape (embedding_dim,), float32
            The weighted sum, divided by the sum of the magnitudes of the weights; zeros if
            no word has a vector.

        Raises
        ------
        KeyError
            If a word has no vector, unless they are left out.
        ValueError
            If there are no words, or vectors are not of this width or not finite.

        See Also
        --------
        EmbeddingVectorizer : Pools the vectors of documents.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["up", "down", "left"], [[0, 1], [0, -1], [-1, 0]])
        >>> vectors.mean_vector([("up", 3), "left", "newt"])
        array([-0.25,  0.75], dtype=float32)
        """
        terms = read_terms(words)
        if not terms:
            raise ValueError("words must hold at least one word, got none.")
        if ignore_missing:
            terms = [term for term in terms if self._has_vector(term)]
        vectors = self._of_terms(terms).astype(np.float64)
        weights = np.array([term.weight for term in terms], float)
        summed = weights @ (unit(vectors) if normalize else vectors)
        total = np.abs(weights).sum()
        mean: NDArray[np.float32] = (summed / (total or 1.0)).astype(np.float32)
        return mean

    def n_similarity(self, a: Any, b: Any) -> float:
        """Compute the cosine between the mean vectors of two sets of words.

        Parameters
        ----------
        a, b : iterable of str, vectors and pairs of one and a weight
            At least one each, all with vectors. Their vectors are not normalized.

        Returns
        -------
        float
            From -1 to 1.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If there are no words.

        See Also
        --------
        DocumentDistance : Compares documents, by the Word Mover's Distance, too.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> round(vectors.n_similarity(["frog", "toad"], ["toad", "king"]), 3)
        0.895
        """
        left, right = (
            self.mean_vector(words, normalize=False, ignore_missing=False) for words in (a, b)
        )
        return float(cosines(left, right))

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

    def _with_all(self, query: Any) -> NDArray[np.float64]:
        """Return the cosine of one word or vector with each word of the vocabulary."""
        target, _ = self._targets(query)
        if target.ndim != 1:
            raise ValueError("without b, a must be one word or vector, got several: use nearest.")
        table = self._searched(None, None).table
        return scores_of_all(CosineScorer(table, target[None])).clip(-1, 1)

    def _has_vector(self, term: AnalogyTerm) -> bool:
        if not isinstance(term.what, str) or term.what in self.vocabulary:
            return True
        return self.subwords is not None and bool(self.vectors([term.what]).any())

    def _of_terms(self, terms: list[AnalogyTerm]) -> NDArray[Any]:
        """Return the vectors of terms (m, D)."""
        is_word = np.array([isinstance(term.what, str) for term in terms], dtype=bool)
        words = [term.what for term in terms if isinstance(term.what, str)]
        if len(words) == len(terms):
            return self.vectors(words)
        vectors = np.empty((len(terms), self.embedding_dim), np.float32)
        vectors[is_word] = self.vectors(words)
        given = [term.what for term in terms if not isinstance(term.what, str)]
        vectors[~is_word] = self._checked(given)
        return vectors

    def _searched(self, limit: int | None, candidates: Iterable[str] | None) -> SearchedWords:
        """Return all words, those of the top, or those chosen."""
        if candidates is not None:
            if limit is not None:
                raise ValueError("candidates are searched whole: leave out limit.")
            words = list(dict.fromkeys(word_list(candidates)))
            vectors = self.vectors(words)
            return SearchedWords(Vocabulary(words), NormedTable(vectors, norms_of(vectors)))
        if limit is not None and not is_count(limit):
            raise ValueError(f"limit must be a positive integer or None, got {limit!r}.")
        if self._norms is None:
            self._norms = norms_of(self.matrix)
        return SearchedWords(self.vocabulary, NormedTable(self.matrix, self._norms).head(limit))

    def _targets(self, query: Any) -> Targets:
        """Read a query: a word, several, a vector or several."""
        if isinstance(query, np.ndarray) and not query.ndim:
            query = query.item()
        if isinstance(query, str):
            return Targets(self.vectors([query])[0], [str.__str__(query)])
        if is_tensor(query):
            query = items_of(query, "a query")
        if isinstance(query, bytes) or not isinstance(query, Iterable):
            raise TypeError(f"a query must be words or vectors, got {query!r:.80}.")
        if not isinstance(query, np.ndarray) or query.dtype.kind in "OUT":
            query = query.to_pylist() if hasattr(query, "to_pylist") else list(query)
            if not query or any(isinstance(word, str) for word in query):
                words = word_list(query)
                return Targets(self.vectors(words), words)
        return Targets(self._checked(query), [])

    def _checked(self, query: Any) -> NDArray[np.float32]:
        """Return vectors of (D,) or (q, D) in float32."""
        if isinstance(query, np.ma.MaskedArray):  # what is masked is no number
            query = np.ma.filled(query.astype(np.float32), np.nan)
        try:
            given = np.asarray(query)
        except ValueError as error:
            raise ValueError(f"vectors must all be of one width: {error}.") from error
        if given.dtype.kind not in "biuf":
            raise TypeError(
                f"a query must be words, or vectors of real numbers, got {query!r:.80}."
            )
        if given.ndim not in (1, 2) or given.shape[-1] != self.embedding_dim:
            raise ValueError(
                f"vectors must be of shape ({self.embedding_dim},) or (n_queries, "
                f"{self.embedding_dim}), got {given.shape}."
            )
        with np.errstate(over="ignore"):  # the check that follows names what overflows
            vectors = given.astype(np.float32)
        if not np.isfinite(vectors).all():
            raise ValueError("vectors must be finite numbers in float32, got one that is not.")
        return vectors


def is_count(value: Any) -> bool:
    """Return whether a value is an integer of at least 1."""
    return isinstance(value, Integral) and value is not True and int(value) >= 1
