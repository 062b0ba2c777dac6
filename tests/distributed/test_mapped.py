"""Collections of Dask: `transform` is lazy, and equals that of one machine for any partitions."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone

from textvec import (
    BM25Transformer,
    CharTokenizer,
    CountVectorizer,
    EmbeddingVectorizer,
    HashingSequenceVectorizer,
    HashingVectorizer,
    NBLogCountRatio,
    OneHotVectorizer,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
)

from .partitions import DOCUMENTS, assert_same, in_partitions

dask = pytest.importorskip("dask")
db = pytest.importorskip("dask.bag")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
pd = pytest.importorskip("pandas")

VECTORS = WordVectors(["the", "frog", "log", "toad"], np.eye(4, 3, dtype=np.float32) + 1)

ON_TEXT = [
    WordTokenizer(),
    CharTokenizer(spans=True),
    CountVectorizer(ngram_range=(1, 2)),
    TfidfVectorizer(sublinear_tf=True),
    HashingVectorizer(n_features=32),
    HashingSequenceVectorizer(max_tokens=32),
    SequenceVectorizer(bos_token="<s>"),
    OneHotVectorizer(),
    OneHotVectorizer(output="sequence"),
    EmbeddingVectorizer(VECTORS),
    EmbeddingVectorizer(VECTORS, pooling="sif"),
]


pytestmark = pytest.mark.usefixtures("in_this_thread")


@pytest.mark.parametrize("estimator", ON_TEXT, ids=repr)
@settings(max_examples=12)
@given(sizes=st.lists(st.integers(0, 3), max_size=4))
def test_any_partitions_are_one_machine(estimator, sizes):
    estimator.fit(DOCUMENTS)
    assert_same(
        estimator.transform(in_partitions(DOCUMENTS, sizes)), estimator.transform(DOCUMENTS)
    )


@pytest.mark.parametrize("estimator", ON_TEXT, ids=repr)
def test_any_collection_is_taken(estimator):
    estimator.fit(DOCUMENTS)
    expected = estimator.transform(DOCUMENTS)
    frame = dd.from_pandas(pd.DataFrame({"text": DOCUMENTS}), npartitions=3)
    objects = np.array(DOCUMENTS, dtype=object)
    for X in (
        frame,
        frame["text"],
        da.from_array(objects, chunks=4),
        da.from_array(objects[:, None], chunks=(4, 1)),
        db.from_sequence(DOCUMENTS, npartitions=2).map(str),  # partitions that are read once
    ):
        assert_same(estimator.transform(X), expected)


def test_known_numbers_of_rows_stay_known():
    X = da.from_array(np.array(DOCUMENTS, dtype=object), chunks=4)
    assert HashingVectorizer(n_features=8).transform(X).chunks == ((4, 2), (8,))


@pytest.mark.parametrize("estimator", [BM25Transformer(), NBLogCountRatio()], ids=repr)
@pytest.mark.parametrize("dense", [False, True])
def test_weights_of_counts(estimator, dense):
    counts = CountVectorizer().fit(DOCUMENTS)
    X = counts.transform(DOCUMENTS)
    estimator.fit(X, [0, 1, 0, 1, 2, 2])
    lazy = counts.transform(in_partitions(DOCUMENTS, [2, 0, 3]))
    if dense:
        lazy = lazy.map_blocks(csr_matrix.toarray, meta=np.empty((0, 0), dtype=np.int64))
    assert_same(estimator.transform(lazy), estimator.transform(X))


def test_blocks_of_tokens_go_on_to_the_next_step():
    tokens = WordTokenizer().transform(in_partitions(DOCUMENTS, [2, 0, 3]))
    counts = CountVectorizer().fit(WordTokenizer().transform(DOCUMENTS))
    expected = counts.transform(WordTokenizer().transform(DOCUMENTS))
    assert_same(counts.transform(tokens), expected)
    assert_same(counts.transform(tokens.repartition(npartitions=2)), expected)


def test_rows_of_blocks_and_rows_of_tokens():
    ids = SequenceVectorizer().fit(DOCUMENTS)
    blocks = ids.transform(in_partitions(DOCUMENTS, [1, 4]))
    rows = blocks.flatten().map(np.ndarray.tolist).compute()
    assert rows == ids.transform(DOCUMENTS).to_list()
    lists = db.from_sequence([["the", "frog"], ["toad"]], npartitions=2)
    assert_same(ids.transform(lists), ids.transform([["the", "frog"], ["toad"]]))


def test_results_do_not_change_with_the_estimator():
    ids = SequenceVectorizer(tokenizer=WordTokenizer()).fit(DOCUMENTS)
    lazy, expected = ids.transform(in_partitions(DOCUMENTS, [2])), ids.transform(DOCUMENTS)
    ids.set_params(tokenizer__lowercase=False, oov="drop").fit(["other words"])
    assert_same(lazy, expected)


def test_the_estimator_is_in_the_graph_once():
    """And neither the documents nor their counts are."""
    counts = CountVectorizer().fit([f"word{i}" for i in range(5000)])
    lazy = counts.transform(in_partitions(DOCUMENTS * 20, [1] * 100))
    small = HashingVectorizer().transform(in_partitions(DOCUMENTS * 20, [1] * 100))
    size, least = (len(pickle.dumps(dict(x.__dask_graph__()))) for x in (lazy, small))
    assert size - least < 1.5 * len(pickle.dumps(counts))


@pytest.mark.parametrize(
    ("documents", "kind", "message"),
    [
        (["a", "b", "c", None], TypeError, "partition 1: row 1 is missing"),
        (["a", "b", 5, "c"], TypeError, "partition 1: row 0 is int"),
        (["a", "b", "c", b"d"], TypeError, "partition 1: row 1 is bytes"),
    ],
)
@pytest.mark.parametrize("estimator", [WordTokenizer(), SequenceVectorizer()], ids=repr)
def test_what_is_no_document_is_named_with_its_partition(estimator, documents, kind, message):
    lazy = estimator.fit(["a b"]).transform(in_partitions(documents, [2]))
    with pytest.raises(kind, match=message):
        lazy.compute()


@pytest.mark.parametrize("partition", ["one str", {"a": 1}, pd.DataFrame({"a": ["x"], "b": ["y"]})])
def test_partitions_of_another_type_are_named(partition):
    X = db.from_delayed([dask.delayed(["text"]), dask.delayed(partition)])
    with pytest.raises((ValueError, TypeError), match="partition 1: "):
        WordTokenizer().transform(X).compute()


def test_what_cannot_be_taken_is_named_at_once():
    two = dd.from_pandas(pd.DataFrame({"a": ["x"], "b": ["y"]}), npartitions=1)
    with pytest.raises(ValueError, match="one column of str"):
        WordTokenizer().transform(two)
    with pytest.raises(TypeError, match=r"dask\.bag\.from_delayed"):
        WordTokenizer().transform(dask.delayed(["text"]))
    wide = da.zeros((4, 4), chunks=(2, 2))
    with pytest.raises(ValueError, match=r"X\.rechunk"):
        BM25Transformer().fit(np.eye(4)).transform(wide)
    pooled = EmbeddingVectorizer(VECTORS, pooling="mean").fit(DOCUMENTS)
    pooled.set_output(transform="pandas")
    with pytest.raises(TypeError, match='set_output.transform="default"'):
        pooled.transform(in_partitions(DOCUMENTS, []))


@given(sizes=st.lists(st.integers(0, 3), max_size=4))
@settings(max_examples=10, deadline=None)
def test_sequences_are_padded_to_an_array(sizes):
    vectorizer = SequenceVectorizer().fit(DOCUMENTS)
    here, there = (vectorizer.transform(X) for X in (DOCUMENTS, in_partitions(DOCUMENTS, sizes)))
    for padder in (
        SequencePadder(2),
        SequencePadder(),
        SequencePadder(padding="post", keep_first=1),
    ):
        expected = clone(padder).fit_transform(here)
        assert_same(clone(padder).fit_transform(there), expected)
        assert_same(clone(padder).fit(here).transform(there), expected)
        fitted = clone(padder).fit(there)
        assert_same(fitted.transform(db.from_delayed(there.to_delayed())), expected)
        assert fitted.length_ == expected.shape[1]
        lists = in_partitions(here.to_list(), sizes)
        assert fitted.transform(lists).compute().tolist() == expected.tolist()
    assert_same(SequenceTruncator(2).fit_transform(there), SequenceTruncator(2).transform(here))


def test_embedded_sequences_are_padded_to_blocks():
    vectorizer = EmbeddingVectorizer(VECTORS).fit(DOCUMENTS)
    here, there = (vectorizer.transform(X) for X in (DOCUMENTS, in_partitions(DOCUMENTS, [2, 1])))
    blocks = SequencePadder(2).fit_transform(there).compute()
    expected = np.asarray(SequencePadder(2).fit_transform(here))
    np.testing.assert_array_equal(np.concatenate([np.asarray(b) for b in blocks]), expected)


def test_padding_a_bag_computes_one_partition_at_most():
    def load():
        raise AssertionError("the collection was computed")

    first = dask.delayed([[1, 2], [3]])
    bag = db.from_delayed([first, dask.delayed(load)()])
    assert SequencePadder(3).fit(bag).transform(bag).shape[1] == 3
    with pytest.raises(ValueError, match="X is empty"):
        SequencePadder().fit(db.from_delayed([dask.delayed([])]))
    with pytest.raises(ValueError, match="all sequences are empty"):
        SequencePadder().fit(db.from_delayed([dask.delayed([[], []])]))
