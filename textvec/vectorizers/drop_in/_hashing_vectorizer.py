"""Documents as hashed counts of their n-grams: scikit-learn's HashingVectorizer, natively."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral
from operator import attrgetter
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sklearn.feature_extraction.text import HashingVectorizer as _Reference
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ..._compat import _align_api_if_sparse, _fit_context
from ..._containers._ragged import Ragged, offsets_from_lengths
from ..._containers._tokens import Tokens
from ..._containers._vocabulary import Vocabulary
from ..._counting._mergeable import Mergeable
from ..._counting._sparse_dtype import check_sparse_dtype
from ..._estimators._constraints import N_JOBS, NOT_NEGATIVE_INT, TOKENIZER, bounded
from ..._estimators._fitted_state import atomic_fit
from ..._inputs._documents import refuse_lone_text
from ..._inputs._streams import is_stream, reads_again
from ..._kernels._hashed_ngrams import hash_tokens
from ...blocks import learn_blocks, learn_part
from ...distributed import is_dask, learn, mapped, refuse_dask
from ...tokenizers._base_tokenizer import BaseTokenizer
from ._drop_in import DropIn
from ._ngram_analyzer import (
    NotTextError,
    Symbols,
    analyze,
    documents_of,
    features_of,
    terms_of,
    text_features,
    unread_documents_of,
)
from ._overrides import Methods
from ._remembered_terms import RememberedTerms
from ._sparse_rows import csr_of, csr_of_width, normalized
from ._word_stream import WordStream, word_stream

_HASHING = Methods(_Reference, "_get_hasher")
_OPTIONS = attrgetter("alternate_sign", "binary", "lowercase", "norm")
_PLAIN = (bool, np.bool_, str, type(None))  # what compares without surprises
_FLOATS = (np.float32, np.float64)
_NATIVE_DTYPES = (np.int32, np.int64, *_FLOATS)


def _keeps_terms(vectorizer: Any) -> bool:
    if not vectorizer.keep_terms:
        raise AttributeError(
            "a hash does not say what was hashed: set keep_terms to the number of terms that "
            "each column should remember, and fit."
        )
    return True


class HashingVectorizer(Mergeable, DropIn, _Reference):
    r"""Turn documents into a matrix of counts of their n-grams, each in the column of its hash.

    A drop-in for scikit-learn's class of the same name, of which it is a subclass: the same
    parameters and errors, and the same matrices bit for bit, many times faster. It also takes
    Tokens, reads with several threads, returns zero rows for no documents, and may remember what
    fell into each column.

    Of a Dask collection of documents, `transform` returns a Dask array of CSR blocks, and `fit`
    finds the terms to remember on the workers.

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
    n_features : int, default=2**20
        Number of columns. Fewer take less memory in a model, and more terms collide
        (:func:`hashing_report`).
    binary : bool, default=False
        Whether a count above 0 becomes 1.
    norm : {"l1", "l2"} or None, default="l2"
        Scale each row to sum 1 of absolute values or of squares; None does not scale.
    alternate_sign : bool, default=True
        Whether half of the terms count negatively, so that collisions cancel out on average.
    dtype : dtype, default=numpy.float64
        The type of the matrix.
    keep_terms : int, default=0
        How many terms each column remembers of those seen in `fit` and `partial_fit`, 0 or
        more: the first that fell into it; 1 to 3 are enough to read a model by. The matrices do
        not depend on it.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it.

    Attributes
    ----------
    terms_ : Vocabulary
        The terms that are remembered, with ``keep_terms > 0``.

    See Also
    --------
    CountVectorizer : Learns which columns there are; its notes on speed hold here too.

    Notes
    -----
    The column is that of the signed 32-bit MurmurHash3 of a term's UTF-8. Two terms may share
    one: among n terms and m columns about ``n - m * (1 - (1 - 1/m)**n)`` find theirs taken.

    Examples
    --------
    >>> from textvec import HashingVectorizer
    >>> vectorizer = HashingVectorizer(n_features=8, norm=None, alternate_sign=False, keep_terms=2)
    >>> X = vectorizer.fit_transform(["the frog and the toad", "a frog on a log"])
    >>> X.toarray()
    array([[0., 0., 0., 0., 1., 1., 3., 0.],
           [0., 0., 0., 0., 1., 0., 1., 1.]])

    The log fell where the two that came first keep its name out:

    >>> vectorizer.get_feature_names_out()[4:].tolist()
    ['frog', 'and', 'the | toad', 'on']
    """

    _sklearn_class: ClassVar[type[Any]] = _Reference
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **bounded(_Reference._parameter_constraints),
        "tokenizer": TOKENIZER,
        "keep_terms": [NOT_NEGATIVE_INT],
        "n_jobs": N_JOBS,
    }

    terms_: Vocabulary

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
        n_features: int = 2**20,
        binary: bool = False,
        norm: Literal["l1", "l2"] | None = "l2",
        alternate_sign: bool = True,
        dtype: DTypeLike = np.float64,
        keep_terms: int = 0,
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
            n_features=n_features,
            binary=binary,
            norm=norm,
            alternate_sign=alternate_sign,
            dtype=dtype,
        )
        self.keep_terms = keep_terms
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and, with `keep_terms`, remember the terms of the documents.

        Parameters
        ----------
        X : documents or Tokens
            As in `transform`; not read without `keep_terms`.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.
        """
        refuse_lone_text(X)
        super().fit(X, y)
        if not self.keep_terms:
            return self
        if is_dask(X):
            learn(self, X)
        elif is_stream(X):
            learn_blocks(self, X)
        else:
            self._fit_from_all(self._part_counts(X))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Check the parameters and, with `keep_terms`, remember the terms of more documents.

        Parameters
        ----------
        X : documents or Tokens
            As in `transform`; not read without `keep_terms`.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator; `keep_terms` apart, there is nothing to learn.
        """
        refuse_lone_text(X)
        if self.keep_terms:
            learn_part(self, X)
        return self

    def merge(self, *others: Self) -> Self:
        """Return a new vectorizer that remembers the terms of this one, then those of others.

        It is what one `fit` of all documents remembers, in this order: merging is associative.
        Without `keep_terms` there is nothing to learn.

        Parameters
        ----------
        *others : HashingVectorizer
            With the same parameters, but for `n_jobs`.

        Returns
        -------
        HashingVectorizer
            What a fit of the documents of all would be.

        Raises
        ------
        NotFittedError
            If `keep_terms` is set, and one has learned nothing yet.
        TypeError
            If one is of another class.
        ValueError
            If one has other parameters, the first of which is named.
        """
        return super().merge(*others)

    @atomic_fit
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Fit, then transform.

        Parameters
        ----------
        X : documents or Tokens
            As in `transform`.
        y : None
            Ignored.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The weights of the terms of each document, a row for each.
        """
        self._validate_params()
        is_read_once = bool(self.keep_terms) and is_stream(X) and not reads_again(X)
        documents = documents_of(X) if is_read_once else X
        return self.fit(documents, y).transform(documents)

    def transform(self, X: Any) -> Any:
        """Count hashed terms.

        Parameters
        ----------
        X : documents or Tokens
            An iterable of str (or what `input` says), a Series or one-column frame, or Tokens.

        Returns
        -------
        sparse matrix of shape (n_documents, n_features)
            The weights of the terms of each document, a row for each.

        Raises
        ------
        TypeError
            If a document is no str; the message names its row.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        self._check_parameters()
        return _align_api_if_sparse(self._hashed(X))

    @available_if(_keeps_terms)
    def inverse_transform(self, X: Any) -> list[NDArray[np.object_]]:
        """Return the remembered terms of the nonzero columns of each document.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            What `transform` returns.

        Returns
        -------
        list of ndarray of str
            Not all of them need be in the document: it holds one of those that share a column,
            or another that is not remembered.

        Raises
        ------
        ValueError
            If `X` has another number of columns than `n_features`.
        """
        refuse_dask(X, "X")
        by_column, names = self._terms_by_column()
        X = csr_of_width(X, self.n_features, type(self).__name__)
        filled = X.data != 0
        terms = by_column[X.indices[filled]]
        ends = offsets_from_lengths(filled)[X.indptr]  # of each row, among the filled entries
        flat = names[terms.values]
        return [flat[a:b] for a, b in zip(terms.offsets[ends[:-1]], terms.offsets[ends[1:]])]

    @available_if(_keeps_terms)
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the remembered terms of each column, joined by " | ".

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_features,), object
            A column without any is ``"hash"`` and its number.
        """
        by_column, names = self._terms_by_column()
        return np.array(
            [
                " | ".join(names[terms]) if len(terms) else f"hash{column}"
                for column, terms in enumerate(by_column)
            ],
            dtype=object,
        )

    def _check_parameters(self) -> None:
        """Check the parameters that `transform` uses, which no `fit` need have seen."""
        self._validate_ngram_range()
        given: Any = self.n_features
        is_count = isinstance(given, Integral) and int(given) in range(1, 2**31)
        are_plain = all(isinstance(option, _PLAIN) for option in _OPTIONS(self))
        if not (is_count and are_plain and self.norm in (None, "l1", "l2")):
            self._validate_params()  # says what is expected

    def _hashed(self, X: Any) -> Any:
        """Count hashed terms; natively, unless the hash is another or a term is no str."""
        if _HASHING.overridden(self):
            return self._hashed_in_python(documents_of(X))
        documents = unread_documents_of(X)
        stream = word_stream(self, documents)
        if stream is not None:
            return self._natively_hashed(stream)
        documents = documents_of(documents)
        try:
            return self._natively_hashed(analyze(self, documents))
        except NotTextError:
            return self._hashed_in_python(documents)

    def _hashed_in_python(self, documents: list[Any] | Tokens) -> Any:
        return self._scaled(self._get_hasher().transform(features_of(self, documents)), self.norm)

    def _scaled(self, matrix: Any, norm: Literal["l1", "l2"] | None) -> Any:
        if self.binary:
            matrix.data.fill(1)
        return matrix if norm is None or not matrix.shape[0] else normalized(matrix, norm)

    def _natively_hashed(self, symbols: Symbols | WordStream) -> Any:
        if not isinstance(self.dtype, (type, str, np.dtype)) or self.dtype not in _NATIVE_DTYPES:
            check_sparse_dtype(self.dtype)
        dtype = np.dtype(self.dtype)
        # Rows are normalized while they are in a cache, if nothing is to be done with them before.
        is_early = dtype.type in _FLOATS and not self.binary
        data, indices, indptr = symbols.hashed(
            n_columns=self.n_features,
            # Booleans don't cancel out.
            alternate_sign=self.alternate_sign and dtype != np.bool_,
            dtype=dtype if dtype.type in _NATIVE_DTYPES else np.int32,
            norm=self.norm if is_early else None,
        )
        if dtype.kind == "u" and data.size and data.min() < 0:
            raise OverflowError(
                f"dtype={dtype} can't hold the {data.min()} that alternate_sign=True makes: set "
                "alternate_sign=False, or a signed dtype."
            )
        matrix = csr_of(data.astype(dtype, copy=False), indices, indptr, self.n_features)
        return self._scaled(matrix, None if is_early else self.norm)

    def _part_counts(self, X: Any, y: Any = None) -> RememberedTerms:
        """Return the first terms of each column in some documents."""
        if _HASHING.overridden(self):
            raise ValueError(
                f"keep_terms={self.keep_terms} needs the hash of HashingVectorizer, and "
                f"{type(self).__name__} has another: set keep_terms=0."
            )
        counts = text_features(self, documents_of(X)).counted()
        return self._of_terms(terms_of(counts)[1]).first()

    def _of_terms(self, terms: Vocabulary) -> RememberedTerms:
        return RememberedTerms(terms, self.n_features, self.keep_terms)

    def _kept_counts(self) -> RememberedTerms:
        """Return the terms that are remembered; they are all that there is to know of parts."""
        if self.keep_terms and "terms_" not in vars(self):
            super()._kept_counts()  # says so
        return self._of_terms(vars(self).get("terms_", Vocabulary()))

    def _check_may_grow(self) -> None:
        """Take any part: `fit` keeps all there is to know."""

    def _add_part(self, counts: RememberedTerms) -> None:
        known = "terms_" in vars(self)
        self._take(self._kept_counts().merge(counts) if known else counts)

    def _fit_from(self, counts: RememberedTerms) -> None:
        if self.keep_terms:
            self.terms_ = counts.terms

    def _terms_by_column(self) -> tuple[Ragged, NDArray[np.object_]]:
        """Return the positions in `terms_` of each column's terms, and the terms."""
        check_is_fitted(self, "terms_")
        terms = self.terms_
        columns = hash_tokens(terms.buffer, terms.offsets, self.n_features)
        names = np.array(terms.tokens, dtype=object)
        sizes = np.bincount(columns, minlength=self.n_features)
        return Ragged(np.argsort(columns, kind="stable"), offsets_from_lengths(sizes)), names
