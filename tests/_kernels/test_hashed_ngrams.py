"""n-grams hashed piece by piece, against scikit-learn's hash of the whole string."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.utils import murmurhash3_32

from textvec._kernels._hashed_ngrams import hash_rows, hash_tokens
from textvec._kernels._token_bytes import encode_tokens

from .ngrams import SYMBOLS, corpus, in_python


def column_and_sign(name, n_columns):
    value = murmurhash3_32(name.encode(), seed=0)
    return abs(value) % n_columns, 1 if value >= 0 else -1


@pytest.mark.parametrize("n_columns", [1, 7, 1024])
def test_columns_are_scikit_learns(n_columns):
    """For every size around the words of four bytes that the hash reads."""
    names = ["abcdefghijklmnopq"[:n] for n in range(18)] + ["é", "ภาษา", "🐸"]
    expected = [column_and_sign(name, n_columns)[0] for name in names]
    assert hash_tokens(*encode_tokens(names), n_columns).tolist() == expected


@pytest.mark.parametrize("unit", ["joined", "adjacent", "inside"])
@pytest.mark.parametrize(("min_n", "max_n"), [(1, 1), (1, 3), (2, 4)])
@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_rows_are_those_of_whole_strings(unit, min_n, max_n, dtype):
    ids, offsets = corpus()
    arrays = hash_rows(
        ids,
        offsets,
        *encode_tokens(SYMBOLS),
        unit=unit,
        min_n=min_n,
        max_n=max_n,
        n_columns=97,
        alternate_sign=True,
        dtype=dtype,
    )
    matrix = csr_array(arrays, shape=(len(offsets) - 1, 97))
    expected = np.zeros(matrix.shape)
    for row, part in enumerate(np.split(ids, offsets[1:-1])):
        sums = defaultdict(int)
        for name in in_python([SYMBOLS[i] for i in part], unit, min_n, max_n):
            column, sign = column_and_sign(name, 97)
            sums[column] += sign
        for column, value in sums.items():
            expected[row, column] = value
    assert matrix.dtype == dtype
    assert matrix.has_sorted_indices
    np.testing.assert_array_equal(matrix.toarray(), expected)


def test_arguments_are_checked():
    symbols = encode_tokens(["a"])
    options = {
        "unit": "joined",
        "min_n": 1,
        "max_n": 1,
        "n_columns": 8,
        "alternate_sign": False,
        "dtype": np.int64,
    }
    one, offsets = np.array([0], dtype=np.int32), np.array([0, 1])
    with pytest.raises(IndexError, match="got 1"):
        hash_rows(one + np.int32(1), offsets, *symbols, **options)
    for wrong in ({"n_columns": 0}, {"min_n": 0}, {"unit": "words"}, {"dtype": np.int8}):
        with pytest.raises(ValueError, match="must be"):
            hash_rows(one, offsets, *symbols, **options | wrong)
    with pytest.raises(ValueError, match="offsets must"):
        hash_rows(one, offsets + 1, *symbols, **options)
