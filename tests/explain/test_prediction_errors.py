"""The rows that a classifier gets most wrong: which they are, and how they are shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from textvec import (
    CountVectorizer,
    RNNClassifier,
    RNNTagger,
    SequenceMLPClassifier,
    SequenceVectorizer,
    TokenSaliency,
    WordTokenizer,
    prediction_errors,
    token_saliency,
)

TRAIN = ["good film", "a good plot", "bad film", "a bad, bad plot"] * 3
LABELS = ["yes", "yes", "no", "no"] * 3
DOCUMENTS = ["good", "bad bad bad", "a plot", "bad", "", "good film"]
TRUTH = ["no", "yes", "yes", "no", "no", "yes"]


@pytest.fixture(scope="module")
def network():
    model = SequenceMLPClassifier(learning_rate_init=0.05, random_state=0)
    return make_pipeline(SequenceVectorizer(), model).fit(TRAIN, LABELS)


@pytest.fixture(scope="module")
def bag():
    return make_pipeline(CountVectorizer(), LogisticRegression()).fit(TRAIN, LABELS)


@pytest.mark.parametrize("kind", ["network", "bag"])
def test_they_are_those_of_least_probability(kind, request):
    model = request.getfixturevalue(kind)
    report = prediction_errors(model, DOCUMENTS, TRUTH, n_errors=9)
    proba = model.predict_proba(DOCUMENTS)
    of_truth = proba[np.arange(6), [list(model.classes_).index(label) for label in TRUTH]]
    wrong = [i for i in range(6) if model.predict(DOCUMENTS)[i] != TRUTH[i]]
    assert report.rows.tolist() == sorted(wrong, key=lambda i: of_truth[i])
    assert {0, 1} <= set(report.rows.tolist())
    np.testing.assert_array_equal(report.true_probabilities, of_truth[report.rows])
    assert report.y_true.tolist() == [TRUTH[i] for i in report.rows]
    assert report.y_pred.tolist() == model.predict(DOCUMENTS)[report.rows].tolist()
    expected = confusion_matrix(TRUTH, model.predict(DOCUMENTS), labels=model.classes_)
    np.testing.assert_array_equal(report.confusion, expected)
    assert report.n_wrong == len(wrong) == len(report)
    few = prediction_errors(model, DOCUMENTS, TRUTH, n_errors=1)
    assert few.rows.tolist() == report.rows.tolist()[:1]
    assert few.n_wrong == len(wrong)


def test_tokens_are_scored_for_the_wrong_class(network):
    report = prediction_errors(network, DOCUMENTS, TRUTH, method="occlusion")
    rows = [DOCUMENTS[i] for i in report.rows]
    alone = token_saliency(network, rows, method="occlusion", target=report.y_pred)
    assert report.saliency.tokens == alone.tokens
    np.testing.assert_array_equal(report.saliency.scores.values, alone.scores.values)
    assert report.texts[report.rows.tolist().index(1)] == "bad bad bad"


@pytest.mark.parametrize(
    "container",
    [
        lambda rows: iter(rows),
        np.array,
        lambda rows: pd.Series(rows, index=range(10, 16)),
        lambda rows: pd.DataFrame({"text": rows}),
        lambda rows: pl.Series(rows),
        lambda rows: pa.array(rows),
        lambda rows: pa.chunked_array([rows]),
        tuple,
        WordTokenizer().transform,
    ],
)
def test_rows_in_any_container(container, network, bag):
    for model in (network, bag):
        report = prediction_errors(model, container(DOCUMENTS), TRUTH)
        listed = prediction_errors(model, DOCUMENTS, TRUTH)
        assert report.rows.tolist() == listed.rows.tolist()
        assert report.texts == listed.texts


def test_ids_alone_searches_and_nothing_wrong(network):
    ids = network[0].transform(DOCUMENTS)
    report = prediction_errors(network[-1], ids, TRUTH)
    assert report.saliency.tokens == [[str(i) for i in ids[row]] for row in report.rows]
    grid = {"sequencemlpclassifier__max_iter": [5]}
    search = GridSearchCV(network, grid, cv=2).fit(TRAIN, LABELS)
    assert isinstance(prediction_errors(search, DOCUMENTS, TRUTH).saliency, TokenSaliency)
    right = prediction_errors(network, ["good film"], ["yes"])
    assert len(right) == 0
    assert str(right) == "0 of 1 rows wrong"
    assert "0 of 1 rows wrong" in right._repr_html_()


def test_frames(network):
    report = prediction_errors(network, DOCUMENTS, TRUTH)
    frame = report.to_frame()
    assert frame.index.tolist() == report.rows.tolist()
    columns = ["y_true", "y_pred", "true_probabilities", "probabilities", "texts"]
    assert list(frame) == columns


@pytest.mark.parametrize("kind", ["network", "bag"])
def test_no_token_or_label_is_markup(kind):
    evil = "<script>alert(1)</script>\x1b[31m\u202e"
    last = (
        SequenceMLPClassifier(learning_rate_init=0.05, random_state=0)
        if kind == "network"
        else LogisticRegression()
    )
    first = SequenceVectorizer(tokenizer=str.split) if kind == "network" else CountVectorizer()
    labels = ["<b>yes</b>", "no"] * 4
    model = make_pipeline(first, last).fit([f"good {evil}", "bad"] * 4, labels)
    report = prediction_errors(model, [f"good {evil}", "bad"], ["no", "<b>yes</b>"])
    page, text = report._repr_html_(), str(report)
    assert len(report) == 2
    assert "<script" not in page
    assert "<b>yes</b>" not in page
    assert "&lt;b&gt;yes" in page
    for shown in (page, text):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "\\u202e" in text


def test_long_texts_and_many_classes_are_cut():
    labels = [f"class {i}" for i in range(25)]
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(
        [f"word{i}" for i in range(25)] * 2, labels * 2
    )
    report = prediction_errors(model, ["word1 " * 1000], ["class 2"])
    assert len(str(report)) < 700
    assert "predicted class 3" not in report._repr_html_()
    assert report.confusion.shape == (25, 25)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"y": TRUTH[:2]}, ValueError, "inconsistent numbers of samples"),
        ({"y": ["maybe", *TRUTH[1:]]}, ValueError, "the label 'maybe' of row 0 is none of"),
        ({"y": np.eye(6)}, ValueError, "one label for each row.*several labels"),
        ({"n_errors": -1}, ValueError, "n_errors must be 0 or more"),
        ({"estimator": LinearSVC()}, TypeError, "predict_proba, got LinearSVC"),
        ({"estimator": RNNClassifier()}, NotFittedError, "not fitted"),
    ],
)
def test_mistakes(change, error, message, network):
    given = {"estimator": network, "X": DOCUMENTS, "y": TRUTH} | change
    with pytest.raises(error, match=message):
        prediction_errors(**given)


def test_a_tagger_is_refused():
    X, y = [["a", "b"], ["b"]], [["A", "B"], ["B"]]
    tagger = make_pipeline(SequenceVectorizer(), RNNTagger(max_iter=1, random_state=0)).fit(X, y)
    with pytest.raises(TypeError, match="got one of their steps: compare predict"):
        prediction_errors(tagger, X, y)
