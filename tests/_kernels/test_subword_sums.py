"""Sums of the vectors of a word's n-grams, as fastText hashes them."""

from __future__ import annotations

import numpy as np
import pytest

from textvec._kernels._subword_sums import add_subwords
from textvec._kernels._token_bytes import encode_tokens


def fnv1a(text):
    value = 2166136261
    for byte in text.encode():
        signed = byte - 256 if byte >= 128 else byte
        value = (value ^ (signed & 0xFFFFFFFF)) * 16777619 & 0xFFFFFFFF
    return value


def ngrams(word, min_n, max_n):
    marked = f"<{word}>"
    every = (
        (start, marked[start : start + n])
        for start in range(len(marked))
        for n in range(min_n, max_n + 1)
        if start + n <= len(marked)
    )
    return [ngram for _, ngram in every if ngram not in ("<", ">")]


@pytest.mark.parametrize(("min_n", "max_n"), [(1, 3), (3, 6)])
def test_sums_are_those_of_python(min_n, max_n):
    words = ["frog", "", "a", "naïve", "ภาษา", "🐸🐸"]
    table = np.random.default_rng(0).standard_normal((11, 3)).astype(np.float32)
    sums = np.ones((len(words), 3), dtype=np.float32)
    counts = add_subwords(*encode_tokens(words), min_n, max_n, table, sums)
    assert counts.tolist() == [len(ngrams(word, min_n, max_n)) for word in words]
    for row, word in zip(sums, words, strict=True):
        hashes = [fnv1a(ngram) % 11 for ngram in ngrams(word, min_n, max_n)]
        np.testing.assert_allclose(row, 1 + table[hashes].sum(axis=0), rtol=1e-5)


def test_offsets_are_checked():
    buffer, offsets = encode_tokens(["frog"])
    table = np.ones((2, 3), dtype=np.float32)
    with pytest.raises(ValueError, match="offsets must"):
        add_subwords(buffer, offsets + 1, 3, 6, table, np.ones((1, 3), dtype=np.float32))
