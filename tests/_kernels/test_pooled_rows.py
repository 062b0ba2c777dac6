"""Pooled rows, against NumPy in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from textvec._kernels._pooled_rows import pooled_rows

RNG = np.random.default_rng(0)
TABLE = RNG.standard_normal((40, 7)).astype(np.float32)
WEIGHTS = np.where(RNG.random(40) < 0.2, 0, RNG.random(40)).astype(np.float32)
LENGTHS = np.array([0, 1, 63, 64, 65, 200])
OFFSETS = np.concatenate([[0], np.cumsum(LENGTHS)])
IDS = RNG.integers(0, 40, size=OFFSETS[-1]).astype(np.int32)


def by_hand(ids, how):
    ids = ids[WEIGHTS[ids] != 0]
    if not len(ids):
        return np.zeros(7)
    vectors, weights = TABLE[ids].astype(float), WEIGHTS[ids].astype(float)
    if how == "max":
        return vectors.max(axis=0)
    return weights @ vectors / (len(ids) if how == "sum_per_item" else weights.sum())


@pytest.mark.parametrize("how", ["mean", "sum_per_item", "max"])
def test_rows_are_pooled_as_in_numpy(how):
    pooled = pooled_rows(TABLE, IDS, OFFSETS, WEIGHTS, how)
    expected = [by_hand(ids, how) for ids in np.split(IDS, OFFSETS[1:-1])]
    np.testing.assert_allclose(pooled, expected, atol=1e-6)


def test_what_indexes_memory_is_checked():
    with pytest.raises(IndexError, match="got 40"):
        pooled_rows(TABLE, np.array([40], dtype=np.int32), np.array([0, 1]), WEIGHTS, "mean")
    with pytest.raises(ValueError, match="offsets must"):
        pooled_rows(TABLE, IDS, np.array([0, len(IDS) + 1]), WEIGHTS, "mean")
    with pytest.raises(ValueError, match="as many weights"):
        pooled_rows(TABLE, IDS, OFFSETS, WEIGHTS[1:], "mean")
