"""Tokens joined to documents again."""

from __future__ import annotations

import json

import pytest

from textvec import (
    CharTokenizer,
    FunctionTokenizer,
    KmerTokenizer,
    SubwordTokenizer,
    WordTokenizer,
)

from ..containers import ROWS, holders

DOCUMENTS = ["the frog sat, on the log", "", "newest and lowest 🐸"]


@pytest.mark.parametrize(
    "tokenizer",
    [
        CharTokenizer(),
        WordTokenizer("whitespace"),
        FunctionTokenizer(str.split),
        KmerTokenizer(1),
        SubwordTokenizer(vocab_size=80),
        SubwordTokenizer("wordpiece", vocab_size=80),
        SubwordTokenizer("unigram", vocab_size=80),
    ],
    ids=repr,
)
def test_what_nothing_was_dropped_from_comes_back(tokenizer):
    tokens = tokenizer.fit(DOCUMENTS).transform(DOCUMENTS)
    assert tokenizer.inverse_transform(tokens) == DOCUMENTS
    assert tokenizer.inverse_transform(tokens.to_list()) == DOCUMENTS


@pytest.mark.parametrize(
    ("k", "stride", "expected"),
    [(3, 1, "GATTACA"), (3, 2, "GATTACA"), (3, 3, "GATTAC"), (2, 3, "GATA")],
)
def test_k_mers_that_overlap_are_written_once(k, stride, expected):
    tokenizer = KmerTokenizer(k, stride)
    assert tokenizer.inverse_transform(tokenizer.transform(["GATTACA"])) == [expected]


def test_subwords_of_a_file_without_a_rule_are_joined_by_spaces(tmp_path):
    tokenizer = SubwordTokenizer(vocab_size=80).fit(DOCUMENTS)
    path = tmp_path / "tokenizer.json"
    state = json.loads(tokenizer.tokenizer_.to_str())
    path.write_text(json.dumps(state | {"decoder": None}))
    loaded = SubwordTokenizer(path=path)
    assert loaded.inverse_transform([["▁the", "▁log"]]) == ["▁the ▁log"]


@pytest.mark.parametrize("hold", holders(ROWS))
def test_rows_of_tokens_in_any_container_are_joined(hold):
    rows = [["the", "frog"], ["log"], ["a", "toad"]]
    assert WordTokenizer().inverse_transform(hold(rows)) == ["the frog", "log", "a toad"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["the", "frog"], "must be an iterable of str, got str for row 0: 'the'"),
        ([["the"], [3]], "must be str, got int among the tokens of row 1: 3"),
        (None, "documents must come as a list or an array"),
    ],
    ids=["texts", "ids", "none"],
)
@pytest.mark.parametrize("tokenizer", [WordTokenizer(), CharTokenizer(), KmerTokenizer(2)])
def test_what_holds_no_rows_of_tokens_is_not_joined(tokenizer, rows, message):
    with pytest.raises(TypeError, match=message):
        tokenizer.inverse_transform(rows)
