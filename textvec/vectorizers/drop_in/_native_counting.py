"""From documents to matrices of counts: what CountVectorizer and TfidfVectorizer share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sklearn.feature_extraction.text import CountVectorizer as _Reference

from ..._containers._ragged import offsets_from_lengths
from ..._containers._read_only import read_only
from ..._containers._vocabulary import Vocabulary, index_of, trusted_vocabulary
from ..._counting._count_settings import Settings, check_same_settings, settings_of
from ..._counting._mergeable import LearnsLater
from ..._counting._sparse_dtype import check_sparse_dtype
from ..._counting._token_counts import EmptySelection, TokenCounts
from ..._estimators._fitted_state import of_one_moment
from ..._inputs._streams import is_stream
from ..._inputs._words import word_list
from ..._kernels._counts import column_counts, row_counts
from ..._kernels._ngrams import NgramCounts
from ..._reporting._caller_warnings import warn_caller
from ...blocks import learn_blocks, learn_part
from ...distributed import is_dask, learn, refuse_dask
from ._drop_in import DropIn
from ._ngram_analyzer import (
    NotTextError,
    analyze,
    documents_of,
    terms_of,
    text_features,
    unread_documents_of,
)
from ._no_terms import no_terms_message
from ._overrides import Methods
from ._reader import scanner_of_one
from ._sparse_rows import csr_of, csr_of_width
from ._term_limits import TermLimits
from ._terms import Terms, TermsAttribute
from ._word_stream import word_stream

_FEW_TOKENS = 1 << 12
_WIDE = 4  # bytes of a number in which counts of documents do not wrap around
# What a term is, and how it is counted, depends on these; the rest says where documents come from.
_COUNTED_WITH = (
    *("analyzer", "binary", "lowercase", "ngram_range", "preprocessor", "stop_words"),
    *("strip_accents", "token_pattern", "tokenizer", "vocabulary"),
)
_NO_WORDS = "empty vocabulary; the documents hold no words, or only stop words"
_KEPT = ("_counts", "token_counts_", "document_counts_", "n_documents_")


class NativeCounting(LearnsLater, DropIn, _Reference):
    """Base of CountVectorizer and TfidfVectorizer: native counting in place of scikit-learn's."""

    vocabulary_ = TermsAttribute()
    _counts: TokenCounts  # after `partial_fit`
    token_counts_: NDArray[np.int64]
    document_counts_: NDArray[np.int64]
    n_documents_: int
    keep_counts: bool = False
    n_jobs: int | None = None
    fixed_vocabulary_: bool
    lowercase: bool
    max_df: Any
    min_df: Any
    max_features: int | None
    binary: bool
    dtype: DTypeLike

    @of_one_moment
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the term of each column.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_features,), object
            The term of each column.
        """
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            return super().get_feature_names_out(input_features)
        return np.array(vocabulary.tokens, dtype=object)

    @of_one_moment
    def inverse_transform(self, X: Any) -> list[NDArray[np.str_]]:
        """Return the terms of each document.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_documents, n_features)
            What `transform` returns.

        Returns
        -------
        list of ndarray of str
            The terms with a nonzero entry. Names are made of those terms alone.

        Raises
        ------
        ValueError
            If `X` has another number of columns than `transform` makes.
        """
        refuse_dask(X, "X")
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            return super().inverse_transform(X)
        X = csr_of_width(X, len(vocabulary), type(self).__name__)
        filled = X.data != 0
        columns, term_of = np.unique(X.indices[filled], return_inverse=True)
        terms = np.array(vocabulary.take(columns).tokens, dtype=_text_dtype(vocabulary))
        ends = offsets_from_lengths(filled)[X.indptr[1:-1]]
        return np.split(terms[term_of], ends) if X.shape[0] else []

    def _sklearn_attributes(self) -> dict[str, Any]:
        self._settle()
        if "vocabulary_" not in vars(self):
            return {}
        return {"vocabulary_": dict(self.vocabulary_), "fixed_vocabulary_": self.fixed_vocabulary_}

    def _fit_counts(self, raw_documents: Any) -> Any:
        """Learn the vocabulary, and what is to be kept of the counts; return these."""
        X = self._learned_counts(raw_documents)
        for name in _KEPT:  # of a fit or parts before
            self.__dict__.pop(name, None)
        if self.keep_counts:
            terms = np.asarray(X.sum(axis=0)).ravel().astype(np.int64)
            self._keep_counts(terms, column_counts(X.indices, X.shape[1]), X.shape[0])
            self._keep_for_parts()
        return X

    def _keep_for_parts(self) -> None:
        """Keep what more parts add to, where the counts of the columns are those of all terms."""
        vocabulary = None if _COUNTING.overridden(self) else self._known_vocabulary()
        if vocabulary is None or not self._counts_all_terms():
            return
        counts = self.token_counts_, self.document_counts_, self.n_documents_
        self._counts = TokenCounts(vocabulary, *counts, self._settings())

    def _counts_all_terms(self) -> bool:
        """Return whether no limit leaves a term out, and no narrow dtype wraps around."""
        if np.dtype(self.dtype).itemsize < _WIDE:
            return False
        at_least = self.min_df == 0 or (isinstance(self.min_df, Integral) and self.min_df == 1)
        at_most = not isinstance(self.max_df, Integral) and self.max_df == 1
        return self.fixed_vocabulary_ or (at_least and at_most and self.max_features is None)

    def _learned_counts(self, raw_documents: Any) -> Any:
        """Learn the vocabulary; return the counts."""
        if _COUNTING.overridden(self):
            return _Reference.fit_transform(self, documents_of(raw_documents))
        self._check_before_fit()
        if self.fixed_vocabulary_:
            return self._transform_counts(raw_documents)
        documents = unread_documents_of(raw_documents)
        counts = self._streamed_counts(documents)
        if counts is None or not (counts.is_term.any() or is_stream(documents)):
            documents = documents_of(documents)
            try:
                symbols = analyze(self, documents)
            except NotTextError:
                return _Reference.fit_transform(self, documents)
            counts = symbols.counted()
            if not counts.is_term.any():
                raise ValueError(no_terms_message(self, documents, symbols))
        if not counts.is_term.any():
            raise ValueError(_NO_WORDS)
        ids = TermLimits.of(self, counts.n_rows).ids(counts, binary=self.binary)
        columns = counts.positions(ids)
        vocabulary = trusted_vocabulary(*counts.names(ids))
        # scikit-learn leaves each row in the order in which the terms first appeared.
        X = self._matrix(counts, columns, len(ids), by_column=False)
        self.vocabulary_ = vocabulary
        return self._with_binary(X)

    def _streamed_counts(self, X: Any) -> NgramCounts | None:
        """Count the terms of documents block by block; None if they are to be read at once."""
        stream = word_stream(self, X)
        return None if stream is None else stream.counted()

    def _transform_counts(self, raw_documents: Any) -> Any:
        """Count the terms of the vocabulary."""
        vocabulary = None if _COUNTING.overridden(self) else self._known_vocabulary()
        if vocabulary is None:
            return _Reference.transform(self, documents_of(raw_documents))
        return self._with_binary(self._known_counts(raw_documents, vocabulary))

    def _known_counts(self, raw_documents: Any, vocabulary: Vocabulary) -> Any:
        """Count the terms of a vocabulary, whose columns go up from 0."""
        scanner = scanner_of_one(self, raw_documents)
        if scanner is not None:
            row = scanner.ids_of(raw_documents[0], index_of(vocabulary), 0, -1)
            return self._few_counts(*row, None, len(vocabulary))
        documents = unread_documents_of(raw_documents)
        counts = self._streamed_counts(documents)
        if counts is None:
            symbols = analyze(self, documents_of(documents))
            if symbols.are_tokens and len(symbols.tokens.values) <= _FEW_TOKENS:
                tokens, columns = symbols.tokens, vocabulary.lookup(symbols.tokens.vocabulary)
                return self._few_counts(tokens.values, tokens.offsets, columns, len(vocabulary))
            counts = symbols.counted()
        columns = np.full(counts.n_ids, -1, dtype=np.int32)
        ids, terms = terms_of(counts)
        columns[ids] = vocabulary.lookup(terms)
        return self._matrix(counts, columns, len(vocabulary), by_column=True)

    def _count_vocab(self, raw_documents: Any, fixed_vocab: bool) -> tuple[Any, Any]:
        """Count terms for a subclass that replaces something around this, as scikit-learn has it.

        Columns are those of the vocabulary, or in the order in which terms first appear.
        """
        documents = documents_of(raw_documents)
        vocabulary = self._known_vocabulary() if fixed_vocab else None
        if vocabulary is not None:
            return self.vocabulary_, self._known_counts(documents, vocabulary)
        if fixed_vocab:
            return super()._count_vocab(documents, fixed_vocab)
        try:
            symbols = analyze(self, documents)
        except NotTextError:
            return super()._count_vocab(documents, fixed_vocab)
        counts = symbols.counted()
        ids, terms = terms_of(counts)
        if not len(ids):
            raise ValueError(no_terms_message(self, documents, symbols))
        matrix = self._matrix(counts, counts.positions(ids), len(ids), by_column=True)
        return dict(terms.items()), matrix

    def _few_counts(
        self,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        columns: NDArray[np.int32] | None,
        n_columns: int,
    ) -> Any:
        """Count tokens that are terms themselves, without what pays off for many of them."""
        data, indices, indptr = row_counts(ids, offsets, columns, n_columns)
        return csr_of(data.astype(self.dtype, copy=False), indices, indptr, n_columns)

    def _counts_blocks(self, X: Any) -> bool:
        """Return whether documents are a stream, of which blocks can be counted."""
        if not is_stream(X) or self.vocabulary is not None or _COUNTING.overridden(self):
            return False
        return self.analyzer in ("char", "char_wb") or word_stream(self, X) is not None

    def _learn(self, X: Any) -> None:
        """Learn from a collection of Dask, or from a stream."""
        if is_dask(X):
            self._check_counts_partitions()
            learn(self, X)
        else:
            learn_blocks(self, X)

    def _learn_more(self, X: Any) -> None:
        """Learn from another part of the documents."""
        if is_dask(X):
            self._check_counts_partitions()
        learn_part(self, X)

    def _check_counts_partitions(self) -> None:
        replaced = _COUNTING.overridden(self)
        if replaced:
            raise TypeError(
                f"{type(self).__name__} replaces {min(replaced)}, which no partition of a Dask "
                "collection can be counted with: fit on X.compute(), and transform X."
            )

    def _part_counts(self, X: Any, y: Any = None) -> TokenCounts:
        """Return the counts of all terms, or of those that are given."""
        self._check_before_fit()
        documents = unread_documents_of(X)
        counts = self._streamed_counts(documents)
        if counts is None:
            counts = text_features(self, documents_of(documents)).counted()
        ids, terms = terms_of(counts)
        in_documents, occurrences = (f[ids] for f in counts.frequencies())
        if self.binary:
            occurrences = in_documents
        found = TokenCounts(terms, occurrences, in_documents, counts.n_rows, self._settings())
        given = self._given_terms()
        return found if given is None else found.of_vocabulary(given)

    def _settings(self) -> Settings:
        return settings_of({name: getattr(self, name) for name in _COUNTED_WITH})

    def _given_terms(self) -> Vocabulary | None:
        if not self.fixed_vocabulary_:
            return None
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            raise TypeError("vocabulary must hold str alone for partial_fit.")
        return vocabulary

    def _has_learned_at_once(self) -> bool:
        held = vars(self)
        return "_counts" not in held and "vocabulary_" in held and self.vocabulary is None

    def _fit_from(self, counts: TokenCounts) -> None:
        check_same_settings(self._settings(), counts.settings)
        self.fixed_vocabulary_ = self.vocabulary is not None
        kept = self._kept(counts)
        self.vocabulary_ = kept.vocabulary
        self._counts = counts
        self._keep_counts(kept.occurrences, kept.documents, kept.n_documents)

    def _within_limits(self, counts: TokenCounts) -> TokenCounts:
        return counts.only(TermLimits.of(self, counts.n_documents).are_within(counts.documents))

    def _fit_from_all(self, counts: TokenCounts) -> None:
        super()._fit_from_all(counts)
        if not len(self.token_counts_):
            if not len(counts.vocabulary):
                raise EmptySelection(_NO_WORDS)
            TermLimits.of(self, counts.n_documents).select(counts)  # says why
        if not self.keep_counts:
            del self.token_counts_, self.document_counts_, self.n_documents_
        elif self._counts_all_terms():
            self._counts = counts

    def _kept(self, counts: TokenCounts) -> TokenCounts:
        """Return the counts of the terms within the limits, which may be none so far."""
        if self.fixed_vocabulary_:
            return counts
        try:
            return TermLimits.of(self, counts.n_documents).select(counts)
        except EmptySelection:  # only all parts together can be within the limits
            return TokenCounts.nothing()._replace(n_documents=counts.n_documents)

    def _keep_counts(
        self, terms: NDArray[np.int64], documents: NDArray[np.int64], n_documents: int
    ) -> None:
        self.token_counts_ = read_only(terms)
        self.document_counts_ = read_only(documents)
        self.n_documents_ = n_documents

    def _matrix(
        self, counts: NgramCounts, columns: NDArray[np.int32], n_columns: int, *, by_column: bool
    ) -> Any:
        data, indices, indptr = counts.matrix(
            columns, by_column=by_column, n_columns=n_columns, dtype=self.dtype
        )
        return csr_of(data, indices, indptr, n_columns)

    def _with_binary(self, X: Any) -> Any:
        if self.binary:
            X.data.fill(1)
        return X

    def _check_before_fit(self) -> None:
        check_sparse_dtype(self.dtype)
        self._validate_ngram_range()
        self._warn_for_unused_params()
        self._validate_vocabulary()
        if self.fixed_vocabulary_ and self.lowercase and _has_upper_case(vars(self)["vocabulary_"]):
            warn_caller(
                "Upper case characters found in vocabulary while 'lowercase' is True. These "
                "entries will not be matched with any documents"
            )

    def _validate_vocabulary(self) -> None:
        given = self.vocabulary
        if isinstance(given, Vocabulary) and given.first_id:
            raise ValueError(
                f"vocabulary has ids from {given.first_id}, where columns count from 0: pass its "
                "terms, as in vocabulary=v.vocabulary_.tokens."
            )
        if hasattr(given, "to_pylist"):
            raise TypeError("vocabulary is an array of pyarrow: pass vocabulary.to_pylist().")
        if hasattr(given, "columns"):  # iterated, it would be the names of its columns
            raise TypeError("vocabulary is a frame: pass the column that holds the terms.")
        if isinstance(given, frozenset) and given and all(isinstance(t, str) for t in given):
            # As a set: in the same order in every process.
            self.fixed_vocabulary_, self.vocabulary_ = True, Vocabulary(given)
            return
        try:
            super()._validate_vocabulary()
        except ValueError as error:
            if not isinstance(given, Iterator) or "empty" not in str(error):
                raise
            raise ValueError(
                f"empty vocabulary passed to fit: an iterator ({type(given).__name__}) can be read "
                "once, and every fit reads it. Pass a list."
            ) from error
        except TypeError as error:  # a term has no hash
            raise TypeError(f"vocabulary must hold str, or map str to columns: {error}.") from error
        if self.fixed_vocabulary_:
            given = vars(self)["vocabulary_"]
            if not (callable(self.analyzer) or self.tokenizer is not None):
                word_list(given, "vocabulary")  # text has no other terms
            self.vocabulary_ = _in_order(given) or given

    def _explain_no_terms(self, counts: TokenCounts) -> None:
        if not len(counts.vocabulary):
            raise EmptySelection("empty vocabulary; the documents so far hold no terms.")
        try:
            TermLimits.of(self, counts.n_documents).select(counts)
        except EmptySelection as error:
            raise EmptySelection(f"no term is within the limits so far. {error}") from error

    def _known_vocabulary(self) -> Vocabulary | None:
        """Return the vocabulary, learned or given; None if its terms are not str."""
        self._settle()
        held = vars(self).get("vocabulary_")
        if held is not None and not len(held) and hasattr(self, "_counts"):
            self._explain_no_terms(self._counts)
        if not held:
            self._check_vocabulary()  # takes the one given, or raises
            held = vars(self)["vocabulary_"]
        if isinstance(held, Vocabulary):
            return held
        if isinstance(held, Terms) and held.vocabulary is not None:
            return held.vocabulary
        # A dict that somebody put there or changed, perhaps read from a file.
        vocabulary = _in_order(held)
        if isinstance(held, Terms):
            held.vocabulary = vocabulary
        elif vocabulary is not None:
            self.vocabulary_ = vocabulary
        return vocabulary

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        held = state.get("vocabulary_")
        if isinstance(held, Terms):
            plain = dict(held) if held.vocabulary is None else held.vocabulary
            state = {**state, "vocabulary_": plain}
        return state


# scikit-learn's own `fit_transform` and `transform` call these where somebody replaces them.
_COUNTING = Methods(
    NativeCounting, "_count_vocab", "_sort_features", "_limit_features", "_check_vocabulary"
)


def _in_order(vocabulary: Mapping[Any, int]) -> Vocabulary | None:
    """Make a Vocabulary of terms and their columns; None if it can't say the same."""
    if isinstance(vocabulary, Vocabulary):
        return vocabulary if vocabulary.first_id == 0 else None
    terms = sorted(vocabulary, key=vocabulary.__getitem__)
    if not all(isinstance(term, str) for term in terms):
        return None
    if [vocabulary[term] for term in terms] != list(range(len(terms))):
        return None
    return Vocabulary(terms)


def _has_upper_case(terms: Iterable[str]) -> bool:
    return any(isinstance(t, str) and any(map(str.isupper, t)) for t in terms)


def _text_dtype(vocabulary: Vocabulary) -> str:
    """Return the dtype of an array of all terms: as many characters as the longest has."""
    begins = offsets_from_lengths((vocabulary.buffer & 0xC0) != 0x80)
    return f"<U{max(1, int(np.diff(begins[vocabulary.offsets]).max()))}"
