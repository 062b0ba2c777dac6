from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from textvec._counting._packed_counts import packed, unpacked


def assert_same(counts):
    back = unpacked(packed(counts))
    assert (back.dtype, back.shape, back.tobytes()) == (
        counts.dtype,
        counts.shape,
        counts.tobytes(),
    )


shapes = array_shapes(min_dims=1, max_dims=2, min_side=0)


@given(arrays(np.int64, shapes, elements=st.one_of(st.integers(0, 300), st.integers(0, 2**62))))
def test_integers_come_back(counts):
    assert_same(counts)


@given(arrays(np.float64, shapes, elements=st.one_of(st.integers(0, 300), st.floats())))
def test_numbers_come_back_to_the_last_bit(counts):
    assert_same(counts)


def test_small_counts_take_a_byte():
    counts = np.array([[0, 1, 2, 254, 255, 256]])
    small, large, _ = packed(counts)
    assert small.nbytes == 6
    assert large.tolist() == [255, 256]
    assert packed(np.array([0.5, 3.0, -0.0]))[1].tolist() == [0.5, -0.0]
