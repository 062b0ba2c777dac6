"""NBLogCountRatio against the formula written out, and under a linear model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import coo_array, csc_array, csr_array, csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.pipeline import make_pipeline

from textvec import CountVectorizer, NBLogCountRatio
from textvec.datasets import load_reviews

COUNTS = np.array([[2, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 9], [3, 0, 0], [0, 0, 0]])
TWO = np.array(["pos", "neg", "pos", "neg", "pos", "neg"])
THREE = np.array([7, 3, 5, 3, 7, 5])


def ratio_by_hand(counts, is_member, alpha):
    p = alpha + counts[is_member].sum(axis=0)
    q = alpha + counts[~is_member].sum(axis=0)
    return np.log((p / np.abs(p).sum()) / (q / np.abs(q).sum()))


def by_hand(learned, y, counts, alpha=1.0, binarize=True):
    if binarize:
        learned, counts = learned > 0, counts > 0
    classes = np.unique(y)
    classes = classes[1:] if len(classes) == 2 else classes
    return np.hstack([counts * ratio_by_hand(learned, y == c, alpha) for c in classes])


@given(
    arrays(np.int64, (6, 3), elements=st.integers(0, 9)),
    arrays(np.int64, (2, 3), elements=st.integers(0, 9)),
    st.sampled_from([TWO, THREE]),
    st.floats(0.01, 10),
    st.booleans(),
)
def test_the_formula(learned, counts, y, alpha, binarize):
    ratio = NBLogCountRatio(alpha, binarize=binarize).fit(learned, y)
    expected = by_hand(learned, y, counts, alpha, binarize)
    np.testing.assert_allclose(ratio.transform(counts).toarray(), expected, rtol=1e-9, atol=1e-12)


def test_the_ratio_of_two_classes_is_that_of_naive_bayes():
    bayes = MultinomialNB(alpha=0.5).fit(COUNTS, TWO)
    ratio = NBLogCountRatio(0.5, binarize=False).fit(COUNTS, TWO)
    expected = bayes.feature_log_prob_[1] - bayes.feature_log_prob_[0]
    np.testing.assert_allclose(ratio.log_count_ratio_, [expected])
    counted = BernoulliNB().fit(COUNTS, TWO).feature_count_
    binary = NBLogCountRatio().fit(COUNTS, TWO).log_count_ratio_
    np.testing.assert_allclose(
        binary[0],
        np.log((counted[1] + 1) / (counted[1] + 1).sum())
        - np.log((counted[0] + 1) / (counted[0] + 1).sum()),
    )


def test_the_classes_of_two_mirror_each_other():
    swapped = np.where(TWO == "pos", "a", "b")
    assert np.allclose(
        NBLogCountRatio().fit(COUNTS, TWO).log_count_ratio_,
        -NBLogCountRatio().fit(COUNTS, swapped).log_count_ratio_,
    )


def test_many_classes_stand_side_by_side():
    ratio = NBLogCountRatio().fit(COUNTS, THREE)
    assert ratio.classes_.tolist() == [3, 5, 7]
    assert ratio.log_count_ratio_.shape == (3, 3)
    result = ratio.transform(COUNTS)
    assert result.shape == (6, 9)
    for k, c in enumerate(ratio.classes_):
        block = NBLogCountRatio().fit(COUNTS, c == THREE).transform(COUNTS)
        np.testing.assert_allclose(result[:, 3 * k : 3 * k + 3].toarray(), block.toarray())
    names = ratio.get_feature_names_out(["a", "b", "c"])
    assert names.tolist() == ["a@3", "b@3", "c@3", "a@5", "b@5", "c@5", "a@7", "b@7", "c@7"]


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("kind", [np.asarray, csr_array, csr_matrix, csc_array, coo_array])
def test_any_matrix_gives_canonical_csr(kind, y):
    result = NBLogCountRatio().fit_transform(kind(COUNTS), y)
    assert result.format == "csr"
    assert result.has_canonical_format
    assert result.dtype == np.float64
    assert result.indices.dtype == np.int32
    np.testing.assert_allclose(result.toarray(), by_hand(COUNTS, y, COUNTS))


def test_stored_zeros_are_no_occurrences_and_the_input_is_untouched():
    messy = csr_array((np.array([2.0, 0, 1]), [0, 1, 2], [0, 3]), (1, 3))
    ratio = NBLogCountRatio().fit(COUNTS, TWO)
    assert ratio.transform(messy).indices.tolist() == [0, 2]
    assert messy.data.tolist() == [2, 0, 1]


def test_weights_of_documents_are_repetitions():
    weights = [1, 2, 0, 3, 1, 1]
    weighted = NBLogCountRatio().fit(COUNTS, TWO, sample_weight=weights)
    repeated = NBLogCountRatio().fit(np.repeat(COUNTS, weights, axis=0), np.repeat(TWO, weights))
    np.testing.assert_allclose(weighted.log_count_ratio_, repeated.log_count_ratio_)


def test_bad_input():
    assert np.isfinite(NBLogCountRatio(alpha=1e100).fit(COUNTS, TWO).transform(COUNTS).data).all()
    with pytest.raises(ValueError, match="'alpha' parameter of NBLogCountRatio must be a float in"):
        NBLogCountRatio(alpha=1e308).fit(COUNTS, TWO)
    with pytest.raises(ValueError, match="tells classes apart, and y holds one class: 'a'"):
        NBLogCountRatio().fit(COUNTS, ["a"] * 6)
    with pytest.raises(ValueError, match="Unknown label type"):
        NBLogCountRatio().fit(COUNTS, np.linspace(0, 1, 6))
    with pytest.raises(ValueError, match="Negative values in data passed to NBLogCountRatio"):
        NBLogCountRatio().fit(-COUNTS, TWO)
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        NBLogCountRatio().fit(COUNTS, TWO, sample_weight=[-1] * 6)
    with pytest.raises(ValueError, match="requires y to be passed"):
        NBLogCountRatio().fit(COUNTS, None)


def test_names_and_float32_pass_through():
    pipeline = make_pipeline(CountVectorizer(dtype=np.float32), NBLogCountRatio())
    assert pipeline.fit_transform(["the frog", "the toad"], [0, 1]).dtype == np.float32
    assert pipeline[-1].log_count_ratio_.dtype == np.float32
    assert pipeline.get_feature_names_out().tolist() == ["frog", "the", "toad"]


def test_under_a_linear_model_it_is_the_model_made_by_hand():
    X, y = load_reviews(subset="train", return_X_y=True)
    X_test, _ = load_reviews(subset="test", return_X_y=True)
    X, y = X[::4], y[::4]
    counts = CountVectorizer(ngram_range=(1, 2)).fit(X)
    model = make_pipeline(counts, NBLogCountRatio(), LogisticRegression(tol=1e-8)).fit(X, y)
    bags = counts.transform(X).toarray() > 0
    weight = ratio_by_hand(bags, y == 1, 1.0)
    plain = LogisticRegression(tol=1e-8).fit(bags * weight, y)
    expected = plain.decision_function((counts.transform(X_test).toarray() > 0) * weight)
    np.testing.assert_allclose(model.decision_function(X_test), expected, atol=1e-4)


def test_one_model_a_class_may_have_its_own_features():
    model = OneVsRestClassifier(make_pipeline(NBLogCountRatio(), LogisticRegression()))
    assert model.fit(COUNTS, THREE).predict(COUNTS).shape == (6,)
