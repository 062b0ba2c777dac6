"""Fitted objects of ours go through plain skops, which checks types; states are checked by ours."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from textvec import TfidfVectorizer, Vocabulary

from .models import CONTAINERS, DOCUMENTS, LABELS, MODELS

skops = pytest.importorskip("skops.io")

# Networks hold tensors and the net of skorch, which skops does not know: textvec.save does.
NETWORKS = {name for name, case in MODELS.items() if hasattr(case.estimator, "warm_start")}
FUNCTIONS = {"function_tokenizer"}  # a method of str has no module to be imported from
SAVED = sorted(set(MODELS) - NETWORKS - FUNCTIONS - {"rnn_encoder", "pipeline"})


def again(value):
    data = skops.dumps(value)
    types = skops.get_untrusted_types(data=data)
    assert all(name.startswith(("textvec.", "scipy.sparse.")) for name in types)
    return skops.loads(data, trusted=types)


@pytest.mark.parametrize("name", SAVED)
def test_estimators(name):
    case = MODELS[name]
    model = case.fitted()
    assert case.results(again(model)) == case.results(model)


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name):
    container = CONTAINERS[name]()
    assert again(container) == container


def test_pipeline_with_a_model_of_scikit_learn():
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(DOCUMENTS, LABELS)
    assert again(model).predict(DOCUMENTS).tolist() == model.predict(DOCUMENTS).tolist()


def test_a_changed_vocabulary_goes_as_a_dict():
    vectorizer = TfidfVectorizer().fit(DOCUMENTS)
    vectorizer.vocabulary_["newt"] = 0
    assert again(vectorizer).vocabulary_["newt"] == 0


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"sizes": np.array([9], np.uint8)}, "longer than"),
        ({"sizes": np.array([1, 1], np.uint8)}, "must rise"),
        ({"buffer": np.array([255, 255, 255], np.uint8)}, "UTF-8"),
        ({"first_id": -1}, "between 0"),
    ],
)
def test_states_are_checked(state, message):
    whole = Vocabulary(["a", "bc"]).__getstate__()
    with pytest.raises(ValueError, match=message):
        Vocabulary.__new__(Vocabulary).__setstate__(whole | state)
