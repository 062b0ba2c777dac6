"""Texts to ids and back, for estimators that read or write texts."""

from __future__ import annotations

from textvec import CharTokenizer, SubwordTokenizer, WordTokenizer
from textvec.networks.inputs._text_input import fit_vectorizer, texts_of

TEXTS = ["the frog sat", "the toad sat down"]


def test_a_copy_of_the_tokenizer_is_fitted():
    tokenizer = SubwordTokenizer(vocab_size=40)
    vectorizer = fit_vectorizer(TEXTS, tokenizer)
    assert not hasattr(tokenizer, "tokenizer_")
    assert texts_of(vectorizer, vectorizer.transform(TEXTS)) == TEXTS


def test_limits_and_kinds_of_tokens():
    vectorizer = fit_vectorizer(TEXTS, None, max_tokens=4)
    assert vectorizer.vocabulary_.tokens == ["sat", "the"]
    assert texts_of(vectorizer, vectorizer.transform(TEXTS)) == [
        "the [UNK] sat",
        "the [UNK] sat [UNK]",
    ]
    assert fit_vectorizer(TEXTS, CharTokenizer(), min_count=5).vocabulary_.tokens == [" ", "t"]
    tokens = WordTokenizer().transform(TEXTS)
    assert fit_vectorizer(tokens, None).vocabulary_ == fit_vectorizer(TEXTS, None).vocabulary_
