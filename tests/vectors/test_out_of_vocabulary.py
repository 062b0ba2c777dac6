"""Tokens that a table lacks, where subwords make vectors of them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from textvec import EmbeddingVectorizer, RNNClassifier, Tokens, WordVectors
from textvec.vectors import SubwordVectors

rng = np.random.default_rng(0)
SUBWORDS = SubwordVectors(rng.standard_normal((50, 3), np.float32), min_n=3, max_n=4)
VECTORS = WordVectors(["the", "frog"], rng.standard_normal((2, 3), np.float32), subwords=SUBWORDS)
TRAIN = ["the frog", "the frogs", "toads"]
TEST = ["the newts", "frogs frog", "", "x toads newts newts"]


def vectors_of(document: str) -> np.ndarray:
    return VECTORS.vectors(document.split())


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("oov", ["zero", "mean", "random", "error"])
def test_sequences(oov, dtype):
    vectors = WordVectors(VECTORS.vocabulary, VECTORS.matrix.astype(dtype), subwords=SUBWORDS)
    vectorizer = EmbeddingVectorizer(vectors, oov=oov, random_state=0).fit(TRAIN)
    assert vectorizer.oov_rate_ == 0.0
    assert {"frogs", "toads"} <= set(vectorizer.vocabulary_)
    for documents in (TRAIN, TEST):
        for row, document in zip(vectorizer.transform(documents), documents, strict=True):
            np.testing.assert_array_equal(row, vectors_of(document).astype(dtype).reshape(-1, 3))
    assert vectorizer.n_tokens_ == len(vectorizer.table_) == 6  # later words are not kept


@pytest.mark.parametrize("pooling", ["mean", "max", "idf", "sif"])
def test_pooling_is_that_of_a_table_with_all_words(pooling):
    words = ["the", "frog", "frogs", "toads", "newts", "x"]
    whole = WordVectors(words, VECTORS.vectors(words))
    vectorizer = EmbeddingVectorizer(VECTORS, pooling=pooling).fit(TEST[:1])
    expected = EmbeddingVectorizer(whole, pooling=pooling).fit(TEST[:1])
    if pooling in ("idf", "sif"):  # a token without a vector of its own weighs the most
        expected.token_weights_[expected.vocabulary_["newts"]] = vectorizer._unseen_weight
    if pooling == "sif":
        expected.common_component_ = vectorizer.common_component_
    for documents in (TEST, TEST[::-1], TEST[2:3]):
        np.testing.assert_allclose(
            vectorizer.transform(documents), expected.transform(documents), rtol=1e-5, atol=1e-6
        )
    assert vectorizer.table_.shape == (4, 3)


def test_unseen_tokens_weigh_what_tokens_of_the_table_do_that_fit_has_not_seen():
    vectorizer = EmbeddingVectorizer(VECTORS, pooling="idf").fit(["the newt", "the"])
    assert vectorizer._unseen_weight == pytest.approx(vectorizer.token_weights_.max())


def test_words_of_documents_in_any_order_and_of_rows_alone():
    forth = EmbeddingVectorizer(VECTORS).fit(TRAIN)
    back = EmbeddingVectorizer(VECTORS).fit(TRAIN[::-1])
    np.testing.assert_array_equal(forth.table_, back.table_)
    tokens = Tokens.from_lists([d.split() for d in TRAIN])
    alone = EmbeddingVectorizer(VECTORS).fit(tokens[:1])  # its vocabulary is that of all rows
    assert set(alone.vocabulary_) == {"the", "frog"}
    assert alone.table_ is not None


def test_tokens_that_have_no_pieces_are_up_to_oov():
    subwords = SubwordVectors(np.ones((5, 3)), min_n=6, max_n=6)
    vectors = WordVectors(VECTORS.vocabulary, VECTORS.matrix, subwords=subwords)
    vectorizer = EmbeddingVectorizer(vectors, oov="mean").fit(["cat frog the the newts"])
    assert vectorizer.oov_rate_ == 0.2  # "<cat>" has no six characters
    newts, cat = vectorizer.transform(["newts", "cat"])
    np.testing.assert_array_equal(newts, [[1, 1, 1]])
    np.testing.assert_allclose(cat, VECTORS.matrix.mean(axis=0)[None], rtol=1e-6)
    with pytest.raises(ValueError, match="row 1 holds the token 'x'"):
        EmbeddingVectorizer(vectors, oov="error").fit(["newts the", "x"])


def test_a_tuned_table_takes_later_words_for_unknown():
    vectorizer = EmbeddingVectorizer(VECTORS).fit(TRAIN)
    classifier = RNNClassifier(hidden_size=2, fine_tune=True, max_iter=1, random_state=0)
    classifier.fit(vectorizer.transform(TRAIN), [0, 1, 0])
    unknown = Tokens.from_lists([["the", "frog"]])
    assert len(vectorizer.transform(unknown).table) == vectorizer.n_tokens_
    found = classifier.predict_proba(vectorizer.transform(["the newts", "the axolotl"]))
    np.testing.assert_array_equal(found[0], found[1])
    other = EmbeddingVectorizer(VECTORS).fit(["the gecko toads"])
    with pytest.raises(ValueError, match="the table of X is not the one"):
        classifier.predict(other.transform(["the gecko"]))


def test_a_pickle_makes_the_same(tmp_path):
    VECTORS.save(tmp_path / "folder")
    for vectors in (VECTORS, WordVectors.load(tmp_path / "folder")):
        for pooling in (None, "idf"):
            vectorizer = EmbeddingVectorizer(vectors, pooling=pooling).fit(TRAIN)
            again = pickle.loads(pickle.dumps(vectorizer))
            np.testing.assert_array_equal(
                np.asarray(again.transform(TEST)), np.asarray(vectorizer.transform(TEST))
            )
            assert again.vocabulary_ == vectorizer.vocabulary_


@pytest.mark.parametrize("pooling", [None, "mean", "max", "idf", "sif"])
@pytest.mark.parametrize("oov", ["zero", "mean", "random"])
def test_no_vectors_at_all_make_zeros(oov, pooling):
    vectors = WordVectors([], np.empty((0, 3), np.float32))
    vectorizer = EmbeddingVectorizer(vectors, oov=oov, pooling=pooling, random_state=0)
    with pytest.warns(UserWarning, match="have no vector"):
        rows = np.asarray(vectorizer.fit_transform(["the frog"]))
    assert not rows.any()


@pytest.mark.parametrize("pooling", [None, "mean"])
def test_the_vector_of_a_word_of_the_file(pooling):
    vectors = WordVectors(["frog", "<unk>", "[UNK]"], [[1, 2], [3, 4], [5, 6]])
    documents = ["frog newt", "newt", "frog frog"]
    found = EmbeddingVectorizer(vectors, oov="token", pooling=pooling).fit_transform(documents)
    if pooling is None:
        assert np.asarray(found).tolist() == [
            [[1, 2], [3, 4]],
            [[3, 4], [0, 0]],
            [[1, 2], [1, 2]],
        ]
    else:
        assert found.tolist() == [[2, 3], [3, 4], [1, 2]]
    other = EmbeddingVectorizer(vectors, oov="token", oov_token="[UNK]", pooling="mean")
    assert other.fit_transform(documents)[1].tolist() == [5, 6]
    assert pickle.loads(pickle.dumps(other)).transform(documents)[1].tolist() == [5, 6]
    with pytest.raises(ValueError, match="oov_token='UNK' has no vector: name the word"):
        other.set_params(oov_token="UNK").fit(documents)
