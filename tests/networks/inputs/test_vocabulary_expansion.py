"""The map between two spaces of word vectors, against one that is known."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import Vocabulary, WordVectors
from textvec.networks.inputs._vocabulary_expansion import linear_map, mapped_words, shared_words

RNG = np.random.default_rng(0)
WORDS = [f"w{i}" for i in range(12)]
VECTORS = WordVectors(WORDS, RNG.normal(size=(12, 3)).astype(np.float32))
MAP = RNG.normal(size=(3, 4)).astype(np.float32)


def test_shared_words_are_found_on_both_sides():
    known = Vocabulary(["new", "w3", "w0"])
    positions, rows = shared_words(known, VECTORS)
    assert positions.tolist() == [1, 2]
    assert rows.tolist() == [3, 0]
    with pytest.raises(ValueError, match="none of its 12 words with the 1 of the documents"):
        shared_words(Vocabulary(["new"]), VECTORS)


def test_a_linear_map_is_recovered_from_the_shared_words():
    known = Vocabulary(["new", *WORDS[:6]])
    table = np.vstack([np.full(4, 9), VECTORS.matrix[:6] @ MAP]).astype(np.float32)
    found = linear_map(known, table, VECTORS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, MAP, atol=1e-5)


def test_of_many_maps_the_one_of_least_norm_is_taken():
    table = np.array([[2.0, 0]], np.float32)
    vectors = WordVectors(["a"], np.array([[1.0, 1, 0]]))
    np.testing.assert_allclose(
        linear_map(Vocabulary(["a"]), table, vectors), [[1, 0], [1, 0], [0, 0]], atol=1e-6
    )


def test_words_with_a_vector_are_mapped_and_others_left_out():
    words = Vocabulary(["w5", "new", "w1"])
    positions, mapped = mapped_words(words, VECTORS, MAP)
    assert positions.tolist() == [0, 2]
    np.testing.assert_allclose(mapped, VECTORS.matrix[[5, 1]] @ MAP, rtol=1e-5)
    alone = mapped_words(Vocabulary(["w1"]), VECTORS, MAP)[1]
    np.testing.assert_array_equal(alone[0], mapped[1])  # bit by bit, whatever its company
    positions, mapped = mapped_words(Vocabulary(["new"]), VECTORS, MAP)
    assert (len(positions), mapped.shape) == (0, (0, 4))
