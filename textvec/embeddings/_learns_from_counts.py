"""Learning vectors from co-occurrence counts, which are made part by part and add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from sklearn.base import BaseEstimator

from .._containers._tokens import Tokens
from .._containers._vocabulary import Vocabulary, numbered_from
from .._counting._count_settings import Settings, settings_of
from .._counting._mergeable import Mergeable
from .._counting._token_counts import TokenCounts
from .._inputs._streams import is_stream, reads_again
from .._inputs._words import word_list
from ..blocks import count_blocks
from ..distributed import counted, is_dask
from ..tokenizers import as_tokenizer, as_tokens
from ..vectorizers.ids._given_vocabulary import check_no_iterator
from ..vectors._embedding_counts import EmbeddingCounts
from ._cooccurrence_counts import frequent_tokens
from ._counted_documents import CountedDocuments
from ._epoch_reporter import EpochReporter
from ._held_parts import LearnsFromParts


class LearnsFromCounts(LearnsFromParts):
    """Base of learners that read documents once, to count pairs of tokens.

    Rare tokens are dropped before pairs are counted. So parts can be counted as they come where
    the vocabulary is known, of a first pass: then nothing is held but counts. A collection of
    Dask, and a stream that can be read again, are read twice for it.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **LearnsFromParts._parameter_constraints,
        "vocabulary": [Iterable, None],
    }

    vocabulary: Any
    min_count: int

    def _count(self, tokens: Tokens, vocabulary: Vocabulary) -> Any:
        """Return how often the tokens of a vocabulary co-occur, as a matrix of whole numbers."""
        raise NotImplementedError

    def _counted_with(self) -> dict[str, Any]:
        """Return the parameters that the counts depend on, but for the tokenizer."""
        raise NotImplementedError

    def _prepared(self, counts: CountedDocuments) -> Any:
        """Return counts in the form that is learned from; they are not needed after."""
        raise NotImplementedError

    def _learn_from(
        self, prepared: Any, reporter: EpochReporter, documents: Tokens | EmbeddingCounts
    ) -> dict[str, Any]:
        """Learn the vectors, and from the documents how they are pooled."""
        raise NotImplementedError

    def _counts_suffice(self) -> bool:
        """Return whether documents need not be read after they are counted."""
        return self.pooling != "sif"

    def _max_tokens(self) -> int | None:
        """Return how many rows an embedding of the vectors may have."""
        return None

    def _default_tokenizer(self) -> Any:
        """Return what splits texts where no tokenizer is set; None is `WordTokenizer()`."""
        return None

    def _tokens(self, X: Any) -> Tokens:
        return as_tokens(X, self.tokenizer, default=self._default_tokenizer())

    def _fit_alone(self, X: Any, y: Any) -> None:
        again = is_dask(X) or (is_stream(X) and (self.vocabulary is not None or reads_again(X)))
        if not (again and self._counts_suffice()):
            super()._fit_alone(X, y)
            return
        count = counted if is_dask(X) else count_blocks
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            vocabulary = self._frequent(
                count(_TokenCounter(self.tokenizer, self.min_count, self._default_tokenizer()), X)
            )
        counter = type(self)(**{**self.get_params(deep=False), "vocabulary": vocabulary})
        self._fit_from_all(count(counter, X))

    def _part_counts(self, X: Any, y: Any = None) -> Any:
        vocabulary = self._known_vocabulary()
        if vocabulary is None or not self._counts_suffice():
            return super()._part_counts(X)
        return self._of_tokens(self._tokens(X), vocabulary, self._settings_with(vocabulary))

    def _of_tokens(
        self, tokens: Tokens, vocabulary: Vocabulary, settings: Settings = ()
    ) -> CountedDocuments:
        return CountedDocuments.of(self._count(tokens, vocabulary), tokens, vocabulary, settings)

    def _settings(self) -> Settings:
        return self._settings_with(self._known_vocabulary())

    def _settings_with(self, vocabulary: Vocabulary | None) -> Settings:
        made_with = {"tokenizer": as_tokenizer(self.tokenizer), "vocabulary": vocabulary}
        if vocabulary is not None:
            made_with |= {"pooling": self.pooling, **self._counted_with()}
        return settings_of(made_with)

    def _fit_from_all(self, counts: Any) -> None:
        if not isinstance(counts, CountedDocuments):
            super()._fit_from_all(counts)
            return

        def learn(reporter: EpochReporter) -> dict[str, Any]:
            if not counts.tokens.occurrences.any():
                raise ValueError("no token of the vocabulary occurs in the documents.")
            prepared = self._prepared(counts.occurring())
            return self._learn_from(prepared, reporter, counts.of_embedding())

        self._run(None, None, counts.n_documents, learn)

    def _learn(self, tokens: Tokens, reporter: EpochReporter) -> dict[str, Any]:
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            vocabulary = self._frequent(TokenCounts.of(tokens))
        prepared = self._prepared(self._of_tokens(tokens, vocabulary).occurring())
        return self._learn_from(prepared, reporter, tokens)

    def _frequent(self, counts: TokenCounts) -> Vocabulary:
        return frequent_tokens(counts, min_count=self.min_count, max_tokens=self._max_tokens())

    def _known_vocabulary(self) -> Vocabulary | None:
        """Return the vocabulary that was passed, of ids from 0."""
        given = self.vocabulary
        if given is None:
            return None
        if isinstance(given, Vocabulary):
            return numbered_from(given, 0)
        check_no_iterator(given)
        is_set = isinstance(given, (set, frozenset))  # one order in every process
        words = word_list(sorted(given, key=str) if is_set else given, "vocabulary")
        if not words:
            raise ValueError("vocabulary is empty.")
        return Vocabulary(words)


class _TokenCounter(Mergeable, BaseEstimator):
    """Counts tokens, of which those that get vectors are chosen."""

    def __init__(self, tokenizer: Any = None, min_count: int = 1, default: Any = None):
        self.tokenizer = tokenizer
        self.default = default
        self.min_count = min_count

    def _within_limits(self, counts: TokenCounts) -> TokenCounts:
        return counts.only(counts.occurrences >= self.min_count)

    def _part_counts(self, X: Any, y: Any = None) -> TokenCounts:
        return TokenCounts.of(as_tokens(X, self.tokenizer, default=self.default))
