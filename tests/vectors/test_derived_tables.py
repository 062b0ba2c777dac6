"""Vectors made of others: subsets, merged tables, and what subclasses keep."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from textvec import WordVectors
from textvec.vectors import SubwordVectors

WORDS = ["frog", "toad", "king"]
MATRIX = np.array([[1, 2, 0], [1, 3, 0], [2, 0, 1]], np.float32)
VECTORS = WordVectors(WORDS, MATRIX)
SUBWORDS = SubwordVectors(np.random.default_rng(0).normal(size=(50, 3)), min_n=3, max_n=3)


def test_subset():
    assert VECTORS.subset(["king", "frog", "king"]) == WordVectors(["king", "frog"], MATRIX[[2, 0]])
    assert list(VECTORS.subset(iter(["newt", "toad"]), ignore_missing=True)) == ["toad"]
    assert VECTORS.subset([]).matrix.shape == (0, 3)
    with pytest.raises(KeyError, match="newt"):
        VECTORS.subset(["newt"])
    with pytest.raises(TypeError, match=r"use \['king'\]"):
        VECTORS.subset("king")


def test_subset_composes_words_of_subwords():
    composing = WordVectors(WORDS, MATRIX, subwords=SUBWORDS)
    chosen = composing.subset(["frogs", "king"], ignore_missing=True)
    assert list(chosen) == ["frogs", "king"]
    np.testing.assert_array_equal(chosen.matrix, composing.vectors(["frogs", "king"]))
    np.testing.assert_array_equal(chosen["toads"], composing["toads"])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_merge(dtype):
    other = WordVectors(["newt", "king"], np.array([[7, 7, 7], [8, 8, 8]], dtype))
    both, replaced = VECTORS.merge(other), VECTORS.merge(other, replace=True)
    assert list(both) == list(replaced) == ["frog", "toad", "king", "newt"]
    np.testing.assert_array_equal(both.matrix, [*MATRIX, [7, 7, 7]])
    np.testing.assert_array_equal(replaced.matrix, [*MATRIX[:2], [8, 8, 8], [7, 7, 7]])
    assert both.matrix.dtype == np.float32
    assert WordVectors(WORDS, MATRIX) == VECTORS
    assert other.merge(WordVectors(["a"], np.ones((1, 3), dtype))).matrix.dtype == dtype


def test_merge_with_mappings_and_what_is_none():
    assert VECTORS.merge({}) == VECTORS
    assert VECTORS.merge({"newt": MATRIX[0]}) == WordVectors([*WORDS, "newt"], MATRIX[[0, 1, 2, 0]])
    with pytest.raises(ValueError, match=r"vector of 'newt' must be of shape \(3,\), got \(2,\)"):
        VECTORS.merge({"newt": [1, 2]})
    with pytest.raises(ValueError, match="of 3 and 2 dimensions"):
        VECTORS.merge(WordVectors(["newt"], [[1, 2]]))
    with pytest.raises(ValueError, match="not finite"):
        VECTORS.merge({"newt": [1, 2, np.nan]})
    with pytest.raises(TypeError, match="other must be WordVectors, or a mapping"):
        VECTORS.merge(["newt"])


class Named(WordVectors):
    def __init__(self, vocabulary, matrix, *, subwords=None, name="none"):
        super().__init__(vocabulary, matrix, subwords=subwords)
        self.name = name


@pytest.mark.parametrize("format", ["native", "word2vec"])
def test_a_subclass_keeps_what_it_adds(tmp_path, format):
    VECTORS.save(tmp_path / "v", format=format)
    loaded = Named.load(tmp_path / "v")
    assert loaded.name == "none"
    assert (loaded.lookup_table()[2:] == MATRIX).all()
    if format == "native":
        assert str(tmp_path / "v").encode() in pickle.dumps(loaded)  # the path, not the matrix
    loaded.name = "mine"
    for other in (
        pickle.loads(pickle.dumps(loaded)),
        copy.deepcopy(loaded),
        loaded.subset(["king", "frog", "toad"]).subset(WORDS),
        loaded.merge({}),
    ):
        assert type(other) is Named
        assert other.name == "mine"
        np.testing.assert_array_equal(other.matrix, MATRIX)
    assert loaded.reduce(2).name == "mine"
