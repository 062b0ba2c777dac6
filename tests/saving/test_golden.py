"""Models that this and earlier versions have saved: read by every later one."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning

from textvec import load
from textvec.saving import info

from .models import CONTAINERS, MODELS

GOLDEN = Path(__file__).parents[1] / "golden"


def read(name):
    with warnings.catch_warnings():  # scikit-learn's own parts may be of another version
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        return load(GOLDEN / f"{name}.textvec")


def test_there_is_a_file_of_every_estimator_and_container():
    files = {path.stem for path in GOLDEN.glob("*.textvec")}
    assert files == {*MODELS, *CONTAINERS}, "run tools/make_golden.py"
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 1_500_000


@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_those_of_the_version_that_saved_it(name):
    expected = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(MODELS[name].results(read(name))))
    assert_equal(found, expected)


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_are_those_that_were_saved(name):
    assert read(name) == CONTAINERS[name]()


@pytest.mark.parametrize("name", [name for name, case in MODELS.items() if case.by_parts])
def test_models_that_learn_by_parts_go_on(name):
    case = MODELS[name]
    expected = case.results(case.fitted().partial_fit(case.X))
    assert_equal(case.results(read(name).partial_fit(case.X)), expected)
    more = clone(case.estimator).partial_fit(case.X)
    assert_equal(case.results(read(name).merge(more)), expected)
    assert_equal(case.results(more.merge(read(name))), expected)


def test_info_of_all():
    for path in sorted(GOLDEN.glob("*.textvec")):
        found = info(path)
        assert found.format_version == 1
        assert path.name in str(found)
        if path.stem in MODELS:
            assert found.model["type"].endswith(type(MODELS[path.stem].estimator).__name__)


def assert_equal(found, expected):
    """Compare results: numbers of floating point up to what another CPU rounds otherwise."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert_equal(found[key], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_equal(one, other)
    elif isinstance(expected, float):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    else:
        assert found == expected
