"""The base of the tokenizers: parameters checked and prepared once, documents to Tokens."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from .._compat import _fit_context
from .._containers._tokens import ScanResult, Tokens, trusted_tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._reported_fit import ReportedFit
from .._estimators._sequence_names import SequenceNames
from .._estimators._stateless import Stateless
from .._inputs._blocks import document_blocks, fills_blocks
from .._inputs._contents import InputKind, contents
from .._inputs._documents import Missing, are_names_of_files, as_documents
from .._inputs._int32_limits import check_spans_fit
from .._inputs._streams import is_stream
from .._kernels._tokenize import Scanner, drop_tokens
from .._reporting._caller_warnings import warn_caller
from .._reporting._progress_bars import is_watched, tracked_documents
from ..distributed import is_dask, mapped
from ._text_tags import TextInput

Normalization = Literal["NFC", "NFKC", "NFD", "NFKD"]

_WATCHED = 4  # blocks of documents, from which on they are read one by one for a bar to move
_DOTTED_I = "\u0130"  # the one character whose lower case is two


class DocumentScanner(Protocol):
    """Object that cuts documents into tokens, as `_kernels._tokenize.Scanner` does."""

    def scan(self, documents: Iterable[str], *, spans: bool, n_threads: int) -> ScanResult: ...


class Plan(NamedTuple):
    """A tokenizer's parameters, checked and ready to use."""

    scanner: DocumentScanner | Scanner
    prepare: Callable[[str], str] | None = None
    stop_words: Vocabulary | None = None
    lowercase: bool = False  # by the scanner, so that spans may need mapping back

    def texts(self, documents: list[str], first: int = 0) -> list[str]:
        """Return what the scanner is to read, of documents of which one row is the first."""
        if self.prepare is None:
            return documents
        return _checked_texts([self.prepare(document) for document in documents], first)


class BaseTokenizer(ReportedFit, SequenceNames, Stateless, TextInput):
    """Stateless transformer of documents into Tokens; a subclass makes its plan."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {}

    missing: Missing
    n_jobs: int | None = None
    spans: bool = False
    input: InputKind = "content"

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X, y : None
            Ignored.

        Returns
        -------
        self
            The estimator.
        """
        return self

    def transform(self, X: Any) -> Tokens:
        """Tokenize documents.

        Parameters
        ----------
        X : list, array, Series, one-column frame or stream of str
            The documents. Those of a stream, such as a generator, an open file or what
            `read_text` returns, are forgotten once they are read: memory is that of the Tokens.
            With `input`, names of files or open files in place of str.

        Returns
        -------
        Tokens
            One row a document. Ids number the tokens by first appearance.

        Raises
        ------
        TypeError
            If a document is not a str; the message names its row.
        ValueError
            If a parameter is not valid, or X is one str instead of several.
        """
        if is_dask(X):
            return mapped(self.transform, X)
        return self._tokenized(contents(X, self.input))

    def _tokenized(self, X: Any) -> Tokens:
        plan = self._plan()
        held = None if is_stream(X) else as_documents(X, missing=self.missing)
        if held is not None and are_names_of_files(held):
            warn_caller(
                f"row 0 is {held[0]!r:.200}, which is a file: its name is read as a document. For "
                'what is in the files pass textvec.datasets.read_text(names, document="file"), or '
                'set input="filename" of a tokenizer.'
            )
        if held is None or (is_watched() and fills_blocks(held, _WATCHED)):
            scanned = self._scan_stream(plan, X if held is None else held)
        else:
            documents = plan.texts(held)
            if self.spans:
                check_spans_fit(documents)
            # One document can't be shared out, and asking joblib takes as long as reading it.
            n_threads = 1 if len(documents) < 2 else effective_n_jobs(self.n_jobs)
            scanned = plan.scanner.scan(documents, spans=self.spans, n_threads=n_threads)
            if scanned[4] is not None and plan.lowercase:
                map_back(scanned[4], scanned[1], enumerate(documents))
        tokens = trusted_tokens(scanned)
        return tokens if plan.stop_words is None else without(plan.stop_words, tokens)

    def _scan_stream(self, plan: Plan, X: Any) -> ScanResult:
        """Scan documents block by block."""
        moved: list[tuple[int, str]] = []  # documents in which lower-casing moves characters

        def blocks() -> Iterator[list[str]]:
            first = 0
            for block in tracked_documents(document_blocks(X, missing=self.missing), X):
                texts = plan.texts(block, first)
                if self.spans:
                    check_spans_fit(texts, first)
                if self.spans and plan.lowercase:
                    moved.extend(
                        (i, text) for i, text in enumerate(texts, first) if _DOTTED_I in text
                    )
                yield texts
                first += len(texts)

        n_threads = effective_n_jobs(self.n_jobs)
        if isinstance(plan.scanner, Scanner):
            reading = plan.scanner.reading(spans=self.spans, n_threads=n_threads)
            for texts in blocks():
                reading.read(texts)
            scanned = reading.finish()
        else:
            documents = chain.from_iterable(blocks())
            scanned = plan.scanner.scan(documents, spans=self.spans, n_threads=n_threads)
        if scanned[4] is not None:
            map_back(scanned[4], scanned[1], moved)
        return scanned

    def __call__(self, document: Any) -> list[str]:
        """Return the tokens of one document, so that it is a `tokenizer` of scikit-learn's too."""
        if isinstance(document, (list, tuple)):
            raise TypeError(
                f"a call takes one document, got a {type(document).__name__}: several are for "
                "transform(documents)."
            )
        return self.transform([document]).to_list()[0]

    def inverse_transform(self, X: Tokens | Iterable[Sequence[str]]) -> list[str]:
        """Join tokens into documents.

        What the tokenizer dropped or changed, such as capitals or the white space between
        words, does not come back.

        Parameters
        ----------
        X : Tokens or iterable of lists of str
            The tokens of each document.

        Returns
        -------
        list of str
            Words are joined by a space, characters and parts of words without.
        """
        tokens = X if isinstance(X, Tokens) else Tokens.from_lists(X)
        return [self._join(row) for row in tokens.to_list()]

    def _join(self, tokens: list[str]) -> str:
        """Return the document of some tokens."""
        return " ".join(tokens)

    def _make_plan(self) -> Plan:
        raise NotImplementedError

    def _plan(self) -> Plan:
        """Return the plan of the present parameters, checked even without a `fit`."""
        cls: Any = type(self)
        values = _values_of(cls)(self)
        try:
            return _cached_plan(cls, *values)
        except TypeError:  # a list or a set has no hash, or a value is not valid
            pass
        try:
            return _cached_plan(cls, *map(_hashable, values))
        except TypeError:
            self._validate_params()
            return self._make_plan()

    def _check_parameters(self) -> None:
        """Check the present parameters, the same ones once."""
        cls: Any = type(self)
        try:
            _made(cls, *_values_of(cls)(self))
        except TypeError:  # a list or a dict has no hash, or a value is not valid
            self._validate_params()


def _checked_texts(texts: list[Any], first: int) -> list[str]:
    """Return what a function of the user's may have made of the documents, if it is text."""
    if set(map(type, texts)) <= {str}:
        return texts
    for row, text in enumerate(texts, first):
        if not isinstance(text, str):
            raise TypeError(
                f"strip_accents must return str, got {type(text).__name__} for row {row}: "
                f"{text!r:.50}"
            )
    return [str(text) for text in texts]


@cache
def _values_of(cls: type[BaseTokenizer]) -> Callable[[BaseTokenizer], tuple[Any, ...]]:
    return attrgetter(*cls._parameter_constraints)


# Checking parameters and making tables takes longer than reading a document does. `typed`, for
# lowercase=1 is not valid where lowercase=True is.
@lru_cache(maxsize=128, typed=True)
def _cached_plan(cls: type[BaseTokenizer], *values: Any) -> Plan:
    return _made(cls, *values)._make_plan()


@lru_cache(maxsize=128, typed=True)
def _made(cls: type[BaseTokenizer], *values: Any) -> BaseTokenizer:
    tokenizer = cls(**dict(zip(cls._parameter_constraints, values, strict=True)))
    tokenizer._validate_params()
    return tokenizer


def _hashable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, (list, set)) else value


def without(stop_words: Vocabulary, tokens: Tokens) -> Tokens:
    """Return the tokens without the stop words, each distinct token looked up once."""
    vocabulary = tokens.vocabulary
    return trusted_tokens(
        drop_tokens(
            tokens.values,
            tokens.offsets,
            vocabulary.buffer,
            vocabulary.offsets,
            tokens.spans,
            stop_words.lookup(vocabulary),
        )
    )


def map_back(
    spans: NDArray[np.int32], offsets: NDArray[np.int64], documents: Iterable[tuple[int, str]]
) -> None:
    """Convert spans in the lower-cased documents to spans in the documents, in place.

    `documents` are pairs of a row and its document.

    They differ only behind U+0130, whose lower case is two characters.
    """
    for row, document in documents:
        if _DOTTED_I not in document:
            continue
        widths = np.array([2 if character == _DOTTED_I else 1 for character in document])
        starts = np.concatenate([[0], np.cumsum(widths)])  # in the lower-cased document
        of_row = spans[offsets[row] : offsets[row + 1]]
        last = np.maximum(of_row[:, 1] - 1, of_row[:, 0])
        empty = of_row[:, 1] == of_row[:, 0]
        of_row[:, 0] = np.searchsorted(starts, of_row[:, 0], side="right") - 1
        of_row[:, 1] = np.searchsorted(starts, last, side="right") - empty


def normalizer(form: Normalization) -> Callable[[str], str]:
    """Return a function that normalizes documents; ASCII text is in every normal form already."""

    def normalize(document: str) -> str:
        return document if document.isascii() else unicodedata.normalize(form, document)

    return normalize
