"""Distances between documents, against gensim, scikit-learn and loops."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.cluster import DBSCAN
from sklearn.exceptions import NotFittedError
from sklearn.metrics.pairwise import cosine_distances
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from textvec import DocumentDistance, EmbeddingVectorizer, WordTokenizer, WordVectors
from textvec.vectors import SubwordVectors, _word_mover

pytest.importorskip("ot", reason="exact distances are POT's work")

WORDS = ["frog", "toad", "newt", "king", "queen", "prince", "nought"]
MATRIX = np.random.default_rng(0).normal(size=(7, 3))
MATRIX[-1] = 0
VECTORS = WordVectors(WORDS, MATRIX)
DOCUMENTS = ["The frog and the toad", "frog king", "", "queen prince king king", "newt", "nought"]
METRICS = ["cosine", "rwmd", "wmd"]

words = st.sampled_from([*WORDS, "unknown"])
documents = st.lists(st.lists(words, max_size=6).map(" ".join), min_size=1, max_size=4)


# --- the definitions --------------------------------------------------------------------------


def bag(document, normalize):
    """Return shares and points; of no words, one word at zero."""
    found = [w for w in document.split() if w in VECTORS]
    if not found:
        return np.ones(1), np.zeros((1, 3))
    names = sorted(set(found))
    points = VECTORS.vectors(names).astype(float)
    if normalize:
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        points /= np.where(lengths, lengths, 1)
    return np.array([found.count(w) / len(found) for w in names]), points


def cosine_by_hand(x, y):
    (shares_x, points_x), (shares_y, points_y) = x, y
    a, b = shares_x @ points_x, shares_y @ points_y
    if not (a.any() and b.any()):
        return float(a.any() or b.any())
    return 1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def relaxed_by_hand(x, y):
    costs = cdist(x[1], y[1])
    return max(x[0] @ costs.min(axis=1), y[0] @ costs.min(axis=0))


def exact_by_hand(x, y):
    """Solve the whole linear program, with nothing left out."""
    costs = cdist(x[1], y[1])
    n, m = costs.shape
    rows = np.kron(np.eye(n), np.ones(m))
    columns = np.kron(np.ones(n), np.eye(m))
    solved = linprog(costs.ravel(), A_eq=np.vstack([rows, columns]), b_eq=np.r_[x[0], y[0]])
    return solved.fun


BY_HAND = {"cosine": cosine_by_hand, "rwmd": relaxed_by_hand, "wmd": exact_by_hand}


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(METRICS), st.booleans(), documents, documents)
def test_equals_the_definition(metric, normalize, left, right):
    distance = DocumentDistance(VECTORS, metric=metric, normalize=normalize)
    found = distance.pairwise(left, right)
    bags = [[bag(d, normalize) for d in side] for side in (left, right)]
    want = [[BY_HAND[metric](x, y) for y in bags[1]] for x in bags[0]]
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, want, atol=1e-7)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(METRICS), st.booleans(), documents)
def test_is_a_distance(metric, normalize, texts):
    distance = DocumentDistance(VECTORS, metric=metric, normalize=normalize)
    within = distance.pairwise(texts)
    assert np.isfinite(within).all()
    assert (within >= 0).all()
    assert not within.diagonal().any()
    np.testing.assert_array_equal(within, within.T)
    np.testing.assert_allclose(within, distance.pairwise(texts, list(texts)), atol=1e-7)
    if metric == "wmd":
        through = within[:, :, None] + within[None]
        assert (within[:, None] <= through + 1e-7).all()


@settings(deadline=None, max_examples=30)
@given(st.booleans(), documents, documents)
def test_bounds_of_the_exact_distance(normalize, left, right):
    exact, relaxed = (
        DocumentDistance(VECTORS, metric=m, normalize=normalize).pairwise(left, right)
        for m in ("wmd", "rwmd")
    )
    assert (relaxed <= exact + 1e-7).all()
    bags = [
        _word_mover.bags_of(WordTokenizer().transform(side), VECTORS, normalize=normalize)
        for side in (left, right)
    ]
    between_means = cdist(*map(_word_mover.centroids, bags))
    assert (between_means <= exact + 1e-7).all()


def test_cosine_is_scikit_learns_of_pooled_vectors():
    pooled = EmbeddingVectorizer(VECTORS, pooling="mean").fit_transform(DOCUMENTS[:2])
    found = DocumentDistance(VECTORS, normalize=False).pairwise(DOCUMENTS[:2])
    np.testing.assert_allclose(found, cosine_distances(pooled), atol=1e-6)


def test_many_words_are_compared_a_block_at_a_time(monkeypatch):
    distance = DocumentDistance(VECTORS, metric="rwmd")
    whole = distance.pairwise(DOCUMENTS)
    monkeypatch.setattr(_word_mover, "_BLOCK", 10)
    np.testing.assert_allclose(distance.pairwise(DOCUMENTS), whole, atol=1e-12)


@pytest.mark.parametrize("normalize", [True, False])
def test_exact_equals_gensims_on_real_text(data_file, imdb_train, normalize):
    models = pytest.importorskip("gensim.models")
    vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
    texts = [t[:600] for t in imdb_train[::2500]]
    tokens = WordTokenizer().transform(texts)
    theirs = models.KeyedVectors(50)
    theirs.add_vectors(vectors.vocabulary.tokens, vectors.matrix)
    lists = tokens.to_list()
    want = [[theirs.wmdistance(a, b, norm=normalize) for b in lists[5:]] for a in lists[:5]]
    distance = DocumentDistance(vectors, metric="wmd", normalize=normalize)
    found = distance.pairwise(tokens[:5], tokens[5:])
    np.testing.assert_allclose(found, want, rtol=1e-5)
    np.testing.assert_array_equal(
        distance.set_params(n_jobs=2).pairwise(texts[:5], texts[5:]), found
    )
    relaxed = DocumentDistance(vectors, metric="rwmd", normalize=normalize)
    assert (relaxed.pairwise(tokens[:5], tokens[5:]) <= found + 1e-9).all()


# --- documents without words ------------------------------------------------------------------


@pytest.mark.parametrize("metric", METRICS)
def test_documents_without_words(metric):
    distance = DocumentDistance(VECTORS, metric=metric)
    texts = ["", "unknown", "frog", "king king queen"]
    np.testing.assert_allclose(
        distance.pairwise(texts[:2], texts), [[0, 0, 1, 1], [0, 0, 1, 1]], atol=1e-12
    )
    assert distance.fit(texts).transform([]).shape == (0, 4)
    assert distance.pairwise([]).shape == (0, 0)


def test_words_of_one_place_are_at_zero():
    vectors = WordVectors(["a", "b", "c", "d"], [[1, 0]] * 4)
    for metric in METRICS:
        found = DocumentDistance(vectors, metric=metric).pairwise(["a b"], ["c d"])
        assert found == pytest.approx(0, abs=1e-7)


# --- the nearest ------------------------------------------------------------------------------


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(METRICS), documents, documents, st.data())
def test_nearest_are_those_of_all_distances(metric, texts, queries, data):
    distance = DocumentDistance(VECTORS, metric=metric).fit(texts)
    k = data.draw(st.integers(1, len(texts)))
    distances, rows = distance.nearest(queries, k)
    every = distance.transform(queries)
    np.testing.assert_allclose(distances, np.sort(every, axis=1)[:, :k], atol=1e-7)
    np.testing.assert_allclose(np.take_along_axis(every, rows, axis=1), distances, atol=1e-7)
    assert [len(set(row)) for row in rows.tolist()] == [k] * len(queries)


def test_nearest_solves_few_problems(data_file, imdb_train, monkeypatch):
    vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
    texts = [t[:300] for t in imdb_train[::25]]
    n_solved = 0
    cost = _word_mover.Move.cost

    def counted(*args):
        nonlocal n_solved
        n_solved += 1
        return cost(*args)

    monkeypatch.setattr(_word_mover.Move, "cost", counted)
    distance = DocumentDistance(vectors, metric="wmd").fit(texts[10:])
    distances, rows = distance.nearest(texts[:2], 3)
    assert n_solved < 2 * len(texts) / 3
    assert (np.diff(distances) >= 0).all()
    np.testing.assert_array_equal(distance.set_params(n_jobs=2).nearest(texts[:2], 3)[1], rows)


def test_nearest_of_too_many():
    distance = DocumentDistance(VECTORS).fit(DOCUMENTS)
    for k in (0, 7):
        with pytest.raises(ValueError, match=f"k must be from 1 to {len(DOCUMENTS)}, got {k}"):
            distance.nearest(["frog"], k)
    for k in (True, 1.5, None):
        with pytest.raises(TypeError, match="k must be an integer"):
            distance.nearest(["frog"], k)
    distances, rows = distance.nearest([], 2)
    assert distances.shape == rows.shape == (0, 2)


# --- in a pipeline ----------------------------------------------------------------------------


@pytest.mark.parametrize("metric", METRICS)
def test_as_a_transformer(metric):
    distance = DocumentDistance(VECTORS, metric=metric)
    within = distance.fit_transform(DOCUMENTS)
    assert distance.n_documents_ == len(DOCUMENTS)
    np.testing.assert_array_equal(within, distance.pairwise(DOCUMENTS))
    np.testing.assert_allclose(distance.transform(DOCUMENTS), within, atol=1e-7)
    apart = [distance.transform([d])[0] for d in DOCUMENTS]
    np.testing.assert_allclose(apart, within, atol=1e-7)
    again = pickle.loads(pickle.dumps(distance))
    np.testing.assert_array_equal(again.transform(DOCUMENTS), distance.transform(DOCUMENTS))
    refitted = clone(distance).fit(["newt", "queen"]).fit(DOCUMENTS)
    np.testing.assert_array_equal(refitted.transform(DOCUMENTS), distance.transform(DOCUMENTS))
    tokens = WordTokenizer().transform(DOCUMENTS)
    np.testing.assert_array_equal(clone(distance).fit_transform(tokens), within)


@pytest.mark.parametrize("metric", METRICS)
def test_neighbours_and_clusters_of_scikit_learn(metric):
    texts = ["frog toad", "toad", "frog frog toad", "a toad", "king", "queen king", "king the", ""]
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    steps = DocumentDistance(VECTORS, metric=metric), KNeighborsClassifier(2, metric="precomputed")
    model = make_pipeline(*map(clone, steps)).fit(texts, labels)
    assert model.predict(["toad frog", "king king"]).tolist() == [0, 1]
    assert np.isfinite(cross_val_score(make_pipeline(*steps), texts, labels, cv=2)).all()
    clusters = make_pipeline(steps[0], DBSCAN(eps=0.4, min_samples=1, metric="precomputed"))
    found = clusters.fit_predict(["king", "king king", "", "unknown"])
    assert found.tolist() == [0, 0, 1, 1]


def test_frames():
    distance = DocumentDistance(VECTORS).set_output(transform="pandas")
    frame = distance.fit_transform(pd.Series(["frog", "king"], index=["a", "b"]))
    assert frame.columns.tolist() == ["documentdistance0", "documentdistance1"]
    assert frame.index.tolist() == ["a", "b"]


def test_a_path_is_loaded(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("frog 1 0\nking 0 1\n")
    distance = DocumentDistance(path)
    assert distance.pairwise(["frog"], ["king"]).item() == 1
    assert distance.fit(["frog"]).transform(["king"]).item() == 1


def test_mistakes():
    with pytest.raises(NotFittedError):
        DocumentDistance(VECTORS).transform(["frog"])
    with pytest.raises(NotFittedError):
        DocumentDistance(VECTORS).nearest(["frog"])
    with pytest.raises(ValueError, match="no documents"):
        DocumentDistance(VECTORS).fit([])
    with pytest.raises(ValueError, match="'metric' parameter of DocumentDistance"):
        DocumentDistance(VECTORS, metric="euclidean").pairwise(["a"])


def test_without_pot(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ot", None)
    assert DocumentDistance(VECTORS, metric="rwmd").pairwise(["frog"]).item() == 0
    with pytest.raises(ImportError, match=r"metric=\"wmd\".*textvec-learn\[vectors\]"):
        DocumentDistance(VECTORS, metric="wmd").pairwise(["frog"])


# --- subwords ---------------------------------------------------------------------------------

SUBWORDS = SubwordVectors(np.random.default_rng(0).normal(size=(100, 3)), min_n=3, max_n=5)
OWN = ["human", "graph"]
COMPOSING = WordVectors(OWN, SUBWORDS.vectors(OWN), subwords=SUBWORDS)
#: All words that the documents below hold, with the vectors that subwords make of them.
EVERY = ["human", "graph", "humans", "graphs", "trees"]
WRITTEN_OUT = WordVectors(EVERY, COMPOSING.vectors(EVERY))


@pytest.mark.parametrize("metric", METRICS)
def test_words_made_of_subwords_count_as_if_they_had_vectors(metric):
    X, Y = ["trees humans graphs", "", "graph trees trees"], ["human graph", "trees humans", ""]
    ours = DocumentDistance(COMPOSING, metric=metric)
    theirs = DocumentDistance(WRITTEN_OUT, metric=metric)
    np.testing.assert_allclose(ours.pairwise(X, Y), theirs.pairwise(X, Y), atol=1e-7)
    np.testing.assert_allclose(ours.pairwise(X), theirs.pairwise(X), atol=1e-7)
    ours.fit(Y), theirs.fit(Y)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), atol=1e-7)
    assert (ours.nearest(X, 2)[1] == theirs.nearest(X, 2)[1]).all()
    assert ours.pairwise(["humans trees"], ["trees humans"])[0, 0] == pytest.approx(0, abs=1e-9)


def test_parameters_changed_after_fit_are_named():
    distance = DocumentDistance(VECTORS).fit(DOCUMENTS).set_params(normalize=False)
    for method in (distance.transform, distance.nearest):
        with pytest.raises(ValueError, match="normalize was True in fit, and is False now"):
            method(DOCUMENTS)


def test_parameters_set_after_fit_are_checked():
    distance = DocumentDistance(VECTORS).fit(DOCUMENTS).set_params(metric="l2")
    for method in (distance.transform, distance.nearest):
        with pytest.raises(ValueError, match="'metric' parameter of DocumentDistance"):
            method(DOCUMENTS)
