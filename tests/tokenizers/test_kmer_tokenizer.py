"""KmerTokenizer, held against slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textvec import KmerTokenizer

from .strategies import documents


@given(documents, st.integers(1, 12), st.integers(1, 5), st.booleans())
def test_kmers_are_slices(X, k, stride, lowercase):
    texts = [x.lower() if lowercase else x for x in X]
    expected = [[x[i : i + k] for i in range(0, len(x) - k + 1, stride)] for x in texts]
    tokenizer = KmerTokenizer(k, stride, lowercase=lowercase)
    assert tokenizer.transform(X).to_list() == expected


@pytest.mark.parametrize("k", [1, 2, 6, 7, 8, 9, 16, 17])
def test_dna(k):
    rng = np.random.default_rng(0)
    X = ["".join(rng.choice(list("ACGT"), size)) for size in (0, k - 1, k, k + 1, 5_000)]
    tokens = KmerTokenizer(k).transform(X)
    assert tokens.lengths.tolist() == [0, 0, 1, 2, 5_000 - k + 1]
    assert tokens.to_list()[-1] == [X[-1][i : i + k] for i in range(5_000 - k + 1)]


def test_threads_give_the_same():
    X = ["ACGTTGCA" * 20_000, "AC", "N" * 100_000, "ACGTNé語" * 10_000]
    assert KmerTokenizer(5, n_jobs=2).transform(X) == KmerTokenizer(5).transform(X)


def test_wider_than_any_document():
    for huge in (5, 2**40, 2**64 - 1, 10**30):
        assert KmerTokenizer(huge).transform(["ACGT", ""]).to_list() == [[], []]
        assert KmerTokenizer(2, stride=huge).transform(["ACGT"]).to_list() == [["AC"]]


@pytest.mark.parametrize(
    ("params", "message"),
    [({"k": 0}, "'k' parameter"), ({"k": 2.0}, "'k'"), ({"stride": 0}, "'stride'")],
)
def test_parameters_are_checked(params, message):
    with pytest.raises(ValueError, match=message):
        KmerTokenizer(**params).transform(["a"])
