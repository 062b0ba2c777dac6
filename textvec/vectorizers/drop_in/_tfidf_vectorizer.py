"""Documents as weighted counts of their n-grams: scikit-learn's TfidfVectorizer, natively."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Literal, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_extraction.text import TfidfVectorizer as _Reference
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from ..._compat import _fit_context
from ..._counting._mergeable import Learned
from ..._counting._token_counts import TokenCounts
from ..._estimators._constraints import N_JOBS, TOKENIZER, bounded
from ..._estimators._fitted_state import atomic_fit, learned_at_once, of_one_moment
from ..._kernels._counts import column_counts
from ..._kernels._threads import in_stretches, stretches
from ...distributed import is_dask, mapped
from ...tokenizers._base_tokenizer import BaseTokenizer
from ._count_vectorizer import CountVectorizer
from ._sparse_rows import normalized


class TfidfVectorizer(CountVectorizer, _Reference):
    r"""Turn documents into a matrix of counts weighted by how rare each n-gram is.

    A drop-in for scikit-learn's class of the same name, of which it is a subclass: the same
    parameters, attributes and errors, and the same matrices bit for bit, many times faster.
    What :class:`CountVectorizer` adds, it adds too.

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
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        N-grams of words, of characters, or of characters within words, padded with a space at
        their borders. A callable maps a document to terms.
    stop_words : "english", list of str or None, default=None
        Words to leave out: scikit-learn's English list, or your own. None keeps all.
    token_pattern : str or None, default=r"(?u)\b\w\w+\b"
        The regular expression of a token: by default words of two or more letters, digits and
        underscores. With a group, its contents are the token.
    ngram_range : tuple of two int, default=(1, 1)
        Shortest and longest n-gram. For text begin with ``(1, 2)``.
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
    dtype : dtype, default=numpy.float64
        The type of the matrix.
    norm : {"l1", "l2"} or None, default="l2"
        Scale each row to sum 1 of absolute values or of squares; None does not scale.
    use_idf : bool, default=True
        Multiply by the inverse document frequency; False leaves the counts, normalized.
    smooth_idf : bool, default=True
        Add one to document frequencies, as if one more document contained every term.
    sublinear_tf : bool, default=False
        Replace a count tf by 1 + log(tf). For long documents begin with True.
    keep_counts : bool, default=False
        Whether `fit` keeps how often each term was counted, in `token_counts_` and
        `document_counts_`; :meth:`partial_fit` always does. Without limits (`min_df`, `max_df`,
        `max_features`), `partial_fit` and `merge` go on after `fit` then. With millions of n-grams
        that makes `fit` some 5 % slower.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it.

    Attributes
    ----------
    vocabulary_ : dict
        From term to column, in the order of the columns.
    fixed_vocabulary_ : bool
        Whether `vocabulary` was given.
    token_counts_, document_counts_ : ndarray of shape (n_features,), int64
        Number of occurrences of the term of each column, and of documents that hold it, in what
        `fit` read; with `keep_counts` or after :meth:`partial_fit`.
    n_documents_ : int
        Number of documents that `fit` read; likewise.
    idf_ : ndarray of shape (n_features,)
        Inverse document frequencies, with ``use_idf=True``.

    See Also
    --------
    CountVectorizer : The counts alone; its notes hold here too.
    HashingVectorizer : No vocabulary to learn, and none to keep.

    Examples
    --------
    >>> from textvec import TfidfVectorizer
    >>> vectorizer = TfidfVectorizer()
    >>> X = vectorizer.fit_transform(["the frog", "the toad and the frog"])
    >>> vectorizer.get_feature_names_out()
    array(['and', 'frog', 'the', 'toad'], dtype=object)
    >>> X.toarray().round(2)
    array([[0.  , 0.71, 0.71, 0.  ],
           [0.47, 0.33, 0.67, 0.47]])
    """

    __metadata_request__partial_fit: ClassVar = {"raw_documents": UNUSED}

    _tfidf = Learned("_tfidf")
    _declared_fitted: ClassVar = frozenset({"_tfidf"})
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
        analyzer: Literal["word", "char", "char_wb"] | Callable[[Any], Iterable[str]] = "word",
        stop_words: Literal["english"] | list[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        max_df: float = 1.0,
        min_df: float = 1,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.float64,
        norm: Literal["l1", "l2"] | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
        keep_counts: bool = False,
        n_jobs: int | None = None,
    ):
        _Reference.__init__(
            self,
            input=input,
            encoding=encoding,
            decode_error=decode_error,
            strip_accents=strip_accents,
            lowercase=lowercase,
            preprocessor=preprocessor,
            tokenizer=tokenizer,
            analyzer=analyzer,
            stop_words=stop_words,
            token_pattern=token_pattern,
            ngram_range=ngram_range,
            max_df=max_df,
            min_df=min_df,
            max_features=max_features,
            vocabulary=vocabulary,
            binary=binary,
            dtype=dtype,
            norm=norm,
            use_idf=use_idf,
            smooth_idf=smooth_idf,
            sublinear_tf=sublinear_tf,
        )
        self.keep_counts = keep_counts
        self.n_jobs = n_jobs

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, raw_documents: Any, y: Any = None) -> Self:
        """Learn the vocabulary and the inverse document frequencies.

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
        if is_dask(raw_documents) or self._counts_blocks(raw_documents):
            self._check_params()
            self._learn(raw_documents)
        else:
            self._fit_weights(raw_documents)
        return self

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, raw_documents: Any, y: Any = None) -> Any:
        """Learn the vocabulary and the inverse document frequencies, and return tf-idf weights.

        Parameters
        ----------
        raw_documents : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The weights of the terms of each document, a row for each.
        """
        if is_dask(raw_documents):
            return self.fit(raw_documents).transform(raw_documents)
        return self._weighed(self._fit_weights(raw_documents))

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, raw_documents: Any, y: Any = None) -> Self:
        """Learn from documents that come in parts.

        All parts together lead to the vocabulary and the `idf_` that one `fit` of them learns,
        when they are first needed, by `transform` for example. Columns go by name, so they move
        as the vocabulary grows: transform after the last part. A `fit` forgets the parts before.

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
        self._check_params()
        self._learn_more(raw_documents)
        return self

    @of_one_moment
    def transform(self, raw_documents: Any) -> Any:
        """Count the terms of the vocabulary, and weight the counts by tf-idf.

        Parameters
        ----------
        raw_documents : documents or Tokens
            As in `fit`.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The weights of the terms of each document, a row for each.
        """
        self._settle()
        if "vocabulary_" not in vars(self):
            check_is_fitted(self, msg="The TF-IDF vectorizer is not fitted")
        if is_dask(raw_documents):
            return mapped(self.transform, raw_documents)
        X = self._transform_counts(raw_documents)
        return self._weighed(X) if X.shape[0] else X

    def _sklearn_attributes(self) -> dict[str, Any]:
        weights = {"_tfidf": deepcopy(self._tfidf)} if "_tfidf" in vars(self) else {}
        return super()._sklearn_attributes() | weights

    def _fit_weights(self, raw_documents: Any) -> Any:
        self._check_params()
        with learned_at_once(self) as learning:
            X = learning._fit_counts(raw_documents)
            learning._tfidf = self._weights(column_counts(X.indices, X.shape[1]), X.shape[0])
        return X

    def _fit_from(self, counts: TokenCounts) -> None:
        super()._fit_from(counts)
        vars(self).pop("_tfidf", None)  # of the parts before
        if len(self.document_counts_):
            self._tfidf = self._weights(self.document_counts_, self.n_documents_)

    def _has_learned_at_once(self) -> bool:
        held = vars(self)
        return super()._has_learned_at_once() or ("_tfidf" in held and "_counts" not in held)

    def _weights(self, documents: NDArray[np.int64], n_documents: int) -> TfidfTransformer:
        """Return a transformer fitted to these document frequencies."""
        weights = TfidfTransformer(
            norm=self.norm,
            use_idf=False,
            smooth_idf=self.smooth_idf,
            sublinear_tf=self.sublinear_tf,
        )
        # All else that is learned is the number of features, which a matrix of no counts tells.
        weights.fit(csr_array((1, len(documents)))).set_params(use_idf=self.use_idf)
        if self.use_idf:
            weights.idf_ = self._idf(documents, n_documents)
        return weights

    def _weighed(self, X: Any) -> Any:
        """Weight counts in place: TfidfTransformer's arithmetic, in threads where it is NumPy's."""
        weights = self._tfidf
        if not _is_native(weights, X.shape[1]):
            return weights.transform(X, copy=False)
        if X.dtype not in (np.float32, np.float64):
            X = X.astype(np.float64)
        idf = getattr(weights, "idf_", None)

        def weigh(first: int, last: int) -> None:
            part = slice(X.indptr[first], X.indptr[last])
            counts = X.data[part]
            if weights.sublinear_tf:
                np.log(counts, counts)
                counts += 1.0
            if idf is not None:
                counts *= idf.take(X.indices[part])

        n_threads = 1 if X.shape[0] < 2 else effective_n_jobs(self.n_jobs)
        in_stretches(weigh, stretches(X.indptr, n_threads))
        return X if weights.norm is None else normalized(X, weights.norm)

    def _idf(self, documents: NDArray[np.int64], n_documents: int) -> NDArray[Any]:
        """Return what TfidfTransformer learns, step by step, so that no bit differs."""
        dtype = self.dtype if self.dtype in (np.float32, np.float64) else np.float64
        frequencies = documents.astype(dtype) + float(self.smooth_idf)
        idf = np.full_like(frequencies, n_documents + int(self.smooth_idf))
        idf /= frequencies
        return np.log(idf) + 1.0


def _is_native(weights: Any, n_features: int) -> bool:
    """Return whether weights are what `fit` made, and not a user's or those of other columns."""
    if type(weights) is not TfidfTransformer or "transform" in vars(weights):
        return False
    return vars(weights).get("n_features_in_") == n_features
