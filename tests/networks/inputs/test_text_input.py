"""Texts to ids and back, for estimators that read or write texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from textvec import (
    CharTokenizer,
    EmbeddedSequences,
    FunctionTokenizer,
    Ragged,
    RNNLanguageModel,
    Seq2Seq,
    SkipThought,
    SubwordTokenizer,
    WordTokenizer,
)
from textvec.networks.inputs._text_input import fit_vectorizer, holds_texts, join_texts

TEXTS = ["the frog sat", "the toad sat down"]


def test_a_copy_of_the_tokenizer_is_fitted():
    tokenizer = SubwordTokenizer(vocab_size=40)
    vectorizer, tokens = fit_vectorizer(TEXTS, tokenizer)
    assert not hasattr(tokenizer, "tokenizer_")
    assert tokens == vectorizer.tokenizer.transform(TEXTS)
    assert join_texts(vectorizer, vectorizer.transform(tokens)) == TEXTS


def test_limits_and_kinds_of_tokens():
    vectorizer, tokens = fit_vectorizer(TEXTS, None, max_tokens=4)
    assert vectorizer.vocabulary_.tokens == ["sat", "the"]
    assert tokens.to_list() == [text.split() for text in TEXTS]  # rare ones too
    assert join_texts(vectorizer, vectorizer.transform(tokens)) == [
        "the [UNK] sat",
        "the [UNK] sat [UNK]",
    ]
    characters, _ = fit_vectorizer(TEXTS, CharTokenizer(), min_count=5)
    assert characters.vocabulary_.tokens == [" ", "t"]


def test_tokens_are_taken_as_they_are():
    tokens = WordTokenizer().transform(TEXTS)
    vectorizer, same = fit_vectorizer(tokens, CharTokenizer())
    assert same is tokens
    assert vectorizer.vocabulary_ == fit_vectorizer(TEXTS, None)[0].vocabulary_


def test_an_iterator_is_read_for_the_tokenizer_and_for_the_vocabulary():
    vectorizer, tokens = fit_vectorizer(iter(TEXTS), SubwordTokenizer(vocab_size=40))
    expected, same = fit_vectorizer(TEXTS, SubwordTokenizer(vocab_size=40))
    assert tokens == same
    assert vectorizer.vocabulary_ == expected.vocabulary_


SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_iter": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("model", "n_read"),
    [
        (SkipThought(sentence_splitter=lambda text: text.split(". "), **SMALL), 4),
        (RNNLanguageModel(**SMALL), 2),
        (Seq2Seq(**SMALL), 2),
    ],
    ids=["SkipThought", "RNNLanguageModel", "Seq2Seq"],
)
def test_a_network_tokenizes_each_text_once(model, n_read):
    read = []

    class Counting(FunctionTokenizer):
        def __init__(self, func=str.split, *, missing="error"):
            super().__init__(func, missing=missing)

        def transform(self, X):
            read.extend(X)
            return super().transform(X)

    model.set_params(tokenizer=Counting())
    if isinstance(model, Seq2Seq):
        model.set_params(target_tokenizer=Counting())
        model.fit(TEXTS, [text.upper() for text in TEXTS])
        n_read *= 2
    else:
        model.fit([f"{text}. {text.upper()}" for text in TEXTS])
    assert len(read) == len(set(read)) == n_read


@pytest.mark.parametrize(
    "X",
    [
        TEXTS,
        tuple(TEXTS),
        [],
        "a text alone",
        [b"bytes"],
        [None, "text"],
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        np.array([None, "text"], dtype=object),
        pd.Series(TEXTS),
        pd.DataFrame({"text": TEXTS}),
        WordTokenizer().transform(TEXTS),
    ],
    ids=lambda X: f"{type(X).__name__} {X!r:.12}",
)
def test_these_are_texts(X):
    assert holds_texts(X)


@pytest.mark.parametrize(
    "X",
    [
        [[2, 3], [4]],
        np.array([[2, 3]]),
        np.array([[2, 3]], dtype=object),
        pd.DataFrame({"a": [1.5]}),
        Ragged.from_rows([[2, 3]]),
        EmbeddedSequences(Ragged.from_rows([[1]]), np.diag([0.0, 1.0])),
    ],
    ids=lambda X: f"{type(X).__name__} {X!r:.12}",
)
def test_these_are_not(X):
    assert not holds_texts(X)
