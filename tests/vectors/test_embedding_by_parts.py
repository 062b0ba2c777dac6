"""EmbeddingVectorizer learned in parts, in any order and grouping, is that of one fit."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from textvec import (
    CharTokenizer,
    EmbeddingVectorizer,
    SubwordVectors,
    WordVectors,
    load,
    save,
)
from textvec._inputs import _blocks

WORDS = ["the", "frog", "log", "toad"]
TABLE = np.arange(12, dtype=np.float32).reshape(4, 3) + 1
VECTORS = WordVectors(WORDS, TABLE)
PARTS_OF_WORDS = WordVectors(WORDS, TABLE, subwords=SubwordVectors(np.eye(5, 3), min_n=3, max_n=3))
DOCUMENTS = ["the frog sat", "", "the toad and the newt", "a log", "newt newt", "frog"]
ESTIMATORS = [
    EmbeddingVectorizer(VECTORS),
    EmbeddingVectorizer(VECTORS, oov="random", random_state=0),
    EmbeddingVectorizer(PARTS_OF_WORDS),
    EmbeddingVectorizer(VECTORS, pooling="mean", oov="token", oov_token="log"),
    EmbeddingVectorizer(VECTORS, pooling="idf"),
    EmbeddingVectorizer(VECTORS, pooling="idf", oov="mean"),
    EmbeddingVectorizer(PARTS_OF_WORDS, pooling="idf", oov="mean"),
    EmbeddingVectorizer(VECTORS, pooling="idf", oov="random", random_state=0),
]
each = pytest.mark.parametrize("estimator", ESTIMATORS, ids=repr)
pytestmark = pytest.mark.filterwarnings("ignore:.* of the tokens have no vector")


def learned(estimator):
    names = ("oov_rate_", "n_tokens_", "table_", "token_weights_", "_unseen_weight")
    found = {name: getattr(estimator, name) for name in names if hasattr(estimator, name)}
    plain = {n: v.tobytes() if isinstance(v, np.ndarray) else v for n, v in found.items()}
    return plain | {"vocabulary_": estimator.vocabulary_.tokens}


def part(estimator, documents):
    return clone(estimator).partial_fit(documents)


words = st.sampled_from([*WORDS, "newt", "a", "owl"])


@each
@given(
    documents=st.lists(st.lists(words, max_size=4).map(" ".join), min_size=1, max_size=8),
    data=st.data(),
)
@settings(max_examples=25, deadline=None)
def test_any_partition_is_one_fit(estimator, documents, data):
    part_of = data.draw(st.lists(st.integers(0, 2), min_size=len(documents)))
    order = data.draw(st.permutations(range(3)))
    parts = [[d for d, p in zip(documents, part_of) if p == number] for number in order]
    expected = learned(clone(estimator).fit(documents))
    in_turn = clone(estimator)
    for documents_of_part in parts:
        in_turn.partial_fit(documents_of_part)
    a, b, c = (part(estimator, documents_of_part) for documents_of_part in parts)
    for merged in (in_turn, a.merge(b, c), c.merge(b).merge(a), a.merge(c.merge(b))):
        assert learned(merged) == expected


@each
def test_learning_goes_on_after_pickle_and_file(estimator, tmp_path):
    a, b = part(estimator, DOCUMENTS[::2]), part(estimator, DOCUMENTS[1::2])
    before = learned(a), learned(b)
    expected = learned(clone(estimator).fit(DOCUMENTS))
    assert learned(a.merge(b)) == expected
    assert (learned(a), learned(b)) == before
    save(a, tmp_path / "a")
    loaded = load(tmp_path / "a")
    assert learned(loaded.merge(pickle.loads(pickle.dumps(b)))) == expected
    assert learned(loaded.partial_fit(DOCUMENTS[1::2])) == expected
    result, whole = (e.transform(DOCUMENTS) for e in (loaded, clone(estimator).fit(DOCUMENTS)))
    assert np.array_equal(result, whole) if estimator.pooling else result == whole


def test_what_cannot_be_merged_is_refused():
    a = part(EmbeddingVectorizer(VECTORS, pooling="idf"), DOCUMENTS)
    with pytest.raises(NotFittedError, match="not fitted yet: call partial_fit"):
        a.merge(clone(a))
    with pytest.raises(ValueError, match="has learned by fit"):
        a.merge(clone(a).fit(DOCUMENTS))
    with pytest.raises(ValueError, match="partial_fit after fit would forget"):
        clone(a).fit(DOCUMENTS).partial_fit(DOCUMENTS)
    others = {"pooling": "mean", "oov": "mean", "tokenizer": CharTokenizer()}
    for name, value in others.items():
        with pytest.raises(ValueError, match=f"with other parameters: {name}="):
            a.merge(part(clone(a).set_params(**{name: value}), DOCUMENTS))


def test_sif_reads_documents_twice():
    with pytest.raises(ValueError, match='pooling="sif" reads all documents twice'):
        part(EmbeddingVectorizer(VECTORS, pooling="sif"), DOCUMENTS)


@pytest.mark.parametrize("vectors", [VECTORS, PARTS_OF_WORDS], ids=["words", "subwords"])
def test_sif_of_a_stream_that_is_read_twice_is_that_of_a_list(vectors, monkeypatch):
    class Documents:
        n_reads = 0

        def __iter__(self):
            self.n_reads += 1
            return iter(DOCUMENTS)

    monkeypatch.setattr(_blocks, "CHARACTERS", 12)
    monkeypatch.setattr(_blocks, "_FEW", 1)
    stream = Documents()
    whole = EmbeddingVectorizer(vectors, pooling="sif").fit(DOCUMENTS)
    read = clone(whole).fit(stream)
    assert stream.n_reads == 2
    assert learned(read) == learned(whole)
    assert read.common_component_.tolist() == whole.common_component_.tolist()


def test_vectors_are_those_of_the_last_fit(tmp_path):
    VECTORS.save(tmp_path / "one")
    WordVectors(WORDS, 2 * TABLE).save(tmp_path / "two")
    learning = part(EmbeddingVectorizer(tmp_path / "one"), DOCUMENTS)
    learning.set_params(vectors=tmp_path / "two").fit(DOCUMENTS)
    np.testing.assert_array_equal(learning.table_[2:], 2 * TABLE)


def test_a_part_with_unknown_tokens_is_named_by_row():
    learning = part(EmbeddingVectorizer(VECTORS, oov="error"), ["the frog"])
    with pytest.raises(ValueError, match="row 1 holds the token 'newt', which has no vector"):
        learning.partial_fit(["a log".removeprefix("a "), "the newt"])
    assert learning.partial_fit(["toad"]).oov_rate_ == 0


def test_vectors_of_a_path_are_loaded(tmp_path):
    VECTORS.save(tmp_path / "vectors")
    estimator = EmbeddingVectorizer(tmp_path / "vectors", pooling="idf", oov="mean")
    merged = part(estimator, DOCUMENTS[:3]).merge(part(estimator, DOCUMENTS[3:]))
    assert learned(merged) == learned(clone(estimator).fit(DOCUMENTS))


@pytest.mark.filterwarnings("default")
def test_tokens_without_vectors_are_warned_of_in_parts():
    learning = EmbeddingVectorizer(VECTORS)
    with pytest.warns(UserWarning, match="100% of the tokens have no vector, 'owl', 'newt' among"):
        learning.partial_fit(["owl newt"])


def test_a_fit_forgets_the_parts():
    learning = part(EmbeddingVectorizer(VECTORS, pooling="idf"), DOCUMENTS).fit(DOCUMENTS[:2])
    assert not hasattr(learning, "_counts")
    assert learned(learning) == learned(clone(learning).fit(DOCUMENTS[:2]))
