"""NgramDoc2Vec learns documents by their n-grams, and infers each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from textvec import NgramDoc2Vec, SequenceVectorizer, Tokens
from textvec.embeddings._ngram_document_model import noise_ids, unit_vectors

from .corpus import LISTS, REVIEWS, TOKENS, Watch

SMALL = {"embedding_dim": 16, "min_count": 2, "max_iter": 3, "random_state": 3}


def small(**options):
    return NgramDoc2Vec(**SMALL | options)


def test_ngrams_get_vectors_as_a_sequence_vectorizer_numbers_them():
    learner = small().fit(REVIEWS)
    vectorizer = SequenceVectorizer(ngram_range=(1, 3), min_count=2).fit(REVIEWS)
    assert list(learner.vectors_) == vectorizer.vocabulary_.tokens
    assert {len(name.split()) for name in learner.vectors_} == {1, 2, 3}
    np.testing.assert_allclose(np.linalg.norm(learner.vectors_.matrix, axis=1), 1, atol=1e-5)
    assert learner.document_vectors_.shape == (len(REVIEWS), 16)
    np.testing.assert_allclose(np.linalg.norm(learner.document_vectors_, axis=1), 1, atol=1e-5)


def test_the_same_seed_learns_the_same_bits_of_texts_tokens_and_lists():
    learned = small().fit(REVIEWS)
    for X in (REVIEWS, TOKENS, Tokens.from_lists(LISTS)):
        again = small().fit(X)
        assert np.array_equal(again.document_vectors_, learned.document_vectors_)
        assert np.array_equal(again.vectors_.matrix, learned.vectors_.matrix)
        assert again.loss_curve_ == learned.loss_curve_
    other = small(random_state=4).fit(REVIEWS)
    assert not np.array_equal(other.document_vectors_, learned.document_vectors_)


def test_the_loss_falls_and_documents_come_to_point_at_their_ngrams():
    learner = small(max_iter=15).fit(REVIEWS)
    assert learner.n_iter_ == len(learner.loss_curve_) == 15
    assert learner.loss_curve_[-1] < 0.8 * learner.loss_curve_[0]
    rows = learner.ngram_vectorizer_.transform(REVIEWS)
    own = np.array([learner.vectors_.matrix[row - 2].mean(axis=0) for row in rows])
    cosines = learner.document_vectors_ @ own.T  # of each document with the n-grams of each
    assert np.diag(cosines).mean() > cosines.mean() + 0.1


def test_inference_depends_on_the_document_alone():
    learner = small().fit(REVIEWS)
    together = learner.transform(REVIEWS)
    assert np.array_equal(learner.transform(REVIEWS[::-1]), together[::-1])
    assert np.array_equal(np.vstack([learner.transform([d]) for d in REVIEWS[:9]]), together[:9])
    assert np.array_equal(learner.set_params(n_jobs=2).transform(REVIEWS), together)
    assert np.array_equal(small().fit_transform(REVIEWS), together)
    drawn = NgramDoc2Vec(embedding_dim=4, min_count=2, max_iter=1, random_state=None).fit(REVIEWS)
    assert np.array_equal(drawn.transform(REVIEWS[:3]), drawn.transform(REVIEWS[:3]))


def test_documents_without_a_known_ngram_are_zeros():
    learner = small().fit([*REVIEWS, ""])
    assert not learner.document_vectors_[-1].any()
    rows = learner.transform(["", "zzz", REVIEWS[0]])
    assert rows.dtype == np.float32
    assert not rows[:2].any()
    assert rows[2].any()
    assert learner.transform([]).shape == (0, 16)


def test_more_epochs_of_inference_are_another_vector():
    learner = small(infer_iter=1).fit(REVIEWS)
    once = learner.transform(REVIEWS[:5])
    three, default = (learner.set_params(infer_iter=n).transform(REVIEWS[:5]) for n in (3, None))
    assert not np.array_equal(three, once)
    assert np.array_equal(three, default)


def test_inference_is_that_of_the_fit_whatever_is_set_later():
    learner = small().fit(REVIEWS)
    expected = learner.transform(REVIEWS[:5])
    later = learner.set_params(scale=1.0, negative=1, learning_rate_init=0.1)
    assert np.array_equal(later.transform(REVIEWS[:5]), expected)
    assert not np.array_equal(later.fit(REVIEWS).transform(REVIEWS[:5]), expected)


def test_vectors_of_documents_tell_their_kinds_apart():
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 2
    # Both kinds have the same words: only the pairs differ.
    phrases = [["not good", "so bad"], ["not bad", "so good"]]
    documents = [" ".join(rng.choice(phrases[kind], size=12)) for kind in kinds]
    model = make_pipeline(small(max_iter=10, ngram_range=(2, 2)), LogisticRegression(C=10))
    assert cross_val_score(model, documents, kinds, cv=3).mean() > 0.95


def test_negative_samples_are_as_frequent_as_their_ngrams():
    counts = np.array([5, 0, 1, 1_999_994, 2_000_000])
    noise = np.bincount(noise_ids(counts), minlength=5)
    assert noise.sum() == 1 << 20
    np.testing.assert_allclose(noise / noise.sum(), counts / counts.sum(), atol=2e-6)
    assert np.bincount(noise_ids(np.array([2, 0, 3]))).tolist() == [2, 0, 3]
    # Of a million n-grams, with counts as those of a text, the rarest are among them as well.
    zipf = 5 + 10**6 // np.arange(1, 10**6)
    assert (np.bincount(noise_ids(zipf), minlength=len(zipf)) > 0).all()


def test_first_vectors_have_unit_length_in_any_width():
    for width in (1, 2, 300):
        rows = unit_vectors(50, width, np.random.default_rng(0))
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_max_tokens_keeps_the_most_frequent_ngrams():
    learner = small(max_tokens=12).fit(REVIEWS)
    assert list(learner.vectors_) == list(small().fit(REVIEWS).vectors_)[:10]


def test_a_callback_ends_the_fit_after_an_epoch():
    watch = Watch(stop_after=2)
    learner = small(max_iter=9).set_callbacks(watch).fit(REVIEWS)
    assert learner.n_iter_ == 2
    assert np.array_equal(
        learner.document_vectors_, small(max_iter=2).fit(REVIEWS).document_vectors_
    )


@pytest.mark.parametrize(
    ("options", "documents", "message"),
    [
        ({"min_count": 1000}, REVIEWS, "no n-gram of .* occurs min_count=1000 times"),
        ({"ngram_range": (3, 3)}, ["a b"] * 9, "no n-gram of ngram_range"),
        ({}, ["", ""], "the documents hold no tokens"),
        ({}, [], "there are no documents"),
        ({"ngram_range": (0, 2)}, REVIEWS, "ngram_range"),
        ({"negative": 0}, REVIEWS, "'negative' parameter"),
        ({"scale": 0}, REVIEWS, "'scale' parameter"),
        ({"max_tokens": 2}, REVIEWS, "'max_tokens' parameter"),
        ({"learning_rate_init": 1e300}, REVIEWS, "after epoch 1: lower learning_rate_init=1e.300"),
    ],
)
def test_what_cannot_be_learned_from_is_named(options, documents, message):
    with pytest.raises(ValueError, match=message):
        small(**options).fit(documents)
