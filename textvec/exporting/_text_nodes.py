"""Tokenization as nodes: from texts to ids, by onnxruntime's operators on strings.

Two things make the tokens ours. What counts as a character of a word is tested with
the tokenizer itself, code point by code point, and written into a regular expression as ranges.
And capitals are lower-cased for ASCII only, which needs no locale of the machine: for all others,
the table of tokens has an entry for each way to capitalize a token.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._containers._vocabulary import PAD
from ..tokenizers import CharTokenizer, WordTokenizer
from ._graph import Graph, Operand
from ._refusals import refusal

DROPPED = -1  # of a token that is left out of its row
_RULES = ("words", "sklearn", "keras", "whitespace")
_PADDING = "  "  # no tokenizer makes a token of two spaces
_MAX_PARTS = 4  # of a token that may each begin with a capital or not, as in "Port-au-Prince"
_DOTTED_CAPITAL, _DOTTED_I = "\u0130", "i\u0307"  # the one character whose lower case is two

WAY_OUT = (
    "Export the last step by itself, as to_onnx(pipeline[-1], path), and let those before it run "
    "outside."
)


def check_defaults(step: Any, values: Mapping[str, Any]) -> None:
    """Raise an error that names a parameter of a step which has not the value it must have."""
    for name, value in values.items():
        given = getattr(step, name, value)
        if given is not value and given != value and not (given != given and value != value):  # NaN
            raise refusal(type(step).__name__, f"{name}={given!r}", WAY_OUT)


def tokenizer_of(tokenizer: Any, name: str) -> WordTokenizer | CharTokenizer:
    """Return the tokenizer of a vectorizer, None being the default; refuse what ONNX has not.

    Raises
    ------
    TypeError
        If ONNX has no counterpart of it; `name` is that of the vectorizer.
    """
    tokenizer = WordTokenizer() if tokenizer is None else tokenizer
    if type(tokenizer) not in (WordTokenizer, CharTokenizer):
        raise refusal(name, f"its tokenizer {type(tokenizer).__name__}", WAY_OUT)
    functions = dict.fromkeys(("pattern", "normalize", "strip_accents"))
    check_defaults(tokenizer, {**functions, "fold_apostrophes": False})
    rule = getattr(tokenizer, "rule", None)
    if rule not in (*_RULES, None):
        raise refusal(type(tokenizer).__name__, f"rule={rule!r}", WAY_OUT)
    found: WordTokenizer | CharTokenizer = tokenizer
    return found


def token_ids(
    graph: Graph, texts: str, pattern: str, ids: Mapping[str, int], *, lowercase: bool, unknown: int
) -> str:
    """Tokenize texts (B,) by a pattern; return the ids of their tokens, (B, T), 0 beyond the end.

    Parameters
    ----------
    graph : Graph
        Where nodes are added.
    texts : str
        The texts, one or more.
    pattern : str
        Of a token, as :func:`token_pattern` returns it.
    ids : mapping of str to int
        The id of each token that has one, lower-cased with `lowercase`. Tokens whose id is
        DROPPED are left out of their rows.
    lowercase : bool
        Whether tokens are those of lower-cased texts.
    unknown : int
        The id of all other tokens.
    """
    if lowercase:
        ids = dict(_capitalized(ids))
        action = {"case_change_action": "LOWER", "locale": "C"}
        texts = graph.add("StringNormalizer", texts, **action)
    tokens = graph.add(
        "Tokenizer",
        texts,
        domain="com.microsoft",
        tokenexp=pattern,
        pad_value=_PADDING,
        mark=0,
        mincharnum=1,
    )
    graph.describe(tokens, object, [None, None])
    numbers = graph.add(
        "LabelEncoder",
        tokens,
        domain="ai.onnx.ml",
        keys_strings=[_PADDING, *ids],
        values_int64s=[PAD, *ids.values()],
        default_int64=unknown,
    )
    if unknown == DROPPED or DROPPED in ids.values():
        return _without_dropped(graph, numbers)
    return numbers


def some_texts(graph: Graph, texts: str, n_rows: Operand) -> str:
    """Append an empty text if there is none."""
    missing = graph.add("Sub", np.array([1]), graph.add("Min", n_rows, np.array([1])))
    none = graph.cast(graph.add("ConstantOfShape", missing), np.int64)
    return graph.concat([texts, graph.add("Gather", np.array([""], object), none)], 0)


def token_pattern(tokenizer: WordTokenizer | CharTokenizer) -> str:
    """Return the regular expression, in the syntax of RE2, of a tokenizer's tokens."""
    if isinstance(tokenizer, CharTokenizer):
        return r"(?s)."
    if tokenizer.rule == "words":
        word = character_class("words", 1)
        return f"{word}+(?:['\u2019]{word}+)*"
    if tokenizer.rule == "sklearn":
        return words_of(2, lowercase=tokenizer.lowercase)
    return character_class(tokenizer.rule, 1) + "+"


def words_of(least: int, *, lowercase: bool) -> str:
    r"""Return the regular expression of words of ``\w``, of at least so many characters."""
    # Of the lower case of U+0130, "i" and a mark, the mark is no \w: what follows is a word.
    left_out = _DOTTED_CAPITAL if lowercase and least == 2 else ""
    return character_class("sklearn", 2, left_out) + f"{{{least},}}"


@lru_cache
def character_class(rule: Any, times: int, left_out: str = "") -> str:
    """Return the characters that the words of a rule consist of, as ranges of code points.

    Parameters
    ----------
    rule : str
        Of :class:`WordTokenizer`.
    times : int
        Characters of the shortest word.
    left_out : str
        Characters that are not to be among them.
    """
    code_points = np.arange(sys.maxunicode + 1)
    surrogates = (code_points >= 0xD800) & (code_points < 0xE000)
    code_points = code_points[~(surrogates | np.isin(code_points, list(map(ord, left_out))))]
    texts = [chr(c) * times for c in code_points]
    is_word = WordTokenizer(rule, lowercase=False).transform(texts).lengths > 0
    ranges = _ranges(code_points[is_word])
    return "[" + "".join(rf"\x{{{a:X}}}-\x{{{b:X}}}" for a, b in ranges) + "]"


def _ranges(numbers: NDArray[np.int64]) -> Iterable[tuple[int, int]]:
    """Return first and last number of each run of successive ones."""
    for run in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
        yield int(run[0]), int(run[-1])


def _capitalized(ids: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """Return each token as it may stand in a text whose ASCII letters are lower-cased."""
    for token, number in ids.items():
        variants = [token] if token.isascii() else _variants(token)
        for variant in variants:
            if variant.lower() == token:
                yield variant.translate(_ASCII_CAPITALS), number


def _variants(token: str) -> Iterable[str]:
    """Return the usual ways to capitalize: all letters, or the first one of some parts."""
    capitals = _capitals()
    starts = [i for i, c in enumerate(token) if c in capitals and not token[i - 1 : i].isalnum()]
    yield "".join(capitals.get(c, [c.upper()])[0] for c in token)
    yield token.replace(_DOTTED_I, _DOTTED_CAPITAL)
    choices = ([token[i], *capitals[token[i]]] for i in starts[:_MAX_PARTS])
    for firsts in product(*choices):
        at = dict(zip(starts, firsts, strict=False))
        yield "".join(at.get(i, c) for i, c in enumerate(token))


@lru_cache
def _capitals() -> dict[str, list[str]]:
    """Return the characters whose lower case is a character, the usual one first."""
    capitals: dict[str, list[str]] = {}
    for character in map(chr, range(sys.maxunicode + 1)):
        lower = character.lower()
        if lower != character and len(lower) == 1:
            capitals.setdefault(lower, []).append(character)
    for lower, characters in capitals.items():
        characters.sort(key=lambda character: character != lower.upper())
    return capitals


_ASCII_CAPITALS = {ord(c): c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _without_dropped(graph: Graph, ids: str) -> str:
    """Move the ids of each row (B, T) that are not dropped to its front, zeros behind them."""
    kept = graph.add("Not", graph.add("Equal", ids, np.int64(DROPPED)))
    places = graph.add("CumSum", graph.cast(kept, np.int64), np.int64(1))
    places = graph.add("Where", kept, places, np.int64(0))  # column 0 is cut off
    empty = graph.add("Pad", graph.add("Mul", ids, np.int64(0)), np.array([0, 1, 0, 0]))
    moved = graph.add("ScatterElements", empty, places, ids, axis=1)
    return graph.slice(moved, 1, axis=1)
