"""Candidates, ranks and means: against sorts and sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import WordVectors
from textvec.vectors import SubwordVectors


def drawn(n_words=300, dim=8, dtype=np.float32, seed=0):
    matrix = np.random.default_rng(seed).standard_normal((n_words, dim)).astype(dtype)
    return WordVectors([f"w{i}" for i in range(n_words)], matrix)


VECTORS = drawn()
SOME = [f"w{i}" for i in (200, 7, 90, 7, 3)]
COMPOSING = WordVectors(
    ["frog", "toad"],
    [[1, 2, 0], [1, 3, 0]],
    subwords=SubwordVectors(np.random.default_rng(0).normal(size=(50, 3)), min_n=2, max_n=3),
)


@pytest.mark.parametrize("query", ["w3", "w1", ["w3", "w1"], VECTORS["w5"], VECTORS.matrix[:3]])
@pytest.mark.parametrize("k", [1, 2, None])
def test_candidates_are_those_of_all_that_are_among_them(query, k):
    everything, found = VECTORS.nearest(query, None), VECTORS.nearest(query, k, candidates=SOME)
    if not isinstance(found, list):
        everything, found = [everything], [found]
    for whole, part in zip(everything, found, strict=True):
        expected = [(word, score) for word, score in whole if word in SOME][:k]
        assert part.words == tuple(word for word, _ in expected)
        np.testing.assert_array_equal(part.scores, [score for _, score in expected])


def test_candidates_of_the_other_queries():
    distant = VECTORS.most_distant("w1", None, candidates=SOME)
    assert distant.words == VECTORS.nearest("w1", None, candidates=SOME).words[::-1]
    for method in ("add", "mul"):
        found = VECTORS.analogy(["w1", "w3"], ["w7"], k=None, method=method, candidates=SOME)
        whole = VECTORS.analogy(["w1", "w3"], ["w7"], k=None, method=method)
        assert found.words == tuple(word for word in whole.words if word in {"w200", "w90"})


def test_candidates_that_are_wrong():
    with pytest.raises(KeyError, match="there are no vectors for 'newt'"):
        VECTORS.nearest("w1", candidates=["w2", "newt"])
    with pytest.raises(ValueError, match="leave out limit"):
        VECTORS.nearest("w1", candidates=["w2"], limit=3)
    with pytest.raises(TypeError, match=r"use \['w2'\]"):
        VECTORS.nearest("w1", candidates="w2")
    assert VECTORS.nearest("w1", candidates=[]).words == ()
    assert VECTORS.nearest("w1", candidates=["w1"]).words == ()


def test_candidates_may_be_composed_of_subwords():
    found = COMPOSING.nearest("frogs", candidates=["frogs", "toads", "frog"])
    assert set(found.words) == {"toads", "frog"}
    scores = dict(found)
    assert scores["toads"] == pytest.approx(COMPOSING.similarity("frogs", "toads"))
    assert COMPOSING.rank("frogs", "toads") in (1, 2, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_ranks_and_closer_words(dtype):
    vectors = drawn(dtype=dtype)
    ranked = vectors.nearest("w9", None).words
    words = ["w4", "w44", "w9", ranked[0], ranked[-1]]
    assert vectors.rank("w9", words).tolist() == [
        1 if word == "w9" else 1 + ranked.index(word) for word in words
    ]
    closer = vectors.closer_than("w9", "w44")
    assert closer.words == ranked[: ranked.index("w44")]
    np.testing.assert_array_equal(closer.scores, vectors.nearest("w9", len(closer)).scores)


def test_words_as_similar_have_one_rank():
    vectors = WordVectors(["a", "b", "c", "d"], [[1, 0], [2, 1], [4, 2], [0, 1]])
    assert vectors.rank("a", ["b", "c", "d"]).tolist() == [1, 1, 3]
    assert vectors.closer_than("a", "c").words == ()
    assert vectors.closer_than("a", "d").words == ("b", "c")


def test_one_word_with_all():
    scores = VECTORS.similarity("w3")
    np.testing.assert_allclose(scores, VECTORS.similarity("w3", list(VECTORS)), atol=1e-15)
    np.testing.assert_array_equal(VECTORS.distance("w3"), 1 - scores)
    np.testing.assert_array_equal(VECTORS.similarity(VECTORS["w3"]), scores)
    with pytest.raises(ValueError, match="a must be one word or vector, got several"):
        VECTORS.similarity(["w3", "w4"])


def test_means_by_hand():
    a, b = (VECTORS[word].astype(float) for word in ("w1", "w2"))
    units = a / np.linalg.norm(a), b / np.linalg.norm(b)
    for words, expected in (
        (["w1", "w2"], (units[0] + units[1]) / 2),
        ([("w1", 3.0), ("w2", -1)], (3 * units[0] - units[1]) / 4),
        (["w1", b], (units[0] + units[1]) / 2),
        (["w1", "newt"], units[0]),
        ("w1", units[0]),
        (["newt"], np.zeros(8)),
    ):
        np.testing.assert_allclose(VECTORS.mean_vector(words), expected, rtol=1e-5)
    np.testing.assert_allclose(
        VECTORS.mean_vector(["w1", "w2"], normalize=False), (a + b) / 2, rtol=1e-5
    )
    with pytest.raises(KeyError, match="newt"):
        VECTORS.mean_vector(["w1", "newt"], ignore_missing=False)
    with pytest.raises(ValueError, match="at least one word, got none"):
        VECTORS.mean_vector([])
    np.testing.assert_array_equal(
        COMPOSING.mean_vector(["frogs"], normalize=False), COMPOSING["frogs"]
    )


def test_queries_that_are_no_vectors():
    for wrong in (np.array([1j] * 8), np.array(b"w1"), [b"w1"], np.datetime64("2020")):
        with pytest.raises(TypeError):
            VECTORS.nearest(wrong)
    with pytest.raises(ValueError, match="vectors must all be of one width"):
        VECTORS.nearest([[1.0] * 8, [1.0] * 7])
    for wrong in ([np.nan] * 8, np.full(8, 1e300)):
        with pytest.raises(ValueError, match="finite numbers in float32"):
            VECTORS.nearest(wrong)
    for k in (True, -1, 2.0, "2", 0):
        with pytest.raises(ValueError, match="k must be a positive integer, or None"):
            VECTORS.nearest("w1", k)
    for k in (2**63, 2**100):
        assert len(VECTORS.nearest("w1", k)) == 299


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int64, np.uint8, bool])
@pytest.mark.parametrize("layout", [np.array, np.asfortranarray, lambda a: a[::-1][::-1]])
def test_vectors_of_any_type_and_layout(dtype, layout):
    rows = (VECTORS.matrix[:4] * 3).astype(dtype)
    expected = VECTORS.nearest(np.ascontiguousarray(rows, np.float32), 5)
    for ours, want in zip(VECTORS.nearest(layout(rows), 5), expected, strict=True):
        assert ours.words == want.words


def test_words_to_rank_are_read_as_words_are_everywhere():
    for other in (None, 3, float("nan"), ["w1", 3], b"w1"):
        with pytest.raises(TypeError, match="other must be"):
            VECTORS.rank("w3", other)
    words = np.array(["w1", "w2"])
    expected = VECTORS.rank("w3", words.tolist())
    for others in (words, iter(words), dict.fromkeys(words)):
        np.testing.assert_array_equal(VECTORS.rank("w3", others), expected)
