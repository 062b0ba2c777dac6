"""Ragged against a plain list of arrays."""

from __future__ import annotations

import copy
import pickle
import tracemalloc

import joblib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from textvec import Ragged, SequencePadder, Tokens, WordTokenizer
from textvec._containers._ragged import gather_items, positions_in_rows, row_of_item

rows_of_ints = st.lists(st.lists(st.integers(-9, 9), max_size=6), max_size=8)


def as_lists(rows) -> list[list]:
    return [np.asarray(row).tolist() for row in rows]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=8))
def test_index_arithmetic_is_that_of_ranges(rows):
    starts, lengths = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    gathered = [i for start, length in rows for i in range(start, start + length)]
    assert gather_items(starts, lengths).tolist() == gathered
    assert positions_in_rows(lengths).tolist() == [i for _, n in rows for i in range(n)]
    assert row_of_item(lengths).tolist() == [
        row for row, (_, n) in enumerate(rows) for _ in range(n)
    ]


@given(rows_of_ints)
def test_rows_are_the_list_of_arrays(rows):
    ragged = Ragged.from_rows(rows)
    assert ragged.shape == (len(rows),)
    assert ragged.to_list() == rows
    assert as_lists(ragged) == rows
    assert [ragged[i].tolist() for i in range(len(rows))] == rows
    assert [ragged[-i - 1].tolist() for i in range(len(rows))] == rows[::-1]
    assert ragged.lengths.tolist() == [len(r) for r in rows]
    assert pickle.loads(pickle.dumps(ragged)) == ragged


def test_a_step_beyond_int64_is_a_step():
    assert Ragged.from_rows([[1], [2, 3]], dtype=int)[:: 2**63].to_list() == [[1]]
    assert Ragged.from_rows([], dtype=int)[:: 2**63].to_list() == []


@given(rows_of_ints, st.data())
def test_selections_are_those_of_a_list(rows, data):
    ragged = Ragged.from_rows(rows, n_ids=10)
    part = data.draw(st.slices(len(rows)))
    assert ragged[part].to_list() == rows[part]
    assert ragged[part, ...].to_list() == rows[part]
    mask = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    assert ragged[mask].to_list() == [r for r, m in zip(rows, mask, strict=True) if m]
    assert ragged[np.array(mask, dtype=bool)].n_ids == 10
    if rows:
        number = st.integers(-len(rows), len(rows) - 1)
        picked = data.draw(st.lists(number, max_size=9))
        assert ragged[picked].to_list() == [rows[i] for i in picked]
        assert ragged[np.array(picked, dtype=np.int64)].to_list() == [rows[i] for i in picked]


@given(rows_of_ints, rows_of_ints)
def test_concat_is_list_addition(first, second):
    joined = Ragged.from_rows(first).concat(Ragged.from_rows(second))
    assert joined.to_list() == first + second


@given(
    rows_of_ints,
    st.none() | st.integers(0, 8),
    st.sampled_from(["pre", "post"]),
    st.sampled_from(["pre", "post"]),
)
def test_to_padded_fills_and_cuts_the_named_side(rows, length, padding, truncating):
    padded = Ragged.from_rows(rows).to_padded(
        length, padding=padding, truncating=truncating, value=7
    )
    width = max(map(len, rows), default=0) if length is None else length
    expected = []
    for row in rows:
        cut = row[len(row) - min(len(row), width) :] if truncating == "pre" else row[:width]
        fill = [7] * (width - len(cut))
        expected.append(fill + cut if padding == "pre" else cut + fill)
    assert padded.shape == (len(rows), width)
    assert padded.tolist() == expected


@given(rows_of_ints, st.integers(2, 5), st.sampled_from(["pre", "post"]))
def test_items_that_no_kernel_copies_are_padded_alike(rows, length, side):
    numbers = Ragged.from_rows(rows, dtype=np.int64)
    sides = {"padding": side, "truncating": side, "keep_first": 1, "keep_last": 1}
    expected = numbers.to_padded(length, value=7, **sides)
    objects = Ragged(numbers.values.astype(object), numbers.offsets)
    assert objects.to_padded(length, value=7, **sides).tolist() == expected.tolist()
    strings = Ragged(numbers.values.astype(str), numbers.offsets)
    fill = "7" * 40  # wider than all of them
    padded = strings.to_padded(length, value=fill, **sides)
    assert np.where(padded == fill, "7", padded).astype(int).tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", [">i4", "M8[s]", "S3", [("a", "i4"), ("b", "f8")], "f2"])
def test_items_of_any_dtype_without_objects_are_padded(dtype):
    values = np.arange(6).astype("S3" if dtype == "S3" else "i8").astype(dtype)
    fill = np.zeros(1, dtype).item()
    padded = Ragged(values, [0, 1, 6]).to_padded(3, truncating="pre", value=fill)
    assert padded.dtype == dtype
    assert padded[1].tolist() == values[3:].tolist()
    assert padded[0].tolist() == [*values[:1].tolist(), *np.zeros(2, dtype).tolist()]


@pytest.mark.parametrize("kind", ["Ragged", "lists", "arrays"])
@pytest.mark.parametrize("length", [None, 3])
def test_padding_needs_the_memory_of_its_result(kind, length):
    rows = [[1, 2, 3, 4]] * 50_000
    if kind != "lists":
        rows = Ragged.from_rows(rows) if kind == "Ragged" else [np.array([1, 2, 3, 4])] * 50_000
    tracemalloc.start()
    padded = SequencePadder(length).fit_transform(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.1 * padded.nbytes


def test_rows_of_vectors_keep_their_shape():
    rows = [np.ones((2, 3)), np.zeros((0, 3)), np.full((1, 3), 2.0)]
    ragged = Ragged.from_rows(rows)
    assert ragged.values.shape == (3, 3)
    assert ragged[2].shape == (1, 3)
    assert ragged.to_padded().shape == (3, 2, 3)
    assert "3 rows, 3 items x 3 of float64" in repr(ragged)


def test_nothing_can_change_the_rows(tmp_path):
    values, offsets = np.array([3, 1, 4]), np.array([0, 2, 3])
    ragged = Ragged(values, offsets)
    values[0] = offsets[1] = 10**9
    assert ragged.to_list() == [[3, 1], [4]]
    view = np.array([5, 6]).view()
    view.flags.writeable = False  # its memory can be written to still
    seen_through = Ragged(view, [0, 2])
    view.base[0] = 9
    assert seen_through.to_list() == [[5, 6]]
    joblib.dump(ragged, tmp_path / "rows.joblib")
    copies = [
        pickle.loads(pickle.dumps(ragged)),
        copy.deepcopy(ragged),
        joblib.load(tmp_path / "rows.joblib"),
        joblib.load(tmp_path / "rows.joblib", mmap_mode="r+"),
    ]
    for rows in (ragged, ragged[:1], ragged[[1, 0]], ragged.concat(ragged), *copies):
        with pytest.raises(ValueError, match="read-only"):
            rows.values[0] = 9
        with pytest.raises(ValueError, match="read-only"):
            rows.offsets[0] = 9
        with pytest.raises(ValueError, match="read-only"):
            rows[0][0] = 9
        for name in ("values", "offsets", "n_ids"):
            with pytest.raises(AttributeError):
                setattr(rows, name, None)
    ragged.to_padded()[0] = ragged.lengths[0] = 9  # these are the caller's


def test_arrays_that_are_read_only_are_shared():
    ragged = Ragged(np.array([3, 1, 4]), [0, 2, 3])
    assert Ragged(ragged.values, ragged.offsets).values is ragged.values
    from_bytes = np.frombuffer(b"abc", dtype=np.uint8)
    assert np.shares_memory(Ragged(from_bytes, [0, 3]).values, from_bytes)


def test_a_row_and_a_contiguous_selection_are_views():
    ragged = Ragged.from_rows([[1, 2], [3], [4, 5]])
    assert np.shares_memory(ragged[0], ragged.values)
    assert np.shares_memory(ragged[1:].values, ragged.values)


@pytest.mark.parametrize(
    ("values", "offsets", "message"),
    [
        ([1, 2], [0, 1], "rise from 0 to the number of values, 2; got offsets from 0 to 1"),
        ([1, 2], [1, 2], "from 1 to 2"),
        ([1, 2], [0, 2, 1, 2], "fall in between"),
        ([1, 2], [0.0, 2.0], "dtype float64"),
        ([1, 2], [], "n_rows \\+ 1 integers"),
        (1, [0], "at least one dimension"),
    ],
)
def test_wrong_offsets_are_named(values, offsets, message):
    with pytest.raises(ValueError, match=message):
        Ragged(values, offsets)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (3, "row 3 is out of range: there are 3 rows"),
        ([0, -4], "row -4 is out of range"),
        ([True], "a mask of 1 rows can't select from 3 rows"),
        ([0.5], "dtype float64"),
        ((0, 1), "only rows can be indexed"),
        ([[0]], "2 dimensions"),
    ],
)
def test_wrong_keys_are_named(key, message):
    with pytest.raises(IndexError, match=message):
        Ragged.from_rows([[1], [2], [3]])[key]


def test_no_array_is_made_of_rows_of_different_length():
    with pytest.raises(TypeError, match="to_padded"):
        np.asarray(Ragged.from_rows([[1], [2, 3]]))
    with pytest.raises(ValueError, match="can't be held by items of dtype int64"):
        Ragged.from_rows([[1], [2, 3]]).to_padded(value=0.5)


def test_passes_through_scikit_learn_and_joblib(tmp_path):
    rows = [[1] * (1 + i % 4) for i in range(40)]
    ragged, y = Ragged.from_rows(rows), np.array([len(r) > 2 for r in rows]).astype(int)
    train, test, _, y_test = train_test_split(ragged, y, random_state=0)
    assert len(train) == 30
    assert ((test.lengths > 2) == y_test).all()
    padder = FunctionTransformer(Ragged.to_padded, kw_args={"length": 4})
    model = make_pipeline(padder, LogisticRegression(), memory=str(tmp_path))
    assert cross_val_score(model, ragged, y, n_jobs=2, error_score="raise").tolist() == [1] * 5
    assert joblib.hash(ragged) == joblib.hash(Ragged.from_rows(rows))
    joblib.dump(ragged, tmp_path / "rows.joblib")
    assert joblib.load(tmp_path / "rows.joblib") == ragged


@pytest.mark.parametrize("side", ["left", "right", "Pre", None])
def test_other_words_for_a_side_are_refused(side):
    rows = Ragged.from_rows([[3, 1, 4], [1, 5]])
    for name, padded in (("padding", rows.to_padded), ("truncating", rows.to_padded)):
        with pytest.raises(ValueError, match=f'{name} must be "pre" or "post", got'):
            padded(2, **{name: side})
    with pytest.raises(ValueError, match='truncating must be "pre" or "post"'):
        rows.truncated(1, truncating=side)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.float16, 1e5),
        (np.float32, 2**24 + 1),
        (np.float32, 1e300),
        (np.int8, 128),
        (np.int64, 2**70),
        (np.int64, np.nan),
        ("<U2", 0),
        ("<U2", b"pad"),
        ([("a", "i4")], 1),
        ([("a", "i4")], (1, 2)),
        ([("a", "i1")], (300,)),
        (np.uint8, -1),
    ],
)
def test_a_value_that_overflows_is_refused(dtype, value):
    rows = Ragged.from_rows([np.zeros(1, dtype), np.zeros(2, dtype)])
    with pytest.raises(ValueError, match="can't be held by items of dtype"):
        rows.to_padded(3, value=value)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.float16, 0.1),
        (np.float32, 0.1),
        (np.float32, np.inf),
        (np.float64, np.nan),
        (np.int8, 2.0),
        ("<U3", "pad"),
        (object, "pad"),
        (bool, 1),
    ],
)
def test_a_value_that_fits_or_is_rounded_fills(dtype, value):
    rows = Ragged.from_rows([np.zeros(1, dtype)], dtype=dtype)
    expected = np.asarray(value).astype(dtype)
    np.testing.assert_array_equal(rows.to_padded(2, value=value)[0, 1], expected)


@pytest.mark.parametrize("dtype", ["ids", [1, 2], np.array(["a", "b"])], ids=repr)
def test_a_dtype_that_is_none_is_named(dtype):
    with pytest.raises(TypeError, match="dtype must be a dtype of NumPy, got"):
        Ragged.from_rows([[1]], dtype=dtype)


def test_n_ids_is_above_every_id():
    assert Ragged([4], [0, 1], n_ids=np.int64(5)).n_ids == 5
    for make in (
        lambda n: Ragged([7], [0, 1], n_ids=n),
        lambda n: Ragged.from_rows([[7]], n_ids=n),
    ):
        with pytest.raises(ValueError, match="the largest id is 7, expected less than n_ids=5"):
            make(5)
        for n_ids in ("x", True):
            with pytest.raises(TypeError, match=f"n_ids must be an integer, got {n_ids!r}"):
                make(n_ids)
    with pytest.raises(ValueError, match="n_ids=5 is for rows of integers, got items of float64"):
        Ragged([0.5], [0, 1], n_ids=5)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2], None], "row 1 is None, expected a sequence"),
        ([[1, 2], float("nan")], r"row 1 is float \(nan\), expected a sequence"),
        (np.array([0.1, 0.2]), "row 0 is float64 .*, expected a sequence"),
        (["abc", "de"], r"row 0 is str \('abc'\), expected a sequence"),
        ([{1: 2}], "row 0 is a dict, not items in order"),
        ({"a": [1]}, "X is a dict, not items in order"),
        (3, "rows must come as a list or array of sequences, got int"),
    ],
)
def test_what_is_no_sequence_is_named(rows, message):
    with pytest.raises(TypeError, match=message):
        Ragged.from_rows(rows)


def test_rows_of_unlike_items_are_named():
    with pytest.raises(ValueError, match=r"row 1 holds items of shape \(2,\), rows before"):
        Ragged.from_rows([[1, 2], [[1, 2]]])
    with pytest.raises(ValueError, match="row 1 is no row of numbers"):
        Ragged.from_rows([[1], [[1], [1, 2]]])
    with pytest.raises(ValueError, match="X has masked values in row 0"):
        Ragged.from_rows(np.ma.masked_equal([[1, 2]], 2))
    with pytest.raises(ValueError, match="row 1 is masked at position 1"):
        Ragged.from_rows([[1], np.ma.masked_equal([1, 2], 2)])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1], ["a"]], "different kinds: int64 and <U1"),
        ([["a"], [0.5]], "different kinds: <U1 and float64"),
        ([["a"], [b"a"]], "different kinds: <U1 and"),
        ([["a"], [1, "a"]], r"row 1 holds str and int \(1\)"),
    ],
)
def test_numbers_among_str_are_named(rows, message):
    with pytest.raises(TypeError, match=message):
        Ragged.from_rows(rows)
    with pytest.raises(TypeError, match="different kinds: int64 and <U1"):
        Ragged.from_rows([[1]]).concat(Ragged.from_rows([["a"]]))


def test_a_frame_is_read_row_by_row():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "b": [3, 4]})
    for table in (frame, frame.astype("Int64")):
        rows = Ragged.from_rows(table)
        assert rows.to_list() == [[1, 3], [2, 4]]
        assert rows.dtype == np.int64


def test_only_containers_of_one_kind_are_joined():
    tokens = Tokens.from_lists([["a"]])
    rows = Ragged.from_rows([[0]])
    for one, other in ((tokens, rows), (rows, tokens), (rows, [[0]])):
        with pytest.raises(TypeError, match="can be joined with"):
            one.concat(other)
    for call in (lambda: Ragged.concat([rows, rows]), lambda: Tokens.concat([tokens])):
        with pytest.raises(TypeError, match=r"got list: write a.concat\(b, c\)"):
            call()


def test_numpy_concatenates_containers():
    rows = Ragged.from_rows([[1, 2], [], [3]])
    assert np.concatenate([rows, rows[1:]]) == rows.concat(rows[1:])
    assert np.concatenate((rows,), axis=0) == rows
    tokens = WordTokenizer().transform(["a b", "b"])
    assert np.concatenate([tokens, tokens]) == tokens.concat(tokens)
    for mixed in ([rows, np.ones(2)], [np.ones(2), rows]):
        with pytest.raises(TypeError, match="Ragged"):
            np.concatenate(mixed)
    with pytest.raises(TypeError, match="use .to_padded"):
        np.concatenate([rows, rows], axis=None)
    assert np.shape(rows) == (3,)


def test_str_rows_become_wide_enough_for_the_value():
    rows = Ragged.from_rows([["a"], ["b", "cd"]])
    assert rows.to_padded(value="[PAD]").tolist() == [["a", "[PAD]"], ["b", "cd"]]
    assert Ragged.from_rows([[b"a"], []]).to_padded(value=b"pad").tolist() == [[b"a"], [b"pad"]]
    objects = Ragged(np.array(["a", "b"], dtype=object), [0, 0, 2])
    assert objects.to_padded(value="pad").tolist() == [["pad", "pad"], ["a", "b"]]


def test_records_are_padded_with_zeros_or_a_record():
    dtype = [("id", "i4"), ("weight", "f8")]
    rows = Ragged(np.array([(1, 0.5), (2, 1.5)], dtype), [0, 2, 2])
    assert rows.to_padded().tolist() == [[(1, 0.5), (2, 1.5)], [(0, 0.0), (0, 0.0)]]
    assert rows.to_padded(value=(9, 2.5))[1].tolist() == [(9, 2.5), (9, 2.5)]


@given(rows_of_ints)
def test_reversed_rows_are_reversed_lists(rows):
    ragged = Ragged.from_rows(rows, n_ids=100)
    found = ragged.reversed()
    assert found.to_list() == [row[::-1] for row in rows]
    assert found.n_ids == 100
    assert found.reversed() == ragged


@given(
    rows_of_ints,
    st.integers(0, 5),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(["pre", "post"]),
    st.sampled_from(["pre", "post"]),
)
def test_cutting_keeps_first_and_last_items(rows, extra, first, last, truncating, padding):
    length = first + last + extra

    def cut(row):
        if len(row) <= length:
            return list(row)
        head = length - last if truncating == "post" else first
        return [*row[:head], *row[len(row) - (length - head) :]]

    ragged = Ragged.from_rows(rows, n_ids=100)
    keep = {"truncating": truncating, "keep_first": first, "keep_last": last}
    expected = [cut(row) for row in rows]
    truncated = ragged.truncated(length, **keep)
    assert truncated.to_list() == expected
    assert truncated.n_ids == 100
    filled = [[0] * (length - len(r)) for r in expected]
    pairs = zip(expected, filled, strict=True)
    padded = [f + r if padding == "pre" else r + f for r, f in pairs]
    assert ragged.to_padded(length, padding=padding, **keep).tolist() == padded


def test_rows_of_any_length_are_copied():
    rng = np.random.default_rng(0)
    for longest in (3, 40, 400):
        rows = [rng.integers(1, 99, n) for n in rng.integers(0, longest, 3000)]
        padded = Ragged.from_rows(rows).to_padded(longest)
        assert all(np.array_equal(p[: len(r)], r) for p, r in zip(padded, rows, strict=True))
        assert all(not p[len(r) :].any() for p, r in zip(padded, rows, strict=True))


def test_padding_takes_little_more_memory_than_its_result():
    rng = np.random.default_rng(0)
    for mean in (30, 200):
        lengths = rng.integers(0, 2 * mean, 800_000 // mean)
        rows = Ragged(np.ones(lengths.sum(), np.int32), np.append(0, lengths.cumsum()))
        tracemalloc.start()
        padded = rows.to_padded(2 * mean)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= 1.5 * padded.nbytes + 2**21  # a block of an index


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"length": 2.5}, TypeError, "length must be an integer, got 2.5"),
        ({"length": 2, "keep_first": 2, "keep_last": 1}, ValueError, "at most length=2"),
        ({"length": 2, "keep_last": -1}, ValueError, "keep_last=-1 must be at least 0"),
    ],
)
def test_wrong_cuts_are_named(options, error, message):
    with pytest.raises(error, match=message):
        Ragged.from_rows([[1, 2, 3]]).truncated(**options)


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [
        ([[1, 2], [], [3]], np.int64),
        ([[1.5, 2], [3]], np.float64),
        ([[1, 2.5], [3]], np.float64),
        ([[1], [2.5]], np.float64),
        ([[True], [False]], bool),
        ([[1, True]], np.int64),
        ([[2**63]], np.uint64),
        ([(1, 2), [3]], np.int64),
        ([[np.float32(1)], [np.float32(2)]], np.float32),
    ],
)
def test_lists_have_the_dtype_of_their_arrays(rows, dtype):
    ragged = Ragged.from_rows(rows)
    assert ragged.dtype == dtype
    assert ragged.to_list() == [list(row) for row in rows]
    assert not ragged.values.flags.writeable


def test_a_cut_longer_than_any_row_cuts_nothing():
    rows = Ragged.from_rows([[1, 2], [], [3]])
    assert rows.truncated(10**30) == rows


def test_items_without_numbers_keep_their_dtype():
    rows = Ragged.from_rows([np.empty((3, 0), np.float32), np.empty((1, 0), np.float32)])
    assert rows.dtype == np.float32
    assert rows.lengths.tolist() == [3, 1]


def test_memory_that_a_length_does_not_fit(monkeypatch):
    def no_memory(*args, **kwargs):
        raise MemoryError

    rows = Ragged.from_rows([[1, 2], [3]])
    monkeypatch.setattr(np, "empty", no_memory)
    with pytest.raises(MemoryError, match=r"length=2147483648 makes 34\.4 GB of 2 rows"):
        rows.to_padded(2**31)


def test_joined_rows_have_items_of_one_shape():
    with pytest.raises(ValueError, match=r"of one shape, got \[\(\), \(2,\)\]: rows may differ in"):
        Ragged([[1, 2]], [0, 1]).concat(Ragged([1], [0, 1]))
