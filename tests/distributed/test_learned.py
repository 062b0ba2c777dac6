"""Collections of Dask: `fit` counts by partition, and learns what one machine learns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from textvec import (
    BM25Transformer,
    ConceptVectors,
    CountVectorizer,
    EmbeddingVectorizer,
    GloVe,
    HashingVectorizer,
    NBLogCountRatio,
    OneHotVectorizer,
    SequenceVectorizer,
    TfidfVectorizer,
    Vocabulary,
    WordTokenizer,
    WordVectors,
)

from .partitions import DOCUMENTS, assert_same, in_partitions

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
db = pytest.importorskip("dask.bag")

VECTORS = WordVectors(["the", "frog", "log", "on"], np.eye(4, 3, dtype=np.float32) + 1)
OF_COUNTS = [
    CountVectorizer(min_df=2, keep_counts=True),
    CountVectorizer(max_features=3, ngram_range=(1, 2), binary=True),
    CountVectorizer(vocabulary=["frog", "the", "newt"]),
    TfidfVectorizer(max_df=0.4),
    TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), max_features=9, sublinear_tf=True),
    TfidfVectorizer(vocabulary=["frog", "the", "newt"], dtype=np.float32),
    SequenceVectorizer(max_tokens=6, eos_token="</s>"),
    SequenceVectorizer(vocabulary=["frog", "the"]),
    OneHotVectorizer(min_df=0.3),
    EmbeddingVectorizer(VECTORS, pooling="idf"),
    EmbeddingVectorizer(VECTORS, oov="random", random_state=0),
    EmbeddingVectorizer(VECTORS, pooling="sif", oov="mean"),
    HashingVectorizer(n_features=4, keep_terms=2),
]


pytestmark = pytest.mark.usefixtures("in_this_thread")


def learned(estimator):
    """Return the fitted attributes, arrays as lists."""
    names = [name for name in dir(estimator) if name.endswith("_") and not name.startswith("_")]
    values = {name: getattr(estimator, name) for name in names if hasattr(estimator, name)}
    return {n: v.tolist() if isinstance(v, np.ndarray) else v for n, v in values.items()}


def learned_or_error(estimator, X):
    try:
        return learned(estimator.fit(X))
    except ValueError as error:  # nothing is within the limits
        return {"error": type(error), "begin": str(error)[:20]}


@pytest.mark.filterwarnings("ignore:.* of the tokens have no vector")
@pytest.mark.parametrize("estimator", OF_COUNTS, ids=repr)
@settings(max_examples=10)
@given(
    documents=st.lists(
        st.sampled_from([*DOCUMENTS, "a the", "frog newt"]), min_size=4, max_size=20
    ),
    sizes=st.lists(st.integers(0, 4), max_size=12),
)
def test_any_partitions_are_one_fit(estimator, documents, sizes):
    X = in_partitions(documents, sizes)
    here, there = clone(estimator), clone(estimator)
    expected = learned_or_error(here, documents)
    assert learned_or_error(there, X) == expected
    if "error" in expected:
        return
    assert_same(clone(estimator).fit_transform(X), here.transform(documents))


@pytest.mark.filterwarnings("ignore:.* of the tokens have no vector")
@pytest.mark.parametrize(
    "estimator",
    [e for e in OF_COUNTS if getattr(e, "pooling", None) != "sif"]
    + [GloVe(vocabulary=["the", "frog", "log"], embedding_dim=2, max_iter=1, random_state=0)],
    ids=repr,
)
def test_collections_are_parts_among_others(estimator):
    expected = clone(estimator).fit(DOCUMENTS).transform(DOCUMENTS)
    learning = clone(estimator).partial_fit(DOCUMENTS[:1])
    learning = learning.partial_fit(in_partitions(DOCUMENTS[1:5], [1, 0]))
    learning = learning.merge(clone(estimator).partial_fit(in_partitions(DOCUMENTS[5:], [])))
    assert_same(learning.transform(in_partitions(DOCUMENTS, [2])), expected)


def counts_of(documents, sizes):
    counts = CountVectorizer().fit(DOCUMENTS)
    return counts.transform(documents), counts.transform(in_partitions(documents, sizes))


@given(sizes=st.lists(st.integers(0, 3), max_size=4))
@settings(max_examples=10)
def test_weights_learn_from_counts(sizes):
    here, there = counts_of(DOCUMENTS, sizes)
    assert learned(BM25Transformer().fit(there)) == learned(BM25Transformer().fit(here))
    labels, weights = ["a", "b", "a", "c", "b", "b"], [1.0, 2.0, 0.0, 1.0, 3.0, 1.0]
    expected = NBLogCountRatio().fit(here, labels, weights)
    ends = [0, *np.minimum(np.cumsum(sizes).astype(int), 6).tolist(), 6]
    chunks = (tuple(np.diff(ends).tolist()),)
    y, w = (da.from_array(np.array(values), chunks=chunks) for values in (labels, weights))
    assert learned(NBLogCountRatio().fit(there, y, w)) == learned(expected)
    known = there.compute_chunk_sizes()
    assert learned(NBLogCountRatio().fit(known, labels, weights)) == learned(expected)


def test_weights_learn_from_collections_as_parts():
    here, there = counts_of(DOCUMENTS, [2, 0, 1])
    first, rest = there.compute_chunk_sizes()[:2], there.compute_chunk_sizes()[2:]
    learning = BM25Transformer().partial_fit(first).partial_fit(here[2:3]).partial_fit(rest[1:])
    assert learned(learning) == learned(BM25Transformer().fit(here))
    labels, weights = np.array(["a", "b", "a", "c", "b", "b"]), np.array([1.0, 2, 0, 1, 3, 1])
    ratio = NBLogCountRatio().partial_fit(
        first, labels[:2], classes=["a", "b", "c"], sample_weight=weights[:2]
    )
    assert ratio.classes_.tolist() == ["a", "b", "c"]
    chunks = rest.chunks[:1]
    y, w = (da.from_array(values[2:], chunks=chunks) for values in (labels, weights))
    ratio = ratio.partial_fit(rest, y, sample_weight=w)
    assert learned(ratio) == learned(NBLogCountRatio().fit(here, labels, weights))


def test_labels_must_be_in_the_partitions_of_the_rows():
    _, X = counts_of(DOCUMENTS, [2, 2])
    with pytest.raises(ValueError, match=r"compute_chunk_sizes"):
        NBLogCountRatio().fit(X, [0, 1] * 3)
    with pytest.raises(ValueError, match="y has 2 partitions, and X has 3"):
        NBLogCountRatio().fit(X, da.from_array(np.arange(6) % 2, chunks=3))
    with pytest.raises(ValueError, match="y has 5 rows, and X has 6"):
        NBLogCountRatio().fit(X.compute_chunk_sizes(), [0, 1, 0, 1, 0])
    with pytest.raises(ValueError, match="partition [01]: .*inconsistent"):
        NBLogCountRatio().fit(X, da.from_array(np.arange(6) % 2, chunks=((1, 3, 2),)))


def test_a_pipeline_of_counts_and_weights():
    X = in_partitions(DOCUMENTS, [1, 0, 3])
    here = make_pipeline(CountVectorizer(), BM25Transformer()).fit(DOCUMENTS)
    there = make_pipeline(CountVectorizer(), BM25Transformer()).fit(X)
    assert_same(there.transform(X), here.transform(DOCUMENTS))


@pytest.mark.parametrize(
    "estimator",
    [
        GloVe(embedding_dim=3, min_count=1, max_iter=2, random_state=0),
        ConceptVectors(embedding_dim=2, min_count=1, random_state=0, tokenizer=WordTokenizer()),
    ],
    ids=repr,
)
def test_learners_of_vectors_train_here_on_tokens_from_the_workers(estimator):
    X = in_partitions(DOCUMENTS, [1, 0, 3])
    here, there = clone(estimator).fit(DOCUMENTS), clone(estimator)
    assert_same(there.fit_transform(X), here.transform(DOCUMENTS))
    assert there.vectors_ == here.vectors_
    assert not hasattr(there, "_counts")


@pytest.mark.parametrize("pooling", ["mean", "sif"])
@pytest.mark.parametrize("vocabulary", [None, ["the", "frog", "on", "newt"]])
def test_windows_are_counted_where_the_partitions_are(vocabulary, pooling, monkeypatch):
    params = {"min_count": 2, "max_iter": 2, "embedding_dim": 3, "random_state": 0}
    glove = GloVe(vocabulary=vocabulary, pooling=pooling, **params)
    here, there = clone(glove).fit(DOCUMENTS), clone(glove)
    counted = []
    count = GloVe._count
    monkeypatch.setattr(
        GloVe,
        "_count",
        lambda self, tokens, v: (counted.append(len(tokens)), count(self, tokens, v))[1],
    )
    there.fit(in_partitions(DOCUMENTS, [1, 0, 3]))
    assert learned(there) | {"vectorizer_": None} == learned(here) | {"vectorizer_": None}
    assert len(counted) == 1 if pooling == "sif" else len(counted) >= 4
    assert_same(there.transform(in_partitions(DOCUMENTS, [2])), here.transform(DOCUMENTS))


def test_a_fit_leaves_nothing_of_an_earlier_one():
    vectorizer = CountVectorizer().partial_fit(["other words"])
    assert learned(vectorizer.fit(in_partitions(DOCUMENTS, [2, 2]))) == learned(
        CountVectorizer().fit(DOCUMENTS)
    )
    assert not hasattr(vectorizer, "_counts")


def test_a_failing_fit_leaves_the_estimator_as_it_was():
    vectorizer = SequenceVectorizer().fit(["frog"])
    with pytest.raises(TypeError, match="partition 1: row 0 is missing"):
        vectorizer.fit(in_partitions(["a", None, "b"], [1]))
    assert vectorizer.vocabulary_ == Vocabulary(["frog"], first_id=2)


def test_parameters_are_checked_before_anything_is_computed():
    X = db.from_delayed([dask.delayed(pytest.fail)("it was computed")])
    with pytest.raises(ValueError, match="min_df"):
        CountVectorizer(min_df=-1).fit(X)
    with pytest.raises(ValueError, match="ngram_range"):
        CountVectorizer(ngram_range=(1, 2, 3)).fit(X)


def test_a_step_that_no_partition_can_take_is_named():
    class Sorted(CountVectorizer):
        def _limit_features(self, *args, **kwargs):
            return super()._limit_features(*args, **kwargs)

    for fit in (Sorted().fit, Sorted().partial_fit):
        with pytest.raises(TypeError, match="Sorted replaces _limit_features"):
            fit(in_partitions(DOCUMENTS, [2]))


def test_all_tokens_take_part_in_a_pipeline():
    X = in_partitions(DOCUMENTS, [1, 0, 3])
    here = make_pipeline(WordTokenizer(), TfidfVectorizer()).fit(DOCUMENTS)
    there = make_pipeline(WordTokenizer(), TfidfVectorizer()).fit(X)
    assert learned(there[-1]) == learned(here[-1])
    assert_same(there.transform(X), here.transform(DOCUMENTS))


def test_many_partitions_are_merged_in_a_tree():
    words = [f"word{i % 90}" for i in range(300)]
    X = in_partitions(words, [3] * 99)
    assert learned(CountVectorizer().fit(X)) == learned(CountVectorizer().fit(words))
