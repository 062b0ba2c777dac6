"""Fitted objects of ours go through plain skops, which checks types; states are checked by ours."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback

from textvec import FunctionTokenizer, RNNClassifier, TfidfVectorizer, Vocabulary
from textvec.saving import trusted_types

from .models import CONTAINERS, DOCUMENTS, IDS, LABELS, MODELS, RECURRENT

skops = pytest.importorskip("skops.io")


def words(text):
    return text.split()


FUNCTIONS = {"function_tokenizer"}  # a method of str has no module to be imported from
SAVED = sorted(set(MODELS) - FUNCTIONS)


def again(value, *others):
    return skops.loads(skops.dumps(value), trusted=[*trusted_types(), *others])


@pytest.mark.parametrize("name", SAVED)
def test_estimators(name):
    case = MODELS[name]
    model = case.fitted()
    assert case.results(again(model)) == case.results(model)


@pytest.mark.parametrize("name", SAVED)
def test_estimators_before_fit(name):
    case = MODELS[name]
    loaded = again(clone(case.estimator))
    assert case.results(loaded.fit(case.X, case.y)) == case.results(case.fitted())


def test_functions_are_named_to_load():
    model = FunctionTokenizer(words)
    with pytest.raises(skops.exceptions.UntrustedTypesFoundException, match="words"):
        again(model)
    assert again(model, f"{__name__}.words").func is words


def test_networks_have_no_pickle_in_them():
    model = MODELS["rnn_classifier"].fitted()
    types = skops.get_untrusted_types(data=skops.dumps(model))
    assert types == ["textvec.networks._rnn_classifier.RNNClassifier"]
    assert not any("nn" in name.split(".") for name in trusted_types())  # nets are pickles to skops


def test_training_goes_on_to_the_same_bits():
    model = MODELS["rnn_classifier"].fitted()
    loaded = again(model)
    expected, found = (m.partial_fit(IDS, LABELS).predict_proba(IDS) for m in (model, loaded))
    np.testing.assert_array_equal(found, expected)


class Watcher(Callback):
    """Code of the user."""


def test_code_in_a_network_is_refused():
    model = RNNClassifier(callbacks=[Watcher()], **RECURRENT)
    with pytest.raises(TypeError, match="callbacks/0 is an object of .*Watcher"):
        skops.dumps(model)


class Louder(RNNClassifier):
    """A subclass of the user."""


def test_subclasses_of_the_user_are_named_to_load():
    model = Louder(**RECURRENT).fit(IDS, LABELS)
    loaded = again(model, f"{__name__}.Louder")
    assert type(loaded) is Louder
    assert loaded.predict(IDS).tolist() == model.predict(IDS).tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m, a: a.update(dict.fromkeys(a, np.array([print]))), "dtypes"),
        (lambda m, a: a.update(dict.fromkeys(a, "text")), "dtypes"),
        (lambda m, a: m.update(root={"object": 0}), "no attributes"),
        (lambda m, a: m.update(root={"dict": {"x": {"trusted": "os:system"}}}), "not among"),
        (lambda m, a: m["objects"].append({"type": "os.system", "state": {}}), "no type"),
        (lambda m, a: a.clear(), "net_"),
    ],
)
def test_states_of_networks_are_checked(change, message):
    state = MODELS["rnn_classifier"].fitted().__getstate__()
    manifest = json.loads(state["_saved_manifest"])
    change(manifest, state["_saved_arrays"])
    lie = {**state, "_saved_manifest": json.dumps(manifest)}
    with pytest.raises((ValueError, TypeError, KeyError), match=message):
        RNNClassifier.__new__(RNNClassifier).__setstate__(lie)


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
