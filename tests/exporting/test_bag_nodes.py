"""Bags of words, and the models of scikit-learn behind them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from textvec import (
    CountVectorizer,
    HashingVectorizer,
    NBLogCountRatio,
    TfidfVectorizer,
    WordTokenizer,
)

from .runtime import TOLERANCE, assert_same_classes, exported, outputs

TEXTS = [
    *("the frog sees the toad", "A toad! And a FROG...", "", "the café's Été, d'Été", "???"),
    *("newts and newts and newts and newts", "the", "Россия и РОССИЯ", "unknown words only"),
]
FIT, Y = TEXTS[:8], np.arange(8) % 3


class Own(StandardScaler):
    """Converted by nobody."""


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


def test_models_without_probabilities(tmp_path):
    pipeline = make_pipeline(TfidfVectorizer(), SGDClassifier(random_state=0)).fit(FIT, Y)
    found = outputs(exported(pipeline, tmp_path), TEXTS)["label"]
    np.testing.assert_array_equal(found, pipeline.predict(TEXTS))


def test_words_of_a_tokenizer(tmp_path):
    tokenizer = WordTokenizer(stop_words=["the"], lowercase=False)
    vectorizer = CountVectorizer(ngram_range=(1, 2), stop_words=["and"])
    pipeline = make_pipeline(tokenizer, vectorizer, LogisticRegression()).fit(FIT, Y)
    assert_same_classes(pipeline, exported(pipeline, tmp_path), TEXTS)


def test_a_vocabulary_that_needs_no_fit(tmp_path):
    vectorizer = CountVectorizer(vocabulary={"frog": 1, "the": 0})
    model = LogisticRegression().fit(vectorizer.transform(FIT), Y)
    pipeline = make_pipeline(CountVectorizer(vocabulary={"frog": 1, "the": 0}), model)
    assert_same_classes(pipeline, exported(pipeline, tmp_path), TEXTS)


def test_the_way_out_works(tmp_path):
    pipeline = make_pipeline(HashingVectorizer(n_features=8), LogisticRegression()).fit(FIT, Y)
    session = exported(pipeline[-1], tmp_path)
    X = pipeline[:-1].transform(TEXTS).toarray().astype(np.float32)
    assert_same_classes(pipeline[-1], session, X)


def test_searches(tmp_path):
    search = GridSearchCV(
        make_pipeline(CountVectorizer(), LogisticRegression()),
        {"logisticregression__C": [0.1, 1.0]},
        cv=2,
    )
    search.fit(FIT, Y > 0)
    assert_same_classes(search, exported(search, tmp_path), TEXTS)


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        ([HashingVectorizer(n_features=8)], "HashingVectorizer can't be exported.* last step"),
        ([CountVectorizer(analyzer="char")], "analyzer='char'"),
        ([CountVectorizer(tokenizer=str.split, token_pattern=None)], "tokenizer="),
        ([CountVectorizer(strip_accents="unicode")], "strip_accents='unicode'"),
        ([CountVectorizer(token_pattern=r"[a-z]+")], r"token_pattern='\[a-z\]\+'"),
        ([CountVectorizer(), NBLogCountRatio()], "NBLogCountRatio can't be exported"),
        ([CountVectorizer(), Own(with_mean=False)], "Own.* says skl2onnx"),
        ([make_union(CountVectorizer(), TfidfVectorizer())], "FeatureUnion can't be exported"),
    ],
    ids=str,
)
def test_what_is_refused(steps, part, tmp_path):
    model = make_pipeline(*steps, LogisticRegression()).fit(FIT, Y > 0)
    with pytest.raises(TypeError, match=part):
        exported(model, tmp_path)
