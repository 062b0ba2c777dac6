"""SequenceTruncator against slices, and in front of a network."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    WordTokenizer,
)

ROWS = [[2, 7, 8, 9, 3], [2, 3], []]


def test_rows_stay_ragged_and_keep_their_number_of_ids():
    rows = Ragged.from_rows(ROWS, n_ids=50)
    for truncating, expected in (("pre", [8, 9, 3]), ("post", [2, 7, 8])):
        cut = SequenceTruncator(3, truncating=truncating).fit_transform(rows)
        assert cut.to_list() == [expected, [2, 3], []]
        assert cut.n_ids == 50
    assert SequenceTruncator(3).transform(ROWS).to_list() == [[8, 9, 3], [2, 3], []]


def test_what_padding_makes_of_them_is_what_the_padder_makes():
    for options in ({}, {"truncating": "post"}, {"keep_first": 1, "keep_last": 1}):
        cut = SequenceTruncator(3, **options).transform(ROWS)
        expected = SequencePadder(3, **options).fit_transform(ROWS)
        np.testing.assert_array_equal(cut.to_padded(3, padding="pre"), expected)


def test_bos_and_eos_tokens_survive():
    documents = ["a good film about nothing", "bad"]
    vectorizer = SequenceVectorizer(bos_token="<s>", eos_token="</s>")
    cut = SequenceTruncator(4, truncating="post", keep_first=1, keep_last=1)
    ids = make_pipeline(vectorizer, cut).fit_transform(documents)
    assert vectorizer.inverse_transform(ids) == [
        ["<s>", "a", "good", "</s>"],
        ["<s>", "bad", "</s>"],
    ]
    words = SequencePadder(3, truncating="post", keep_last=1, value="</s>")
    assert words.fit_transform([["<s>", "a", "b", "</s>"]]).tolist() == [["<s>", "a", "</s>"]]


def test_containers_stay_what_they_are():
    table = np.arange(100.0).reshape(50, 2)
    table[0] = 0
    for length in (None, 9):
        embedded = EmbeddedSequences(Ragged.from_rows(ROWS), table, length=length, padding="pre")
        cut = SequenceTruncator(3).transform(embedded)
        assert cut.ids.to_list() == [[8, 9, 3], [2, 3], []]
        assert cut.shape == (3, 3, 2)
        assert cut.table is embedded.table
    tokens = WordTokenizer(spans=True).transform(["a b c d"])
    cut = SequenceTruncator(2).transform(tokens)
    assert cut.to_list() == [["c", "d"]]
    assert cut.spans.tolist() == [[4, 5], [6, 7]]


def test_a_network_is_sized_by_the_vocabulary_not_by_what_is_left():
    documents, y = ["a good film", "a bad film", "good fun", "bad acting"], [1, 0, 1, 0]
    vectorizer = SequenceVectorizer()
    network = RNNClassifier(embedding_dim=2, hidden_size=2, max_iter=1, random_state=0)
    make_pipeline(vectorizer, SequenceTruncator(1), network).fit(documents, y)
    shapes = [tuple(p.shape) for p in network.net_.module_.parameters()]
    assert (vectorizer.n_tokens_, 2) in shapes


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="'length' parameter of SequenceTruncator"):
        SequenceTruncator(0).fit(ROWS)
    with pytest.raises(ValueError, match="together at most length=1"):
        SequenceTruncator(1, keep_first=2).transform(ROWS)
    with pytest.raises(TypeError, match="row 1 is None"):
        SequenceTruncator(1).transform([[1], None])
