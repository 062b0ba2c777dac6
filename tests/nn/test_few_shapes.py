"""Numbers of rows that are filled up so that products have few shapes."""

from __future__ import annotations

import torch

from textvec.nn._few_shapes import filled, n_fill


def test_there_are_few_numbers_of_rows_and_little_is_added():
    numbers = range(10_000)
    assert all(0 <= n_fill(n) <= max(31, n // 16) for n in numbers)
    assert len({n + n_fill(n) for n in numbers}) < 120
    assert n_fill(0) == 0


def test_rows_are_filled_with_one_that_is_there_and_only_in_bfloat16():
    rows = torch.tensor([7, 5, 9])
    assert filled(rows).tolist() == [7, 5, 9]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert filled(rows).tolist() == [7, 5, 9, *[0] * 29]
        assert filled(rows[:0]).tolist() == []
