"""Words that are known in another case alone are warned of, where texts and rows of words meet."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from textvec import OneHotVectorizer, SequenceVectorizer, Tokens, WordTokenizer

ROWS = [["Ann", "lives", "in", "Paris", "."], ["Bob", "works", "at", "IBM"]]
TEXTS = ["Ann lives in Paris.", "Bob works at IBM"]
OF_TEXTS = r"^'ann' of X is unknown, 'Ann' is known: texts are split and lower-cased .*or pass what"
OF_ROWS = r"^'Ann' of X is unknown, 'ann' is known: rows of words are looked up as they are.*Pass"


@pytest.mark.parametrize("vectorizer", [SequenceVectorizer(), OneHotVectorizer(oov="drop")])
@pytest.mark.parametrize(
    "texts",
    [TEXTS[:1], TEXTS, np.array(TEXTS), pd.Series(TEXTS, index=[7, 3]), pl.Series(TEXTS)],
    ids=["one", "list", "array", "pandas", "polars"],
)
def test_texts_after_rows_of_words(vectorizer, texts):
    fitted = vectorizer.fit(ROWS)
    for model in (fitted, pickle.loads(pickle.dumps(fitted))):
        with pytest.warns(UserWarning, match=OF_TEXTS):
            model.transform(texts)


def test_texts_after_rows_learned_in_parts():
    vectorizer = SequenceVectorizer().partial_fit(ROWS[:1]).partial_fit(ROWS[1:])
    with pytest.warns(UserWarning, match=OF_TEXTS):
        vectorizer.transform(TEXTS)


def test_a_word_that_is_all_in_upper_case():
    with pytest.warns(UserWarning, match="^'ibm' of X is unknown, 'IBM' is known"):
        SequenceVectorizer().fit(ROWS).transform(["she is at ibm"])


@pytest.mark.parametrize("rows", [ROWS, list(map(tuple, ROWS)), pd.Series(ROWS, index=[7, 3])])
def test_rows_of_words_after_texts(rows):
    with pytest.warns(UserWarning, match=OF_ROWS):
        SequenceVectorizer().fit(TEXTS).transform(rows)


LOWER = [[word.lower() for word in row] for row in ROWS]
CASED = WordTokenizer(lowercase=False)


@pytest.mark.parametrize(
    ("vectorizer", "learned", "read"),
    [
        (SequenceVectorizer(), ROWS, [["ann", "lives", "there"]]),
        (SequenceVectorizer(), ROWS, Tokens.from_lists(LOWER)),
        (SequenceVectorizer(), ROWS, CASED.transform(TEXTS)),
        (SequenceVectorizer(), LOWER, TEXTS),
        (SequenceVectorizer(), TEXTS, LOWER),
        (SequenceVectorizer(), TEXTS, ["ANN lives in London"]),
        (SequenceVectorizer(tokenizer=CASED), TEXTS, ["ann lives in London"]),
        (SequenceVectorizer(vocabulary=["ann", "<NUM>"]), TEXTS, TEXTS),
        (SequenceVectorizer(), ROWS, []),
    ],
)
def test_all_else_is_as_it_was(vectorizer, learned, read):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectorizer.fit(learned).transform(read)
