"""scikit-learn's tools on pipelines from text: those of each kind, as docs/tuning.md lists them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFE, SequentialFeatureSelector
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    TunedThresholdClassifierCV,
    cross_validate,
    learning_curve,
    permutation_test_score,
    train_test_split,
    validation_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.semi_supervised import SelfTrainingClassifier

from textvec import TfidfVectorizer, Tokens, WordTokenizer

TEXTS = ["a good film", "a bad film", "good, good", "bad, bad", "so good", "so bad"] * 4
Y = np.array([1, 0] * 12)
TWO = np.column_stack([Y, 1 - Y])
COLUMN = np.array(TEXTS, dtype=object)[:, np.newaxis]
FORMS = {
    "list": TEXTS,
    "array": np.array(TEXTS),
    "objects": np.array(TEXTS, dtype=object),
    "Tokens": WordTokenizer().transform(TEXTS),
    "column": COLUMN,
}
BAG = make_pipeline(TfidfVectorizer(), LogisticRegression())
CURVE = {"param_name": "logisticregression__C", "param_range": [1, 2]}

ANY_FORM = {
    "train_test_split": lambda X: train_test_split(X, Y),
    "cross_validate": lambda X: cross_validate(BAG, X, Y, cv=2, error_score="raise"),
    "learning_curve": lambda X: learning_curve(
        BAG, X, Y, cv=2, train_sizes=[1.0], error_score="raise"
    ),
    "validation_curve": lambda X: validation_curve(BAG, X, Y, cv=2, **CURVE),
    "permutation_test_score": lambda X: permutation_test_score(BAG, X, Y, cv=2, n_permutations=2),
    "CalibratedClassifierCV": lambda X: CalibratedClassifierCV(BAG, cv=2).fit(X, Y).predict(X),
    "TunedThresholdClassifierCV": lambda X: TunedThresholdClassifierCV(BAG, cv=2).fit(X, Y),
    "FixedThresholdClassifier": lambda X: FixedThresholdClassifier(BAG).fit(X, Y).predict(X),
    "VotingClassifier": lambda X: VotingClassifier([("a", BAG)]).fit(X, Y).predict(X),
    "StackingClassifier": lambda X: StackingClassifier([("a", BAG)], cv=2).fit(X, Y).predict(X),
    "OneVsRestClassifier": lambda X: OneVsRestClassifier(BAG).fit(X, Y).predict(X),
    "MultiOutputClassifier": lambda X: MultiOutputClassifier(BAG).fit(X, TWO).predict(X),
    "TransformedTargetRegressor": lambda X: TransformedTargetRegressor(
        make_pipeline(TfidfVectorizer(), Ridge())
    ).fit(X, Y),
    "DummyClassifier": lambda X: DummyClassifier().fit(X, Y).predict(X),
}
ONE_COLUMN = {
    "BaggingClassifier": lambda X: BaggingClassifier(BAG, 2, random_state=0).fit(X, Y).predict(X),
    "permutation_importance": lambda X: permutation_importance(BAG.fit(X, Y), X, Y, n_repeats=1),
}
# On texts, and behind a vectorizer.
NUMBERS = {
    "SelfTrainingClassifier": lambda model, X: SelfTrainingClassifier(model).fit(
        X, np.where(np.arange(24) < 12, Y, -1)
    ),
    "OneVsOneClassifier": lambda model, X: OneVsOneClassifier(model).fit(X, Y),
    "ClassifierChain": lambda model, X: ClassifierChain(model).fit(X, TWO),
    "AdaBoostClassifier": lambda model, X: AdaBoostClassifier(model, n_estimators=2).fit(X, Y),
    "RFE": lambda model, X: RFE(model, n_features_to_select=2).fit(X, Y),
    "SequentialFeatureSelector": lambda model, X: SequentialFeatureSelector(
        model, n_features_to_select=1, cv=2
    ).fit(X, Y),
    "partial_dependence": lambda model, X: partial_dependence(model.fit(X, Y), X, [0]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ANY_FORM)
def test_takes_texts_in_any_form(name, form):
    ANY_FORM[name](FORMS[form])


def test_texts_stand_next_to_no_predictions():
    with pytest.raises(ValueError, match="same number of dimensions"):
        StackingClassifier([("a", BAG)], cv=2, passthrough=True).fit(TEXTS, Y)


@pytest.mark.parametrize("name", ONE_COLUMN)
def test_takes_texts_as_one_column(name):
    ONE_COLUMN[name](COLUMN)
    with pytest.raises(ValueError, match="Expected 2D array"):
        ONE_COLUMN[name](TEXTS)


@pytest.mark.parametrize("name", NUMBERS)
def test_takes_numbers(name):
    counts = TfidfVectorizer().fit_transform(TEXTS)
    NUMBERS[name](LogisticRegression(), counts.toarray())
    with pytest.raises((ValueError, TypeError)):
        NUMBERS[name](BAG, TEXTS)


def test_the_page_lists_them():
    page = (Path(__file__).parents[2] / "docs" / "tuning.md").read_text("utf-8")
    kinds = re.findall(r"^- \*\*(?:Texts|Numbers).*?(?=^- |^```)", page, re.DOTALL | re.MULTILINE)
    assert len(kinds) == 3
    for kind, tools in zip(kinds, (ANY_FORM, ONE_COLUMN, NUMBERS), strict=True):
        named = set(re.findall(r"`(\w+)`", kind))
        assert set(tools) <= named
        assert named - set(tools) <= {"X", "Tokens", "SequencePadder", "RNNClassifier", "y"}


def test_a_column_is_read_as_its_texts():
    assert isinstance(FORMS["Tokens"], Tokens)
    counts = TfidfVectorizer().fit_transform(TEXTS)
    assert (TfidfVectorizer().fit_transform(COLUMN) != counts).nnz == 0
