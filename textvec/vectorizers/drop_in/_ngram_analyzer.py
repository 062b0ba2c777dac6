"""Documents, read as the parameters of a vectorizer say, as rows of symbols and their n-grams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from ..._containers._ragged import offsets_from_lengths
from ..._containers._tokens import Tokens, trusted_tokens
from ..._containers._vocabulary import Vocabulary, trusted_vocabulary
from ..._inputs._documents import document_list, refuse_lone_text
from ..._inputs._int32_limits import check_counts_fit
from ..._inputs._streams import is_stream
from ..._kernels._hashed_ngrams import hash_rows
from ..._kernels._ngrams import NgramCounts
from ..._kernels._tokenize import TokenBuilder
from ...distributed import refuse_dask
from ...tokenizers import as_tokens
from ...tokenizers._base_tokenizer import without
from ._reader import checked, makes_word_ngrams, reader_of

# How n-grams are made: of symbols with a space between, side by side, or inside symbols.
Unit = Literal["joined", "adjacent", "inside"]
_Result = TypeVar("_Result")

_LONGEST = 2**62
_SPACE = 0x20


class NotTextError(TypeError):
    """The user's analyzer or tokenizer returned features that are not str."""


class Symbols(NamedTuple):
    """Documents as rows of symbols, and how n-grams are made of them."""

    tokens: Tokens
    unit: Unit = "joined"
    min_n: int = 1
    max_n: int = 1
    n_threads: int = 1
    n_words: int | None = None  # that were read; None, if a function made the n-grams
    n_kept: int = 0  # of them, or of characters, after stop words

    @property
    def are_tokens(self) -> bool:
        """Whether each symbol is an n-gram, and there are no others."""
        return self.max_n == 1 and self.unit != "inside"

    def counted(self) -> NgramCounts:
        """Count the n-grams of each document."""
        check_counts_fit(self.tokens.offsets)
        return self._passed_to(NgramCounts)

    def hashed(self, **options: Any) -> tuple[NDArray[Any], NDArray[np.int32], NDArray[np.int64]]:
        """Hash the n-grams of each document, with the options of HashedRows."""
        return self._passed_to(partial(hash_rows, **options))

    def _passed_to(self, kernel: Callable[..., _Result]) -> _Result:
        vocabulary = self.tokens.vocabulary
        return kernel(
            self.tokens.values,
            self.tokens.offsets,
            vocabulary.buffer,
            vocabulary.offsets,
            unit=self.unit,
            min_n=self.min_n,
            max_n=self.max_n,
            n_threads=self.n_threads,
        )


def documents_of(X: Any) -> list[Any] | Tokens:
    """Return documents as a list, whatever their items are, or the Tokens passed.

    Raises
    ------
    ValueError
        For one document in place of several.
    """
    if type(X) is list or isinstance(X, Tokens):
        return X
    refuse_lone_text(X)
    refuse_dask(X, "X")
    is_array = hasattr(X, "shape") or hasattr(X, "to_pylist")
    if is_array or is_stream(X) or not isinstance(X, Iterable):
        return document_list(X)
    return list(X)


def unread_documents_of(X: Any) -> Any:
    """Return documents as `documents_of` does, but a stream as it is."""
    return X if is_stream(X) else documents_of(X)


def analyze(vectorizer: Any, X: list[Any] | Tokens) -> Symbols:
    """Read documents as the parameters of a vectorizer say.

    Parameters
    ----------
    vectorizer : CountVectorizer, TfidfVectorizer or HashingVectorizer
    X : list or Tokens
        The result of `documents_of`.

    Returns
    -------
    Symbols

    Raises
    ------
    NotTextError
        If the features are not str, so that only scikit-learn's own Python can count them.
    """
    if isinstance(X, Tokens):
        if vectorizer.analyzer != "word":
            raise ValueError(
                f"Tokens are counted as words, got analyzer={vectorizer.analyzer!r}: pass the "
                "documents themselves."
            )
        return _word_ngrams(vectorizer, X, is_own=makes_word_ngrams(vectorizer))
    reader = reader_of(vectorizer)
    if reader.features is not None:
        features = (reader.features(checked(vectorizer, x, row)) for row, x in enumerate(X))
        return Symbols(_interned(features))
    texts = reader.texts(vectorizer, X)
    if reader.tokenizer is not None:
        return _word_ngrams(vectorizer, as_tokens(texts, reader.tokenizer))
    if reader.scanner is None:
        return _word_ngrams(vectorizer, _interned(map(reader.tokens, texts)))
    n_threads = _n_threads(vectorizer, X)
    tokens = trusted_tokens(reader.scanner.scan(texts, n_threads=n_threads))
    if vectorizer.analyzer == "word":
        return _word_ngrams(vectorizer, tokens)
    min_n, max_n = native_range(vectorizer)
    if vectorizer.analyzer == "char":
        return Symbols(
            _collapsed(tokens), "adjacent", min_n, max_n, n_threads, 0, len(tokens.values)
        )
    return Symbols(tokens, "inside", min_n, max_n, n_threads, 0, len(tokens.values))


def terms_of(counts: NgramCounts) -> tuple[NDArray[np.int32], Vocabulary]:
    """Return the ids of all terms that were counted, and the terms."""
    ids = np.flatnonzero(counts.is_term).astype(np.int32)
    return ids, trusted_vocabulary(*counts.names(ids))


def features_of(vectorizer: Any, X: list[Any] | Tokens) -> Iterable[Any]:
    """Return the features of each document, made by scikit-learn's Python or the user's."""
    if not isinstance(X, Tokens):
        return map(vectorizer.build_analyzer(), X)
    stop_words = vectorizer.get_stop_words()
    return (vectorizer._word_ngrams(row, stop_words) for row in X.to_list())


def text_features(vectorizer: Any, X: list[Any] | Tokens) -> Symbols:
    """Read documents where scikit-learn's Python can't help out: features must be str."""
    try:
        return analyze(vectorizer, X)
    except NotTextError as error:
        raise TypeError(f"the analyzer or tokenizer must return str: {error}") from error


def native_range(vectorizer: Any) -> tuple[int, int]:
    """Return the lengths of n-grams as the kernels take them: no document is longer than 2**62."""
    least, most = (max(-_LONGEST, min(_LONGEST, int(n))) for n in vectorizer.ngram_range)
    return least, most


def _n_threads(vectorizer: Any, X: Any) -> int:
    # One document can't be shared out, and asking joblib takes as long as reading it.
    return 1 if len(X) < 2 else effective_n_jobs(vectorizer.n_jobs)


def _interned(rows: Iterable[Any]) -> Tokens:
    builder = TokenBuilder()
    for row in rows:
        try:
            features = list(row)
        except TypeError:
            raise TypeError(
                "the analyzer or tokenizer must return an iterable of str, got "
                f"{type(row).__name__}: {row!r:.50}"
            ) from None
        try:
            builder.add(features)
        except TypeError as error:
            raise NotTextError(str(error)) from error
    return trusted_tokens(builder.finish())


def _word_ngrams(vectorizer: Any, tokens: Tokens, *, is_own: bool = False) -> Symbols:
    """Drop stop words, and say how the n-grams of the other words are made."""
    stop_words, n_words = vectorizer.get_stop_words(), len(tokens.values)
    if stop_words:
        tokens = without(vocabulary_of(frozenset(stop_words)), tokens)
    n_kept = len(tokens.values)
    n_threads = _n_threads(vectorizer, tokens)
    min_n, max_n = native_range(vectorizer)
    if max_n == 1 and not is_own:
        return Symbols(tokens, "joined", 1, 1, n_threads, n_words, n_kept)
    # n-grams are compared and sorted word by word. Where a word holds a space or what sorts
    # before one, their joined names would be in another order, or even the same.
    buffer = tokens.vocabulary.buffer
    is_odd = min_n < 1 or (buffer.size and buffer.min() <= _SPACE)
    if is_odd or is_own:
        ngrams = _interned(map(vectorizer._word_ngrams, tokens.to_list()))
        return Symbols(ngrams, n_words=n_words, n_kept=n_kept)
    return Symbols(tokens, "joined", min_n, max_n, n_threads, n_words, n_kept)


@lru_cache(maxsize=16)
def vocabulary_of(words: frozenset[Any]) -> Vocabulary:
    """Return stop words as a Vocabulary."""
    return Vocabulary(word for word in words if isinstance(word, str))


def _collapsed(tokens: Tokens) -> Tokens:
    r"""Make one space of every run of white space, as ``re.sub(r"\s\s+", " ", ...)`` does."""
    ids, offsets = tokens.values, tokens.offsets
    is_space = np.array([character.isspace() for character in tokens.vocabulary.tokens], dtype=bool)
    here = is_space[ids]
    follows = np.zeros(len(ids), dtype=bool)  # white space behind white space
    follows[1:] = here[1:] & here[:-1]
    follows[offsets[:-1][offsets[:-1] < len(ids)]] = False
    if not follows.any():
        return tokens
    vocabulary, _ = tokens.vocabulary.merge(Vocabulary([" "]))
    first = np.flatnonzero(follows[1:] & ~follows[:-1])
    ids = ids.copy()
    ids[first] = vocabulary[" "]
    return Tokens(ids[~follows], offsets_from_lengths(~follows)[offsets], vocabulary)
