"""Every row of the tables "From scikit-learn": both sides are run, and compared."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn.feature_extraction.text as sklearn_text
from scipy.sparse import csr_array
from sklearn.neural_network import MLPClassifier

import textvec
from tests.coming_from.tables import each_row, equal, run, same_columns

X = ["The frog sat on the mat; the frog sat!", "A toad's day: the frog and the TOAD.", "one two"]
COUNTS = csr_array([[1, 0, 2], [0, 3, 1]])
Z = np.random.default_rng(0).integers(2, 9, (40, 5))


def names():
    return {"X": X, "counts": COUNTS, "Z": Z, "y": np.arange(40) % 2}


@pytest.fixture
def theirs():
    return vars(sklearn_text) | names() | {"MLPClassifier": MLPClassifier}


@pytest.fixture
def ours():
    public = {name: getattr(textvec, name) for name in textvec.__all__}
    return public | names() | {"TfidfTransformer": sklearn_text.TfidfTransformer}


def subclass(name: str):
    def check(_, __):
        assert issubclass(getattr(textvec, name), getattr(sklearn_text, name))

    return check


def numbers(theirs, ours):
    assert type(theirs) is type(ours)


def series_of_numbers(theirs, ours):
    assert np.isfinite(theirs).all()
    assert np.isfinite(ours).all()
    assert len(ours) <= 10


def both_predict(theirs, ours):
    assert theirs.predict(Z).shape == ours.predict(Z).shape == (40,)


IMPORT = "from sklearn.feature_extraction.text import "
CHECKS = {
    f"{IMPORT}CountVectorizer": subclass("CountVectorizer"),
    f"{IMPORT}TfidfVectorizer": subclass("TfidfVectorizer"),
    f"{IMPORT}HashingVectorizer": subclass("HashingVectorizer"),
    "CountVectorizer(binary=True).fit_transform(X)": same_columns,
    "MLPClassifier().max_iter": numbers,
    "MLPClassifier().learning_rate_init": numbers,
    "MLPClassifier().batch_size": lambda theirs, ours: numbers(32, ours),
    "MLPClassifier().n_iter_no_change": numbers,
    "MLPClassifier().alpha": numbers,
    "MLPClassifier().fit(Z, y).loss_curve_": series_of_numbers,
    "MLPClassifier().fit(Z, y).n_iter_": numbers,
    "MLPClassifier(early_stopping=True).fit(Z, y).validation_scores_": series_of_numbers,
    "MLPClassifier().partial_fit(Z, y, classes=[0, 1])": both_predict,
}


@each_row("scikit_learn.md", CHECKS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_row(row, theirs, ours):
    CHECKS.get(row.theirs, equal)(run(row.theirs, theirs), run(row.ours, ours))
