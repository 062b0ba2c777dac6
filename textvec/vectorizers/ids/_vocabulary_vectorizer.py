"""The base of the vectorizers that learn a vocabulary of ids."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ..._compat import HasMethods, StrOptions, _fit_context
from ..._constraints import N_IDS, POSITIVE_INT, PROPORTION
from ..._fitted_state import atomic_fit
from ..._ragged import Ragged, offsets_from_lengths, trusted_rows
from ..._token_counts import AFTER_FIT, EmptySelection, TokenCounts
from ..._tokens import check_known
from ..._vocabulary import FIRST, UNKNOWN, Vocabulary
from ...tokenizers import TextInput, as_tokens

OOV = Literal["index", "drop", "error"]

_NOT_IN_VOCABULARY = (
    "which is not in the vocabulary: fit on documents that hold it, or set "
    'oov="index" or oov="drop".'
)


class VocabularyVectorizer(TextInput, TransformerMixin, BaseEstimator):
    """Base of vectorizers that number the tokens in `fit`, and turn documents into ids."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "tokenizer": [HasMethods("transform"), callable, None],
        "max_tokens": [N_IDS, None],
        "min_count": [POSITIVE_INT],
        "min_df": [POSITIVE_INT, PROPORTION],
        "max_df": [POSITIVE_INT, PROPORTION],
        "vocabulary": [Mapping, Iterable, None],
        "oov": [StrOptions({"index", "drop", "error"})],
    }

    vocabulary_: Vocabulary
    n_tokens_: int
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
    ):
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens
        self.min_count = min_count
        self.min_df = min_df
        self.max_df = max_df
        self.vocabulary = vocabulary
        self.oov = oov

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : documents or Tokens
            Raw documents (list, array, Series or one-column frame of str) or Tokens.
        y : None
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there are no documents, or no token is within the limits.
        """
        if self.vocabulary is not None:
            self._use(_given_vocabulary(self.vocabulary))
            return self
        tokens = as_tokens(X, self.tokenizer)
        if not len(tokens):
            raise ValueError("there are no documents to learn a vocabulary from: X is empty.")
        self._use(self._selected(TokenCounts.of(tokens)))
        return self

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Learn the vocabulary, and turn the documents into what `transform` returns.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`; they are read once.
        y : None
            Ignored.

        Returns
        -------
        Ragged, scipy.sparse.csr_matrix or EmbeddedSequences
            As of `transform`.
        """
        tokens = as_tokens(X, self.tokenizer)
        return self.fit(tokens, y).transform(tokens)

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary from documents that come in parts.

        All parts together lead to the vocabulary that one `fit` of them learns. Ids go by
        frequency, so they change from part to part: transform after the last one. From
        here on the estimator keeps the counts of all tokens, rare ones too. As long as no
        token is within the limits, `vocabulary_` is empty and `transform` says so.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        if self.vocabulary is not None:
            self._use(_given_vocabulary(self.vocabulary))
            return self
        before: TokenCounts | None = getattr(self, "_counts", None)
        if before is None and hasattr(self, "vocabulary_"):
            raise ValueError(AFTER_FIT.format(name=type(self).__name__))
        counts = TokenCounts.of(as_tokens(X, self.tokenizer))
        counts = counts if before is None else before + counts
        try:
            vocabulary = self._selected(counts)
        except EmptySelection:  # only all parts together can be within the limits
            vocabulary = Vocabulary(first_id=FIRST)
        self._use(vocabulary)
        self._counts = counts
        return self

    def _selected(self, counts: TokenCounts) -> Vocabulary:
        return counts.select(
            max_tokens=self.max_tokens,
            min_count=self.min_count,
            min_df=self.min_df,
            max_df=self.max_df,
        )

    def _use(self, vocabulary: Vocabulary) -> None:
        self.vocabulary_ = vocabulary
        self.n_tokens_ = FIRST + len(vocabulary)
        self.__dict__.pop("_counts", None)

    def _ids(self, X: Any) -> Ragged:
        """Return rows of ids below ``n_tokens_``; unknown tokens are treated as `oov` says."""
        check_is_fitted(self)
        if not len(self.vocabulary_):
            self._selected(self._counts)  # raises what says why
        tokens = as_tokens(X, self.tokenizer)
        id_of = self.vocabulary_.lookup(tokens.vocabulary)
        is_unknown = id_of < 0
        values, offsets = tokens.values, tokens.offsets
        if self.oov == "error":
            check_known(tokens, is_unknown, _NOT_IN_VOCABULARY)
        elif self.oov == "index":
            id_of[is_unknown] = UNKNOWN
        elif self.oov != "drop":
            raise ValueError(f'oov must be "index", "drop" or "error", got {self.oov!r}.')
        elif is_unknown.any():
            keep = ~is_unknown[values]
            values, offsets = values[keep], _offsets_of_kept(keep, offsets)
        return trusted_rows(id_of[values], offsets, n_ids=self.n_tokens_)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vocabulary_")


def _offsets_of_kept(keep: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the offsets of rows after only the items marked in `keep` remain."""
    return offsets_from_lengths(keep)[offsets]


def _given_vocabulary(vocabulary: Mapping[str, int] | Iterable[str]) -> Vocabulary:
    """Return the user's vocabulary as a Vocabulary of ids from 2 on."""
    if isinstance(vocabulary, str):
        raise ValueError("vocabulary must be a mapping or an iterable of tokens, got one str.")
    tokens: Iterable[str]
    if isinstance(vocabulary, Mapping):
        tokens = sorted(vocabulary, key=lambda token: vocabulary[token])
        if [vocabulary[token] for token in tokens] != list(range(FIRST, FIRST + len(tokens))):
            raise ValueError(
                f"vocabulary must map its {len(tokens)} tokens to the ids {FIRST} to "
                f"{FIRST + len(tokens) - 1} (0 is padding, 1 an unknown token). To number tokens "
                "anew in the same order, give sorted(vocabulary, key=vocabulary.get)."
            )
    else:
        tokens = vocabulary if isinstance(vocabulary, (set, frozenset)) else list(vocabulary)
    if not tokens:
        used = isinstance(vocabulary, Iterator)
        hint = ": it is an iterator, which only one fit can read, so pass a list." if used else "."
        raise ValueError(f"vocabulary is empty{hint}")
    return Vocabulary(tokens, first_id=FIRST)
