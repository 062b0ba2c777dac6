"""Every row of the tables "From fastText": ours is run, and fastText too where it is installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import gensim.models.fasttext as gensim_fasttext
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import textvec
from tests.coming_from.tables import each_row, equal, run
from textvec import SequenceMLPClassifier, SequenceVectorizer, WordVectors
from textvec.datasets import read_text

try:
    import fasttext
except ImportError:
    fasttext = None

LINES = ["the green frog sat in a pond", "the toad and a frog", "a green toad in the pond"] * 5
LABELLED = [("pond", "a green frog"), ("well", "the brown toad")] * 10
PAIRS = [(words, label) for label, words in LABELLED]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "text.txt").write_text("\n".join(LINES) + "\n")
    (folder / "labelled.txt").write_text("".join(f"__label__{a} {b}\n" for a, b in LABELLED))
    sentences = [line.split() for line in LINES]
    model = gensim_fasttext.FastText(sentences, vector_size=8, min_count=1, bucket=500, seed=1)
    gensim_fasttext.save_facebook_model(model, str(folder / "model.bin"))
    model.wv.save_word2vec_format(str(folder / "vectors.vec"))
    return folder


@pytest.fixture
def folder(made, monkeypatch, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def theirs(folder) -> dict[str, Any] | None:
    if fasttext is None:
        return None
    return {
        "fasttext": fasttext,
        "model": fasttext.load_model("model.bin"),
        "classifier": fasttext.train_supervised("labelled.txt", dim=8, thread=1, verbose=0),
    }


@pytest.fixture
def ours(folder) -> dict[str, Any]:
    public = {name: getattr(textvec, name) for name in textvec.__all__}
    X, y = zip(*PAIRS, strict=True)
    network = SequenceMLPClassifier(hidden_layer_sizes=(), embedding_dim=4, random_state=0)
    network.set_params(learning_rate_init=0.1)
    return public | {
        "textvec": textvec,
        "v": WordVectors.load("model.bin"),
        "read_text": read_text,
        "make_pipeline": make_pipeline,
        "pipeline": make_pipeline(SequenceVectorizer(), network).fit(X, y),
        "X": X,
        "y": y,
    }


def same_vectors(theirs, ours):
    assert set(theirs.words) == set(ours)
    expected = [theirs[word] for word in theirs.words]
    np.testing.assert_allclose(ours.vectors(theirs.words), expected, rtol=1e-6)


def same_neighbours(theirs, ours):
    assert [word for _, word in theirs] == list(ours.words)
    np.testing.assert_allclose(ours.scores, [score for score, _ in theirs], atol=1e-5)


def same_direction(theirs, ours):
    cosine = theirs @ ours / np.linalg.norm(theirs) / np.linalg.norm(ours)
    assert cosine > 0.9


def same_sizes(theirs, learner):
    """Random starts differ, and so do the vectors; words and widths do not."""
    # fastText counts the ends of lines as a word.
    assert set(learner.vectors_) == set(theirs.words) - {"</s>"}
    assert learner.vectors_.embedding_dim == theirs.get_dimension()


def a_table(_, vectorizer):
    assert vectorizer.fit_transform(["the frog"]).table.shape[1] == 8


def of_labels(theirs, pipeline):
    X, y = zip(*PAIRS, strict=True)
    assert pipeline.set_params(sequencemlpclassifier__max_iter=60).fit(X, y).score(X, y) == 1.0
    assert sorted(label.removeprefix("__label__") for label in theirs.labels) == ["pond", "well"]


def same_labels(theirs, ours):
    assert sorted(label.removeprefix("__label__") for label in theirs) == ours.tolist()


def one_prediction(theirs, ours):
    assert ours.shape == (1,)
    assert theirs[0][1].startswith("__label__")


def accuracies(theirs, ours):
    n, precision, _ = theirs
    assert n == len(LABELLED)
    assert 0 <= precision <= 1
    assert ours == 1.0


def files(_, __):
    assert Path("classifier.textvec").exists()


CHECKS = {
    'fasttext.load_model("model.bin")': same_vectors,
    'model.get_nearest_neighbors("frog", k=3)': same_neighbours,
    'model.get_analogies("frog", "toad", "pond", k=2)': same_neighbours,
    'model.get_sentence_vector("the green frog")': same_direction,
    "classifier.labels": same_labels,
    'classifier.f.predict("a frog\\n", 1, 0.0, "strict")': one_prediction,
    'classifier.test("labelled.txt")': accuracies,
    'classifier.save_model("classifier.bin")': files,
}


def check_of(row):
    if "pretrainedVectors" in row.theirs:
        return a_table
    if "train_unsupervised" in row.theirs:
        return same_sizes
    return of_labels if "train_supervised" in row.theirs else CHECKS.get(row.theirs, equal)


@each_row("fasttext.md", CHECKS)
def test_row(row, theirs, ours):
    value = run(row.ours, ours)
    if theirs is None:
        pytest.skip("fastText is not installed: only our side ran")
    check_of(row)(run(row.theirs, theirs), value)
