"""The fitted linear path against scikit-learn's logistic regression on tf-idf."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge

from textvec import Ragged
from textvec.networks.inputs._sequences import read_sequences
from textvec.nn import (
    REGRESSION_LOSSES,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MultiLabelCrossEntropy,
    SequenceData,
    WideLinear,
    _wide_fit,
    fit_wide,
)

CPU = torch.device("cpu")
N_IDS = 30


def rows_with_classes(n_classes, *, n_rows=120, seed=0):
    """Return rows in which some ids, and pairs, are more frequent in some classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(n_classes, size=n_rows)
    rows = [
        np.where(rng.random(n) < 0.2, 2 + c, rng.integers(6, N_IDS, size=n))
        for c, n in zip(y, rng.integers(1, 15, size=n_rows), strict=True)
    ]
    return Ragged.from_rows(rows), y


def data_of(rows, y, weights=None):
    return SequenceData.on(CPU, read_sequences(rows), y, weights)


def batch_of(rows):
    data = SequenceData.on(CPU, read_sequences(rows))
    return data.gather(torch.arange(len(rows)), int(rows.lengths.max()))[0]


def fitted(rows, y, criterion, *, max_ngram=2, weights=None):
    wide = WideLinear(N_IDS, criterion.n_outputs, max_ngram)
    assert fit_wide(wide, data_of(rows, y, weights), criterion)
    return wide


def in_words(rows):
    return [" ".join(map(str, row)) for row in rows]


def tfidf_of(rows, max_ngram):
    """Return scikit-learn's vectorizer of words, and of pairs in two rows or more."""
    options = {"token_pattern": r"\S+", "sublinear_tf": True}
    of_all = TfidfVectorizer(ngram_range=(1, max_ngram), min_df=2, **options).fit(in_words(rows))
    of_one = TfidfVectorizer(**options).fit(in_words(rows))
    terms = sorted({*of_all.vocabulary_, *of_one.vocabulary_})
    return TfidfVectorizer(ngram_range=(1, max_ngram), vocabulary=terms, **options)


def reference(rows, y, max_ngram, weights=None):
    """Return what scikit-learn's pipeline predicts."""
    tfidf = tfidf_of(rows, max_ngram)
    model = LogisticRegression(C=30, max_iter=1000, tol=1e-6)
    model.fit(tfidf.fit_transform(in_words(rows)), y, weights)
    return lambda other: model.decision_function(tfidf.transform(in_words(other)))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("max_ngram", [1, 2])
def test_outputs_are_those_of_logistic_regression_up_to_a_scale(max_ngram, n_classes):
    (rows, y), (others, _) = rows_with_classes(n_classes), rows_with_classes(n_classes, seed=1)
    if n_classes == 2:
        criterion, targets = BinaryCrossEntropy(), y.astype(np.float32)
    else:
        criterion, targets = CategoricalCrossEntropy(n_classes), y
    weights = np.linspace(0.5, 1.5, len(y))
    wide = fitted(rows, targets, criterion, max_ngram=max_ngram, weights=weights)
    with torch.no_grad():
        outputs = wide(batch_of(others)).numpy()
    expected = reference(rows, y, max_ngram, weights)(others).reshape(outputs.shape)
    if n_classes > 2:
        outputs = outputs - outputs.mean(axis=1, keepdims=True)
    scale = (outputs * expected).sum() / (expected**2).sum()
    assert 0.1 < scale < 10
    assert np.abs(outputs - scale * expected).max() < 0.03 * scale * np.abs(expected).max()


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_numbers_are_those_of_ridge_regression_up_to_a_scale(n_outputs):
    (rows, classes), (others, _) = rows_with_classes(4), rows_with_classes(4, seed=1)
    y = np.column_stack([classes, classes % 2]).astype(np.float64)[:, :n_outputs]
    criterion, weights = (
        REGRESSION_LOSSES["squared_error"].of(y, None),
        np.linspace(0.5, 1.5, len(y)),
    )
    wide = fitted(rows, criterion.scaled(y), criterion, weights=weights)
    with torch.no_grad():
        outputs = wide(batch_of(others)).numpy()
    tfidf = tfidf_of(rows, 2)
    model = Ridge(alpha=1).fit(tfidf.fit_transform(in_words(rows)), criterion.scaled(y), weights)
    expected = model.predict(tfidf.transform(in_words(others))).reshape(outputs.shape)
    scale = (outputs * expected).sum() / (expected**2).sum()
    assert 2 / 3 / 2 < scale < 2 / 3 * 2
    assert np.abs(outputs - scale * expected).max() < 0.03 * scale * np.abs(expected).max()
    assert wide.network_share == pytest.approx(1 / 3)


def test_the_scale_is_small_where_labels_are_noise_and_large_where_rows_tell_them():
    rows, y = rows_with_classes(2, n_rows=300)
    noise = np.random.default_rng(1).permutation(y).astype(np.float32)
    sizes = [
        float(fitted(rows, labels, BinaryCrossEntropy())(batch_of(rows)).detach().std())
        for labels in (y.astype(np.float32), noise)
    ]
    assert sizes[0] > 5 * sizes[1]


def test_unknown_tokens_and_ngrams_change_nothing():
    rows, y = rows_with_classes(2)
    wide = fitted(rows, y.astype(np.float32), BinaryCrossEntropy())
    known = wide(batch_of(Ragged.from_rows([[2, 7, 9]])))
    for row in ([1, 2, 7, 9, 1, 1], [5, 2, 7, 9]):  # 1 is unknown, and 5 is in no row of fit
        torch.testing.assert_close(wide(batch_of(Ragged.from_rows([row]))), known)


def test_several_labels_and_rows_without_ngrams():
    rows, y = rows_with_classes(3)
    rows = Ragged.from_rows([*rows, np.array([], int)])
    labels = np.eye(3, dtype=np.float32)[[*y, 0]]
    wide = fitted(rows, labels, MultiLabelCrossEntropy(3))
    outputs = wide(batch_of(rows)).detach()
    assert (outputs.argmax(dim=1).numpy() == [*y, 0]).mean() > 0.8
    torch.testing.assert_close(outputs[-1], wide.weight.detach()[0])


@pytest.mark.parametrize("n_rows", [2, 3, 4])
def test_few_rows_and_rows_without_weight(n_rows):
    rows, _ = rows_with_classes(2, n_rows=n_rows)
    labels = (np.arange(n_rows) % 2).astype(np.float32)
    for weights in (None, np.eye(n_rows)[0]):
        wide = fitted(rows, labels, BinaryCrossEntropy(), weights=weights)
        assert torch.isfinite(wide(batch_of(rows))).all()


def test_rows_of_weight_0_count_as_if_they_were_not_there():
    rows, y = rows_with_classes(2)
    weights, y = np.arange(len(y)) % 3 / 2.0, y.astype(np.float32)
    wide = fitted(rows, y, BinaryCrossEntropy(), weights=weights)
    kept = weights > 0
    without = fitted(rows[kept], y[kept], BinaryCrossEntropy(), weights=weights[kept])
    assert torch.equal(wide.weight, without.weight)
    assert torch.equal(wide.idf, without.idf)


def test_ngrams_longer_than_the_rows_are_none():
    rows, y = rows_with_classes(2)
    y = y.astype(np.float32)
    wide, as_long = (fitted(rows, y, BinaryCrossEntropy(), max_ngram=n) for n in (50, 14))
    assert rows.lengths.max() == 14
    torch.testing.assert_close(wide(batch_of(rows)), as_long(batch_of(rows)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_ngrams_are_counted_before_they_are_read(n):
    lengths = np.array([0, 1, 2, 5])
    expected = sum(max(0, length - k + 1) for length in lengths for k in range(1, n + 1))
    assert _wide_fit._n_ngrams(lengths, n) == expected


def test_rows_without_a_known_ngram():
    rows = Ragged.from_rows([[1, 1], [], [1]], dtype=int)
    wide = fitted(rows, np.array([1, 1, 0], np.float32), BinaryCrossEntropy())
    assert wide.weight[0] > 0
    assert not wide.weight[1:].any()


@pytest.mark.parametrize("at_once", [1, 2, 7, 1000])
@pytest.mark.parametrize("max_ngram", [1, 2, 3])
def test_parts_of_any_size_are_the_same(at_once, max_ngram, monkeypatch):
    rows, y = rows_with_classes(2, n_rows=40)
    rows = Ragged.from_rows([np.array([], int), *rows, np.array([1]), np.array([], int)])
    labels = np.array([0, *y, 1, 0], np.float32)
    expected = fitted(rows, labels, BinaryCrossEntropy(), max_ngram=max_ngram)
    monkeypatch.setattr(_wide_fit, "_AT_ONCE", at_once)
    found = fitted(rows, labels, BinaryCrossEntropy(), max_ngram=max_ngram)
    assert torch.equal(found.weight, expected.weight)
    assert torch.equal(found.idf, expected.idf)


@pytest.mark.parametrize("limit", ["_MOST_NGRAMS", "MOST_WIDE_WEIGHTS"])
def test_more_than_memory_allows_is_left_to_the_training(limit, monkeypatch):
    monkeypatch.setattr(_wide_fit, limit, 10)
    rows, y = rows_with_classes(2)
    wide = WideLinear(N_IDS, 1, 2)
    assert not fit_wide(wide, data_of(rows, y.astype(np.float32)), BinaryCrossEntropy())
    assert not wide.is_fitted
    assert not wide.weight.any()


def test_the_bits_do_not_depend_on_the_number_of_threads():
    rows, y = rows_with_classes(3, n_rows=300)
    before, found = torch.get_num_threads(), []
    try:
        for n_threads in (1, 3):
            torch.set_num_threads(n_threads)
            found.append(fitted(rows, y, CategoricalCrossEntropy(3)).weight)
            assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*found)
