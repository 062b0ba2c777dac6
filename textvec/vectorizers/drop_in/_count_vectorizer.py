"""Documents as counts of their n-grams: scikit-learn's CountVectorizer, counted natively."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import DTypeLike
from sklearn.feature_extraction.text import CountVectorizer as _Reference
from sklearn.utils.metadata_routing import UNUSED

from ..._compat import _fit_context
from ..._estimators._constraints import N_JOBS, TOKENIZER, bounded
from ..._estimators._fitted_state import atomic_fit, of_one_moment
from ...distributed import is_dask, mapped
from ...tokenizers._base_tokenizer import BaseTokenizer
from ._native_counting import NativeCounting
from ._overrides import Methods


class CountVectorizer(NativeCounting):
    r"""Turn documents into a matrix of counts of their n-grams.

    A drop-in for scikit-learn's class of the same name, of which it is a subclass: the same
    parameters, attributes and errors, and the same matrices bit for bit, many times faster. It
    also takes Tokens, reads with several threads and learns from documents that come in parts.

    Of a Dask collection of documents, `fit` counts on the workers, and `transform` returns a Dask
    array of CSR blocks.

    Parameters
    ----------
    input : {"filename", "file", "content"}, default="content"
        What the documents are: names of files, open files, or the texts themselves.
    encoding : str, default="utf-8"
        The encoding of bytes and of files.
    decode_error : {"strict", "ignore", "replace"}, default="strict"
        What to do with bytes that are not of that encoding; the default raises UnicodeDecodeError.
    strip_accents : {"ascii", "unicode"}, callable or None, default=None
        Remove accents: "ascii" is faster, and drops what has no ASCII form; "unicode" works on any
        character.
    lowercase : bool, default=True
        Convert to lower case first.
    preprocessor : callable or None, default=None
        A function from a document to a string, in place of `strip_accents` and `lowercase`.
    tokenizer : callable, tokenizer or None, default=None
        A function from a string to tokens, or an object such as ``KmerTokenizer(4)``, which then
        reads the preprocessed documents; in place of `token_pattern`.
    stop_words : "english", list of str or None, default=None
        Words to leave out: scikit-learn's English list, or your own. None keeps all.
    token_pattern : str or None, default=r"(?u)\b\w\w+\b"
        The regular expression of a token: by default words of two or more letters, digits and
        underscores. With a group, its contents are the token.
    ngram_range : tuple of two int, default=(1, 1)
        Shortest and longest n-gram. For text begin with ``(1, 2)``.
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        N-grams of words, of characters, or of characters within words, padded with a space at
        their borders. A callable maps a document to terms.
    max_df : float in [0, 1] or int, default=1.0
        Ignore terms that more documents contain: a float is a proportion, an int a number.
    min_df : float in [0, 1] or int, default=1
        Ignore terms that fewer documents contain, likewise. For many documents begin with 2.
    max_features : int or None, default=None
        Keep only so many terms, the most frequent; None keeps all.
    vocabulary : mapping, iterable of str or None, default=None
        The terms, or a mapping from each to its column; None learns them in `fit`.
    binary : bool, default=False
        Whether a count above 0 becomes 1.
    dtype : dtype, default=numpy.int64
        The type of the matrix.
    keep_counts : bool, default=False
        Whether `fit` keeps how often each term was counted, in `token_counts_` and
        `document_counts_`; :meth:`partial_fit` always does. Without limits (`min_df`, `max_df`,
        `max_features`), `partial_fit` and `merge` go on after `fit` then. With millions of n-grams
        that makes `fit` some 5 % slower.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it; functions of yours run in one thread.

    Attributes
    ----------
    vocabulary_ : dict
        From term to column, in the order of the columns. No dict and no string is made before
        this is read.
    fixed_vocabulary_ : bool
        Whether `vocabulary` was given.
    token_counts_, document_counts_ : ndarray of shape (n_features,), int64
        Number of occurrences of the term of each column, and of documents that hold it, in what
        `fit` read; with `keep_counts` or after :meth:`partial_fit`.
    n_documents_ : int
        Number of documents that `fit` read; likewise.

    See Also
    --------
    TfidfVectorizer : Counts weighted by how rare a term is.
    HashingVectorizer : No vocabulary to learn, and none to keep.
    SequenceVectorizer : Words in order, for a recurrent network.

    Notes
    -----
    Documents are read natively with every built-in `analyzer` and the usual patterns of words
    (``\w\w+``, ``\w+``, ``\S+``, with or without word boundaries); a `preprocessor` and
    `strip_accents` run in Python before. Any other `token_pattern`, a `tokenizer`, a callable
    `analyzer` and methods that a subclass overrides run as in scikit-learn, and only the
    counting is native.

    With Tokens, `stop_words` and `ngram_range` apply and what describes text does not.

    After :meth:`partial_fit` the estimator keeps the counts of all terms, rare ones too.

    Examples
    --------
    >>> from textvec import CountVectorizer, WordTokenizer
    >>> vectorizer = CountVectorizer(ngram_range=(1, 2))
    >>> X = vectorizer.fit_transform(["the frog", "the toad and the frog"])
    >>> vectorizer.get_feature_names_out()
    array(['and', 'and the', 'frog', 'the', 'the frog', 'the toad', 'toad', 'toad and'],
          dtype=object)
    >>> X.toarray()
    array([[0, 0, 1, 1, 1, 0, 0, 0],
           [1, 1, 1, 2, 1, 1, 1, 1]])
    >>> tokens = WordTokenizer().transform(["a frog", "a toad"])
    >>> dict(CountVectorizer().fit(tokens).vocabulary_)
    {'a': 0, 'frog': 1, 'toad': 2}
    """

    __metadata_request__partial_fit: ClassVar = {"raw_documents": UNUSED}

    _sklearn_class: ClassVar[type[Any]] = _Reference
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **bounded(_Reference._parameter_constraints),
        "tokenizer": TOKENIZER,
        "keep_counts": ["boolean"],
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        *,
        input: Literal["filename", "file", "content"] = "content",
        encoding: str = "utf-8",
        decode_error: Literal["strict", "ignore", "replace"] = "strict",
        strip_accents: Literal["ascii", "unicode"] | Callable[[str], str] | None = None,
        lowercase: bool = True,
        preprocessor: Callable[[Any], str] | None = None,
        tokenizer: Callable[[str], Iterable[str]] | BaseTokenizer | None = None,
        stop_words: Literal["english"] | list[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        analyzer: Literal["word", "char", "char_wb"] | Callable[[Any], Iterable[str]] = "word",
        max_df: float = 1.0,
        min_df: float = 1,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.int64,
        keep_counts: bool = False,
        n_jobs: int | None = None,
    ):
        super().__init__(
            input=input,
            encoding=encoding,
            decode_error=decode_error,
            strip_accents=strip_accents,
            lowercase=lowercase,
            preprocessor=preprocessor,
            tokenizer=tokenizer,
            stop_words=stop_words,
            token_pattern=token_pattern,
            ngram_range=ngram_range,
            analyzer=analyzer,
            max_df=max_df,
            min_df=min_df,
            max_features=max_features,
            vocabulary=vocabulary,
            binary=binary,
            dtype=dtype,
        )
        self.keep_counts = keep_counts
        self.n_jobs = n_jobs

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, raw_documents: Any, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        raw_documents : documents or Tokens
            An iterable of str (or what `input` says), a Series or one-column frame, or Tokens.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        TypeError
            If a document is no str; the message names its row.
        ValueError
            If no term is found, or none is within the limits.
        """
        if is_dask(raw_documents):
            self._learn(raw_documents)
        elif _FITTING.overridden(self):
            self.fit_transform(raw_documents)
        elif self._counts_blocks(raw_documents):
            self._learn(raw_documents)
        else:
            self._fit_counts(raw_documents)
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, raw_documents: Any, y: Any = None) -> Any:
        """Learn the vocabulary, and return the counts.

        Parameters
        ----------
        raw_documents : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The counts of each document, a row for each.
        """
        if is_dask(raw_documents):
            self._learn(raw_documents)
            return self.transform(raw_documents)
        return self._fit_counts(raw_documents)

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, raw_documents: Any, y: Any = None) -> Self:
        """Learn the vocabulary from documents that come in parts.

        All parts together lead to the vocabulary that one `fit` of them learns, which is
        selected when it is first needed, by `transform` for example. Columns go by name, so they
        move as the vocabulary grows: transform after the last part. A `fit` forgets the parts
        before.

        Parameters
        ----------
        raw_documents : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.
        """
        self._learn_more(raw_documents)
        return self

    @of_one_moment
    def transform(self, raw_documents: Any) -> Any:
        """Count the terms of the vocabulary.

        Parameters
        ----------
        raw_documents : documents or Tokens
            As in `fit`.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The counts of each document, a row for each.
        """
        if is_dask(raw_documents):
            return mapped(self.transform, raw_documents)
        return self._transform_counts(raw_documents)


_FITTING = Methods(CountVectorizer, "fit_transform")  # which `fit` of scikit-learn's calls
