"""FastText is gensim's to the last bit, for unknown words too."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from textvec import FastText

from .corpus import LISTS, REVIEWS, TOKENS, Watch

gensim_models = pytest.importorskip("gensim.models", reason="gensim is not installed")

SMALL = {"embedding_dim": 16, "min_count": 2, "max_iter": 2, "n_buckets": 999, "random_state": 3}
UNKNOWN = ["frogged", "unseen-word", "กบ", "🐸🐸🐸", "x"]


def small(**options):
    return FastText(**SMALL | options)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        ({"method": "skipgram", "min_n": 2, "max_n": 4}, {"sg": 1, "min_n": 2, "max_n": 4}),
        ({"negative": 0, "hierarchical_softmax": True}, {"negative": 0, "hs": 1}),
    ],
    ids=str,
)
def test_vectors_are_gensims(ours, theirs):
    theirs = {"vector_size": 16, "min_count": 2, "epochs": 2, "bucket": 999, "seed": 3} | theirs
    model = gensim_models.FastText(LISTS, workers=1, **theirs)
    vectors = small(**ours).fit(REVIEWS).vectors_
    assert list(vectors) == model.wv.index_to_key
    assert np.array_equal(vectors.matrix, model.wv.vectors)
    assert not set(UNKNOWN) & set(vectors)
    expected = np.array([model.wv[word] for word in UNKNOWN])
    assert np.array_equal(vectors.vectors(UNKNOWN), expected)


@pytest.mark.parametrize("pooling", ["mean", "max", "idf", "sif"])
def test_unknown_words_are_pooled(pooling):
    learner = small(pooling=pooling).fit(REVIEWS)
    rows = learner.transform(["frogged", "", REVIEWS[0]])
    assert rows[0].any()
    assert not rows[1].any()
    assert np.array_equal(learner.transform(["frogged"])[0], rows[0])


def test_means_are_of_all_tokens():
    learner = small().fit(TOKENS)
    vectors = learner.vectors_
    for row, tokens in zip(learner.transform(TOKENS[:5]), LISTS):
        np.testing.assert_allclose(row, vectors.vectors(tokens).mean(axis=0), atol=1e-6)


def test_idf_weighs_an_unknown_word_as_one_never_seen():
    learner = small(pooling="idf").fit(TOKENS)
    known = LISTS[0][0]
    document_frequency = sum(known in tokens for tokens in LISTS)
    idf = np.log((1 + len(LISTS)) / (1 + np.array([0, document_frequency]))) + 1
    expected = np.average(learner.vectors_.vectors(["frogged", known]), axis=0, weights=idf)
    np.testing.assert_allclose(learner.transform([f"frogged {known}"])[0], expected, atol=1e-6)


def test_sequences_keep_the_ids_of_known_tokens():
    learner = small(pooling=None).fit(REVIEWS)
    sequences = learner.transform(["frogged " + REVIEWS[0]])
    known = learner.transform([REVIEWS[0]])
    own = known.ids[0] < learner.vectorizer_.n_tokens_
    assert np.array_equal(sequences.ids[0][1:][own], known.ids[0][own])
    assert sequences.ids[0][0] >= learner.vectorizer_.n_tokens_
    assert np.array_equal(sequences[0][0], learner.vectors_.vectors(["frogged"])[0])


def test_subwords_survive_pickle_and_copy():
    learner = small().fit(REVIEWS)
    for other in (pickle.loads(pickle.dumps(learner)), copy.deepcopy(learner)):
        assert np.array_equal(other.transform(UNKNOWN), learner.transform(UNKNOWN))


def test_a_stopped_fit_has_whole_vectors():
    learner = small(max_iter=5).set_callbacks(Watch(stop_after=2)).fit(REVIEWS)
    assert learner.n_iter_ == 2
    own, subwords = learner.vectors_["the"], learner.vectors_.subwords.vectors(["the"])[0]
    assert own @ subwords > 0.5 * np.linalg.norm(own) * np.linalg.norm(subwords)


def test_watching_changes_nothing():
    watched = small().set_callbacks(Watch()).fit(REVIEWS)
    assert watched.vectors_ == small().fit(REVIEWS).vectors_


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="expected min_n <= max_n, got 4 and 3"):
        small(min_n=4, max_n=3).fit(REVIEWS)
    with pytest.raises(ValueError, match="no token occurs min_count=2 times"):
        small().fit(["one of a kind"])
