"""Trimmed rows against stripped strings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec._kernels._trimmed_rows import trimmed_rows

ROWS = st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=6)
ITEMS = np.arange(1, 6)
OFFSETS = np.array([0, 3, 3, 5])


def flat(rows, dtype=np.int64):
    offsets = np.cumsum([0, *map(len, rows)])
    return np.array([item for row in rows for item in row], dtype=dtype), offsets


@given(ROWS, st.sampled_from([np.int32, np.int64, np.bool_]))
def test_zeros_at_the_ends_are_left_out(rows, dtype):
    values, offsets = flat(rows, dtype)
    starts, lengths, least, greatest = trimmed_rows(values, offsets)
    for i, row in enumerate(rows):
        text = "".join("0" if item == 0 else "1" for item in row)
        assert lengths[i] == len(text.strip("0"))
        assert starts[i] == offsets[i] + (len(text) - len(text.lstrip("0")) if lengths[i] else 0)
    if dtype is not np.bool_:
        assert (least, greatest) == (0, max(values.tolist(), default=0))


def test_the_least_and_the_greatest_value():
    values = np.array([3, -(2**40), 2**41])
    assert trimmed_rows(values, np.array([0, 3]))[2:] == (-(2**40), 2**41)
    assert trimmed_rows(values[:0], np.array([0, 0]))[2:] == (0, 0)


def test_what_indexes_memory_is_checked():
    for offsets in ([0, 6], [0, 3, 2], [-1, 2]):
        with pytest.raises(ValueError, match="offsets must"):
            trimmed_rows(ITEMS, np.array(offsets))


@pytest.mark.parametrize("values", [ITEMS[::2], ITEMS[:, None], ITEMS.astype(">i8")])
def test_other_memory_is_not_trimmed(values):
    with pytest.raises(ValueError, match="contiguous array of native"):
        trimmed_rows(values, np.array([0, len(values)]))
    with pytest.raises(TypeError, match="got float64"):
        trimmed_rows(ITEMS.astype(float), OFFSETS)
