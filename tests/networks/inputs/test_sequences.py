"""Every form of input is read into the same rows, and mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from textvec import EmbeddedSequences, Ragged
from textvec.networks.inputs._input_spec import InputSpec
from textvec.networks.inputs._sequences import near_one, read_sequences, row_weights

ROWS = [[3, 0, 4], [], [1, 5, 2, 9], [7]]
TABLE = np.vstack([np.zeros(3), np.random.default_rng(0).normal(size=(9, 3))]).astype(np.float32)


def rows_of(sequences):
    ends = sequences.starts + sequences.lengths
    return [sequences.values[a:b].tolist() for a, b in zip(sequences.starts, ends, strict=True)]


def spec_of(X, **options):
    options = {"n_tokens": None, "embedding_dim": 4, "fine_tune": False} | options
    return InputSpec.of(read_sequences(X), **options)


@pytest.mark.parametrize("padding", ["pre", "post"])
def test_padded_ids_are_the_ragged_ones(padding):
    ragged = Ragged.from_rows(ROWS)
    assert rows_of(read_sequences(ragged)) == ROWS
    assert rows_of(read_sequences(ragged.to_padded(6, padding=padding))) == ROWS
    assert rows_of(read_sequences(Ragged.from_rows([[0, *r, 0, 0] for r in ROWS]))) == ROWS


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 3), max_size=5), min_size=1, max_size=6))
def test_padding_is_cut_off_at_the_ends_only(rows):
    def trim(row):
        text = "".join(map(str, row)).strip("0")
        return [int(c) for c in text]

    assert rows_of(read_sequences(Ragged.from_rows(rows, dtype=int))) == [trim(r) for r in rows]
    width = max(1, *map(len, rows)) + 1
    padded = Ragged.from_rows(rows, dtype=int).to_padded(width)
    assert rows_of(read_sequences(padded)) == [trim(r) for r in rows]


def test_vectors_are_the_same_in_every_container():
    embedded = EmbeddedSequences(Ragged.from_rows(ROWS), TABLE)
    expected = [TABLE[np.array(r, dtype=int)].tolist() for r in ROWS]
    assert rows_of(read_sequences(embedded.to_ragged())) == expected
    for padding in ("pre", "post"):
        sequences = EmbeddedSequences(embedded.ids, TABLE, length=6, padding=padding)
        assert rows_of(read_sequences(np.asarray(sequences))) == expected
        assert read_sequences(np.asarray(sequences), mask_value=None).lengths.tolist() == [6] * 4
    read = read_sequences(embedded)
    assert (rows_of(read), read.width) == (ROWS, 3)
    assert read.table is not None


def test_series_of_numbers():
    series = np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 0.0]])  # zeros are numbers here
    read = read_sequences(series)
    assert read.lengths.tolist() == [3, 3]
    assert (read.values.shape, read.n_columns) == ((6, 1), 3)
    assert rows_of(read_sequences(Ragged.from_rows(list(series)))) == rows_of(read)


def test_sparse_one_hot_tables_are_taken_and_huge_ones_refused():
    one_hot = csr_array(np.diag([0.0, 1, 1]))
    read = read_sequences(EmbeddedSequences(Ragged.from_rows([[1, 2]]), one_hot))
    np.testing.assert_array_equal(read.table, one_hot.toarray())
    huge = csr_array((40_000, 40_000), dtype=np.float32)
    with pytest.raises(ValueError, match="too large to be held dense: pass the ids"):
        read_sequences(EmbeddedSequences(Ragged.from_rows([[1]]), huge))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([[1, -2]]), "ids must not be negative, got -2"),
        (Ragged.from_rows([[2**31]]), "the largest id is 2147483648"),
        (Ragged.from_rows([]), r"Found array with 0 sample\(s\)"),
        (np.empty((0, 3)), r"Found array with 0 sample\(s\)"),
        (np.array([[1.0, np.nan]]), "Input X contains NaN"),
        (np.full((1, 2, 2), np.inf), "Input X contains infinity"),
        (Ragged.from_rows([[1.0, np.inf]]), "Input X contains infinity"),
        (np.ones((1, 1, 1, 1)), "Found array with dim 4"),
        (np.ones(3), "Expected 2D array, got 1D array instead"),
        (["some text", "more"], "Expected 2D array|could not convert"),
        (Ragged.from_rows([np.ones((2, 2, 2))]), "numbers or vectors"),
    ],
)
def test_bad_input_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        read_sequences(X)


def test_rows_of_the_embedding():
    assert spec_of(np.array([[2, 7]])).size == 8
    assert spec_of(Ragged.from_rows([[2, 7]], n_ids=20)).size == 20
    assert spec_of(Ragged.from_rows([[2, 7]], n_ids=20), n_tokens=30).size == 30
    with pytest.raises(ValueError, match="the largest id is 7, but the embedding has 5 rows"):
        spec_of(np.array([[2, 7]]), n_tokens=5)
    with pytest.raises(ValueError, match=r"take \d+ GiB. If that is intended, pass n_tokens="):
        spec_of(np.array([[2, 2**30]]))


def test_larger_ids_later_are_unknown_or_an_error():
    read = read_sequences(np.array([[9, 2, 0]]))
    guessed = spec_of(np.array([[2, 7]]))
    assert rows_of(guessed.conform(read, "Net")) == [[1, 2]]
    known = spec_of(Ragged.from_rows([[2]], n_ids=8))
    with pytest.raises(ValueError, match="the largest id is 9, but the embedding has 8 rows"):
        known.conform(read, "Net")


def test_input_of_another_kind_is_refused():
    ids, vectors = np.array([[2, 7]]), np.ones((1, 2, 3))
    embedded = EmbeddedSequences(Ragged.from_rows(ROWS), TABLE)
    with pytest.raises(ValueError, match="X holds ids, but Net was fitted on vectors"):
        spec_of(vectors).conform(read_sequences(ids), "Net")
    with pytest.raises(ValueError, match="X holds vectors of width 3, but Net was fitted on ids"):
        spec_of(ids).conform(read_sequences(vectors), "Net")
    with pytest.raises(ValueError, match="X has 2 features a step, but Net is expecting 3"):
        spec_of(vectors).conform(read_sequences(np.ones((1, 2, 2))), "Net")
    other = EmbeddedSequences(embedded.ids, TABLE * 2)
    assert spec_of(embedded).conform(read_sequences(other), "Net").table is not None
    with pytest.raises(ValueError, match="the table of X is not the one Net was fitted on"):
        spec_of(embedded, fine_tune=True).conform(read_sequences(other), "Net")


@pytest.mark.parametrize("factor", [5e-324, 1e-50, 1e-40, 1.0, 3e7, 1e38, 1e307])
def test_weights_come_near_one_in_proportion(factor):
    weights = np.array([1.0, 2.0, 0.0, 3.0]) * factor
    near = near_one(weights)
    assert 0.5 <= near.max() < 1
    assert np.array_equal(near / near.max(), weights / weights.max())


def test_weights_are_checked():
    assert row_weights(None, np.zeros(3)) is None
    with pytest.raises(ValueError, match="Negative values"):
        row_weights([1.0, -1.0], np.zeros(2))
