"""What ``build_analyzer`` of scikit-learn's vectorizers does, by the kernels where they can.

Which documents the kernels read, and which go through scikit-learn's own Python, is decided here
and nowhere else: in `_reader`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from sklearn.feature_extraction.text import CountVectorizer

from ..._inputs._documents import as_document, document_list
from ..._inputs._missing import is_missing
from ..._kernels._ngrams import NgramCounts
from ..._kernels._tokenize import Scanner, TokenBuilder
from ..._ragged import offsets_from_lengths
from ..._tokens import Tokens, trusted_tokens
from ..._vocabulary import Vocabulary
from ...tokenizers._base_tokenizer import without

# How n-grams are made: of symbols with a space between, side by side, or inside symbols.
Unit = Literal["joined", "adjacent", "inside"]

# What the patterns find, as the rules of the scanner. A word ends where a longest run of word
# characters does, so the word boundaries in a pattern say nothing new.
_RULES = {
    rf"{flag}{pattern}": rule
    for flag in ("", "(?u)")
    for pattern, rule in {
        r"\b\w\w+\b": "sklearn",
        r"\w\w+": "sklearn",
        r"\b\w{2,}\b": "sklearn",
        r"\w{2,}": "sklearn",
        r"\b\w+\b": r"\w+",
        r"\w+": r"\w+",
        r"\S+": "whitespace",
    }.items()
}
_NGRAM_METHODS = ("build_analyzer", "_word_ngrams", "_char_ngrams", "_char_wb_ngrams")
_SPACE = 0x20


class NotTextError(TypeError):
    """The user's analyzer or tokenizer returned features that are not str."""


class MissingDocumentError(TypeError, ValueError):
    """None or NaN among the documents.

    A ValueError, which scikit-learn raises for NaN, and a TypeError, which the rest of textvec
    raises for what is not str.
    """


class Symbols(NamedTuple):
    """Documents as rows of symbols, and how n-grams are made of them."""

    tokens: Tokens
    unit: Unit = "joined"
    min_n: int = 1
    max_n: int = 1
    n_threads: int = 1

    def counted(self) -> NgramCounts:
        """Count the n-grams of each document."""
        vocabulary = self.tokens.vocabulary
        return NgramCounts(
            self.tokens.values,
            self.tokens.offsets,
            vocabulary.buffer,
            vocabulary.offsets,
            unit=self.unit,
            min_n=self.min_n,
            max_n=self.max_n,
            n_threads=self.n_threads,
        )


class _Reader(NamedTuple):
    """How documents are read: by a function of scikit-learn's or the user's, or by a kernel."""

    features: Callable[[Any], Any] | None = None  # from documents to n-grams
    text: Callable[[Any], str] | None = None  # from documents to text; None: the scanner does
    tokens: Callable[[str], Any] = str.split  # from text to words, if there is no scanner
    scanner: Scanner | None = None


def documents_of(X: Any) -> list[Any] | Tokens:
    """Return documents as a list, whatever their items are, or the Tokens passed.

    Raises
    ------
    ValueError
        For one document in place of several.
    """
    if isinstance(X, (str, bytes)):
        raise ValueError(
            "Iterable over raw text documents expected, string object received: put a single "
            "document into a list."
        )
    if isinstance(X, (list, Tokens)):
        return X
    is_array = hasattr(X, "shape") or hasattr(X, "to_pylist")
    return document_list(X) if is_array else list(X)


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
        return _word_ngrams(vectorizer, X)
    reader = _reader(vectorizer)
    if reader.features is not None:
        features = (reader.features(_not_nan(x, row)) for row, x in enumerate(X))
        return Symbols(_interned(features))
    texts = _texts(vectorizer, X, reader)
    if reader.scanner is None:
        return _word_ngrams(vectorizer, _interned(map(reader.tokens, texts)))
    n_threads = _n_threads(vectorizer, X)
    tokens = trusted_tokens(reader.scanner.scan(texts, n_threads=n_threads))
    if vectorizer.analyzer == "word":
        return _word_ngrams(vectorizer, tokens)
    min_n, max_n = vectorizer.ngram_range
    if vectorizer.analyzer == "char":
        return Symbols(_collapsed(tokens), "adjacent", min_n, max_n, n_threads)
    return Symbols(tokens, "inside", min_n, max_n, n_threads)


def text_features(vectorizer: Any, X: list[Any] | Tokens) -> Symbols:
    """Read documents where scikit-learn's Python can't help out: features must be str."""
    try:
        return analyze(vectorizer, X)
    except NotTextError as error:
        raise TypeError(f"the analyzer or tokenizer must return str: {error}") from error


def _n_threads(vectorizer: Any, X: Any) -> int:
    # One document can't be shared out, and asking joblib takes as long as reading it.
    return 1 if len(X) < 2 else effective_n_jobs(vectorizer.n_jobs)


def _reader(vectorizer: Any) -> _Reader:
    """Decide what the kernels read, and what scikit-learn's or the user's Python does."""
    analyzer = vectorizer.build_analyzer()  # checks parameters, and warns of odd stop words
    kind = vectorizer.analyzer
    min_n, max_n = vectorizer.ngram_range
    is_odd_range = min_n < 1 and not (kind == "word" and max_n == 1)
    if callable(kind) or is_odd_range or _is_overridden(vectorizer, *_NGRAM_METHODS):
        return _Reader(features=analyzer)
    in_python = (
        vectorizer.preprocessor is not None
        or vectorizer.strip_accents is not None
        or _is_overridden(vectorizer, "build_preprocessor")
    )
    text = vectorizer.build_preprocessor() if in_python else None
    lowercase = bool(vectorizer.lowercase) and text is None
    if kind == "char":
        return _Reader(text=text, scanner=_scanner(None, lowercase))
    if kind == "char_wb":
        return _Reader(text=text, scanner=_scanner("whitespace", lowercase))
    rule = _RULES.get(vectorizer.token_pattern)
    if (
        vectorizer.tokenizer is not None
        or rule is None
        or _is_overridden(vectorizer, "build_tokenizer")
    ):
        return _Reader(text=vectorizer.build_preprocessor(), tokens=vectorizer.build_tokenizer())
    return _Reader(text=text, scanner=_scanner(rule, lowercase))


@lru_cache(maxsize=16)
def _scanner(rule: str | None, lowercase: bool) -> Scanner:
    width = 1 if rule is None else 0  # characters of a token, where no rule says what a word is
    return Scanner(rule, lowercase=lowercase, width=width)


def _is_overridden(vectorizer: Any, *methods: str) -> bool:
    """Return whether a subclass, or the object itself, overrides one of the methods."""
    return any(
        getattr(type(vectorizer), name) is not getattr(CountVectorizer, name)
        or name in vars(vectorizer)
        for name in methods
    )


def _texts(vectorizer: Any, X: list[Any], reader: _Reader) -> list[Any]:
    """Return the documents decoded and, where the scanner can't do that, preprocessed."""
    is_plain = vectorizer.input == "content" and not _is_overridden(vectorizer, "decode")
    if is_plain and reader.text is None and all(type(x) is str for x in X):
        return X
    # A user's function may be made for documents that are no text, such as lists of words.
    takes_anything = (
        vectorizer.preprocessor is not None
        or _is_overridden(vectorizer, "build_preprocessor")
        or (reader.scanner is None and not vectorizer.lowercase and not vectorizer.strip_accents)
    )
    texts = []
    for row, x in enumerate(X):
        document = vectorizer.decode(_not_nan(x, row))
        if not takes_anything:
            document = as_document(document, row)
        text = document if reader.text is None else reader.text(document)
        texts.append(text if reader.scanner is None else as_document(text, row))
    return texts


def _not_nan(document: Any, row: int) -> Any:
    if isinstance(document, float) and is_missing(document):
        raise MissingDocumentError(
            f"row {row} is missing ({document!r}): np.nan is an invalid document, expected byte "
            "or unicode string. Fill it in or drop it."
        )
    return document


def _interned(rows: Iterable[Any]) -> Tokens:
    builder = TokenBuilder()
    for row in rows:
        features = list(row)
        try:
            builder.add(features)
        except TypeError as error:
            raise NotTextError(str(error)) from error
    return trusted_tokens(builder.finish())


def _word_ngrams(vectorizer: Any, tokens: Tokens) -> Symbols:
    """Drop stop words, and say how the n-grams of the other words are made."""
    stop_words = vectorizer.get_stop_words()
    if stop_words:
        tokens = without(_vocabulary_of(frozenset(stop_words)), tokens)
    n_threads = _n_threads(vectorizer, tokens)
    min_n, max_n = vectorizer.ngram_range
    if max_n == 1:
        return Symbols(tokens, n_threads=n_threads)
    # n-grams are compared and sorted word by word. Where a word holds a space or what sorts
    # before one, their joined names would be in another order, or even the same.
    buffer = tokens.vocabulary.buffer
    is_odd = min_n < 1 or (buffer.size and buffer.min() <= _SPACE)
    if is_odd or _is_overridden(vectorizer, "_word_ngrams"):
        return Symbols(_interned(map(vectorizer._word_ngrams, tokens.to_list())))
    return Symbols(tokens, "joined", min_n, max_n, n_threads)


@lru_cache(maxsize=16)
def _vocabulary_of(words: frozenset[Any]) -> Vocabulary:
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
