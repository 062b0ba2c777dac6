"""What users try first, and the message that says what to write instead."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.callback import ProgressBar
from skorch.callbacks import EarlyStopping, EpochTimer

from textvec import (
    LearningCurveDisplay,
    Ragged,
    RNNClassifier,
    RNNForecaster,
    RNNTagger,
    Seq2Seq,
    SequenceVectorizer,
    Tokens,
    Word2Vec,
    WordVectors,
)

SMALL = {"hidden_size": 3, "embedding_dim": 4, "max_iter": 1, "random_state": 0}
X = Ragged.from_rows([[2, 3, 4], [5], [4, 2]])
LABELS = ["a", "b", "a"]
VECTORS = WordVectors(["apple", "frog", "Toad", "apply"], np.eye(4))


def classify(X=X, y=LABELS, **options):
    return RNNClassifier(**SMALL, **options).fit(X, y)


MISTAKES = {
    "texts": (lambda: classify(["a b", "c", "d"]), r"make_pipeline\(SequenceVectorizer\(\)"),
    "rows of tokens": (lambda: classify([["a", "b"], ["c"], ["d"]]), "Tokens.from_lists"),
    "Tokens": (lambda: classify(Tokens.from_lists([["a"], ["c"], ["d"]])), "SequenceVectorizer"),
    "counts": (lambda: classify(csr_array(np.eye(3))), "which have no order.*SequenceVectorizer"),
    "a place that is missing": (
        lambda: classify(Ragged.from_rows([[0.1, 0.2], [0.3, np.nan], [1.0]])),
        "NaN at row 1, step 1",
    ),
    "mixed labels": (lambda: classify(y=[0, "z", 0]), "all str or all numbers"),
    "mixed objects": (lambda: classify(y=np.array([0, "z", 0], object)), "all str or all numbers"),
    "several labels": (lambda: classify(y=[["a"], ["a", "b"], []]), "MultiLabelBinarizer"),
    "a missing label": (lambda: classify(y=["a", None, "a"]), "the label of row 1 is missing"),
    "a missing token": (
        lambda: Seq2Seq(**SMALL).fit(X, [["a", None], ["b"], ["c"]]),
        "row 0 of y at step 1 is missing",
    ),
    "a device of nobody": (lambda: classify(device="gpu"), "is no device of torch"),
    "skorch's callback": (lambda: RNNClassifier().set_callbacks(EpochTimer()), "callbacks="),
    "skorch's elsewhere": (
        lambda: Word2Vec().set_callbacks(EpochTimer()),
        "networks take",
    ),
    "a class": (lambda: SequenceVectorizer().set_callbacks(ProgressBar), r"write ProgressBar\(\)"),
    "scikit-learn's callback": (lambda: classify(callbacks=[ProgressBar()]), "set_callbacks"),
    "no validation rows": (
        lambda: classify(callbacks=[EarlyStopping(monitor="valid_loss")]),
        "set early_stopping=True",
    ),
    "no file": (lambda: WordVectors.load("glove.6B.50d.txt"), "fetch_glove"),
    "swapped letters": (lambda: VECTORS["appel"], "did you mean 'apple'"),
    "a letter changed": (lambda: VECTORS.nearest("froq"), "did you mean 'frog'"),
    "another case": (lambda: VECTORS.similarity("toad", "frog"), "did you mean 'Toad'"),
    "two candidates": (lambda: VECTORS["applu"], "did you mean 'apple' or 'apply'"),
    "another display": (
        lambda: LearningCurveDisplay.from_estimator(RNNClassifier(), X, LABELS),
        "sklearn.model_selection.LearningCurveDisplay",
    ),
    "another display by name": (
        lambda: LearningCurveDisplay.from_estimator(RNNClassifier(), X=X, y=LABELS),
        "no data are taken",
    ),
    "several words": (
        lambda: VECTORS.odd_one_out(["froq", "toads", "apple"]),
        "'froq', 'toads': did you mean 'frog', in place of 'froq'",
    ),
    "a series as X": (lambda: RNNForecaster().fit(np.arange(30.0)), r"fit\(y=series\)"),
    "steps as X": (
        lambda: RNNForecaster(max_iter=1).fit(y=np.arange(30.0)).predict(12),
        "horizon=12",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_message_says_what_to_write(name):
    make, message = MISTAKES[name]
    with pytest.raises((TypeError, ValueError, KeyError, FileNotFoundError), match=message):
        make()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_devices_that_are_not_there(device):
    with pytest.raises(ValueError, match=r"device='.*', but torch finds no .*device='auto'"):
        classify(device=device)


@pytest.mark.parametrize(
    "X",
    [
        np.array([[2.0, 3, 0], [3, 4, 5], [1, 0, 0]]),
        np.array([[2.0, 3, 7], [3, 4, 5], [1, 8, 8]]),
        Ragged.from_rows([[2.0, 3.0], [4.0], [5.0]]),
    ],
)
def test_ids_that_became_floats(X):
    with pytest.warns(UserWarning, match=r"If they are ids, pass them as integers"):
        classify(X)
    if isinstance(X, np.ndarray):
        classify(X[:, :, None])  # series, without a warning


def test_one_hot_labels():
    with pytest.warns(UserWarning, match=r"pass y.argmax\(axis=1\)"):
        classify(y=np.eye(3))
    classify(y=[[1, 1], [0, 1], [0, 0]])


def test_ids_of_another_vectorizer():
    model = classify(SequenceVectorizer().fit_transform(["a b", "c", "d"]))
    with pytest.warns(UserWarning, match="do they come from the same vectorizer"):
        model.predict(SequenceVectorizer().fit_transform(["x", "y", "x"]))


def test_x_and_y_padded_on_opposite_sides():
    ids = np.array([[0, 0, 2, 3], [0, 2, 3, 4], [2, 3, 4, 5]])
    behind = [["a", "b", "-", "-"], ["a", "a", "b", "-"], ["a", "b", "b", "a"]]
    before = [["-", "-", "a", "b"], ["-", "a", "a", "b"], ["a", "b", "b", "a"]]
    with pytest.warns(UserWarning, match="padded on the same side"):
        RNNTagger(**SMALL).fit(ids, behind)
    assert RNNTagger(**SMALL).fit(ids, before).classes_.tolist() == ["a", "b"]


def test_labels_that_differ_by_a_nul():
    assert classify(y=["a", "a\0", "a"]).classes_.tolist() == ["a", "a\0"]
    tagger = RNNTagger(**SMALL).fit(X, [["a", "a\0", "b"], ["a"], ["b", "a"]])
    assert tagger.classes_.tolist() == ["a", "a\0", "b"]
