"""Bags of words, and the models of scikit-learn behind them."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.feature_extraction.text
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from textvec import (
    CharTokenizer,
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
    CountVectorizer(token_pattern=r"\w{2,}"),
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


PAIR = [("a", LogisticRegression()), ("b", MultinomialNB())]
CLASSIFIERS = [
    *(LogisticRegression(), MultinomialNB(), StackingClassifier(PAIR, cv=2)),
    VotingClassifier(PAIR, voting="soft"),
]


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
def test_classifiers(model, tmp_path):
    names = np.array(["a", "b", "c"])[Y]
    for steps in ([], [SelectKBest(chi2, k=5)], [TfidfTransformer()]):
        pipeline = make_pipeline(TfidfVectorizer(), *steps, model).fit(FIT, names)
        session = exported(pipeline, tmp_path)
        for texts in (TEXTS, TEXTS[2:3]):
            assert_same_classes(pipeline, session, texts)
        assert [v.shape for v in outputs(session, []).values()] == [(0,), (0, 3)]


def test_regressors(tmp_path):
    model = make_pipeline(CountVectorizer(), Ridge()).fit(FIT, Y * 1.5)
    found = outputs(exported(model, tmp_path), TEXTS)["variable"][:, 0]
    np.testing.assert_allclose(found, model.predict(TEXTS), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    "model", [SGDClassifier(random_state=0), LinearSVC(), RidgeClassifier(), VotingClassifier(PAIR)]
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_models_without_probabilities_have_labels_alone(model, n_classes, tmp_path):
    pipeline = make_pipeline(TfidfVectorizer(), model).fit(FIT, Y % n_classes)
    session = exported(pipeline, tmp_path)
    found = outputs(session, TEXTS)
    assert list(found) == ["label"]
    np.testing.assert_array_equal(found["label"], pipeline.predict(TEXTS))
    assert outputs(session, [])["label"].shape == (0,)


def test_several_targets(tmp_path):
    targets = np.stack([Y % 2, Y > 0], axis=1).astype(int)
    model = MultiOutputClassifier(LogisticRegression())
    pipeline = make_pipeline(TfidfVectorizer(), model).fit(FIT, targets)
    session = exported(pipeline, tmp_path)
    for texts in (TEXTS, TEXTS[:1]):
        found = outputs(session, texts)
        np.testing.assert_array_equal(found["label"], pipeline.predict(texts))
        for ours, theirs in zip(found["probabilities"], pipeline.predict_proba(texts), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)
    assert [p.shape for p in outputs(session, [])["probabilities"]] == [(0, 2)] * 2


def test_a_table_without_rows(tmp_path):
    model = LogisticRegression().fit(np.eye(3), [0, 1, 0])
    found = outputs(exported(model, tmp_path), np.zeros((0, 3), np.float32))
    assert [v.shape for v in found.values()] == [(0,), (0, 2)]


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
    with pytest.raises(TypeError, match=r"refit=False .* Set refit=True"):
        exported(clone(search).set_params(refit=False).fit(FIT, Y > 0), tmp_path)


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
        ([CharTokenizer(), CountVectorizer()], "CharTokenizer can't be exported"),
        (
            [make_union(CountVectorizer(), TfidfVectorizer())],
            "FeatureUnion can't be exported.* Export the last step by itself",
        ),
    ],
    ids=str,
)
def test_what_is_refused(steps, part, tmp_path):
    model = make_pipeline(*steps, LogisticRegression()).fit(FIT, Y > 0)
    with pytest.raises(TypeError, match=part):
        exported(model, tmp_path)


def test_what_a_refusal_leads_to(tmp_path):
    inside = make_pipeline(TfidfVectorizer(), LogisticRegression())
    vote = VotingClassifier([("a", inside)], voting="soft").fit(FIT, Y)
    with pytest.raises(TypeError, match="VotingClassifier can't be .* Put the vectorizer before"):
        exported(vote, tmp_path)
    table = make_column_transformer((CountVectorizer(), 0), ("passthrough", [1])).fit(
        np.array([["frog", 1], ["toad", 2]], dtype=object)
    )
    with pytest.raises(TypeError, match="ColumnTransformer can't be .* export the estimators in"):
        exported(table, tmp_path)
    theirs = make_pipeline(sklearn.feature_extraction.text.TfidfVectorizer(), LogisticRegression())
    with pytest.raises(TypeError, match=r"Use textvec\.TfidfVectorizer in its place"):
        exported(theirs.fit(FIT, Y), tmp_path)
    neighbors = make_pipeline(CountVectorizer(), KNeighborsClassifier()).fit(FIT, Y)
    with pytest.raises(TypeError, match="^KNeighborsClassifier can't be exported.* says skl2onnx"):
        exported(neighbors, tmp_path)
    last = make_pipeline(CountVectorizer(), NBLogCountRatio()).fit(FIT, Y > 0)
    with pytest.raises(TypeError, match=r"NBLogCountRatio can't be exported.* there\.$"):
        exported(last, tmp_path)
    assert not list(tmp_path.iterdir())
