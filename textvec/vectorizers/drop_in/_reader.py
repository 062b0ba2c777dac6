"""What ``build_analyzer`` of scikit-learn's vectorizers says, as something to read documents by.

Which documents the kernels read, and which go through scikit-learn's own Python, is decided here
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from sklearn.feature_extraction.text import CountVectorizer

from ..._inputs._contents import file_name
from ..._inputs._documents import as_document
from ..._inputs._missing import is_missing
from ..._kernels._tokenize import Scanner
from ._drop_in import DropIn, is_tokenizer
from ._overrides import Methods

# What the patterns find, as the rules of the scanner. A word ends where a longest run of word
# characters does, so the word boundaries in a pattern say nothing new.
RULES = {
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
# Characters of a document that nothing needs to be prepared for.
_SHORT = 1 << 14
_NGRAM_METHODS = frozenset(
    {"build_analyzer", "_word_ngrams", "_char_ngrams", "_char_wb_ngrams", "_white_spaces"}
)


class _Known(DropIn, CountVectorizer):
    """Has the methods as they are where nobody has replaced them."""


_READING = Methods(
    _Known,
    *_NGRAM_METHODS,
    "build_preprocessor",
    "build_tokenizer",
    "decode",
    "get_stop_words",
    "_check_stop_words_consistency",
)


class MissingDocumentError(TypeError, ValueError):
    """None or NaN among the documents.

    A ValueError, which scikit-learn raises for NaN, and a TypeError, which the rest of textvec
    raises for what is not str.
    """


class Reader(NamedTuple):
    """How documents are read: by a function of scikit-learn's or the user's, or by a kernel."""

    features: Callable[[Any], Any] | None = None  # from documents to n-grams
    text: Callable[[Any], str] | None = None  # from documents to text; None: the scanner does
    tokens: Callable[[str], Any] = str.split  # from text to words, if there is no scanner
    scanner: Scanner | None = None
    tokenizer: Any = None  # an object that makes Tokens of texts, in place of `tokens`
    # A user's function may be made for documents that are no text, such as lists of words.
    takes_anything: bool = False
    is_plain: bool = False  # documents are content, as `decode` of scikit-learn understands it

    def texts(self, vectorizer: Any, X: list[Any], first: int = 0) -> list[Any]:
        """Return documents decoded and, where the scanner can't do that, preprocessed.

        `first` is the row of the first, for messages.
        """
        if self.is_plain and self.text is None and set(map(type, X)) <= {str}:
            return X
        texts = []
        for row, x in enumerate(X, first):
            document = decoded(vectorizer, x, row)
            if not self.takes_anything:
                document = as_document(document, row)
            text = document if self.text is None else self.text(document)
            texts.append(text if self.scanner is None else _returned(text, document, row))
        return texts


def _returned(text: Any, document: Any, row: int) -> str:
    """Return what a user's function made of a document, if it is text."""
    if isinstance(text, str) or text is document:
        return as_document(text, row)
    raise TypeError(
        f"preprocessor and strip_accents must return str, got {type(text).__name__} for row {row}: "
        f"{text!r:.50}."
    )


def decoded(vectorizer: Any, document: Any, row: int) -> Any:
    """Return what scikit-learn's `decode` makes of a document; its errors say where it is."""
    try:
        return vectorizer.decode(checked(vectorizer, document, row))
    except UnicodeDecodeError as error:
        name = f", the file {str(document)!r}" if vectorizer.input == "filename" else ""
        line = error.object.count(b"\n", 0, error.start) + 1
        error.reason += f", in row {row}{name}, line {line}"
        raise


def checked(vectorizer: Any, document: Any, row: int) -> Any:
    """Return a document, or raise an error that names its row if it is missing or no file's name.

    An integer would be a descriptor to `open`, which closes it: 1 is the standard output.
    """
    if isinstance(document, float) and is_missing(document):
        raise MissingDocumentError(
            f"row {row} is missing ({document!r}): np.nan is an invalid document, expected byte "
            "or unicode string. Fill it in or drop it."
        )
    return file_name(document, row) if vectorizer.input == "filename" else document


def reader_of(vectorizer: Any) -> Reader:
    """Decide what the kernels read, and what scikit-learn's or the user's Python does."""
    replaced = _READING.overridden(vectorizer)
    kind = vectorizer.analyzer
    min_n, max_n = vectorizer.ngram_range
    is_odd_range = min_n < 1 and not (kind == "word" and max_n == 1)
    if callable(kind) or is_odd_range or not replaced.isdisjoint(_NGRAM_METHODS):
        return Reader(features=vectorizer.build_analyzer())
    rule = RULES.get(vectorizer.token_pattern) if kind == "word" else None
    if replaced or rule is None or not _knows_stop_words(vectorizer):
        vectorizer.build_analyzer()  # checks parameters, and warns of odd stop words
    own_text = vectorizer.preprocessor is not None or "build_preprocessor" in replaced
    own_tokens = vectorizer.tokenizer is not None or "build_tokenizer" in replaced
    in_python = own_text or vectorizer.strip_accents is not None
    scanner = None
    if kind != "word":
        rule = None if kind == "char" else "whitespace"
    if kind != "word" or (rule is not None and not own_tokens):
        scanner = _scanner(rule, bool(vectorizer.lowercase) and not in_python)
    is_object = is_tokenizer(vectorizer.tokenizer) and "build_tokenizer" not in replaced
    return Reader(
        text=vectorizer.build_preprocessor() if in_python or scanner is None else None,
        tokens=vectorizer.build_tokenizer() if scanner is None else str.split,
        scanner=scanner,
        tokenizer=vectorizer.tokenizer if scanner is None and is_object else None,
        takes_anything=own_text
        or (scanner is None and not vectorizer.lowercase and not vectorizer.strip_accents),
        is_plain=vectorizer.input == "content" and "decode" not in replaced,
    )


def scanner_of_one(vectorizer: Any, X: Any) -> Scanner | None:
    """Return what finds the terms of a list of one short document, if they are its words.

    None where more is to be done, or may be.
    """
    if type(X) is not list or len(X) != 1 or type(X[0]) is not str or len(X[0]) > _SHORT:
        return None
    if vectorizer.analyzer != "word" or vectorizer.ngram_range[1] != 1:
        return None
    if vectorizer.tokenizer is not None or vectorizer.token_pattern not in RULES:
        return None
    reader = reader_of(vectorizer)
    if reader.features is not None or reader.text is not None or not reader.is_plain:
        return None
    return None if vectorizer.get_stop_words() else reader.scanner


def makes_word_ngrams(vectorizer: Any) -> bool:
    """Return whether a subclass, or the object itself, makes n-grams of words in its own way."""
    return "_word_ngrams" in _READING.overridden(vectorizer)


def _knows_stop_words(vectorizer: Any) -> bool:
    """Return whether scikit-learn has looked at the stop words, as it does once for each list."""
    return bool(vars(vectorizer).get("_stop_words_id") == id(vectorizer.stop_words))


@lru_cache(maxsize=16)
def _scanner(rule: str | None, lowercase: bool) -> Scanner:
    width = 1 if rule is None else 0  # characters of a token, where no rule says what a word is
    return Scanner(rule, lowercase=lowercase, width=width)
