"""EmbeddedSequences against the array it stands for."""

from __future__ import annotations

import pickle

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array, eye_array
from sklearn.model_selection import train_test_split

from textvec import EmbeddedSequences, Ragged, Tokens

TABLE = np.array([[0, 0], [9, 9], [1, 2], [3, 4]], dtype=np.float32)
rows_of_ids = st.lists(st.lists(st.integers(1, 3), max_size=5), min_size=1, max_size=6)


@given(rows_of_ids, st.sampled_from(["pre", "post"]), st.sampled_from(["dense", "sparse"]))
def test_the_array_is_the_looked_up_padded_ids(rows, padding, kind):
    table = TABLE if kind == "dense" else eye_array(4, 3, k=-1, dtype=np.float32)
    dense = TABLE if kind == "dense" else table.toarray()
    sequences = EmbeddedSequences(Ragged.from_rows(rows), table, length=5, padding=padding)
    expected = np.zeros((len(rows), 5, dense.shape[1]), dtype=np.float32)
    for i, row in enumerate(rows):
        for t, number in enumerate(row):
            expected[i, t + (5 - len(row) if padding == "pre" else 0)] = dense[number]
    array = np.asarray(sequences)
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, expected)
    np.testing.assert_array_equal(np.asarray(sequences[::-1]), expected[::-1])
    np.testing.assert_array_equal(sequences[0], dense[rows[0]].reshape(-1, dense.shape[1]))
    assert sequences.shape == expected.shape
    assert sequences.to_ragged().to_list() == [dense[row].tolist() for row in rows]
    assert [s.shape for s in sequences] == [(len(r), dense.shape[1]) for r in rows]
    assert pickle.loads(pickle.dumps(sequences)) == sequences


def test_a_selection_shares_the_table():
    sequences = EmbeddedSequences(Ragged.from_rows([[1], [2, 3], [3]]), TABLE)
    train, test = train_test_split(sequences, test_size=1, random_state=0)
    assert train.table is sequences.table
    assert len(train) == 2
    assert test.embedding_dim == 2
    assert joblib.hash(sequences) == joblib.hash(pickle.loads(pickle.dumps(sequences)))
    assert sequences != sequences[:2]


@pytest.mark.parametrize(
    ("rows", "table", "options", "message"),
    [
        ([[4]], TABLE, {}, "largest id is 4, but the table has 4 rows"),
        ([[-1]], TABLE, {}, "must not be negative, got -1"),
        ([[0.5]], TABLE, {}, "rows of integers"),
        ([[1, 2]], TABLE, {"length": 1}, "a sequence has 2 vectors"),
        ([[1]], TABLE[1:], {}, "row 0 of the table stands for padding"),
        ([[1]], TABLE[0], {}, "got shape \\(2,\\)"),
    ],
)
def test_hostile_ids_and_tables_are_named(rows, table, options, message):
    with pytest.raises(ValueError, match=message):
        EmbeddedSequences(Ragged.from_rows(rows), table, **options)


def test_no_array_without_a_copy():
    sequences = EmbeddedSequences(Ragged.from_rows([[1]]), TABLE)
    with pytest.raises(ValueError, match="copy=False"):
        np.asarray(sequences, copy=False)
    assert np.asarray(sequences, dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_nothing_can_change_the_table(kind):
    table = TABLE.copy() if kind == "dense" else eye_array(4, 3, k=-1, format="csr")
    sequences = EmbeddedSequences(Ragged.from_rows([[2, 1], [3]]), table)
    before = np.asarray(sequences)
    (table if kind == "dense" else table.data)[1:] = 7
    np.testing.assert_array_equal(np.asarray(sequences), before)
    for part in (sequences, sequences[:1], pickle.loads(pickle.dumps(sequences))):
        with pytest.raises(ValueError, match="read-only"):
            (part.table if kind == "dense" else part.table.data)[0] = 1
        for name in ("ids", "table", "length", "padding"):
            with pytest.raises(AttributeError):
                setattr(part, name, None)
    np.asarray(sequences)[0] = sequences[0][0] = 1  # these are the caller's


def test_tokens_are_no_ids():
    with pytest.raises(TypeError, match="put a SequenceVectorizer in between"):
        EmbeddedSequences(Tokens.from_lists([["a", "b"]]), np.zeros((3, 2)))


def test_ids_may_be_lists_or_an_array():
    table = np.array([[0.0], [1.0], [2.0]])
    expected = EmbeddedSequences(Ragged.from_rows([[2, 1]]), table)
    assert EmbeddedSequences([[2, 1]], table) == expected
    assert EmbeddedSequences(np.array([[2, 1]]), table) == expected


def test_padding_is_a_side():
    with pytest.raises(ValueError, match='padding must be "pre" or "post", got \'left\''):
        EmbeddedSequences([[1]], [[0.0], [1.0]], padding="left")


def test_a_stored_zero_is_zero():
    table = csr_array(([0.0, 1.0], ([0, 1], [0, 0])), shape=(9, 2))
    assert np.asarray(EmbeddedSequences([[1]], table)).tolist() == [[[1.0, 0.0]]]
