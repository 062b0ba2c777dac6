"""Warnings of rows that are read otherwise than they are meant."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from textvec import (
    CountVectorizer,
    HashingSequenceVectorizer,
    HashingVectorizer,
    OneHotVectorizer,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    TfidfVectorizer,
)
from textvec.networks.inputs._input_warnings import warn_of_meaning
from textvec.networks.inputs._sequences import read_sequences

RNG = np.random.default_rng(0)
DOCUMENTS = [" ".join(f"w{i}" for i in RNG.zipf(1.5, size=n) % 97) for n in (5, 12, 30, 1, 8) * 6]


def warnings_of(X):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_meaning(read_sequences(X))
    return [str(warning.message) for warning in caught]


@pytest.mark.parametrize(
    ("values", "warns"),
    [
        ([[3.0, 2.0, 0.0], [0.0, 4.0, 1.0]], True),
        ([[3.0, 2.0, 1.0], [5.0, 4.0, 1.0]], True),
        ([[[3.0], [2.0]], [[5.0], [4.0]]], False),
        ([[3.5, 2.0, 0.0], [0.0, 4.0, 1.0]], False),
        ([[-3.0, 2.0, 0.0], [0.0, 4.0, 1.0]], False),
        ([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]], False),
    ],
)
def test_ids_that_have_become_floats_warn(values, warns):
    found = warnings_of(np.array(values))
    assert len(found) == warns
    assert not warns or "pass them as integers" in found[0]


@pytest.mark.parametrize(
    ("scale", "shift", "warns"),
    [(1, 0, False), (100, 0, False), (1, 3, False), (0, 1, False), (15, 120, True), (1e4, 0, True)],
)
def test_numbers_far_from_0_warn(scale, shift, warns):
    steps = scale * RNG.normal(size=(30, 8, 1)) + shift
    rows = np.concatenate([RNG.normal(size=steps.shape), steps], axis=2)
    found = warnings_of(rows)
    assert len(found) == warns
    assert not warns or "Numbers of feature 1 in X have the mean" in found[0]
    assert len(warnings_of(list(steps[:, :, 0]))) == warns


def test_ids_that_have_become_floats_are_not_said_to_be_large():
    assert len(warnings_of([np.array([9000.0, 7000.0]), np.array([5.0])])) == 1


@pytest.mark.parametrize(
    "vectorizer",
    [
        CountVectorizer(),
        CountVectorizer(binary=True, max_features=30),
        CountVectorizer(dtype=np.float32),
        TfidfVectorizer(),
        HashingVectorizer(n_features=256),
        OneHotVectorizer(),
    ],
    ids=repr,
)
def test_counts_in_an_array_warn(vectorizer):
    counts = vectorizer.fit_transform(DOCUMENTS).toarray()
    for X in (counts, counts.tolist()):
        (message,) = warnings_of(X)
        assert "as in counts of words and tf-idf" in message
        assert "Put SequenceVectorizer() in the place" in message


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("length", [3, 20, 300])
@pytest.mark.parametrize(
    "vectorizer",
    [
        SequenceVectorizer(),
        SequenceVectorizer(max_tokens=5, oov="drop"),
        HashingSequenceVectorizer(max_tokens=10),
    ],
    ids=repr,
)
def test_padded_ids_do_not_warn(vectorizer, length, padding):
    ids = vectorizer.fit_transform(DOCUMENTS)
    assert not warnings_of(SequencePadder(length, padding=padding).fit_transform(ids))


@pytest.mark.parametrize(
    "X",
    [
        np.where(RNG.random((50, 20)) < 0.1, 0, RNG.integers(2, 99, (50, 20))),
        RNG.integers(0, 4, (50, 20)),
        np.where(RNG.random((50, 20)) < 0.8, 0, RNG.gamma(2, 3, (50, 20))),
        np.zeros((3, 4)),
        np.zeros((3, 4), int),
        np.eye(9)[:, :, None],
    ],
    ids=["unknown 0", "bases 0 to 3", "rain", "zeros", "padding", "vectors"],
)
def test_rows_with_zeros_that_mean_something_do_not_warn(X):
    assert not warnings_of(X)


def test_a_network_warns_of_counts_in_fit():
    counts = CountVectorizer().fit_transform(DOCUMENTS).toarray()
    model = RNNClassifier(hidden_size=2, embedding_dim=2, max_iter=1, random_state=0)
    with pytest.warns(UserWarning, match="read as ids, .* counts of words"):
        model.fit(counts, ["a", "b"] * (len(counts) // 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(counts)
