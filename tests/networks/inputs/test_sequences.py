"""Every form of input is read into the same rows, and mistakes are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from textvec import EmbeddedSequences, Ragged, SequencePadder, Tokens
from textvec.networks.inputs._input_spec import InputSpec
from textvec.networks.inputs._sequences import (
    near_one,
    read_sequences,
    row_weights,
)

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
    series = np.array([[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]])
    read = read_sequences(series, mask_value=None)
    assert read.lengths.tolist() == [3, 3]
    assert (read.values.shape, read.n_columns) == ((6, 1), 3)
    assert rows_of(read_sequences(Ragged.from_rows(list(series)))) == rows_of(read)
    masked = read_sequences(series)  # zeros at the ends are padding, as everywhere
    assert (masked.lengths.tolist(), masked.n_columns) == ([1, 3], 3)
    assert masked.values[masked.starts].ravel().tolist() == [1, 2]


@pytest.mark.parametrize("padding", ["pre", "post"])
def test_padded_series_are_the_ragged_ones(padding):
    series = Ragged.from_rows([[0.5, 0.0, 2.5], [], [1.5]])
    padded = SequencePadder(4, padding=padding).fit_transform(series)
    for form in (padded, padded[:, :, None], torch.tensor(padded), pd.DataFrame(padded)):
        assert rows_of(read_sequences(form)) == rows_of(read_sequences(series))


IDS = np.array([[0, 3, 4, 0], [5, 2, 0, 0], [7, 1, 2, 3]])
FRAME = pd.DataFrame(IDS, columns=list("abcd"))
LISTS = [[3, 4], [5], [7, 1, 2]]
CONTAINERS = {
    "int64": FRAME,
    "Int64": FRAME.convert_dtypes(),
    "one nullable column": FRAME.astype({"b": "Int64"}),
    "arrow dtype": FRAME.astype("int64[pyarrow]"),
    "objects": FRAME.astype(object),
    "categories": FRAME.astype("category"),
    "sparse": FRAME.astype(pd.SparseDtype("int64", 0)),
    "array of objects": IDS.astype(object),
    "polars": pl.DataFrame(IDS),
    "polars, mixed integers": pl.DataFrame(IDS).with_columns(pl.col("column_0").cast(pl.Int8)),
    "arrow table": pa.Table.from_pandas(FRAME),
    "record batch": pa.RecordBatch.from_pandas(FRAME),
    "tensor": torch.tensor(IDS),
    "nothing masked": np.ma.array(IDS),
    "lists": IDS.tolist(),
    "unsigned": IDS.astype("u1"),
    "columns first": np.asfortranarray(IDS),
    "backwards": IDS[:, ::-1][:, ::-1],
    "list of Series": [FRAME.iloc[i] for i in range(3)],
}
OF_LISTS = {
    "lists": LISTS,
    "tuples": tuple(map(tuple, LISTS)),
    "generator": (row for row in LISTS),
    "array of lists": np.array(LISTS, dtype=object),
    "Series": pd.Series(LISTS),
    "Series of arrow lists": pd.Series(LISTS, dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
    "frame": pd.DataFrame({"ids": LISTS}),
    "polars Series": pl.Series(LISTS),
    "polars frame": pl.DataFrame({"ids": LISTS}),
    "arrow": pa.array(LISTS),
    "chunked": pa.chunked_array([LISTS[:1], LISTS[1:]]),
    "arrow table": pa.table({"ids": LISTS}),
    "tensors": [torch.tensor(row) for row in LISTS],
    "nested tensor": torch.nested.nested_tensor(
        [torch.tensor(row) for row in LISTS], layout=torch.jagged
    ),
    "Ragged of objects": Ragged(np.array([3, 4, 5, 7, 1, 2], dtype=object), [0, 2, 3, 6]),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_integers_are_ids_in_every_container(name):
    read = read_sequences(CONTAINERS[name])
    assert (rows_of(read), read.n_columns) == (rows_of(read_sequences(IDS)), 4)


@pytest.mark.parametrize("name", OF_LISTS)
def test_rows_of_unequal_length_are_read_as_ragged(name):
    read = read_sequences(OF_LISTS[name])
    assert (rows_of(read), read.n_columns) == (LISTS, None)


def test_rows_of_vectors_of_unequal_length():
    rows = [np.ones((2, 3)), np.zeros((1, 3))]
    read = read_sequences(rows)
    assert (rows_of(read), read.width) == ([row.tolist() for row in rows], 3)


def test_numbers_in_containers_stay_numbers():
    for form in (pd.DataFrame([[0.5, 2.0]]).convert_dtypes(), [[0.5], [1.5, 2]], [[0.5, 2]]):
        assert not read_sequences(form).has_ids


NULLABLE = FRAME.astype("Int64").mask(FRAME == 5)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (NULLABLE, "contains NaN: <NA> at row 1, step 0"),
        ([[2, None], [3, 4]], "contains NaN: None at row 0, step 1"),
        ([[2, 3], [None]], "contains NaN: None at row 1, step 0"),
        ([[0.5, np.nan], [0.5]], "contains NaN at row 0, step 1"),
        (Ragged.from_rows([[], [0.5], [1.5, np.nan]]), "contains NaN at row 2, step 1"),
        (np.array([[[1.0], [2.0]], [[np.inf], [1.0]]]), "infinity .* at row 1, step 0"),
        (np.array([[1.0, 1e39]]), "too large for dtype.'float32'. at row 0, step 1"),
        (np.ma.array(IDS, mask=IDS == 2), "masked values in row 1: fill them first"),
        ([3, [2]], "row 0 of X is 3, expected a row"),
        (np.ones((2, 3, 0)), r"0 feature\(s\) a step"),
        ([["a", "b"], ["c"]], "X holds texts or tokens, .*Tokens.from_lists"),
        ([["a", "b"], ["c", "d"]], "X holds texts or tokens"),
        (pd.Series(["some", "text"]), "X holds texts or tokens"),
        (pd.DataFrame({"a": ["some", "text"]}), "X holds texts or tokens"),
        (Tokens.from_lists([["a", "b"], ["c"]]), "X holds texts or tokens"),
        (Ragged.from_rows([["a", "b"], ["c"]]), "X holds texts or tokens"),
    ],
)
def test_what_is_wrong_and_where(X, message):
    with pytest.raises(ValueError, match=message):
        read_sequences(X, estimator="Net")


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (csr_array(np.eye(2)), r"X is sparse, .* Put SequenceVectorizer\(\) in the place"),
        ({"a": [1]}, "X is a dict, not items in order: pass list"),
        ({1, 2}, "X is a set, which has no order"),
        (pl.DataFrame(IDS).lazy(), r"X is a LazyFrame, .*: pass X.collect\(\)"),
    ],
)
def test_what_has_no_rows(X, message):
    with pytest.raises(TypeError, match=message):
        read_sequences(X, estimator="Net")


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
        (["some text", "more"], r"X holds texts .* put a vectorizer before it"),
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
    with pytest.raises(ValueError, match=r"largest id is 7, embedding_dim is 1099511627776: an"):
        spec_of(np.array([[2, 7]]), embedding_dim=2**40)


def test_larger_ids_later_are_unknown_or_an_error():
    read = read_sequences(np.array([[9, 2, 0]]))
    guessed = spec_of(np.array([[2, 7]]))
    assert rows_of(guessed.conform(read, "Net")) == [[1, 2]]
    known = spec_of(Ragged.from_rows([[2]], n_ids=8))
    with pytest.raises(ValueError, match="the largest id is 9, but the embedding has 8 rows"):
        known.conform(read, "Net")


def test_a_warning_if_most_ids_are_larger():
    spec = spec_of(np.array([[2, 7]]))
    spec.conform(read_sequences(np.array([[8, 9]])), "Net")  # a request of rare tokens
    rare = np.full((30, 4), 5)
    rare[:, 2:] = [8, 0]
    spec.conform(read_sequences(rare), "Net")  # 30 of 90
    rare[:, 0] = 9
    with pytest.warns(UserWarning, match="60 of 90 ids in X are larger than those of fit, which a"):
        read = spec.conform(read_sequences(rare), "Net")
    assert rows_of(read)[0] == [1, 5, 1]


def test_input_of_another_kind_is_refused():
    ids, vectors = np.array([[2, 7]]), np.ones((1, 2, 3))
    embedded = EmbeddedSequences(Ragged.from_rows(ROWS), TABLE)
    with pytest.raises(ValueError, match="X holds ids, but Net was fitted on vectors"):
        spec_of(vectors).conform(read_sequences(ids), "Net")
    with pytest.raises(ValueError, match="X holds vectors of width 3, but Net was fitted on ids"):
        spec_of(ids).conform(read_sequences(vectors), "Net")
    with pytest.raises(ValueError, match="Net was fitted on ids: pass ids as integers, not as flo"):
        spec_of(ids).conform(read_sequences(np.array([[2.5, 7]])), "Net")
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
    assert row_weights(10**30, np.zeros(2)).tolist() == row_weights(1e30, np.zeros(2)).tolist()
    with pytest.raises(ValueError, match="sample_weight must be finite"):
        row_weights(10**400, np.zeros(2))
    for weight in (np.nan, np.inf):
        with pytest.raises(ValueError, match=f"sample_weight must be finite, got {weight} for all"):
            row_weights(weight, np.zeros(2))


@pytest.mark.parametrize("width", [None, 2])
def test_padding_of_nan_is_never_data(width):
    shape = () if width is None else (width,)
    rows = [np.zeros((2, *shape)), np.ones((4, *shape)), np.zeros((0, *shape))]
    series = Ragged.from_rows(rows)
    for side in ("pre", "post"):
        padded = series.to_padded(6, padding=side, value=np.nan)
        read = read_sequences(padded, mask_value=np.nan)
        assert read.lengths.tolist() == [2, 4, 0]
        for start, length, row in zip(read.starts, read.lengths, rows, strict=True):
            np.testing.assert_array_equal(
                read.values[start : start + length], row.reshape(len(row), width or 1)
            )
    inside = np.array([[1.0, np.nan, 2.0, np.nan]])
    with pytest.raises(ValueError, match="NaN at row 0, step 1"):
        read_sequences(inside, mask_value=np.nan)


def test_only_rows_of_the_table_that_are_read_must_be_finite():
    table = np.arange(20.0, dtype=np.float32).reshape(10, 2)
    table[0], table[9] = 0, np.nan
    read = read_sequences(EmbeddedSequences([[1, 2]], table), mask_value=0.0, estimator="Net")
    assert len(read.values) == 2
    for rows in ([[1, 9]], [[1, 2] * 8]):
        with pytest.raises(ValueError, match="the table of X contains NaN"):
            read_sequences(EmbeddedSequences(rows, table), mask_value=0.0, estimator="Net")


@pytest.mark.parametrize("make", [list, lambda rows: pd.Series(rows, dtype=object)])
@pytest.mark.parametrize("date", [pd.Timestamp("2020-01-01"), np.datetime64("2020-01-01")])
def test_dates_name_their_step(make, date):
    rows = [[date, date], [date]]
    with pytest.raises(ValueError, match=r"Net reads ids or numbers: of dates, take the days"):
        read_sequences(make(rows), mask_value=0.0, estimator="Net")


def test_named_fields_have_a_way_out():
    with pytest.raises(ValueError, match="named fields: pass them as columns, by numpy.lib"):
        read_sequences(np.zeros(3, dtype=[("a", "f4"), ("b", "f4")]), estimator="Net")
