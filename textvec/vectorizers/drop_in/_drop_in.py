"""What the three drop-ins do differently from scikit-learn."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any, ClassVar

from ..._estimators._reported_fit import ReportedFit
from ..._estimators._sparse_output import SparseOutput
from ..._inputs._words import word_list
from ...tokenizers import as_tokens
from ...tokenizers._base_tokenizer import BaseTokenizer

_PATTERN = r"(?u)\b\w\w+\b"  # the default one


def is_tokenizer(tokenizer: Any) -> bool:
    """Return whether this is an object that makes Tokens, and not a function alone."""
    if isinstance(tokenizer, BaseTokenizer):
        return True
    return not callable(tokenizer) and hasattr(tokenizer, "transform")


def _tokens_of(tokenizer: Any, text: str) -> list[str]:
    return as_tokens([text], tokenizer).to_list()[0]


def _check_pattern(pattern: Any) -> None:
    if pattern is None:
        raise TypeError("token_pattern=None needs a tokenizer: pass a regular expression or one.")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"token_pattern={pattern!r} is no regular expression: {error}") from error


class DropIn(SparseOutput, ReportedFit):
    """Mixin of the drop-ins: clearer errors for data-frame output and `ngram_range`."""

    _sklearn_class: ClassVar[type[Any]]
    ngram_range: tuple[int, int]
    tokenizer: Any
    token_pattern: str | None
    analyzer: Any
    stop_words: Any

    def to_sklearn(self) -> Any:
        """Return scikit-learn's own vectorizer with the same parameters and fitted attributes.

        For libraries that know only the exact classes of scikit-learn. It is fitted if this
        one is.

        Returns
        -------
        vectorizer of sklearn.feature_extraction.text
            Of the same name. Its matrices of texts are equal bit for bit; `n_jobs`, `keep_terms`,
            `keep_counts` and what was counted are left behind. Methods that a subclass overrides
            are not taken along.
        """
        cls = self._sklearn_class
        vectorizer = cls(**{name: getattr(self, name) for name in cls._get_param_names()})
        if is_tokenizer(self.tokenizer):
            vectorizer.tokenizer = self.build_tokenizer()
        for name, value in self._sklearn_attributes().items():
            setattr(vectorizer, name, value)
        return vectorizer

    def _sklearn_attributes(self) -> dict[str, Any]:
        """Return the fitted attributes of scikit-learn's class, if there are any."""
        return {}

    def build_tokenizer(self) -> Callable[[str], list[str]]:
        """Return a function from the text of a document to its tokens.

        Returns
        -------
        callable
            A function from a string to a list of strings.
        """
        if is_tokenizer(self.tokenizer):
            return partial(_tokens_of, self.tokenizer)
        if self.tokenizer is None:
            _check_pattern(self.token_pattern)
        build: Callable[[], Callable[[str], list[str]]] = super().build_tokenizer  # type: ignore[misc]
        return build()

    def get_stop_words(self) -> Any:
        """Return the stop words, as a frozenset; None if there are none.

        Returns
        -------
        frozenset of str or None
            The stop words.
        """
        try:
            return super().get_stop_words()  # type: ignore[misc]
        except TypeError:  # a word has no hash
            word_list(self.stop_words, "stop_words")  # names it
            raise

    def _warn_for_unused_params(self) -> None:
        """Warn as scikit-learn does, but for an object that only textvec takes."""
        is_default = self.token_pattern == _PATTERN and self.analyzer == "word"
        if not (is_default and is_tokenizer(self.tokenizer)):
            super()._warn_for_unused_params()  # type: ignore[misc]

    def _validate_ngram_range(self) -> None:
        given: Any = self.ngram_range
        if (
            not isinstance(given, (tuple, list))
            or len(given) != 2
            or not all(isinstance(n, Integral) for n in given)
        ):
            raise ValueError(f"ngram_range must be two integers, got {given!r}.")
        super()._validate_ngram_range()  # type: ignore[misc]
