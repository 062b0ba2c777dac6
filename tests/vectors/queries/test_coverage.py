"""Which tokens of a corpus have a vector."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from textvec import Vocabulary, WordTokenizer, WordVectors
from textvec.vectors import SubwordVectors

VECTORS = WordVectors(["the", "frog", "on"], np.eye(3, dtype=np.float32))
DOCUMENTS = ["The frog on the log", "", "a frog, a log"]


def test_documents_tokens_and_counts_cover_alike():
    tokens = WordTokenizer().transform(DOCUMENTS)
    counts = Counter(token for row in tokens.to_list() for token in row)
    for X in (DOCUMENTS, tokens, counts):
        report = VECTORS.coverage(X)
        assert (report.n_tokens, report.n_known) == (9, 5)
        assert (report.n_distinct, report.n_distinct_known) == (5, 3)
        assert report.missing == ("a", "log")
        assert report.missing_counts.tolist() == [2, 2]
        assert report.share == 5 / 9
        assert report.distinct_share == 0.6


def test_tokens_that_no_longer_occur_do_not_count():
    report = VECTORS.coverage(WordTokenizer().transform(DOCUMENTS)[:1])
    assert (report.n_tokens, report.n_distinct, report.missing) == (5, 4, ("log",))


def test_words_alone_and_nothing_at_all():
    report = VECTORS.coverage(Vocabulary(["frog", "newt"], first_id=2))
    assert (report.n_tokens, report.n_known, report.missing) == (2, 1, ("newt",))
    empty = VECTORS.coverage([])
    assert (empty.share, empty.distinct_share, empty.missing) == (0, 0, ())
    assert str(empty).count("0.0% with a vector") == 2


def test_missing_are_the_most_frequent():
    counts = {f"x{i}": i for i in range(1, 9)}
    report = VECTORS.coverage(counts, n_missing=3)
    assert report.missing == ("x8", "x7", "x6")
    assert VECTORS.coverage(counts, n_missing=0).missing == ()
    with pytest.raises(TypeError, match="n_missing must be an integer, got None"):
        VECTORS.coverage(counts, n_missing=None)
    assert "x8 (8), x7 (7)" in str(report)


def test_words_with_subwords_are_covered():
    subwords = SubwordVectors(np.ones((50, 3)), min_n=4, max_n=5)
    vectors = WordVectors(["the", "frog"], np.eye(2, 3), subwords=subwords)
    report = vectors.coverage(["The frogs on the log", "x"])
    assert (report.n_tokens, report.n_known) == (6, 5)
    assert report.missing == ("x",)
