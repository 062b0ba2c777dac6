"""Evaluation of word vectors: on analogies, on judgements of similarity, on a corpus."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..._containers._tokens import Tokens
from ..._inputs._plain_array import integer
from ._analogy_evaluation import AnalogyReport, evaluate_analogies, read_analogies
from ._benchmark_files import KnownWords
from ._coverage import CoverageReport, count_words, measure_coverage
from ._similarity_evaluation import SimilarityReport, evaluate_similarity, read_pairs
from ._word_queries import METHODS, check_choice
from ._word_ranks import WordRanks

_MOST_FREQUENT = 300_000  # words that an evaluation searches, as the word2vec programs do


class WordEvaluation(WordRanks):
    """Evaluate a vocabulary and the vectors of its words."""

    def evaluate_analogies(
        self,
        file: str | os.PathLike[str],
        *,
        method: Literal["add", "mul"] = "add",
        limit: int | None = _MOST_FREQUENT,
        ignore_case: bool = True,
        oov: Literal["skip", "wrong"] = "skip",
    ) -> AnalogyReport:
        """Count the analogies of a file that the vectors complete.

        Parameters
        ----------
        file : str or path
            Text of four words a line, the last the answer: ``Athens Greece Oslo Norway``. Lines
            that begin with a colon start a section. The file of Mikolov et al. is called
            ``questions-words.txt``.
        method : {"add", "mul"}, default="add"
            How they are completed, as in :meth:`analogy`.
        limit : int or None, default=300000
            Number of words from the top of the vocabulary that are known and searched; None takes
            all.
        ignore_case : bool, default=True
            Whether words that differ in case only are the same word; the first in the vocabulary
            stands for all.
        oov : {"skip", "wrong"}, default="skip"
            Whether a question with an out-of-vocabulary word is skipped, or counts as a wrong
            answer.

        Returns
        -------
        AnalogyReport
            Accuracy by section and overall. Printed, a table.

        Raises
        ------
        ValueError
            If a line is not four words; the message names its number.

        Notes
        -----
        The numbers are those of gensim's ``KeyedVectors.evaluate_word_analogies``, whose
        ``restrict_vocab`` is `limit` here, ``case_insensitive`` `ignore_case`, and
        ``dummy4unknown=True`` ``oov="wrong"``. gensim skips lines that it can't read.

        References
        ----------
        T. Mikolov, K. Chen, G. Corrado and J. Dean, "Efficient Estimation of Word
        Representations in Vector Space", 2013.
        """
        check_choice("method", method, METHODS)
        check_choice("oov", oov, ("skip", "wrong"))
        return evaluate_analogies(
            self._searched(limit, None).table,
            KnownWords(self.vocabulary, limit, ignore_case),
            read_analogies(file),
            method=method,
            keep_unknown=oov == "wrong",
        )

    def evaluate_similarity(
        self,
        file: str | os.PathLike[str],
        *,
        delimiter: str = "\t",
        limit: int | None = _MOST_FREQUENT,
        ignore_case: bool = True,
        oov: Literal["skip", "zero"] = "skip",
    ) -> SimilarityReport:
        r"""Correlate the cosines of pairs of words with human judgements of similarity.

        Parameters
        ----------
        file : str or path
            Text of two words and a number a line, as in WordSim-353 and SimLex-999. Lines that
            begin with ``#`` are comments.
        delimiter : str, default="\t"
            What separates the words and the number.
        limit : int or None, default=300000
            Number of words from the top of the vocabulary that are known; None takes all.
        ignore_case : bool, default=True
            Whether words that differ in case only are the same word; the first in the vocabulary
            stands for all.
        oov : {"skip", "zero"}, default="skip"
            Whether a pair with an out-of-vocabulary word is skipped, or counts with a cosine of 0.

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
        ``dummy4unknown=True`` ``oov="zero"``. gensim skips lines that it can't read.

        References
        ----------
        L. Finkelstein et al., "Placing Search in Context: The Concept Revisited", WWW 2001.

        F. Hill, R. Reichart and A. Korhonen, "SimLex-999: Evaluating Semantic Models With
        (Genuine) Similarity Estimation", Computational Linguistics 41 (4), 2015.
        """
        check_choice("oov", oov, ("skip", "zero"))
        return evaluate_similarity(
            self._searched(limit, None).table,
            KnownWords(self.vocabulary, limit, ignore_case),
            read_pairs(file, delimiter),
            keep_unknown=oov == "zero",
        )

    def coverage(
        self,
        X: Tokens | Mapping[str, int] | Sequence[str],
        *,
        tokenizer: Any = None,
        n_missing: int = 20,
    ) -> CoverageReport:
        """Count the tokens of a corpus that have a vector, and list those that are missing.

        Parameters
        ----------
        X : documents, Tokens, Vocabulary or mapping of str to int
            Raw documents (list, array, Series or one-column frame of str), Tokens, words that
            count once each, or words with their counts, such as a ``collections.Counter``.
        tokenizer : tokenizer or None, default=None
            Makes Tokens of raw documents; None is ``WordTokenizer()``.
        n_missing : int, default=20
            Number of missing words to list, the most frequent first.

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
        words, counts = count_words(X, tokenizer)
        return measure_coverage(self, words, counts, integer(n_missing, "n_missing"))
