"""`to_onnx` on real texts, and what it refuses."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddingVectorizer,
    RNNClassifier,
    RNNForecaster,
    Seq2Seq,
    SequenceMLPClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
    WordVectors,
    to_onnx,
)

from .runtime import TOLERANCE, assert_same_classes, exported, outputs

IDS = np.array([[2, 3, 0], [4, 0, 0], [3, 3, 3]])
RECOMMENDED = RNNClassifier(
    hidden_size=8, pooling="max", bidirectional=True, max_iter=1, random_state=0
)


def test_imdb(imdb_train, tmp_path):
    texts = imdb_train[:2000]
    y = np.arange(2000) % 2
    for model in (
        make_pipeline(SequenceVectorizer(max_tokens=10_000), RECOMMENDED),
        make_pipeline(TfidfVectorizer(max_features=5_000), LogisticRegression()),
    ):
        model.fit(texts[:200], y[:200])
        session = exported(model, tmp_path)
        for begin in range(0, 2000, 250):
            assert_same_classes(model, session, texts[begin : begin + 250])


def test_nine_languages(parallel_sentences, tmp_path):
    texts = [text for sentences in parallel_sentences.values() for text in sentences]
    y = np.repeat(np.arange(9), 1000)
    for model in (
        make_pipeline(SequenceVectorizer(), RECOMMENDED),
        make_pipeline(TfidfVectorizer(max_features=3000), LogisticRegression()),
    ):
        model.fit(texts[::20], y[::20])
        found = outputs(exported(model, tmp_path), texts)["probabilities"]
        wrong = np.abs(found - model.predict_proba(texts)).max(axis=1) > TOLERANCE
        assert wrong.sum() < 10  # those with capitals inside words, see test_text_nodes.py


def test_vectors_of_a_fitted_vectorizer_come_from_outside(tmp_path):
    vectors = WordVectors(["a", "b"], [[1.0, 0.5], [0.0, 2.0]])
    vectorizer = EmbeddingVectorizer(vectors).fit(["a b"])
    X = vectorizer.transform(["a b", "b", "b a a"])
    model = RNNClassifier(hidden_size=4, max_iter=1, random_state=0).fit(X, [0, 1, 0])
    found = outputs(exported(model, tmp_path), np.asarray(X))["probabilities"]
    np.testing.assert_allclose(found, model.predict_proba(X), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("estimator", [RNNClassifier(), make_pipeline(TfidfVectorizer())])
def test_unfitted(estimator, tmp_path):
    with pytest.raises(NotFittedError):
        to_onnx(estimator, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_other_estimators_are_refused_by_name(tmp_path):
    forecaster = RNNForecaster(max_iter=1, random_state=0).fit(y=np.sin(np.arange(60.0)))
    translator = Seq2Seq(max_iter=1, random_state=0).fit(["a b", "b"], ["c d", "d"])
    for estimator in (forecaster, translator, SequenceVectorizer().fit(["a b"])):
        with pytest.raises(TypeError, match=f"{type(estimator).__name__} can't be exported"):
            to_onnx(estimator, tmp_path / "model.onnx")
    with pytest.raises(TypeError, match="takes a fitted estimator, got {}"):
        to_onnx({}, tmp_path / "model.onnx")


@pytest.mark.parametrize("package", ["onnx", "skl2onnx"])
def test_a_missing_package_is_named_with_its_extra(package, tmp_path, monkeypatch):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(["a1", "b1"], [0, 1])
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"{package}.*textvec-learn\[onnx\]"):
        to_onnx(model, tmp_path / "model.onnx")


def test_a_file_that_is_there_stays_if_the_export_fails(tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    model = SequenceMLPClassifier(max_iter=1, random_state=0).fit(IDS, [0, 1, 0])
    to_onnx(model, path)
    before = path.read_bytes()
    monkeypatch.setattr("textvec.exporting._graph._MAX_BYTES", 100)
    with pytest.raises(ValueError, match="an ONNX file holds less than"):
        to_onnx(model, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
