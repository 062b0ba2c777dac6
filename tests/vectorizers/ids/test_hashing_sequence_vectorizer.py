"""HashingSequenceVectorizer against scikit-learn's hash."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sklearn.utils import murmurhash3_32

from textvec import HashingSequenceVectorizer, HashingVectorizer

DOCUMENTS = ["the frog sat on the log", "", "grün 🐸 the"]


def expected_id(token, max_tokens):
    return 2 + abs(murmurhash3_32(token, seed=0)) % (max_tokens - 2)


@pytest.mark.parametrize("max_tokens", [3, 10, 5000, 2**20])
def test_ids_are_hashes(max_tokens):
    ids = HashingSequenceVectorizer(max_tokens=max_tokens).transform(DOCUMENTS)
    expected = [[expected_id(t, max_tokens) for t in d.split() if t != "🐸"] for d in DOCUMENTS]
    assert ids.to_list() == expected
    assert ids.n_ids == max_tokens
    assert ids.values.min() >= 2
    assert ids.values.max() < max_tokens


def test_ids_are_the_columns_of_hashing_vectorizer():
    ids = HashingSequenceVectorizer(max_tokens=102).transform(["frog"])
    counts = HashingVectorizer(n_features=100, norm=None).transform(["frog"])
    assert ids.values.tolist() == [2 + counts.indices[0]]


def test_ngrams_are_hashed_too():
    ids = HashingSequenceVectorizer(max_tokens=5000, ngram_range=(1, 2)).transform(["a b c"])
    assert ids.to_list() == [[expected_id(t, 5000) for t in ("a", "b", "c", "a b", "b c")]]


def test_every_process_hashes_alike():
    code = (
        "from textvec import HashingSequenceVectorizer as V; "
        f"print(V(max_tokens=5000).transform({DOCUMENTS!r}).to_list())"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    here = HashingSequenceVectorizer(max_tokens=5000).transform(DOCUMENTS)
    assert run.stdout.strip() == str(here.to_list())


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="'max_tokens' parameter of HashingSequenceVectorizer"):
        HashingSequenceVectorizer(max_tokens=2).fit(DOCUMENTS)
    # The largest id has to be an int32.
    assert HashingSequenceVectorizer(max_tokens=2**31).transform(DOCUMENTS).values.min() > 1
    for n_ids in (2**31 + 1, 2**40):
        with pytest.raises(ValueError, match=r"an int in the range \[3, 2147483648\]"):
            HashingSequenceVectorizer(max_tokens=n_ids).transform(DOCUMENTS)
    with pytest.raises(ValueError, match="ngram_range must be two integers"):
        HashingSequenceVectorizer(ngram_range=(2, 1)).transform(DOCUMENTS)
