"""CharTokenizer, held against list(str)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from textvec import CharTokenizer

from .strategies import documents


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("form", [None, "NFD"])
@given(X=documents)
def test_characters_are_those_of_the_str(lowercase, form, X):
    expected = [x if form is None else unicodedata.normalize(form, x) for x in X]
    expected = [list(x.lower() if lowercase else x) for x in expected]
    tokenizer = CharTokenizer(lowercase=lowercase, normalize=form)
    assert tokenizer.transform(X).to_list() == expected


@given(X=documents)
def test_spans_count_every_character(X):
    tokens = CharTokenizer(spans=True).transform(X)
    assert tokens.spans.tolist() == [[i, i + 1] for x in X for i in range(len(x))]


def test_spans_of_a_dotted_i():
    tokens = CharTokenizer(lowercase=True, spans=True).transform(["aİb"])
    assert tokens.to_list() == [["a", "i", "\u0307", "b"]]
    assert tokens.spans.tolist() == [[0, 1], [1, 2], [1, 2], [2, 3]]


def test_threads_give_the_same():
    X = ["ab é" * 20_000, "", "語\0😀" * 30_000, "ba"] * 3
    one = CharTokenizer(spans=True).transform(X)
    assert CharTokenizer(spans=True, n_jobs=2).transform(X) == one
    assert one.vocabulary.tokens == list("ab é語\0😀")


@pytest.mark.parametrize(
    ("params", "message"),
    [({"lowercase": 1}, "lowercase"), ({"normalize": ""}, "normalize"), ({"spans": 0}, "spans")],
)
def test_parameters_are_checked(params, message):
    with pytest.raises(ValueError, match=message):
        CharTokenizer(**params).transform(["a"])
    with pytest.raises(ValueError, match=message):
        CharTokenizer(**params).fit(["a"])
