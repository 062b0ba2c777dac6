"""FunctionTokenizer."""

from __future__ import annotations

import pytest
from hypothesis import given

from textvec import FunctionTokenizer, Vocabulary

from .strategies import documents


@given(X=documents)
def test_tokens_are_what_the_function_gives(X):
    def func(document):
        return (document[i:] for i in range(min(len(document), 5)))

    tokens = FunctionTokenizer(func).transform(X)
    expected = [list(func(x)) for x in X]
    assert tokens.to_list() == expected
    assert tokens.vocabulary == Vocabulary(dict.fromkeys(t for row in expected for t in row))
    assert tokens.spans is None


@pytest.mark.parametrize(
    ("func", "message"),
    [
        (str.upper, "got str for row 0"),
        (lambda text: text.encode(), "got bytes for row 0"),
        (lambda text: None, "got NoneType for row 0"),
        (lambda text: ["a", len(text)], "got int among the tokens of row 0: 1"),
        (lambda text: text.split() if text == "a" else 3, "got int for row 1"),
    ],
)
def test_what_the_function_gives_is_checked(func, message):
    with pytest.raises(TypeError, match=message):
        FunctionTokenizer(func).transform(["a", "b"])


def test_errors_of_the_function_pass_through():
    with pytest.raises(ZeroDivisionError):
        FunctionTokenizer(lambda text: 1 / 0).transform(["a"])


def test_parameters_are_checked():
    with pytest.raises(ValueError, match="'func' parameter of FunctionTokenizer"):
        FunctionTokenizer("split").transform(["a"])


def test_missing_documents():
    with pytest.raises(TypeError, match="row 1"):
        FunctionTokenizer(str.split).transform(["a b", None])
    tokens = FunctionTokenizer(str.split, missing="empty").transform(["a b", None])
    assert tokens.to_list() == [["a", "b"], []]
