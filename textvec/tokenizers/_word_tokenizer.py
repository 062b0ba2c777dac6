"""Words as tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.feature_extraction.text import strip_accents_ascii, strip_accents_unicode

from .._compat import StrOptions
from .._containers._tokens import ScanResult, trusted_tokens
from .._containers._vocabulary import Vocabulary
from .._estimators._constraints import INPUT, MISSING, N_JOBS, one_of
from .._inputs._contents import InputKind
from .._inputs._documents import Missing
from .._inputs._words import word_list
from .._kernels._tokenize import Scanner, TokenBuilder
from .._reporting._caller_warnings import warn_caller
from ._apostrophes import english_stop_words, fold_apostrophes
from ._base_tokenizer import BaseTokenizer, DocumentScanner, Normalization, Plan, normalizer

Rule = Literal["words", "sklearn", "keras", "keras_v3", "whitespace"]
StopWords = list[str] | tuple[str, ...] | set[str] | frozenset[str] | Vocabulary

_STRIP = {"ascii": strip_accents_ascii, "unicode": strip_accents_unicode}


class WordTokenizer(BaseTokenizer):
    r"""Tokenize documents into words, by a rule or a regular expression.

    Of a Dask collection of documents, `transform` returns a bag of `Tokens`, one a partition.

    Parameters
    ----------
    rule : {"words", "sklearn", "keras", "keras_v3", "whitespace"}, default="words"
        What a word is:

        - "words": a longest run of letters, digits and marks (so that words of scripts with
          combining vowels stay whole); single apostrophes (``'`` or U+2019) inside join, as
          in "don't". Words of one letter count.
        - "sklearn": ``\w\w+``, exactly the words of scikit-learn's ``CountVectorizer``.
          Words of one letter do not count.
        - "keras": what stands between spaces, tabs, line feeds and ASCII punctuation other
          than the apostrophe, exactly the words of Keras' legacy ``Tokenizer``.
        - "keras_v3": what stands between ASCII white space, without its ASCII punctuation, exactly
          the words of Keras 3's ``TextVectorization``: "don't" is "dont", and only ASCII letters
          are put into lower case.
        - "whitespace": what stands between white space, as ``str.split``.
    pattern : str, compiled pattern or None, default=None
        A regular expression to find words with, in place of the rule, which then plays no
        part. As `token_pattern` of ``CountVectorizer``: words are what ``re.findall`` returns,
        and one group may pick the word out of a match.
    lowercase : bool, default=True
        Whether to take the words of ``document.lower()``; with "keras_v3" A to Z alone are
        changed.
    strip_accents : {"ascii", "unicode"}, callable or None, default=None
        As in ``CountVectorizer``, after lower-casing: "unicode" removes the marks that
        canonical decomposition splits off, "ascii" all that is not ASCII after it; a callable
        is applied to each document.
    normalize : {"NFC", "NFKC", "NFD", "NFKD"} or None, default=None
        Unicode normal form to put the documents into first. Text from several sources may
        hold one word in two forms, which are two tokens without this.
    fold_apostrophes : bool, default=False
        Whether U+2019, U+02BC and U+FF07 are read as ``'``, so that "don’t" and "don't" are one
        token. True is a good choice for text from the web.
    stop_words : "english", collection of str or None, default=None
        Words to leave out, written as they come out of the steps above; "english" is
        scikit-learn's list and, with a rule that keeps apostrophes inside words, contractions
        such as "it's" and "don't".
    spans : bool, default=False
        Whether the Tokens have spans. They count characters of the document; with `normalize`
        of the normalised document, and with `strip_accents` of what that makes of the (if
        `lowercase`, lower-cased) document. With a group in `pattern`, spans are the group's.
    missing : {"error", "empty"}, default="error"
        How to treat None and NaN: a TypeError, or a document of no words.
    input : {"content", "filename", "file"}, default="content"
        What the documents come as: text, names of files that hold one each in UTF-8, or open files.
        `read_text` reads files of other kinds, of many documents or another encoding.
    n_jobs : int or None, default=None
        Number of threads, by joblib's convention: None is one, -1 one a core. The result does
        not depend on it; a
        `pattern` is searched for in one thread, which holds the GIL.

    See Also
    --------
    CharTokenizer, KmerTokenizer : For text without spaces between words.
    FunctionTokenizer : Words by any function.

    Notes
    -----
    Chinese, Japanese, Thai and other languages without spaces come out as whole clauses: take
    CharTokenizer, KmerTokenizer, or a segmenter of the language in FunctionTokenizer.

    Letters, digits and white space are what ``re`` and ``str`` of the running Python take for
    such. A regular expression is some ten times slower than a rule.

    Examples
    --------
    >>> from textvec import WordTokenizer
    >>> documents = ["Don't panic: it's a plan!", "Café No. 7"]
    >>> WordTokenizer().transform(documents).to_list()
    [["don't", 'panic', "it's", 'a', 'plan'], ['café', 'no', '7']]
    >>> WordTokenizer("sklearn", strip_accents="unicode").transform(documents).to_list()
    [['don', 'panic', 'it', 'plan'], ['cafe', 'no']]
    >>> WordTokenizer(pattern=r"[^\W\d]+", lowercase=False).transform(documents).to_list()
    [['Don', 't', 'panic', 'it', 's', 'a', 'plan'], ['Café', 'No']]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "rule": [one_of(Rule)],
        "pattern": [str, re.Pattern, None],
        "lowercase": ["boolean"],
        "strip_accents": [StrOptions({"ascii", "unicode"}), callable, None],
        "normalize": [one_of(Normalization), None],
        "fold_apostrophes": ["boolean"],
        "stop_words": [StrOptions({"english"}), list, tuple, set, frozenset, Vocabulary, None],
        "spans": ["boolean"],
        "missing": MISSING,
        "input": INPUT,
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        rule: Rule = "words",
        *,
        pattern: str | re.Pattern[str] | None = None,
        lowercase: bool = True,
        strip_accents: Literal["ascii", "unicode"] | Callable[[str], str] | None = None,
        normalize: Normalization | None = None,
        fold_apostrophes: bool = False,
        stop_words: Literal["english"] | StopWords | None = None,
        spans: bool = False,
        missing: Missing = "error",
        input: InputKind = "content",
        n_jobs: int | None = None,
    ):
        self.rule = rule
        self.pattern = pattern
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        self.normalize = normalize
        self.fold_apostrophes = fold_apostrophes
        self.stop_words = stop_words
        self.spans = spans
        self.missing = missing
        self.input = input
        self.n_jobs = n_jobs

    def _make_plan(self) -> Plan:
        is_ascii_case = self.pattern is None and self.rule == "keras_v3"
        # Accents are stripped from the lower-cased document, which must be at hand for that.
        before = bool(self.lowercase and self.strip_accents is not None and not is_ascii_case)
        lowercase = bool(self.lowercase) and not before
        scanner: DocumentScanner | Scanner
        if self.pattern is None:
            scanner = Scanner(self.rule, lowercase=lowercase)
        else:
            scanner = _PatternScanner(self.pattern, lowercase=lowercase)
        plan = Plan(
            scanner,
            self._preparation(before),
            self._stop_vocabulary(),
            lowercase and not is_ascii_case,
        )
        if plan.stop_words is not None and not isinstance(self.stop_words, (str, Vocabulary)):
            _warn_of_stop_words(plan, plan.stop_words)
        return plan

    def _preparation(self, lowercase: bool) -> Callable[[str], str] | None:
        """Return what is done to each document before it is scanned."""
        steps: list[Callable[[str], str]] = []
        if self.normalize is not None:
            steps.append(normalizer(self.normalize))
        if self.fold_apostrophes:
            steps.append(fold_apostrophes)
        if lowercase:
            steps.append(str.lower)
        if self.strip_accents is not None:
            given = self.strip_accents
            steps.append(_STRIP[given] if isinstance(given, str) else given)
        return None if not steps else partial(_in_turn, steps)

    def _stop_vocabulary(self) -> Vocabulary | None:
        """Return the words that `stop_words` leaves out; None if it leaves out none."""
        given = self.stop_words
        if given is None or isinstance(given, Vocabulary):
            return given
        if not isinstance(given, str):
            return Vocabulary(dict.fromkeys(word_list(given, "stop_words")))
        keeps_apostrophes = self.pattern is None and self.rule in ("words", "keras", "whitespace")
        return english_stop_words(contractions=keeps_apostrophes)


def _warn_of_stop_words(plan: Plan, stop_words: Vocabulary) -> None:
    """Warn, as scikit-learn does, if documents hold no words such as those to leave out."""
    scanned = plan.scanner.scan(plan.texts(stop_words.tokens), spans=False, n_threads=1)
    made = trusted_tokens(scanned).vocabulary
    others = sorted(made.take(np.flatnonzero(stop_words.lookup(made) < 0)))
    if others:
        warn_caller(
            "Your stop_words may be inconsistent with your preprocessing. Tokenizing the stop "
            f"words generated tokens {others} not in stop_words.",
        )


def _in_turn(steps: list[Callable[[str], str]], document: str) -> str:
    for step in steps:
        document = step(document)
    return document


class _PatternScanner:
    """Scanner that finds words with a regular expression, and interns them."""

    def __init__(self, pattern: str | re.Pattern[str], *, lowercase: bool):
        try:
            self.pattern = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"pattern={pattern!r} is no regular expression: {error}") from error
        self.lowercase = lowercase
        if not isinstance(self.pattern.pattern, str):
            raise ValueError(f"pattern must be of str, not of bytes, got {pattern!r}.")
        if self.pattern.groups > 1:
            raise ValueError(
                f"pattern must have at most one capturing group, got {self.pattern.groups} in "
                f"{self.pattern.pattern!r}: write the others as (?:...)."
            )

    def scan(self, documents: Iterable[str], *, spans: bool, n_threads: int) -> ScanResult:
        builder = TokenBuilder()
        for document in documents:
            text = document.lower() if self.lowercase else document
            if spans:
                word_spans = [self._span(match) for match in self.pattern.finditer(text)]
                builder.add([text[start:stop] for start, stop in word_spans], word_spans)
            else:
                builder.add(self.pattern.findall(text))
        return builder.finish(spans=spans)

    def _span(self, match: re.Match[str]) -> tuple[int, int]:
        start, stop = match.span(self.pattern.groups)
        # A group that took no part counts as empty for re.findall, and has no place.
        return (match.start(), match.start()) if start < 0 else (start, stop)
