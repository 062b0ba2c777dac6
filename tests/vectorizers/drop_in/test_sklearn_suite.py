"""scikit-learn's own tests of its vectorizers, run on ours."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from sklearn.feature_extraction import text

import textvec

# scikit-learn runs its tests with warnings allowed, and some of them warn.
pytestmark = pytest.mark.filterwarnings("ignore")

OURS = {
    name: getattr(textvec, name)
    for name in ("CountVectorizer", "HashingVectorizer", "TfidfVectorizer")
}
# Tests that can't pass, and why. Each must fail for all of our classes, and for no other.
CANNOT_PASS = {
    "test_vectorizers_do_not_have_set_output": (
        "ours have it: it says why a frame can't hold their output, and what to do"
    ),
}


def _scikit_learns_tests() -> ModuleType:
    """Run the source of scikit-learn's tests with our classes in place of its own."""
    spec = importlib.util.find_spec("sklearn.feature_extraction.tests.test_text")
    assert spec is not None
    assert spec.origin is not None
    module = ModuleType("scikit_learns_test_text")
    module.__file__ = spec.origin
    sys.modules[module.__name__] = module  # its functions are pickled by this name
    source = Path(spec.origin).read_text(encoding="utf-8")
    with mock.patch.multiple(text, **OURS):
        exec(compile(source, spec.origin, "exec"), vars(module))
    return module


def _adapted(name: str, test: Any) -> Any:
    """Expect the failures, and give pytest lists: of other iterables it warns."""
    marks = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            values = [_expected_to_fail(name, value) for value in mark.args[1]]
            mark = pytest.mark.parametrize(mark.args[0], values, **mark.kwargs).mark
        marks.append(mark)
    test.pytestmark = marks
    return test


def _expected_to_fail(name: str, value: Any) -> Any:
    if name not in CANNOT_PASS or value not in OURS.values():
        return value
    return pytest.param(value, marks=pytest.mark.xfail(reason=CANNOT_PASS[name], strict=True))


_TESTS = {n: t for n, t in vars(_scikit_learns_tests()).items() if n.startswith("test_")}
globals().update({name: _adapted(name, test) for name, test in _TESTS.items()})


def test_the_suite_ran_on_our_classes():
    module = sys.modules["scikit_learns_test_text"]
    assert {name: vars(module)[name] for name in OURS} == OURS
    assert len(_TESTS) > 60
    assert set(CANNOT_PASS) <= set(_TESTS)
