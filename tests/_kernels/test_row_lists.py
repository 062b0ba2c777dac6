"""Rows cut and filled to one width, and lists of rows read where they are, against plain Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec._kernels._row_lists import number_rows, pad_rows

ints = st.integers(-(2**63), 2**63 - 1)
lists_of_numbers = st.lists(st.lists(ints, max_size=6), max_size=6) | st.lists(
    st.lists(st.floats(allow_nan=False), max_size=6), max_size=6
)


def by_hand(row, width, head, fills_front, fill):
    if len(row) > width:
        return [*row[:head], *row[len(row) - (width - head) :]]
    around = [fill] * (width - len(row))
    return [*around, *row] if fills_front else [*row, *around]


@given(lists_of_numbers, st.integers(0, 5), st.data())
def test_lists_arrays_and_flat_rows_are_padded_alike(rows, width, data):
    head, fills_front = data.draw(st.integers(0, width)), data.draw(st.booleans())
    fill = data.draw(st.sampled_from([0, 7, -1]))
    numbers = number_rows(rows)
    if numbers is None:
        assert not any(rows)
        return
    values, offsets = numbers.flat()
    assert [values[a:b].tolist() for a, b in pairwise(offsets)] == rows
    assert (numbers.n_items, numbers.longest) == (len(values), max(map(len, rows)))
    expected = [by_hand(row, width, head, fills_front, fill) for row in rows]
    arrays = number_rows([np.array(row, dtype=values.dtype) for row in rows])
    for pad in (numbers.pad, arrays.pad, lambda *options: pad_rows(values, offsets, *options)):
        padded = np.full((len(rows), width), 99, dtype=values.dtype)
        pad(padded, np.array(fill, dtype=values.dtype), head, fills_front)
        assert padded.tolist() == expected


@pytest.mark.parametrize("dtype", ["int8", "uint16", "float16", "float64", "complex128", "bool"])
def test_items_of_any_size_and_shape(dtype):
    rows = [np.ones((n, 3), dtype=dtype) for n in (2, 0, 5)]
    numbers = number_rows([*rows, np.array([])])  # an empty row may be of any dtype
    padded = np.full((4, 3, 3), 1, dtype=dtype)
    numbers.pad(padded, np.zeros((), dtype=dtype), 1, False)
    assert (numbers.dtype, numbers.item_shape, numbers.longest) == (dtype, (3,), 5)
    assert padded[:, :, 0].astype(bool).tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[], ()],
        [[1], None],
        [[1], [2.5]],
        [[1], [None]],
        [[1.5], ["2"]],
        [[1], [2**63]],
        [[1, [2]]],
        [[True, False]],
        [["a"]],
        [[1], np.array([1])],
        [np.array([1]), np.array([1.5])],
        [np.array([1]), np.array(1)],
        [np.array([1]), np.array([[1]])],
        [np.array([1, 2, 3])[::2]],
        [np.array([1], dtype=">i4")],
        [np.array(["a"])],
        [np.array([1], dtype=object)],
        [np.ma.array([1])],
        ["ab"],
        [b"ab"],
    ],
    ids=repr,
)
def test_other_rows_are_left_to_the_slow_way(rows):
    assert number_rows(rows) is None


def test_numbers_among_ints_and_floats_become_such():
    assert number_rows([(1, True), [np.int8(3)]]).flat()[0].tolist() == [1, 1, 3]
    values = number_rows([[0.5, 1, True, np.float32(2)]]).flat()[0]
    assert (values.dtype, values.tolist()) == (np.float64, [0.5, 1, 1, 2])


class Clearing:
    """An integer whose own code takes all items out of its row."""

    def __init__(self, row):
        self.row = row

    def __index__(self):
        self.row.clear()
        return 3


def test_a_row_that_changes_itself_is_no_row_of_numbers():
    row = [1]
    row += [Clearing(row), *range(1000)]
    assert number_rows([row]) is None


@pytest.mark.parametrize("new", [[1, 2, 3], "ab", [None], 4])
def test_rows_that_change_after_the_survey_are_an_error(new):
    rows = [[1, 2], [3]]
    numbers = number_rows(rows)
    rows[0] = new
    with pytest.raises(RuntimeError, match="changed while they were read"):
        numbers.pad(np.zeros((2, 9), dtype=np.int64), np.zeros((), dtype=np.int64), 0, True)
    with pytest.raises(RuntimeError, match="changed while they were read"):
        numbers.flat()


def test_rows_that_lose_items_after_the_survey_are_read_as_they_are():
    rows = [[1, 2], [3]]
    numbers = number_rows(rows)
    rows[0].clear()
    values, offsets = numbers.flat()
    assert (values.tolist(), offsets.tolist()) == ([3], [0, 0, 1])


def test_what_indexes_memory_is_checked():
    values, offsets, zero = np.arange(3), np.array([0, 3]), np.zeros((), dtype=np.int64)
    target = np.zeros((1, 2), dtype=np.int64)
    with pytest.raises(ValueError, match="offsets must"):
        pad_rows(values, np.array([0, 4]), target, zero, 0, True)
    with pytest.raises(ValueError, match="head_of_long must be 0 to 2, got 3"):
        pad_rows(values, offsets, target, zero, 3, True)
    with pytest.raises(ValueError, match="values must be contiguous"):
        pad_rows(np.arange(6)[::2], offsets, target, zero, 0, True)
    for wrong in (
        np.zeros((2, 2), dtype=np.int64),
        np.zeros((1, 2), dtype=np.int32),
        np.zeros((1, 2, 2), dtype=np.int64),
        np.zeros((1, 4), dtype=np.int64)[:, ::2],
        np.zeros(2, dtype=np.int64),
        np.array(b"").reshape(1, 1),
    ):
        with pytest.raises(ValueError, match="padded rows of int64 go into an array of shape"):
            pad_rows(values, offsets, wrong, zero, 0, True)
    target.flags.writeable = False
    with pytest.raises(ValueError, match="padded rows of int64"):
        pad_rows(values, offsets, target, zero, 0, True)
    objects = values.astype(object)
    with pytest.raises(ValueError, match="padded rows of object"):
        pad_rows(objects, offsets, objects[None, :2].copy(), np.array(0, dtype=object), 0, True)
