"""What can be asked of word vectors: thin methods over plain arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._tokens import Tokens
from ..._vocabulary import Vocabulary
from .. import _reduction
from .._subword_vectors import SubwordVectors
from . import _coverage, _evaluation, _nearest
from ._neighbors import Neighbors, neighbors

_METHODS = ("add", "mul")
_COMMON = 300_000  # words that an evaluation answers with, as in the first word2vec's programs


class WordQueries:
    """Queries of a vocabulary and the vectors of its words, by their cosines.

    The length of each vector is found once, on first need; no normalised copy is made.
    """

    vocabulary: Vocabulary
    matrix: NDArray[Any]
    _lengths: NDArray[np.float64] | None = None  # a cache, never pickled

    if TYPE_CHECKING:
        subwords: Any

        def __init__(
            self, vocabulary: Vocabulary, matrix: ArrayLike, *, subwords: Any = None
        ) -> None: ...
        @property
        def embedding_dim(self) -> int: ...
        def vectors(self, words: Sequence[str]) -> NDArray[Any]: ...

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
        """Find the words whose vectors are most similar, by the cosine.

        Parameters
        ----------
        query : str, sequence of str or array-like of shape ([n_queries,] embedding_dim)
            One word, several, or vectors. Several at once take much less time than one after
            the other.
        k : int, default=10
            Words to give.
        limit : int or None, default=None
            Look only among so many words from the top, which are the most frequent as a rule;
            None looks among all.

        Returns
        -------
        Neighbors or list of Neighbors
            A list if `query` is several words or a 2-d array. A word is not its own neighbour.
            Words of the same score come in the order of the vocabulary.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `k` is not positive, or the vectors are not of this width or not finite.

        Notes
        -----
        Memory beside the answer: some 10 to 100 MB, whatever the number of queries and words.
        A vector of zeros is similar to nothing: its cosines are 0.

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
        excluded = _nearest.Excluded.of(np.atleast_1d(rows)[:, None])
        table = self._searched(limit)
        best = _nearest.best_rows(_nearest.CosineScorer(table, flat), _checked_k(k), excluded)
        found = neighbors(best, len(flat), self.vocabulary)
        return found if targets.ndim == 2 else found[0]

    def most_distant(self, word: str, k: int = 10, *, limit: int | None = None) -> Neighbors:
        """Find the words of least cosine with a word, from the least up.

        Parameters
        ----------
        word : str
            The word.
        k : int, default=10
            Words to give.
        limit : int or None, default=None
            Look only among so many words from the top; None looks among all.

        Returns
        -------
        Neighbors
            Scores are cosines.

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
        target, row = self._targets(word)
        found = self._best(-target[None], row[None, None], k, limit)
        return Neighbors(found.words, 0.0 - found.scores)  # not -0.0

    def analogy(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        k: int = 10,
        *,
        method: Literal["add", "mul"] = "add",
        limit: int | None = None,
    ) -> Neighbors:
        """Find the words that are like some words and unlike others.

        "Man is to king as woman is to ..." asks ``analogy(["king", "woman"], ["man"])``.

        Parameters
        ----------
        positive : str or sequence of str
            Words the answer is like.
        negative : str or sequence of str, default=()
            Words it is unlike.
        k : int, default=10
            Words to give.
        method : {"add", "mul"}, default="add"
            ``"add"`` is 3CosAdd: the cosine with the sum of the words' vectors, brought to
            length 1, those of `negative` subtracted. ``"mul"`` is 3CosMul: the product of the
            cosines, brought to the range from 0 to 1, divided by that of `negative`; no single
            large cosine outweighs the others.
        limit : int or None, default=None
            Look only among so many words from the top; None looks among all.

        Returns
        -------
        Neighbors
            None of the words given among them.

        Raises
        ------
        KeyError
            If a word has no vector.
        ValueError
            If `positive` is empty, `k` is not positive, or there is no such `method`.

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
        positive, negative = _listed(positive), _listed(negative)
        _check_method(method)
        if not positive:
            raise ValueError("positive must name at least one word, got none.")
        words = [*positive, *negative]
        terms = self.vectors(words)  # (m, D)
        rows = self.vocabulary.lookup(words)[None]  # (1, m)
        if method == "add":
            signs = [1] * len(positive) + [-1] * len(negative)
            return self._best(_nearest.offsets(terms, signs)[None], rows, k, limit)
        parts = np.arange(len(words))[None]  # (1, m)
        scorer = _nearest.ProductScorer(self._searched(limit), terms, parts, len(positive))
        best = _nearest.best_rows(scorer, _checked_k(k), _nearest.Excluded.of(rows))
        return neighbors(best, 1, self.vocabulary)[0]

    def similarity(self, a: Any, b: Any) -> Any:
        """Give the cosine between words, or vectors.

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
        found = _nearest.cosines(left, right)
        return found if found.ndim else float(found)

    def odd_one_out(self, words: Sequence[str]) -> str:
        """Give the word that is least like the others.

        Parameters
        ----------
        words : sequence of str
            At least one.

        Returns
        -------
        str
            The word of least cosine with the mean of all their vectors, brought to length 1;
            the first of equals.

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
        if not len(words):
            raise ValueError("words must hold at least one word, got none.")
        return words[_nearest.odd_one_out(self.vectors(words))]

    def evaluate_analogies(
        self,
        file: str | os.PathLike[str],
        *,
        method: Literal["add", "mul"] = "add",
        limit: int | None = _COMMON,
        ignore_case: bool = True,
        oov: Literal["skip", "wrong"] = "skip",
    ) -> _evaluation.AnalogyReport:
        """Count the analogies of a file that the vectors complete.

        Parameters
        ----------
        file : str or path
            Text of four words a line, the last the answer: ``Athens Greece Oslo Norway``. Lines
            that begin with a colon head a section. The first such file, of Mikolov et al., is
            called ``questions-words.txt``.
        method : {"add", "mul"}, default="add"
            How they are completed, as in :meth:`analogy`.
        limit : int or None, default=300000
            Only so many words from the top are known and given in answer; None takes all.
        ignore_case : bool, default=True
            Whether words are the same that differ in case alone. The first in the vocabulary
            stands for all.
        oov : {"skip", "wrong"}, default="skip"
            What becomes of a question with a word that has no vector.

        Returns
        -------
        AnalogyReport
            Accuracy by section and in all. Printed, a table.

        Raises
        ------
        ValueError
            If a line is not four words; the message names its number.

        Notes
        -----
        The numbers are those of gensim's ``KeyedVectors.evaluate_word_analogies``, whose
        ``restrict_vocab`` is `limit` here, ``case_insensitive`` `ignore_case`, and
        ``dummy4unknown=True`` ``oov="wrong"``. gensim leaves out lines that it can't read.

        References
        ----------
        T. Mikolov, K. Chen, G. Corrado and J. Dean, "Efficient Estimation of Word
        Representations in Vector Space", 2013.
        """
        _check_method(method)
        _check_choice("oov", oov, ("skip", "wrong"))
        return _evaluation.evaluate_analogies(
            self._searched(limit),
            _evaluation.Words(self.vocabulary, limit, ignore_case),
            _evaluation.read_analogies(file),
            method=method,
            keep_unknown=oov == "wrong",
        )

    def evaluate_similarity(
        self,
        file: str | os.PathLike[str],
        *,
        delimiter: str = "\t",
        limit: int | None = _COMMON,
        ignore_case: bool = True,
        oov: Literal["skip", "zero"] = "skip",
    ) -> _evaluation.SimilarityReport:
        r"""Correlate the cosines of pairs of words with the judgement of people.

        Parameters
        ----------
        file : str or path
            Text of two words and a number a line, as in WordSim-353 and SimLex-999. Lines that
            begin with ``#`` are comments.
        delimiter : str, default="\t"
            What stands between the words and the number.
        limit : int or None, default=300000
            Only so many words from the top are known; None takes all.
        ignore_case : bool, default=True
            Whether words are the same that differ in case alone. The first in the vocabulary
            stands for all.
        oov : {"skip", "zero"}, default="skip"
            What becomes of a pair with a word that has no vector; "zero" takes 0 for its cosine.

        Returns
        -------
        SimilarityReport
            Pearson's and Spearman's correlation. Printed, a table.

        Raises
        ------
        ValueError
            If a line is not two words and a number, the message names its number; or if fewer
            than two pairs have vectors.

        Notes
        -----
        The numbers are those of gensim's ``KeyedVectors.evaluate_word_pairs``, whose
        ``restrict_vocab`` is `limit` here, ``case_insensitive`` `ignore_case`, and
        ``dummy4unknown=True`` ``oov="zero"``. gensim leaves out lines that it can't read.

        References
        ----------
        L. Finkelstein et al., "Placing Search in Context: The Concept Revisited", WWW 2001.

        F. Hill, R. Reichart and A. Korhonen, "SimLex-999: Evaluating Semantic Models With
        (Genuine) Similarity Estimation", Computational Linguistics 41 (4), 2015.
        """
        _check_choice("oov", oov, ("skip", "zero"))
        return _evaluation.evaluate_similarity(
            self._searched(limit),
            _evaluation.Words(self.vocabulary, limit, ignore_case),
            _evaluation.read_pairs(file, delimiter),
            keep_unknown=oov == "zero",
        )

    def coverage(
        self,
        X: Tokens | Mapping[str, int] | Sequence[str],
        *,
        tokenizer: Any = None,
        n_missing: int = 20,
    ) -> _coverage.CoverageReport:
        """Count the tokens that have a vector, and say which are missing.

        Parameters
        ----------
        X : documents, Tokens, Vocabulary or mapping of str to int
            Raw documents (list, array, Series or one-column frame of str), Tokens, words that
            count once each, or words with their counts, such as a ``collections.Counter``.
        tokenizer : tokenizer or None, default=None
            Makes Tokens of raw documents; None is ``WordTokenizer()``.
        n_missing : int, default=20
            Words to name that are missing, the most frequent first.

        Returns
        -------
        CoverageReport
            Printed, a table.

        Examples
        --------
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["the", "frog"], [[1, 1], [2, 3]])
        >>> print(vectors.coverage(["The frog on the log", "a frog"]))
        tokens         7  57.1% with a vector
        distinct       5  40.0% with a vector
        missing        a (1), log (1), on (1)
        """
        words, counts = _coverage.counted(X, tokenizer)
        return _coverage.coverage(self.vocabulary, words, counts, n_missing)

    def reduce(self, embedding_dim: int, *, remove: int = 0) -> Self:
        """Give vectors of fewer dimensions: the principal components of the centred ones.

        Parameters
        ----------
        embedding_dim : int
            Components to keep.
        remove : int, default=0
            Components to leave out, from the greatest on. The mean and the first few hold what
            all words have in common, their frequency above all, and cosines may follow meaning
            better without; Mu and Viswanath advise one for each hundred dimensions.

        Returns
        -------
        WordVectors
            Of the same words and dtype, in the order of falling variance. The subwords of
            fastText are projected as well, others left out.

        Raises
        ------
        ValueError
            If there are not so many components.

        References
        ----------
        J. Mu and P. Viswanath, "All-but-the-Top: Simple and Effective Postprocessing for Word
        Representations", ICLR 2018.

        Examples
        --------
        >>> import numpy as np
        >>> from textvec import WordVectors
        >>> vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
        >>> vectors.reduce(2)
        WordVectors(3 words, 2 dimensions, float32)
        """
        projection = _reduction.principal_components(self.matrix, embedding_dim, remove)
        subwords = self.subwords
        if isinstance(subwords, SubwordVectors):
            # Words are means of these rows, and the projection of a mean is the mean of those.
            table, sizes = projection.apply(subwords.table), (subwords.min_n, subwords.max_n)
            subwords = SubwordVectors(table, min_n=sizes[0], max_n=sizes[1])
        else:
            subwords = None
        return type(self)(self.vocabulary, projection.apply(self.matrix), subwords=subwords)

    def _searched(self, limit: int | None) -> _nearest.Table:
        if limit is not None and not _is_count(limit):
            raise ValueError(f"limit must be a positive integer or None, got {limit!r}.")
        if self._lengths is None:
            self._lengths = _nearest.lengths_of(self.matrix)
        return _nearest.Table(self.matrix, self._lengths).head(limit)

    def _best(
        self, targets: NDArray[Any], rows: NDArray[Any], k: int, limit: int | None
    ) -> Neighbors:
        """Give the neighbours of one target (1, D), without some rows (1, m)."""
        scorer = _nearest.CosineScorer(self._searched(limit), targets)
        best = _nearest.best_rows(scorer, _checked_k(k), _nearest.Excluded.of(rows))
        return neighbors(best, 1, self.vocabulary)[0]

    def _targets(self, query: Any) -> tuple[NDArray[Any], NDArray[np.int32]]:
        """Give the vectors of a query (D,) or (q, D), and their rows () or (q,), -1 for none."""
        if isinstance(query, str):
            return self.vectors([query])[0], self.vocabulary.lookup([query])[0]
        if not isinstance(query, np.ndarray) or query.dtype.kind in "OUT":
            words = list(query)
            if all(isinstance(word, str) for word in words):
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


def _listed(words: str | Sequence[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and int(value) >= 1


def _checked_k(k: int) -> int:
    if not _is_count(k):
        raise ValueError(f"k must be a positive integer, got {k!r}.")
    return int(k)


def _check_method(method: str) -> None:
    _check_choice("method", method, _METHODS)


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}.")
