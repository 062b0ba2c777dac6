"""scikit-learn's own vectorizers in the place of ours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.feature_extraction.text as reference
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union

import textvec
from textvec import CountVectorizer, HashingVectorizer, TfidfVectorizer, to_sklearn

TEXTS = ["good film a", "bad film", "the good plot", "bad bad plot b"] * 3
Y = np.array([1, 0, 1, 0] * 3)


@pytest.mark.parametrize(
    "ours",
    [
        CountVectorizer(ngram_range=(1, 2), n_jobs=2),
        CountVectorizer(vocabulary=["bad", "good"]),
        TfidfVectorizer(sublinear_tf=True, min_df=2),
        TfidfVectorizer(use_idf=False),
        HashingVectorizer(n_features=64, keep_terms=2),
    ],
    ids=str,
)
def test_vectorizers(ours):
    theirs = ours.fit(TEXTS).to_sklearn()
    assert type(theirs) is getattr(reference, type(ours).__name__)
    for texts in (TEXTS, ["a new film and a plot"]):
        a, b = ours.transform(texts), theirs.transform(texts)
        for part in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(a, part), getattr(b, part))
    if hasattr(ours, "vocabulary_"):
        assert type(theirs.vocabulary_) is dict
        assert theirs.get_feature_names_out().tolist() == ours.get_feature_names_out().tolist()


def test_the_copy_is_its_own():
    ours = TfidfVectorizer().fit(TEXTS)
    theirs = ours.to_sklearn()
    before = ours.transform(TEXTS).toarray()
    theirs.vocabulary_["bad"], theirs._tfidf.idf_[:] = 0, 7
    np.testing.assert_array_equal(ours.transform(TEXTS).toarray(), before)


def test_unfitted_stays_unfitted():
    theirs = TfidfVectorizer(min_df=2).to_sklearn()
    assert theirs.min_df == 2
    with pytest.raises(ValueError, match="not fitted"):
        theirs.transform(TEXTS)


def parts(value, depth=0):
    """Return all objects that an object holds."""
    yield value
    if depth > 15 or isinstance(value, type):
        return
    state = getattr(value, "__dict__", {})
    inner = [*state.values(), *(value.values() if isinstance(value, dict) else ())]
    for part in [*inner, *(value if isinstance(value, (list, tuple)) else ())]:
        yield from parts(part, depth + 1)


INNER = make_pipeline(make_union(TfidfVectorizer(), CountVectorizer()), LogisticRegression())
FRAME = pd.DataFrame({"text": TEXTS})


@pytest.mark.parametrize(
    ("model", "X"),
    [
        (INNER, TEXTS),
        (GridSearchCV(INNER, {"logisticregression__C": [1, 2]}, cv=2), TEXTS),
        (CalibratedClassifierCV(INNER, cv=2), TEXTS),
        (VotingClassifier([("a", INNER)]), TEXTS),
        (StackingClassifier([("a", INNER)], cv=2), TEXTS),
        (make_pipeline(make_column_transformer((CountVectorizer(), "text")), INNER[-1]), FRAME),
    ],
    ids=lambda value: type(value).__name__,
)
def test_at_any_depth(model, X):
    model.fit(X, Y)
    replaced = to_sklearn(model)
    np.testing.assert_array_equal(replaced.predict(X), model.predict(X))
    assert not [part for part in parts(replaced) if type(part).__module__.startswith("textvec.")]
    assert [part for part in parts(model) if type(part).__module__.startswith("textvec.")]


def test_what_holds_no_vectorizer_is_returned_as_it_is():
    model = LogisticRegression()
    assert to_sklearn(model) is model
    assert to_sklearn(textvec.SequenceVectorizer).__name__ == "SequenceVectorizer"
