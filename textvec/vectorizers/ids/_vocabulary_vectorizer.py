"""The base of the vectorizers that learn a vocabulary of ids."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ..._compat import _clone_parametrized, _fit_context
from ..._containers._ragged import Ragged, offsets_of_kept, read_only_rows, trusted_rows
from ..._containers._read_only import read_only
from ..._containers._tokens import Tokens, check_known
from ..._containers._vocabulary import (
    FIRST,
    UNKNOWN,
    UNKNOWN_NAME,
    Vocabulary,
    index_of,
    is_cased,
)
from ..._counting._count_settings import Settings, check_same_settings, settings_of
from ..._counting._mergeable import LearnsLater
from ..._counting._token_counts import EmptySelection, TokenCounts
from ..._estimators._constraints import N_IDS, POSITIVE_INT, PROPORTION, TOKENIZER, one_of
from ..._estimators._fitted_state import atomic_fit, replace_fitted
from ..._estimators._reported_fit import ReportedFit
from ..._inputs._documents import document_list
from ..._inputs._ngram_ranges import checked_range
from ..._inputs._streams import is_stream, reads_again
from ...blocks import each_block, learn_blocks, learn_part, merged_counts
from ...distributed import is_dask, learn
from ...tokenizers import TextInput, as_tokenizer, as_tokens, plain_scanner
from ...tokenizers._case_warning import warn_of_case
from ._clause_warning import warn_of_clauses
from ._given_vocabulary import check_no_iterator, given_vocabulary
from ._token_ngrams import token_ngrams

OOV = Literal["index", "drop", "error"]

# An array, as NumPy takes as long to read a number as to add it to a few.
_SHIFT = np.array(FIRST, dtype=np.int32)

_NOT_IN_VOCABULARY = (
    "which is not in the vocabulary: fit on documents that hold it, or set "
    'oov="index" or oov="drop".'
)


class TokenBlocks(NamedTuple):
    """Documents that were tokenized block by block, and are counted so."""

    blocks: list[Tokens]


class VocabularyVectorizer(LearnsLater, ReportedFit, TextInput, TransformerMixin, BaseEstimator):
    """Base of vectorizers that number the tokens in `fit`, and turn documents into ids."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": TOKENIZER,
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "min_df": [POSITIVE_INT, PROPORTION],
        "max_df": [POSITIVE_INT, PROPORTION],
        "vocabulary": [Mapping, Iterable, None],
        "oov": [one_of(OOV)],
        "ngram_range": [tuple],
        "prune_at": [POSITIVE_INT, None],
    }

    vocabulary_: Vocabulary
    n_tokens_: int
    token_counts_: NDArray[np.int64]
    document_counts_: NDArray[np.int64]
    n_documents_: int
    n_lost_: int
    _counts: TokenCounts  # after `partial_fit`

    @abstractmethod
    def transform(self, X: Any) -> Any:
        """Turn documents into what the vectorizer makes of their ids."""

    def __init__(
        self,
        *,
        tokenizer: Any = None,
        max_tokens: int | None = None,
        min_count: int = 1,
        min_df: float = 1,
        max_df: float = 1.0,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        oov: OOV = "index",
        ngram_range: tuple[int, int] = (1, 1),
        prune_at: int | None = None,
    ):
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.min_count = min_count
        self.min_df = min_df
        self.max_df = max_df
        self.vocabulary = vocabulary
        self.oov = oov
        self.ngram_range = ngram_range
        self.prune_at = prune_at

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens. Those of a
            stream, such as a generator or what `read_text` returns, are counted and forgotten.
        y : None
            Ignored.

        Returns
        -------
        self
            The fitted estimator.

        Raises
        ------
        ValueError
            If there are no documents, or no token is within the limits.
        """
        if self.vocabulary is not None:
            self._use_given()
            return self
        if is_dask(X):
            learn(self, X)
            return self
        if is_stream(X):
            learn_blocks(self, X)
            return self
        if isinstance(X, TokenBlocks):
            parts = map(self._part_counts, X.blocks)
            self._fit_from_all(merged_counts(parts, self._within_limits))
            return self
        if self.prune_at is not None and not isinstance(X, Tokens):
            learn_blocks(self, document_list(X))  # what a list loses is what a stream does
            return self
        tokens = self._tokens(X)
        _check_any_documents(len(tokens))
        self._use_counts(self._selected(TokenCounts.of(tokens, room=self.prune_at)))
        return self

    @atomic_fit
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Learn the vocabulary, and turn the documents into what `transform` returns.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`. They are read once, but for a stream that can be read again, which is
            read twice; ids of the tokens of an iterator are held until all are read.
        y : None
            Ignored.

        Returns
        -------
        Ragged, scipy.sparse.csr_matrix or EmbeddedSequences
            As of `transform`.
        """
        if is_dask(X) or (is_stream(X) and reads_again(X)):
            return self.fit(X, y).transform(X)
        if self.prune_at is None or isinstance(X, Tokens):
            tokens = self._tokens(X)
            return self.fit(tokens, y).transform(tokens)
        documents = X if is_stream(X) else document_list(X)
        blocks = list(each_block(self._tokens, documents)) or [self._tokens([])]
        return self.fit(TokenBlocks(blocks), y).transform(blocks[0].concat(*blocks[1:]))

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary from documents that come in parts.

        All parts together lead to the vocabulary that one `fit` of them learns, which is
        selected when it is first needed, by `transform` for example. Ids go by frequency, so
        they change from part to part: transform after the last one. From here on the estimator
        keeps the counts of all tokens, rare ones too. As long as no token is within the limits,
        `vocabulary_` is empty and `transform` says so.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.
        """
        learn_part(self, X)
        return self

    def _has_learned_at_once(self) -> bool:
        return self.vocabulary is None and super()._has_learned_at_once()

    def _part_counts(self, X: Any, y: Any = None) -> TokenCounts:
        if self.vocabulary is not None:
            return TokenCounts.nothing()
        return TokenCounts.of(self._tokens(X), self._settings(), room=self.prune_at)

    def _settings(self) -> Settings:
        tokenizer = as_tokenizer(self.tokenizer)  # a function and its tokenizer are the same
        made_with = {"tokenizer": tokenizer, "ngram_range": self.ngram_range}
        if self.prune_at is not None:  # counts saved before it was a parameter do not name it
            made_with["prune_at"] = self.prune_at
        return settings_of(made_with)

    def _take(self, counts: Any) -> None:
        if self.vocabulary is not None:
            self._use_given()
        else:
            super()._take(counts)

    def _fit_from(self, counts: TokenCounts) -> None:
        if self.vocabulary is not None:
            self._use_given()
            return
        check_same_settings(self._settings(), counts.settings)
        try:
            selected = self._selected(counts)
        except EmptySelection:  # only all parts together can be within the limits
            nothing = Vocabulary(self._special_tokens(), first_id=FIRST)
            selected = counts.of_vocabulary(nothing)
        self._use_counts(selected)
        self._counts = counts

    def _fit_from_all(self, counts: TokenCounts) -> None:
        _check_any_documents(counts.n_documents)
        self._use_counts(self._selected(counts))

    def _within_limits(self, counts: TokenCounts) -> TokenCounts:
        is_special = counts.are_among([UNKNOWN_NAME, *self._special_tokens()])
        keep = ~is_special & counts.are_within(
            min_count=self.min_count, min_df=self.min_df, max_df=self.max_df
        )
        if self.max_tokens is not None:
            keep &= counts.are_most_frequent(self.max_tokens, among=keep)
        return counts.only(keep | is_special)

    def _kept_counts(self) -> Any:
        is_given = self.vocabulary is not None and hasattr(self, "vocabulary_")
        return TokenCounts.nothing() if is_given else super()._kept_counts()

    def __sklearn_clone__(self) -> Self:
        check_no_iterator(self.vocabulary)
        clone: Self = _clone_parametrized(self)
        return clone

    def _special_tokens(self) -> list[str]:
        """Return the tokens that have the first ids, whatever the documents hold."""
        return []

    def _tokens(self, X: Any) -> Tokens:
        tokens = as_tokens(X, self.tokenizer)
        ngram_range = checked_range(self.ngram_range)
        return tokens if ngram_range == (1, 1) else token_ngrams(tokens, ngram_range)

    def _selected(self, counts: TokenCounts) -> TokenCounts:
        """Return the counts of the special tokens, then of the learned ones."""
        special = self._special_tokens()
        max_tokens = self.max_tokens
        if max_tokens is not None and max_tokens <= FIRST + len(special):
            raise ValueError(
                f"max_tokens={max_tokens} leaves no id for a token of the documents: padding, "
                f"unknown and {special} take {FIRST + len(special)}."
            )
        least, _ = checked_range(self.ngram_range)
        if least > 1 and not len(counts.vocabulary) and not counts.lost:
            raise EmptySelection(
                f"empty vocabulary: no document holds {least} tokens, as the shortest n-gram of "
                f"ngram_range={self.ngram_range} does: lower its first number."
            )
        learned = counts.without([UNKNOWN_NAME, *special]).select(
            max_tokens=None if max_tokens is None else max_tokens - len(special),
            min_count=self.min_count,
            min_df=self.min_df,
            max_df=self.max_df,
        )
        if not special:
            return learned
        first = Vocabulary(special, first_id=FIRST)
        return counts.of_vocabulary(first.merge(learned.vocabulary)[0])

    def _use_given(self) -> None:
        self._use(self._given())

    def _given(self) -> Vocabulary:
        assert self.vocabulary is not None
        vocabulary = given_vocabulary(self.vocabulary)
        missing = [token for token in self._special_tokens() if token not in vocabulary]
        if missing:
            raise ValueError(
                f"vocabulary must hold the token {missing[0]!r} of bos_token or eos_token."
            )
        return vocabulary

    def _use_counts(self, counts: TokenCounts) -> None:
        warn_of_clauses(counts.vocabulary)
        self._use(
            counts.vocabulary,
            token_counts_=read_only(counts.occurrences),
            document_counts_=read_only(counts.documents),
            n_documents_=counts.n_documents,
            n_lost_=counts.lost,
        )

    def _use(self, vocabulary: Vocabulary, **counts: Any) -> None:
        self.__dict__.pop("_counts", None)
        replace_fitted(self, _numbered(vocabulary) | counts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # A state may come from a file that anybody has written; tables are made of this size.
        if "vocabulary_" not in state:
            return
        words = self.vocabulary_
        if not isinstance(words, Vocabulary) or words.first_id != FIRST:
            raise ValueError(f"vocabulary_ must be a Vocabulary with ids from {FIRST}.")
        if self.n_tokens_ != FIRST + len(words):
            raise ValueError(
                f"n_tokens_ must be {FIRST} and the number of tokens, {len(words)}, got "
                f"{self.n_tokens_!r:.20}."
            )

    def _check_fitted(self) -> None:
        """Take the vocabulary that is given, as no fit is needed then; else there must be one."""
        self._settle()
        if "vocabulary_" in vars(self):
            return
        if self.vocabulary is not None:
            vars(self).update(_numbered(self._given()))  # all that is learned, for all who look
        check_is_fitted(self)

    def _ids(self, X: Any) -> Ragged:
        """Return rows of ids below ``n_tokens_``; unknown tokens are treated as `oov` says."""
        one = self._ids_of_one(X)
        if one is not None:
            return one
        self._check_fitted()
        if "_counts" in vars(self) and len(self.vocabulary_) == len(self._special_tokens()):
            self._selected(self._counts)  # raises what says why
        tokens, oov = self._tokens(X), self._checked_oov()
        if self.tokenizer is None:
            warn_of_case(X, tokens.vocabulary, self.vocabulary_)
        if oov == "index":
            words = tokens.vocabulary
            id_of = index_of(self.vocabulary_).find_tokens(words.buffer, words.offsets)
            id_of += _SHIFT  # -1, where a token is not found, to UNKNOWN
            return trusted_rows(id_of.take(tokens.values), tokens.offsets, n_ids=self.n_tokens_)
        id_of = self.vocabulary_.lookup(tokens.vocabulary)
        is_unknown = id_of < 0
        values, offsets = tokens.values, tokens.offsets
        if oov == "error":
            check_known(tokens, is_unknown, _NOT_IN_VOCABULARY)
        elif is_unknown.any():
            keep = ~is_unknown[values]
            values, offsets = values[keep], offsets_of_kept(keep, offsets)
        return trusted_rows(id_of[values], offsets, n_ids=self.n_tokens_)

    def _checked_oov(self) -> OOV:
        if isinstance(self.oov, str) and self.oov in ("index", "drop", "error"):
            return self.oov
        raise ValueError(f'oov must be "index", "drop" or "error", got {self.oov!r}.')

    def _ids_of_one(self, X: Any) -> Ragged | None:
        """Return the ids of one document in the shortest way; None where it is not open."""
        if type(X) is not list or len(X) != 1 or type(X[0]) is not str:
            return None
        fitted = vars(self)
        if self._checked_oov() != "index" or "_counts" in fitted:
            return None
        if type(self.ngram_range) is not tuple or self.ngram_range != (1, 1):
            return None
        vocabulary, scanner = fitted.get("vocabulary_"), plain_scanner(self.tokenizer)
        if vocabulary is None or scanner is None:
            return None
        if self.tokenizer is None and is_cased(vocabulary):  # it may warn
            return None
        ids, offsets = scanner.ids_of(X[0], index_of(vocabulary), FIRST, UNKNOWN)
        return read_only_rows(ids, offsets, n_ids=fitted["n_tokens_"])


def _numbered(vocabulary: Vocabulary) -> dict[str, Any]:
    return {"vocabulary_": vocabulary, "n_tokens_": FIRST + len(vocabulary)}


def _check_any_documents(n_documents: int) -> None:
    if not n_documents:
        raise ValueError("there are no documents to learn a vocabulary from: X is empty.")
