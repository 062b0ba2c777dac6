"""Why documents hold no terms: which parameter took everything."""

from __future__ import annotations

from typing import Any

from ..._containers._tokens import Tokens
from ._ngram_analyzer import Symbols


def no_terms_message(vectorizer: Any, documents: list[Any] | Tokens, symbols: Symbols) -> str:
    """Return the message of an error about documents without terms.

    Parameters
    ----------
    vectorizer : CountVectorizer or TfidfVectorizer
    documents : list or Tokens
    symbols : Symbols
        What was read of the documents.
    """
    return f"empty vocabulary; {_reason(vectorizer, documents, symbols)}"


def _reason(vectorizer: Any, documents: list[Any] | Tokens, symbols: Symbols) -> str:
    n = len(documents)
    if not n:
        return "there are no documents to learn from: X is empty"
    if isinstance(documents, list) and all(isinstance(x, str) and not x.strip() for x in documents):
        return f"all {n} documents are empty"
    if symbols.n_words is None:
        return f"the analyzer returned no features for any of the {n} documents"
    if symbols.n_kept:
        unit = "words" if vectorizer.analyzer == "word" else "characters"
        return (
            f"ngram_range={vectorizer.ngram_range} asks for {vectorizer.ngram_range[0]} {unit} or "
            "more, and no document holds as many"
        )
    if symbols.n_words:
        return f"stop_words left none of the {symbols.n_words} words"
    if vectorizer.analyzer != "word" or isinstance(documents, Tokens):
        return f"all {n} documents are empty"
    if vectorizer.tokenizer is not None:
        reason = f"the tokenizer returned no words for any of the {n} documents"
        if vectorizer.lowercase:
            reason += ", which lowercase=True had lower-cased: should it be False?"
        return reason
    return _of_pattern(vectorizer.token_pattern)


def _of_pattern(token_pattern: str) -> str:
    reason = f"token_pattern={token_pattern!r} finds no words in the documents"
    if r"\w\w+" in token_pattern:
        reason += r", where it leaves out words of one character: r'(?u)\b\w+\b' counts them"
    return reason
