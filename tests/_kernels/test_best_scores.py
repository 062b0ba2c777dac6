"""Candidates for the best scores, found block by block."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from textvec._kernels._best_scores import take_candidates


@settings(max_examples=60, deadline=None)
@given(
    scores=st.lists(st.lists(st.integers(-3, 3), min_size=5, max_size=5), min_size=1, max_size=60),
    k=st.integers(1, 7),
    margin=st.sampled_from([0.5, 2]),
    floor=st.sampled_from([-np.inf, 0]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_candidates_hold_all_that_may_be_best(scores, k, margin, floor, dtype):
    """Whatever lies within the margin of the k-th highest, in the order of rows."""
    table = np.array(scores, dtype).T.copy()  # (5, n)
    highest = np.full((5, k), -np.inf, dtype)
    margins, floors = np.full(5, margin, dtype), np.full(5, floor, dtype)
    found = [
        (query, row + start, score)
        for start in range(0, len(scores), 9)
        for query, row, score in [
            take_candidates(table[:, start : start + 9].copy(), highest, margins, floors)
        ]
    ]
    query, row, score = (np.concatenate(part) for part in zip(*found, strict=True))
    np.testing.assert_array_equal(score, table[query, row])
    for q, values in enumerate(table):
        best = np.sort(np.append(np.full(k, -np.inf), values))[-k:]
        np.testing.assert_array_equal(np.sort(highest[q]), np.where(best > floor, best, -np.inf))
        assert highest[q, 0] == highest[q].min()
        rows = row[query == q]
        assert (np.diff(rows) > 0).all()
        assert set(np.flatnonzero(values > max(best[0] - margin, floor))) <= set(rows)
