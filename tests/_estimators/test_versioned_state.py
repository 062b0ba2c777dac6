"""Pickles of estimators carry the version of textvec, and warn where it differs."""

from __future__ import annotations

import copy
import pickle
import warnings

import pytest
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning

import textvec
from textvec import TfidfVectorizer, WordTokenizer

from ..saving.models import MODELS


@pytest.mark.parametrize("name", [name for name in MODELS if name != "pipeline"])
def test_every_estimator_carries_the_version(name, monkeypatch):
    estimator = clone(MODELS[name].estimator)
    assert estimator.__getstate__()["_textvec_version"] == textvec.__version__
    written = pickle.dumps(estimator)
    assert "_textvec_version" not in vars(pickle.loads(written))
    monkeypatch.setattr("textvec._estimators._versioned_state.__version__", "9.1")
    match = f" from textvec {textvec.__version__} when using textvec 9.1"
    with pytest.warns(InconsistentVersionWarning, match=match) as caught:
        pickle.loads(written)
    assert type(estimator).__name__ in {w.message.estimator_name for w in caught}


def test_copies_and_fits_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = TfidfVectorizer(tokenizer=str.split, token_pattern=None).fit(["a frog"])
        copied = copy.deepcopy(fitted)
    assert vars(copied).keys() == vars(fitted).keys()
    assert vars(copy.copy(WordTokenizer())).keys() == vars(WordTokenizer()).keys()
