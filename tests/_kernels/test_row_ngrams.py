"""n-grams of one row against a dictionary of slices."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from textvec._kernels._row_ngrams import row_ngrams

N_TOKENS, N_BUCKETS, FACTOR, PRIME = 40, 11, 1_000_003, 2**31 - 1


def found_in(ids, max_ngram, last_unnamed=1):
    sizes = (N_TOKENS, N_BUCKETS, last_unnamed, FACTOR, PRIME)
    return row_ngrams(np.array(ids, np.int64), max_ngram, *sizes)


def place_of(ngram, last_unnamed):
    if min(ngram) <= last_unnamed:
        return 0
    code = ngram[0]
    for other in ngram[1:]:
        code = (code * FACTOR + other) % PRIME
    return code if len(ngram) == 1 else N_TOKENS + code % N_BUCKETS


@pytest.mark.parametrize("n_ids", [0, 1, 2, 3, 7, 300])
@pytest.mark.parametrize("max_ngram", [1, 2, 3, 5])
@pytest.mark.parametrize("last_unnamed", [0, 1])
def test_places_and_counts(n_ids, max_ngram, last_unnamed):
    ids = np.random.default_rng(n_ids).integers(0, N_TOKENS, n_ids).tolist()
    sizes = range(1, min(max_ngram, n_ids) + 1)
    ngrams = [ids[i : i + n] for n in sizes for i in range(n_ids - n + 1)]
    expected = [place_of(ngram, last_unnamed) for ngram in ngrams]
    places, counts = found_in(ids, max_ngram, last_unnamed)
    assert places.tolist() == expected
    occurrences = Counter(expected)
    assert counts.tolist() == [occurrences[place] for place in expected]


def test_large_ids():
    """The hashes of the largest ids and codes do not overflow."""
    largest = 2**31 - 2
    places, _ = found_in([largest] * 3, 3)
    code = (largest * FACTOR + largest) % PRIME
    longer = (code * FACTOR + largest) % PRIME
    pair, triple = (N_TOKENS + c % N_BUCKETS for c in (code, longer))
    assert places.tolist() == [largest] * 3 + [pair] * 2 + [triple]


def test_numbers_to_divide_by():
    with pytest.raises(ValueError, match="prime and n_buckets must be positive, got 5 and 0"):
        row_ngrams(np.array([2, 3]), 2, 9, 0, 1, 7, 5)
    assert row_ngrams(np.array([2, 3]), 1, 9, 0, 1, 7, 5)[0].tolist() == [2, 3]
