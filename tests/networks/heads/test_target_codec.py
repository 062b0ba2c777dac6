"""Targets to ids and back."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import CharTokenizer, Ragged, WordTokenizer
from textvec.networks.heads._target_codec import LabelCodec, TextCodec, fit_target_codec

TEXTS = ["the frog sat", "", "the toad"]
LABELS = [["B", "I"], [], ["O", "B", "B"]]


def fit(y, tokenizer=None, *, max_tokens=None, min_count=1):
    return fit_target_codec(y, "Model", tokenizer, max_tokens=max_tokens, min_count=min_count)


def test_texts_come_back_as_the_tokenizer_joins_them():
    codec, ids = fit(TEXTS)
    assert isinstance(codec, TextCodec)
    assert codec.n_ids == 2 + 4
    assert ids.lengths.tolist() == [3, 0, 2]
    assert ids == codec.encode(TEXTS)
    decoded = codec.decode(ids)
    assert decoded.dtype == object
    assert decoded.tolist() == TEXTS
    characters, ids = fit(TEXTS, CharTokenizer())
    assert characters.decode(ids).tolist() == TEXTS


def test_tokens_come_back_as_rows_of_tokens():
    tokens = WordTokenizer().transform(TEXTS)
    codec, ids = fit(tokens)
    assert codec.decode(ids).to_list() == [text.split() for text in TEXTS]
    assert ids == fit(TEXTS)[1]


def test_tokens_beyond_the_limits_are_unknown():
    for limits in ({"max_tokens": 3}, {"min_count": 2}):
        codec, ids = fit(TEXTS, **limits)
        assert codec.n_ids == 3
        assert ids.to_list() == [[2, 1, 1], [], [2, 1]]
    assert codec.encode(["the newt"]).to_list() == [[2, 1]]
    assert codec.names(np.array([2, 1])) == ["the", "[UNK]"]


@pytest.mark.parametrize(
    "y", [LABELS, Ragged.from_rows([np.array(row, dtype="<U1") for row in LABELS])], ids=type
)
def test_rows_of_labels_come_back(y):
    codec, ids = fit(y, max_tokens=1, min_count=99)  # limits are for texts alone
    assert isinstance(codec, LabelCodec)
    assert codec.labels.tolist() == ["B", "I", "O"]
    assert codec.n_ids == 2 + 3
    assert ids.to_list() == [[2, 3], [], [4, 2, 2]]
    assert codec.decode(ids).to_list() == LABELS
    assert codec.encode([["I", "X"], ["B"]]).to_list() == [[3, 1], [2]]
    assert codec.names(np.array([3, 1])) == ["I", "[UNK]"]


def test_labels_may_be_numbers():
    codec, ids = fit([[30, -5], [7]])
    assert codec.labels.tolist() == [-5, 7, 30]
    assert codec.decode(ids).to_list() == [[30, -5], [7]]
    assert codec.names(ids[0]) == ["30", "-5"]


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="Model requires y to be passed, but the target y is None"):
        fit(None)
    with pytest.raises(ValueError, match="no documents to learn a vocabulary from"):
        fit([])
    with pytest.raises(ValueError, match="Model cannot learn the texts of y: empty vocabulary"):
        fit(["", ""])
    with pytest.raises(TypeError, match="Model cannot learn the texts of y: row 1 is missing"):
        fit(["a", None])
    with pytest.raises(ValueError, match="Model takes a row of labels for each row of X, got 3 as"):
        fit([3, 4])
    with pytest.raises(ValueError, match="y contains NaN"):
        fit([[1.0, np.nan]])
