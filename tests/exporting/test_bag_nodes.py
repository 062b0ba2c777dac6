"""Bags of words, and the models of scikit-learn behind them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, HashingVectorizer, NBLogCountRatio, TfidfVectorizer

from .runtime import TOLERANCE, assert_same_classes, exported, outputs

TEXTS = [
    *("the frog sees the toad", "A toad! And a FROG...", "", "the café's Été, d'Été", "???"),
    *("newts and newts and newts and newts", "the", "Россия и РОССИЯ", "unknown words only"),
]
FIT, Y = TEXTS[:8], np.arange(8) % 3

VECTORIZERS = [
    CountVectorizer(),
    CountVectorizer(binary=True, token_pattern=r"\w+"),
    CountVectorizer(lowercase=False, ngram_range=(2, 3)),
    CountVectorizer(vocabulary=["toad", "the frog", "frog"], ngram_range=(1, 2)),
    CountVectorizer(stop_words=["the", "and"], ngram_range=(1, 2)),
    TfidfVectorizer(),
    TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True),
    TfidfVectorizer(norm="l1", use_idf=False),
    TfidfVectorizer(norm=None, binary=True, max_features=5),
]


@pytest.mark.parametrize("vectorizer", VECTORIZERS, ids=str)
def test_matrices(vectorizer, tmp_path):
    session = exported(vectorizer.fit(FIT), tmp_path)
    for texts in (TEXTS, TEXTS[2:3], TEXTS[:1]):
        found = outputs(session, texts)["variable"]
        expected = vectorizer.transform(texts).toarray()
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=TOLERANCE)
    assert outputs(session, [])["variable"].shape == (0, len(vectorizer.vocabulary_))


@pytest.mark.parametrize("model", [LogisticRegression(), MultinomialNB()], ids=str)
def test_classifiers(model, tmp_path):
    names = np.array(["a", "b", "c"])[Y]
    for steps in ([], [SelectKBest(chi2, k=5)]):
        pipeline = make_pipeline(TfidfVectorizer(), *steps, model).fit(FIT, names)
        session = exported(pipeline, tmp_path)
        for texts in (TEXTS, TEXTS[2:3]):
            assert_same_classes(pipeline, session, texts)


def test_regressors(tmp_path):
    model = make_pipeline(CountVectorizer(), Ridge()).fit(FIT, Y * 1.5)
    found = outputs(exported(model, tmp_path), TEXTS)["variable"][:, 0]
    np.testing.assert_allclose(found, model.predict(TEXTS), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        ([HashingVectorizer(n_features=8)], "HashingVectorizer as its first step"),
        ([CountVectorizer(analyzer="char")], "analyzer='char'"),
        ([CountVectorizer(tokenizer=str.split, token_pattern=None)], "tokenizer="),
        ([CountVectorizer(strip_accents="unicode")], "strip_accents='unicode'"),
        ([CountVectorizer(token_pattern=r"[a-z]+")], r"token_pattern='\[a-z\]\+'"),
        ([CountVectorizer(), NBLogCountRatio()], "NBLogCountRatio"),
    ],
    ids=str,
)
def test_what_is_refused(steps, part, tmp_path):
    model = make_pipeline(*steps, LogisticRegression()).fit(FIT, Y > 0)
    with pytest.raises(TypeError, match=f"can't be exported to ONNX: .*{part}"):
        exported(model, tmp_path)
