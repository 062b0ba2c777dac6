"""Documents to sentences, and their neighbours, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from textvec import Ragged, WordTokenizer
from textvec.networks.inputs._sentence_neighbors import read_sentences, sentence_neighbors


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series], ids=lambda c: c.__name__)
def test_raw_text_is_split(container):
    texts = container(["It rains. We go! Do you?", "", "One more"])
    sentences, offsets = read_sentences(texts, None, "Model")
    assert sentences == ["It rains.", "We go!", "Do you?", "One more"]
    assert offsets.tolist() == [0, 3, 3, 4]


def test_a_splitter_and_sentences_that_are_split_already():
    sentences, offsets = read_sentences(["a|b", "c"], lambda text: text.split("|"), "Model")
    assert (sentences, offsets.tolist()) == (["a", "b", "c"], [0, 2, 3])
    rows = [["a. b", "c"], [], ("d",), np.array(["e"])]
    sentences, offsets = read_sentences(rows, None, "Model")
    assert (sentences, offsets.tolist()) == (["a. b", "c", "d", "e"], [0, 2, 2, 3, 4])


def test_what_holds_no_sentences_is_refused():
    with pytest.raises(ValueError, match="there are no documents to fit Model on"):
        read_sentences([], None, "Model")
    for nothing in (["", ""], [[], []]):
        with pytest.raises(ValueError, match="no sentences to fit Model on: all documents are em"):
            read_sentences(nothing, None, "Model")
    with pytest.raises(TypeError, match="got Tokens, which does not say where sentences end"):
        read_sentences(WordTokenizer().transform(["a b"]), None, "Model")
    with pytest.raises(TypeError, match="got Ragged"):
        read_sentences(Ragged.from_rows([[2, 3]]), None, "Model")
    with pytest.raises(TypeError, match="row 1"):
        read_sentences(["a.", 3], None, "Model")
    with pytest.raises(TypeError, match="row 1"):
        read_sentences([["a"], ["b", None]], None, "Model")


def test_neighbours_do_not_cross_documents():
    lengths = np.array([3, 2, 4, 1, 5, 2])
    found = sentence_neighbors(lengths, np.array([0, 3, 4, 4, 6]))
    assert found.rows.tolist() == [0, 1, 2, 4, 5]  # sentence 3 is a whole document
    assert found.before.tolist() == [-1, 0, 1, -1, 4]
    assert found.after.tolist() == [1, 2, -1, 5, -1]


def test_sentences_without_words_are_skipped():
    found = sentence_neighbors(np.array([0, 3, 0, 0, 2, 0, 7]), np.array([0, 6, 7]))
    assert (found.rows.tolist(), found.before.tolist(), found.after.tolist()) == (
        [1, 4],
        [-1, 1],
        [4, -1],
    )
    for lengths in ([], [0, 0]):
        none = sentence_neighbors(np.array(lengths, dtype=np.int64), np.array([0, len(lengths)]))
        assert [len(part) for part in none] == [0, 0, 0]
