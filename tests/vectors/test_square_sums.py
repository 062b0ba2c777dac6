"""Sums of squares of rows: exact in any order, and the first singular vector of all rows."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from textvec.vectors._square_sums import SquareSums

numbers = st.floats(-1e4, 1e4, width=32)
rows_of = arrays(np.float32, st.tuples(st.integers(0, 9), st.just(3)), elements=numbers)


def bits(sums):
    return sums.scales, sums.high.tolist(), sums.low.tolist()


@given(parts=st.lists(rows_of, min_size=1, max_size=4), data=st.data())
def test_any_parts_in_any_order_are_one_sum(parts, data):
    whole = SquareSums.of(np.concatenate(parts))
    first, *others = (SquareSums.of(part) for part in data.draw(st.permutations(parts)))
    assert bits(first.merge(*others)) == bits(whole)
    left = first
    for other in others:
        left = other.merge(left)
    assert bits(pickle.loads(pickle.dumps(left))) == bits(whole)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e20])
def test_the_direction_is_that_of_numpys_svd(scale):
    rng = np.random.default_rng(0)
    rows = rng.normal(0.3, 1.0, (3_000, 20)) * rng.uniform(1e-3, 1, (3_000, 1)) * scale
    rows = rows.astype(np.float32)
    expected = np.linalg.svd(rows.astype(np.float64), full_matrices=False)[2][0]
    found = SquareSums.of(rows).first_direction()
    np.testing.assert_allclose(found * np.sign(found @ expected), expected, atol=1e-6)
    assert found.dtype == np.float32


def test_sums_of_any_number_of_rows_are_exact():
    rows = np.full((1_000, 2), 0.75, dtype=np.float32)  # without rounding
    sums = SquareSums.of(rows)
    for _ in range(40):  # 2**40 times as many rows, of which int64 holds no sum in these units
        sums = sums.merge(sums)
    (high,), (low,) = sums.high, sums.low
    assert int(high[0, 1]) * 2**32 + int(low[0, 1]) == 2**40 * 1_000 * (3 << 20) ** 2
    np.testing.assert_allclose(sums.first_direction() ** 2, [0.5, 0.5], rtol=1e-6)


def test_rows_of_zeros_have_no_direction():
    for rows in (np.zeros((0, 3), np.float32), np.zeros((5, 3), np.float32)):
        assert SquareSums.of(rows).scales == ()
        assert SquareSums.of(rows).first_direction().tolist() == [0, 0, 0]
