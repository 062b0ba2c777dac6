"""One vector a document, against loops over its words."""

from __future__ import annotations

import math
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.base import clone
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import (
    EmbeddedSequences,
    EmbeddingVectorizer,
    Ragged,
    Tokens,
    Vocabulary,
    WordTokenizer,
    WordVectors,
)
from textvec.vectors._document_pooling import pool

VECTORS = WordVectors(["on", "the", "log", "frog"], [[1, -2], [3, -5], [4, -4], [-1, -0.5]])
DOCUMENTS = ["The frog on the log", "a frog", "", "the newt on the toad on the log", "newt"]
POOLINGS = ["mean", "max", "idf", "sif"]
ZEROS = np.zeros(2)


def fitted(pooling, **options) -> EmbeddingVectorizer:
    return EmbeddingVectorizer(VECTORS, pooling=pooling, **options).fit(DOCUMENTS)


# --- the loops --------------------------------------------------------------------------------


def known(document):
    return [w for w in document.split() if w in VECTORS]


def mean_loop(train, test):
    rows = [[VECTORS[w] for w in known(d)] for d in test]
    return np.array([np.mean(row, axis=0) if row else ZEROS for row in rows])


def max_loop(train, test):
    rows = [[VECTORS[w] for w in known(d)] for d in test]
    return np.array([np.max(row, axis=0) if row else ZEROS for row in rows])


def idf_loop(train, test):
    n_holding = Counter(w for d in train for w in set(d.split()))
    idf = {w: math.log((1 + len(train)) / (1 + n_holding[w])) + 1 for w in VECTORS}
    rows = []
    for document in test:
        words = known(document)
        total = sum((idf[w] * VECTORS[w].astype(float) for w in words), ZEROS)
        rows.append(total / sum(idf[w] for w in words) if words else ZEROS)
    return np.array(rows)


def sif_loop(train, test, a=1e-3):
    counts = Counter(w for d in train for w in d.split())
    n_words = max(1, counts.total())

    def weighted(documents):
        rows = []
        for words in map(known, documents):
            total = sum(a / (a + counts[w] / n_words) * VECTORS[w].astype(float) for w in words)
            rows.append(total / len(words) if words else ZEROS)
        return np.array(rows)

    rows = weighted(train)
    if not rows.any():
        return weighted(test)
    component = np.linalg.svd(rows, full_matrices=False)[2][0]
    return np.array([row - component * (component @ row) for row in weighted(test)])


LOOPS = {"mean": mean_loop, "max": max_loop, "idf": idf_loop, "sif": sif_loop}
words = st.sampled_from(["on", "the", "log", "frog", "newt", "toad", "x"])
documents = st.lists(st.lists(words).map(" ".join), min_size=1)


@settings(deadline=None)
@given(st.sampled_from(POOLINGS), documents, documents)
def test_equals_a_loop(pooling, train, test):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of many unknown tokens
        vectorizer = EmbeddingVectorizer(VECTORS, pooling=pooling).fit(train)
    pooled = vectorizer.transform(test)
    assert pooled.dtype == np.float32
    want = LOOPS[pooling](train, test)
    if pooling == "sif" and not well_separated(train):
        return  # either of two directions is the first
    np.testing.assert_allclose(pooled, want, rtol=1e-5, atol=1e-5)


def well_separated(train):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        vectorizer = EmbeddingVectorizer(VECTORS, pooling="sif").fit(train)
    ids, _ = vectorizer._ids(Tokens.from_lists([d.split() for d in train]))
    strengths = np.linalg.svd(
        pool("sif", ids, vectorizer.table_, vectorizer.token_weights_), compute_uv=False
    )
    return len(strengths) < 2 or strengths[1] < 0.9 * strengths[0] or not strengths[0]


def test_sif_a_is_what_it_says():
    want = sif_loop([d.lower() for d in DOCUMENTS], ["the frog"], a=0.5)
    given_a = fitted("sif", sif_a=0.5).transform(["the frog"])
    np.testing.assert_allclose(given_a, want, rtol=1e-5, atol=1e-5)


def test_sif_removes_the_first_component_of_scikit_learns_svd():
    rng = np.random.default_rng(0)
    names = [f"w{i}" for i in range(50)]
    vectors = WordVectors(names, rng.normal(0.3, 1, (50, 8)))
    texts = [" ".join(rng.choice(names, 12)) for _ in range(5000)]  # more than are summed at once
    vectorizer = EmbeddingVectorizer(vectors, pooling="sif")
    pooled = vectorizer.fit_transform(texts)
    ids, _ = vectorizer._ids(Tokens.from_lists([t.split() for t in texts]))
    before = pool("sif", ids, vectorizer.table_, vectorizer.token_weights_)
    component = TruncatedSVD(n_components=1, random_state=0).fit(before).components_[0]
    assert abs(component @ vectorizer.common_component_) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(pooled @ vectorizer.common_component_, 0, atol=1e-6)


# --- tokens without a vector ------------------------------------------------------------------


@pytest.mark.parametrize("pooling", POOLINGS)
def test_documents_without_vectors_are_zeros(pooling):
    vectorizer = fitted(pooling)
    assert not vectorizer.transform(["", "newt toad"]).any()
    assert vectorizer.transform([]).shape == (0, 2)
    with pytest.warns(UserWarning, match="have no vector"):
        nothing = EmbeddingVectorizer(VECTORS, pooling=pooling).fit(["newt", ""])
    assert np.isfinite(nothing.transform(DOCUMENTS)).all()


@pytest.mark.parametrize("pooling", POOLINGS)
def test_oov_zero_leaves_tokens_out(pooling):
    vectorizer = fitted(pooling)
    np.testing.assert_array_equal(
        vectorizer.transform(["frog newt newt on"]), vectorizer.transform(["frog on"])
    )
    assert vectorizer.token_weights_[:2].tolist() == [0, 0]


def test_oov_mean_and_random_take_part():
    middle = VECTORS.matrix.mean(axis=0)
    pooled = fitted("mean", oov="mean").transform(["frog newt"])
    np.testing.assert_allclose(pooled[0], (VECTORS["frog"] + middle) / 2, rtol=1e-6)
    vectorizer = fitted("mean", oov="random", random_state=0)
    own = vectorizer.table_[vectorizer.vocabulary_["newt"]]
    np.testing.assert_allclose(
        vectorizer.transform(["frog newt"])[0], (VECTORS["frog"] + own) / 2, rtol=1e-6
    )


def test_oov_error():
    vectorizer = EmbeddingVectorizer(VECTORS, pooling="mean", oov="error").fit(["the frog"])
    with pytest.raises(ValueError, match="row 1 holds the token 'newt'"):
        vectorizer.transform(["frog", "newt"])


# --- the array and its containers -------------------------------------------------------------


@pytest.mark.parametrize("pooling", POOLINGS)
def test_half_precision_is_pooled_in_single(pooling):
    half = WordVectors(VECTORS.vocabulary, VECTORS.matrix.astype(np.float16))
    pooled = EmbeddingVectorizer(half, pooling=pooling).fit(DOCUMENTS).transform(DOCUMENTS)
    assert pooled.dtype == np.float32
    np.testing.assert_allclose(pooled, fitted(pooling).transform(DOCUMENTS), rtol=1e-5, atol=1e-6)


def test_a_long_document_is_as_exact_as_a_short_one():
    n_tokens = 1_000_000
    vectors = WordVectors(["a", "b"], [[0.1], [0.1]])
    tokens = Tokens(np.zeros(n_tokens, np.int32), [0, n_tokens], Vocabulary(["a"]))
    pooled = EmbeddingVectorizer(vectors, pooling="mean").fit_transform(tokens)
    assert pooled.item() == pytest.approx(float(np.float32(0.1)), rel=1e-6)


def test_rows_that_are_no_view_of_one_array():
    ids = Ragged(np.array([2, 3, 4, 5], np.int32)[::-1], [0, 4], n_ids=6)
    table = np.asfortranarray(fitted("mean").table_)
    np.testing.assert_allclose(
        pool("mean", ids, table, np.ones(6, np.float32))[0], VECTORS.matrix.mean(axis=0)
    )


def test_frames():
    series = pd.Series(DOCUMENTS, index=list("abcde"))
    plain = fitted("mean").transform(DOCUMENTS)
    names = ["embeddingvectorizer0", "embeddingvectorizer1"]
    vectorizer = EmbeddingVectorizer(VECTORS, pooling="mean").set_output(transform="pandas")
    frame = vectorizer.fit_transform(series)
    assert frame.columns.tolist() == names
    np.testing.assert_array_equal(frame, plain)
    pd.testing.assert_frame_equal(vectorizer.transform(series), frame)
    assert isinstance(vectorizer.transform(DOCUMENTS), pd.DataFrame)
    assert isinstance(vectorizer.transform(Tokens.from_lists([["on"]])), pd.DataFrame)
    vectorizer.set_output(transform="polars")
    assert isinstance(vectorizer.transform(DOCUMENTS), pl.DataFrame)
    assert vectorizer.get_feature_names_out().tolist() == names
    assert isinstance(vectorizer.set_output(transform="default").transform([""]), np.ndarray)


def test_sequences_fit_no_frame():
    vectorizer = EmbeddingVectorizer(VECTORS)
    assert vectorizer.set_output(transform="default") is vectorizer.set_output() is vectorizer
    with pytest.raises(ValueError, match=r"no pandas frame can hold: set pooling"):
        vectorizer.set_output(transform="pandas")
    assert not hasattr(vectorizer, "get_feature_names_out")
    with config_context(transform_output="pandas"):
        assert isinstance(vectorizer.fit_transform(DOCUMENTS), EmbeddedSequences)


def test_a_second_fit_forgets_the_first():
    vectorizer = fitted("sif")
    assert {"token_weights_", "common_component_"} < set(vars(vectorizer))
    vectorizer.set_params(pooling="mean").fit(DOCUMENTS)
    assert "common_component_" not in vars(vectorizer)
    vectorizer.set_params(pooling=None).fit(DOCUMENTS)
    assert "token_weights_" not in vars(vectorizer)
    assert isinstance(vectorizer.transform(DOCUMENTS), EmbeddedSequences)


@pytest.mark.parametrize(("name", "value"), [("pooling", "sum"), ("sif_a", 0), ("sif_a", "1")])
def test_parameters_are_checked(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of EmbeddingVectorizer"):
        EmbeddingVectorizer(VECTORS, **{name: value}).fit(DOCUMENTS)


def test_tuned_in_a_pipeline():
    pipeline = make_pipeline(EmbeddingVectorizer(VECTORS, pooling="mean"), LogisticRegression())
    search = GridSearchCV(pipeline, {"embeddingvectorizer__pooling": POOLINGS[:3]}, cv=2)
    texts = ["frog", "frog frog", "a frog", "frog x", "log log", "log", "a log", "log x"]
    search.fit(texts, [1] * 4 + [0] * 4)
    assert search.best_score_ == 1
    assert clone(search.best_estimator_)[0].vectors is VECTORS


def test_equals_a_loop_on_real_text(data_file, imdb_train):
    texts = imdb_train[:200]
    vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
    vectorizer = EmbeddingVectorizer(vectors, pooling="mean")
    table = dict(zip(vectors, vectors.matrix, strict=True))
    rows = vectorizer.fit(texts).transform(texts)
    for row, tokens in zip(rows, WordTokenizer().transform(texts).to_list(), strict=True):
        want = np.mean([table[w] for w in tokens if w in table], axis=0)
        np.testing.assert_allclose(row, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("before", "after"), [(None, "mean"), ("mean", "idf"), ("sif", None)])
def test_pooling_changed_after_fit_is_named(before, after):
    vectors = WordVectors(["frog"], [[1.0, 2.0]])
    vectorizer = EmbeddingVectorizer(vectors, pooling=before).fit(["frog"])
    vectorizer.set_params(pooling=after)
    with pytest.raises(ValueError, match="in fit, and is .* now: fit again"):
        vectorizer.transform(["frog"])
