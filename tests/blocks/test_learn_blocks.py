"""What is learned and transformed from a stream, block by block, is that of a list."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.sparse import issparse

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    HashingSequenceVectorizer,
    OneHotVectorizer,
    Ragged,
    SequenceVectorizer,
    TfidfVectorizer,
    Tokens,
    WordTokenizer,
    WordVectors,
)
from textvec._inputs import _blocks
from textvec.blocks._array_stores import MemoryStore
from textvec.datasets import load_reviews, read_text

TEXTS = [*load_reviews().data[:80], "", "naïve 🐸 the"]
VECTORS = WordVectors(["the", "not", "good"], np.eye(3, dtype=np.float32) + 1)
VECTORIZERS = {
    "ids": SequenceVectorizer(),
    "some ids": SequenceVectorizer(max_tokens=60, min_df=2, max_df=0.5, eos_token="</s>"),
    "ids of pairs": SequenceVectorizer(ngram_range=(1, 2), tokenizer=str.split, oov="drop"),
    "one-hot": OneHotVectorizer(max_tokens=30, oov="drop"),
    "one-hot steps": OneHotVectorizer(output="sequence", max_tokens=30),
    "hashed ids": HashingSequenceVectorizer(max_tokens=99),
    "counts": CountVectorizer(min_df=2),
    "kept counts": CountVectorizer(ngram_range=(1, 2), max_features=90, keep_counts=True),
    "binary characters": CountVectorizer(analyzer="char_wb", ngram_range=(2, 3), binary=True),
    "tf-idf": TfidfVectorizer(ngram_range=(1, 2), stop_words="english"),
    "vectors": EmbeddingVectorizer(VECTORS),
    "pooled": EmbeddingVectorizer(VECTORS, pooling="idf"),
    "drawn vectors": EmbeddingVectorizer(VECTORS, oov="random", random_state=0),
    "sif": EmbeddingVectorizer(VECTORS, pooling="sif"),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 500)
    monkeypatch.setattr(_blocks, "_FEW", 2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*have no vector")
        yield


@pytest.fixture
def files(tmp_path):
    (tmp_path / "a.txt").write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    return read_text(tmp_path)


def assert_equal(a, b) -> None:
    assert type(a) is type(b)
    if issparse(a):
        assert a.dtype == b.dtype
        a, b = a.toarray(), b.toarray()
    if isinstance(a, Ragged):
        assert a.n_ids == b.n_ids
    if isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b


@pytest.mark.parametrize("name", VECTORIZERS)
def test_streams_are_learned_and_transformed_as_lists_are(files, name):
    vectorizer = VECTORIZERS[name].fit(TEXTS)
    expected = vectorizer.transform(TEXTS)
    learned = {key: value for key, value in vars(vectorizer).items() if key.endswith("_")}
    for stream in (files, iter(TEXTS)):
        vectorizer.fit(stream)
        assert {key for key in vars(vectorizer) if key.endswith("_")} == learned.keys()
        for key, value in learned.items():
            assert np.all(getattr(vectorizer, key) == value), key
    assert_equal(vectorizer.transform(files), expected)
    assert_equal(vectorizer.transform(iter(TEXTS)), expected)


@pytest.mark.parametrize("name", ["ids", "some ids", "one-hot", "one-hot steps"])
def test_fit_transform_of_streams(files, name):
    expected = VECTORIZERS[name].fit_transform(TEXTS)
    assert_equal(VECTORIZERS[name].fit_transform(files), expected)
    assert_equal(VECTORIZERS[name].fit_transform(iter(TEXTS)), expected)


def test_rows_of_tokens_come_in_blocks(monkeypatch):
    rows = [text.split() for text in TEXTS]
    seen = []
    counted = SequenceVectorizer._part_counts
    monkeypatch.setattr(
        SequenceVectorizer, "_part_counts", lambda self, X: seen.append(len(X)) or counted(self, X)
    )
    vectorizer = SequenceVectorizer().fit(iter(rows))
    assert len(seen) > 5
    assert sum(seen) == len(rows)
    assert vectorizer.vocabulary_ == SequenceVectorizer().fit(Tokens.from_lists(rows)).vocabulary_


def test_blocks_are_not_held(monkeypatch):
    """Documents die as soon as their block is counted or transformed."""

    class Document(str):
        n_alive = most = 0

        def __init__(self, text):
            Document.n_alive += 1
            Document.most = max(Document.most, Document.n_alive)

        def __del__(self):
            Document.n_alive -= 1

    for call in (CountVectorizer().fit, SequenceVectorizer().fit, WordTokenizer().transform):
        Document.most = 0
        call(Document(f"{text} {i}") for i, text in enumerate(TEXTS * 5))
        assert 0 < Document.most < 40
    vectorizer = SequenceVectorizer().fit(TEXTS)
    Document.most = 0
    vectorizer.transform(Document(text) for text in TEXTS * 5)
    assert 0 < Document.most < 40


def test_nothing_in_a_stream(tmp_path):
    (tmp_path / "a.txt").write_text("")
    documents = read_text(tmp_path)
    with pytest.raises(ValueError, match="there are no documents"):
        SequenceVectorizer().fit(documents)
    with pytest.raises(ValueError, match="empty vocabulary"):
        CountVectorizer().fit(documents)
    assert len(SequenceVectorizer().fit(TEXTS).transform(documents)) == 0
    assert CountVectorizer().fit(TEXTS).transform(documents).shape[0] == 0


def test_errors_say_from_where_rows_are_counted():
    for call in (SequenceVectorizer().fit, SequenceVectorizer().fit(TEXTS).transform):
        with pytest.raises(TypeError, match=r"row \d+ is missing") as caught:
            call(iter([*TEXTS, None]))
        (note,) = caught.value.__notes__
        first = int(note.split("row ")[1].split(" ")[0])
        assert f"row {len(TEXTS) - first} " in str(caught.value)


def test_arrays_in_memory_grow_where_they_are():
    store = MemoryStore()
    rows = np.arange(12).reshape(6, 2)
    for first in (0, 1, 3):
        store.append("rows", rows[first : 2 * first + 1])
    np.testing.assert_array_equal(store.arrays["rows"], rows)
    store.convert("rows", np.float32)
    assert store.arrays["rows"].dtype == np.float32
