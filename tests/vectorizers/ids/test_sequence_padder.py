"""SequencePadder against Keras' pad_sequences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from textvec import EmbeddedSequences, Ragged, SequencePadder, WordTokenizer

sides = st.sampled_from(["pre", "post"])


@given(
    st.lists(st.lists(st.integers(1, 99), max_size=7), min_size=1, max_size=5),
    st.integers(1, 9),
    sides,
    sides,
    st.integers(-3, 3),
)
def test_equals_keras(keras, rows, length, padding, truncating, value):
    expected = keras.utils.pad_sequences(
        rows, length, padding=padding, truncating=truncating, value=value
    )
    padder = SequencePadder(length, padding=padding, truncating=truncating, value=value)
    np.testing.assert_array_equal(padder.fit_transform(Ragged.from_rows(rows)), expected)
    np.testing.assert_array_equal(padder.transform(rows), expected)


def test_defaults_are_keras(keras):
    rows = [[1, 2, 3], [4]]
    for options in ({}, {"maxlen": 2}):
        expected = keras.utils.pad_sequences(rows, **options)
        ours = SequencePadder(options.get("maxlen")).fit_transform(rows)
        np.testing.assert_array_equal(ours, expected)


def test_vectors_equal_keras(keras):
    rng = np.random.default_rng(0)
    rows = [rng.normal(size=(n, 3)).astype(np.float32) for n in (2, 0, 5)]
    for padding in ("pre", "post"):
        expected = keras.utils.pad_sequences(rows, 4, dtype="float32", padding=padding)
        padder = SequencePadder(4, padding=padding).fit(Ragged.from_rows(rows))
        np.testing.assert_array_equal(padder.transform(Ragged.from_rows(rows)), expected)


def test_embedded_sequences_stay_what_they_are():
    table = np.arange(8, dtype=np.float32).reshape(4, 2)
    table[0] = 0
    ids = Ragged.from_rows([[1, 2, 3], [2]])
    padder = SequencePadder(2).fit(EmbeddedSequences(ids, table))
    padded = padder.transform(EmbeddedSequences(ids, table))
    assert padded.table is not None
    assert padded.ids.to_list() == [[2, 3], [2]]
    np.testing.assert_array_equal(np.asarray(padded), table[[[2, 3], [0, 2]]])
    with pytest.raises(ValueError, match="padded with zero vectors"):
        padder.set_params(value=1).transform(EmbeddedSequences(ids, table))


def test_the_longest_seen_in_fit_bounds_what_comes_later():
    padder = SequencePadder().fit([[1, 2], [3]])
    assert padder.length_ == 2
    assert padder.transform([[1, 2, 3], []]).tolist() == [[2, 3], [0, 0]]


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="X is empty"):
        SequencePadder().fit([])
    with pytest.raises(ValueError, match="all sequences are empty: pass a length"):
        SequencePadder().fit([[], []])
    with pytest.raises(ValueError, match="value=0.5 can't be held by items of dtype int"):
        SequencePadder(value=0.5).fit_transform([[1], [1, 2]])
    with pytest.raises(ValueError, match="'length' parameter of SequencePadder"):
        SequencePadder(0).fit([[1]])
    with pytest.raises(NotFittedError):
        SequencePadder().transform([[1]])


def test_a_generator_is_read_once():
    rows = ([1, 2] for _ in range(3))
    assert SequencePadder(3).fit_transform(rows).tolist() == [[0, 1, 2]] * 3


def test_tokens_are_no_ids():
    tokens = WordTokenizer().transform(["a good film"])
    for call in (SequencePadder(3).fit, SequencePadder(3).fit_transform):
        with pytest.raises(TypeError, match="put a SequenceVectorizer in between"):
            call(tokens)


def test_sides_changed_after_fit_are_checked():
    padder = SequencePadder(3).fit([[1]])
    with pytest.raises(ValueError, match='padding must be "pre" or "post", got \'left\''):
        padder.set_params(padding="left").transform([[1, 2]])


def test_a_given_length_needs_no_fit():
    rows = [[2, 3, 4], [5], []]
    expected = SequencePadder(2).fit(rows).transform(rows)
    padder = SequencePadder(2)
    np.testing.assert_array_equal(padder.transform(rows), expected)
    assert not hasattr(padder, "length_")
    assert padder.set_params(length=4).transform(rows).shape == (3, 4)
    assert padder.get_feature_names_out().tolist() == [f"sequencepadder{i}" for i in range(4)]
    assert not padder.__sklearn_tags__().requires_fit
    assert padder.fit(rows).set_params(length=3).transform(rows).shape == (3, 4)  # that of `fit`
    with pytest.raises(ValueError, match="'length' parameter"):
        SequencePadder(0).transform(rows)
    with pytest.raises(ValueError, match="'padding' parameter"):
        SequencePadder(2, padding="left").transform(rows)


def test_the_longest_row_needs_a_fit():
    with pytest.raises(NotFittedError):
        SequencePadder().transform([[2, 3]])
    assert SequencePadder().__sklearn_tags__().requires_fit
