"""Queries of word vectors: against plain arithmetic, and against gensim on real vectors."""

from __future__ import annotations

import pickle
from itertools import pairwise

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textvec import Neighbors, NeighborsList, WordVectors
from textvec.vectors.queries import _nearest, _unit_vectors


def cosines(matrix, targets):
    """Similarities without NaN, by the book, (q, n)."""
    matrix, targets = matrix.astype(np.float64), np.atleast_2d(targets).astype(np.float64)
    lengths = np.linalg.norm(targets, axis=1)[:, None] * np.linalg.norm(matrix, axis=1)
    return np.divide(targets @ matrix.T, lengths, where=lengths > 0, out=np.zeros(lengths.shape))


def drawn(n_words=3000, dim=20, dtype=np.float32, seed=0):
    matrix = np.random.default_rng(seed).standard_normal((n_words, dim)).astype(dtype)
    return WordVectors([f"w{i}" for i in range(n_words)], matrix)


@pytest.fixture
def small_blocks(monkeypatch):
    """Make blocks so small that a search takes many."""
    monkeypatch.setattr(_unit_vectors, "N_NUMBERS", 700)
    monkeypatch.setattr(_nearest, "_N_UNSETTLED", 16)
    monkeypatch.setattr(_nearest, "_MOST_QUERIES", 7)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("k", [1, 10, 5000])
def test_nearest_is_a_sort_of_all_cosines(dtype, k):
    vectors = drawn(dtype=dtype)
    words = ["w0", "w2999", "w77"]
    expected = cosines(vectors.matrix, vectors.vectors(words))
    for word, row, found in zip(words, expected, vectors.nearest(words, k), strict=True):
        row[vectors.vocabulary[word]] = -np.inf
        order = np.argsort(-row, kind="stable")[: min(k, 2999)]
        assert found.words == tuple(f"w{i}" for i in order)
        np.testing.assert_allclose(found.scores, row[order], rtol=1e-6, atol=1e-9)


def test_many_at_once_are_as_one_by_one(small_blocks):
    vectors = drawn(500)
    words = list(vectors)[:40]
    for word, found in zip(words, vectors.nearest(words, 5), strict=True):
        alone = vectors.nearest(word, 5)
        assert found.words == alone.words
        np.testing.assert_array_equal(found.scores, alone.scores)


def test_blocks_change_nothing(monkeypatch):
    vectors = drawn(900)
    words = list(vectors)[::9]
    whole = vectors.nearest(words, 6), vectors.analogy(words[:2], words[5], 6, method="mul")
    monkeypatch.setattr(_unit_vectors, "N_NUMBERS", 999)
    monkeypatch.setattr(_nearest, "_N_UNSETTLED", 10)
    parts = vectors.nearest(words, 6), vectors.analogy(words[:2], words[5], 6, method="mul")
    assert [f.words for f in whole[0]] == [f.words for f in parts[0]]
    assert whole[1].words == parts[1].words


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=40),
    k=st.integers(1, 6),
    scale=st.sampled_from([1e-30, 1e-6, 1, 1e6, 1e30]),
    method=st.sampled_from(["add", "mul"]),
)
def test_ties_zeros_and_extreme_lengths(rows, k, scale, method):
    words = [f"w{i}" for i in range(len(rows))]
    vectors = WordVectors(words, np.array(rows, np.float32) * np.float32(scale))
    for word, found in zip(words, vectors.nearest(words, k), strict=True):
        expected = cosines(np.array(rows), np.array(rows)[vectors.vocabulary[word]])[0]
        assert word not in found.words
        assert len(found) == min(k, len(rows) - 1)
        at = [words.index(name) for name in found.words]
        np.testing.assert_allclose(found.scores, expected[at], atol=1e-6)
        # Equal vectors come in the order of rows.
        for one, two in pairwise(at):
            assert rows[one] != rows[two] or one < two
    found = vectors.analogy(words[:2], words[2:3], k, method=method)
    assert np.isfinite(found.scores).all()
    assert (np.diff(found.scores) <= 0).all()


def test_zeros_are_similar_to_nothing():
    vectors = WordVectors(["a", "zero", "b", "c"], [[1, 0], [0, 0], [0, 1], [-1, 0]])
    assert vectors.similarity("zero", "zero") == 0
    assert vectors.nearest("zero", 5).words == ("a", "b", "c")
    assert vectors.nearest("zero", 5).scores.tolist() == [0, 0, 0]
    assert dict(vectors.nearest("a", 5)) == {"zero": 0, "b": 0, "c": -1}
    assert vectors.odd_one_out(["a", "zero"]) == "zero"
    assert dict(vectors.most_distant("zero", 2)) == {"a": 0, "b": 0}


def test_equal_vectors_by_the_thousand(small_blocks):
    """Rows that a threshold can't tell apart."""
    vectors = WordVectors([f"w{i}" for i in range(400)], np.ones((400, 3), np.float32))
    found = vectors.nearest(["w5", "w399"], 4)
    assert [f.words for f in found] == [("w0", "w1", "w2", "w3")] * 2


def test_raw_vectors():
    vectors = drawn(200)
    one = vectors.nearest(vectors["w3"], 2)
    assert one.words[0] == "w3"  # a vector is no word: nothing is left out
    assert one.scores[0] == pytest.approx(1)
    many = vectors.nearest(vectors.matrix[:3], 2)
    assert [f.words[0] for f in many] == ["w0", "w1", "w2"]
    assert many[2].words == vectors.nearest(vectors.matrix[2].tolist(), 2).words
    assert vectors.nearest([], 2) == []
    assert [f.words for f in vectors.nearest(np.array(["w3"]), 1)] == [
        vectors.nearest("w3", 1).words
    ]


@pytest.mark.parametrize("query", [[1.0, 2.0], np.ones((2, 3, 20)), np.ones(19)])
def test_vectors_of_another_width(query):
    with pytest.raises(ValueError, match=r"of shape \(20,\) or \(n_queries, 20\), got"):
        drawn(10).nearest(query)


def test_bad_queries():
    vectors = drawn(10)
    with pytest.raises(KeyError, match="newt"):
        vectors.nearest(["w1", "newt"])
    for k in (0, -1, 1.5, "3"):
        with pytest.raises(ValueError, match="k must be a positive integer"):
            vectors.nearest("w1", k)
    with pytest.raises(ValueError, match="limit must be"):
        vectors.nearest("w1", limit=0)
    with pytest.raises(ValueError, match="finite"):
        vectors.nearest(np.full(20, np.nan))
    with pytest.raises(ValueError, match="method must be one of 'add', 'mul', got 'div'"):
        vectors.analogy("w1", "w2", method="div")
    with pytest.raises(ValueError, match="positive must name"):
        vectors.analogy([], ["w2"])
    with pytest.raises(ValueError, match="at least one word"):
        vectors.odd_one_out([])
    with pytest.raises(ValueError, match="as many, got 2 and 3"):
        vectors.similarity(["w1", "w2"], ["w1", "w2", "w3"])


def test_limit_looks_at_the_top_only():
    vectors = drawn(300)
    found = vectors.nearest("w200", 400, limit=50)
    assert sorted(found.words) == sorted(f"w{i}" for i in range(50))
    assert len(vectors.analogy("w1", "w2", 400, limit=50)) == 48


def test_analogies_by_the_book():
    vectors = drawn(400)
    matrix = cosines(vectors.matrix, vectors.matrix[[1, 2, 3]])
    units = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    added = cosines(vectors.matrix, units[1] + units[2] - units[3])[0]
    shifted = (matrix + 1) / 2
    multiplied = shifted[0] * shifted[1] / (shifted[2] + 1e-6)
    for method, scores in (("add", added), ("mul", multiplied)):
        scores[[1, 2, 3]] = -np.inf
        found = vectors.analogy(["w1", "w2"], "w3", 10, method=method)
        order = np.argsort(-scores)[:10]
        assert found.words == tuple(f"w{i}" for i in order)
        np.testing.assert_allclose(found.scores, scores[order], rtol=1e-5)


def test_similarity_of_one_and_of_many():
    vectors = drawn(20)
    expected = cosines(vectors.matrix, vectors.matrix)
    assert vectors.similarity("w1", "w2") == pytest.approx(expected[1, 2])
    assert isinstance(vectors.similarity("w1", "w2"), float)
    np.testing.assert_allclose(vectors.similarity("w1", list(vectors)), expected[1])
    np.testing.assert_allclose(
        vectors.similarity(["w1", "w2"], ["w3", "w4"]), expected[[1, 2], [3, 4]]
    )
    assert vectors.similarity(vectors["w1"], "w1") == pytest.approx(1)


def test_neighbors_print_iterate_and_make_frames():
    found = Neighbors(("toad", "ox"), np.array([0.5, -0.25]))
    assert str(found) == "toad  0.5000\nox    -0.2500"
    assert list(found) == [("toad", 0.5), ("ox", -0.25)]
    assert str(Neighbors((), np.empty(0))) == ""
    pandas = pytest.importorskip("pandas")
    expected = pandas.DataFrame({"word": ["toad", "ox"], "score": [0.5, -0.25]})
    pandas.testing.assert_frame_equal(found.to_frame(), expected, check_dtype=False)


def test_what_queries_keep_is_not_pickled():
    vectors = drawn(50)
    before, hashed = pickle.dumps(vectors), joblib.hash(vectors)
    vectors.nearest("w1")
    assert pickle.dumps(vectors) == before
    assert joblib.hash(vectors) == hashed
    assert pickle.loads(before).nearest("w1").words == vectors.nearest("w1").words


@pytest.fixture(scope="module")
def keyed(glove):
    models = pytest.importorskip("gensim.models")
    keyed = models.KeyedVectors(glove.embedding_dim)
    keyed.add_vectors(list(glove), glove.matrix)
    return keyed


def assert_same(found, expected):
    """The same words and scores; words whose scores are equal in float32 in any order."""
    np.testing.assert_allclose(found.scores, [score for _, score in expected], atol=2e-6)
    scores = dict(found)
    for word, score in expected[:-1]:  # the last may be one of equals
        assert scores[word] == pytest.approx(score, abs=2e-6)


def test_neighbours_of_frog(glove):
    words = ("snake", "ape", "toad", "monkey", "spider", "lizard", "orchid")
    assert glove.nearest("frog", k=7).words == words


def test_nearest_as_gensim(glove, keyed):
    words = list(glove)[::400]
    for word, found in zip(words, glove.nearest(words, 10), strict=True):
        assert_same(found, keyed.most_similar(word, topn=10))


# gensim's 3CosMul calls what gensim has deprecated.
@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")
@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        (["king", "woman"], ["man"]),
        (["paris", "germany"], ["france"]),
        (["better", "bad"], ["good"]),
        (["frog"], []),
        (["a", "b", "c"], ["d", "e"]),
    ],
)
def test_analogies_as_gensim(glove, keyed, positive, negative):
    asked = {"positive": positive, "negative": negative, "topn": 10}
    assert_same(glove.analogy(positive, negative, 10), keyed.most_similar(**asked))
    found = glove.analogy(positive, negative, 10, method="mul")
    assert_same(found, keyed.most_similar_cosmul(**asked))


def test_odd_one_out_and_similarity_as_gensim(glove, keyed):
    for words in (
        ["breakfast", "cereal", "dinner", "lunch"],
        ["paris", "berlin", "frog", "rome"],
        ["one", "two"],
    ):
        assert glove.odd_one_out(words) == keyed.doesnt_match(words)
    pair = ("frog", "toad")
    assert glove.similarity(*pair) == pytest.approx(float(keyed.similarity(*pair)), abs=1e-6)


@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogies_take_vectors(method):
    vectors = drawn()
    words = vectors.analogy(["w1", "w2"], ["w3"], 8, method=method)
    given = vectors.analogy([vectors["w1"], "w2"], [vectors["w3"].tolist()], 10, method=method)
    rest = [word for word in given.words if word not in ("w1", "w3")]  # which came as vectors
    assert tuple(rest[:8]) == words.words
    assert vectors.analogy(vectors["w1"], k=1, method=method).words == ("w1",)


def test_analogies_take_weights():
    vectors = drawn()
    found = vectors.analogy([("w1", 0.5), "w2", (vectors["w4"], 2)], [("w3", 0.25)], 5)
    units = {w: vectors[w] / np.linalg.norm(vectors[w].astype(float)) for w in ("w1", "w2", "w3")}
    four = vectors["w4"] / np.linalg.norm(vectors["w4"].astype(float))
    target = 0.5 * units["w1"] + units["w2"] + 2 * four - 0.25 * units["w3"]
    row = cosines(vectors.matrix, target)[0]
    row[[1, 2, 3]] = -np.inf  # w4 came as a vector, and is found
    order = np.argsort(-row, kind="stable")[:5]
    assert found.words == tuple(f"w{i}" for i in order)
    assert found.words[0] == "w4"
    np.testing.assert_allclose(found.scores, row[order], atol=1e-6)
    with pytest.raises(ValueError, match='weights need method="add"'):
        vectors.analogy([("w1", 0.5), "w2"], method="mul")


def test_mistakes_in_analogies_are_named():
    vectors = drawn(9)
    with pytest.raises(TypeError, match="got int at position 1: 3"):
        vectors.analogy(["w1", 3])
    with pytest.raises(TypeError, match="a weight must be a finite number, got 'w2' at position 0"):
        vectors.analogy([("w1", "w2")])
    with pytest.raises(ValueError, match="vectors must be of shape"):
        vectors.analogy(["w1", [1.0, 2.0]])


def test_neighbours_of_several_words_are_a_list_that_shows_as_a_table():
    vectors = WordVectors(["frog", "toad", "king"], [[1, 2, 0], [1, 3, 0], [2, 0, 1]])
    found = vectors.nearest(["frog", "king"], k=2)
    assert isinstance(found, list)
    assert [one.words for one in found] == [("toad", "king"), ("frog", "toad")]
    assert [one.query for one in found] == ["frog", "king"]
    assert repr(found) == "frog  toad 0.9899, king 0.4000\nking  frog 0.4000, toad 0.2828"
    frame = found.to_frame()
    assert frame.columns.tolist() == ["query", "word", "score"]
    assert frame["query"].tolist() == ["frog", "frog", "king", "king"]
    np.testing.assert_array_equal(frame["score"], np.concatenate([one.scores for one in found]))
    html = found._repr_html_()
    assert "NeighborsList: 2 queries" in html
    assert '<td style="text-align:left">toad 0.9899, king 0.4000</td>' in html
    for part in (found[:1], found + found, pickle.loads(pickle.dumps(found))):
        assert isinstance(part, NeighborsList)
        assert part[0].words == found[0].words
    assert repr(found[:0]) == "NeighborsList(no queries)"
    assert found[:0].to_frame().shape == (0, 3)


def test_neighbours_of_vectors_are_named_by_their_place():
    vectors = WordVectors(["frog", "toad"], np.eye(2))
    found = vectors.nearest(np.eye(2), k=1)
    assert repr(found) == "0  frog 1.0000\n1  toad 1.0000"
    assert found.to_frame()["query"].tolist() == [0, 1]
    assert vectors.nearest("frog").query == "frog"
    assert "Neighbors of frog: 1 words" in vectors.nearest("frog")._repr_html_()


def test_long_and_hostile_neighbours():
    words = [f"w{i}" for i in range(30)] + ["<b>\n"]
    vectors = WordVectors(words, np.ones((31, 1)))
    found = vectors.nearest(["w0", "<b>\n"], k=None)
    assert "… 18 more" in repr(found)
    assert len(repr(found).splitlines()) == 2
    assert "<b>\n" not in found._repr_html_().split("</b>", 1)[1]
