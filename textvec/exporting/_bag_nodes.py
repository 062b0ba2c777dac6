"""Bags of words as nodes: from texts to counts or tf-idf weights of n-grams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from .._containers._vocabulary import FIRST, PAD, UNKNOWN
from ..tokenizers import WordTokenizer, stop_words_of
from ..vectorizers import CountVectorizer, TfidfVectorizer
from ..vectorizers.drop_in._reader import RULES
from ._graph import Graph
from ._text_nodes import (
    DROPPED,
    check_defaults,
    token_ids,
    token_pattern,
    tokenizer_of,
    words_of,
)

_LEAST = {"sklearn": 2, r"\w+": 1}  # characters of a word, by the rule of the scanner


class Bag(NamedTuple):
    """How a vectorizer makes terms of texts.

    Parameters
    ----------
    vectorizer : CountVectorizer or TfidfVectorizer
        Fitted.
    pattern : str
        The regular expression of words.
    lowercase : bool
        Whether words are those of lower-cased texts.
    stop_words : set of str
        Words that are left out.
    """

    vectorizer: CountVectorizer
    pattern: str
    lowercase: bool
    stop_words: set[str]

    @classmethod
    def of(cls, vectorizer: CountVectorizer, tokenizer: WordTokenizer | None) -> Bag:
        """Return that of a vectorizer, or of one that reads the words of a tokenizer.

        Raises
        ------
        TypeError
            If a parameter has no counterpart in ONNX; the message names it.
        """
        if "vocabulary_" not in vars(vectorizer):  # it is given, and needs no `fit`
            vectorizer._check_vocabulary()
        stop_words = set(vectorizer.get_stop_words() or ())
        if tokenizer is not None:
            words = tokenizer_of(tokenizer, type(vectorizer).__name__)
            stop_words.update(stop_words_of(words))
            return cls(vectorizer, token_pattern(words), words.lowercase, stop_words)
        functions = dict.fromkeys(("strip_accents", "preprocessor", "tokenizer"))
        check_defaults(vectorizer, {"input": "content", "analyzer": "word", **functions})
        rule = RULES.get(vectorizer.token_pattern or "", "")
        if rule not in _LEAST:
            check_defaults(vectorizer, {"token_pattern": r"(?u)\b\w\w+\b"})
        lowercase = vectorizer.lowercase
        pattern = words_of(_LEAST[rule], lowercase=lowercase)
        return cls(vectorizer, pattern, lowercase, stop_words)


def add_bag(graph: Graph, bag: Bag, texts: str) -> str:
    """Add a vectorizer that reads one text or more; return its matrix, (n, n_features), float32."""
    vectorizer = bag.vectorizer
    columns: Mapping[str, int] = vectorizer.vocabulary_
    terms = sorted(columns, key=columns.__getitem__)
    words = {word for term in terms for word in term.split(" ")}
    ids = {word: FIRST + i for i, word in enumerate(sorted(words))}
    rows = token_ids(
        graph,
        texts,
        bag.pattern,
        ids | dict.fromkeys(bag.stop_words, DROPPED),
        lowercase=bag.lowercase,
        unknown=UNKNOWN,
    )
    counts = _counts(graph, rows, [[ids[w] for w in t.split(" ")] for t in terms], vectorizer)
    if vectorizer.binary:
        counts = graph.add("Min", counts, np.float32(1))
    if isinstance(vectorizer, TfidfVectorizer):
        counts = _weighed(graph, vectorizer, counts)
    return counts


def _counts(graph: Graph, rows: str, terms: list[list[int]], vectorizer: Any) -> str:
    """Count n-grams of ids; `terms` are in the order of the columns."""
    least, most = vectorizer.ngram_range
    by_size: list[list[int]] = [[] for _ in range(most)]
    columns: list[list[int]] = [[] for _ in range(most)]
    for column, term in enumerate(terms):
        by_size[len(term) - 1] += term
        columns[len(term) - 1].append(column)
    # A row has room for the longest n-gram; padding is in none.
    padded = graph.add("Pad", rows, np.array([0, 0, 0, most]), np.int64(PAD))
    return graph.add(
        "TfIdfVectorizer",
        padded,
        mode="TF",
        min_gram_length=least,
        max_gram_length=most,
        max_skip_count=0,
        ngram_counts=[sum(map(len, by_size[:n])) for n in range(most)],
        ngram_indexes=[column for group in columns for column in group],
        pool_int64s=[number for group in by_size for number in group],
    )


def _weighed(graph: Graph, vectorizer: TfidfVectorizer, counts: str) -> str:
    if vectorizer.sublinear_tf:
        # The logarithm of 1 where there is no term: 0, and it stays 0.
        some = graph.add("Min", counts, np.float32(1))
        logs = graph.add("Log", graph.add("Max", counts, np.float32(1)))
        counts = graph.add("Add", logs, some)
    if vectorizer.use_idf:
        counts = graph.add("Mul", counts, vectorizer.idf_.astype(np.float32))
    if vectorizer.norm is None:
        return counts
    op = "ReduceL2" if vectorizer.norm == "l2" else "ReduceL1"
    norms = graph.add(op, counts, np.array([1]), keepdims=1)
    least = np.finfo(np.float32).tiny  # a row without terms stays zero
    return graph.add("Div", counts, graph.add("Max", norms, least))
