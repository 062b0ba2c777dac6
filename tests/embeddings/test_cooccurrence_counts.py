"""Co-occurrence counts of a vocabulary's words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from textvec import ConceptVectors, GloVe, Tokens, Vocabulary
from textvec._counting._token_counts import TokenCounts
from textvec.embeddings._cooccurrence_counts import (
    Cooccurrences,
    frequent_tokens,
    window_sums,
)

from .corpus import TOKENS


def frequent(tokens, **limits):
    return frequent_tokens(TokenCounts.of(tokens), **limits)


def count_cooccurrences(tokens, vocabulary, *, weighting="harmonic", **options):
    sums = window_sums(tokens, vocabulary, weighting=weighting, **options)
    return Cooccurrences.of_sums(vocabulary, sums, weighting)


def test_dropped_tokens_take_no_place():
    tokens = Tokens.from_lists([["a", "rare", "b"], ["a"], ["b", "a"]])
    vocabulary = frequent(tokens, min_count=2)
    assert vocabulary.tokens == ["a", "b"]
    counts = count_cooccurrences(tokens, vocabulary, window=1)
    assert counts.matrix.toarray().tolist() == [[0, 2], [2, 0]]


def test_a_token_beside_itself_counts_from_both_sides():
    tokens = Tokens.from_lists([["a", "a"]])
    counts = count_cooccurrences(tokens, Vocabulary(["a"]), window=5)
    assert counts.matrix.toarray().tolist() == [[2]]


def test_max_tokens_counts_rows_of_an_embedding():
    assert len(frequent(TOKENS, min_count=1, max_tokens=12)) == 10
    with pytest.raises(ValueError, match="no token occurs min_count=100000 times"):
        frequent(TOKENS, min_count=100_000)


def test_counts_are_sums_rounded_once():
    tokens = Tokens.from_lists([["a", "x", "x", "b"]] * 3)
    vocabulary = Vocabulary(["a", "b", "x"])
    counts = count_cooccurrences(tokens, vocabulary, window=3)
    assert counts.data.dtype == np.float32
    assert counts.matrix[0, 1] == np.float32(1.0)
    assert counts.matrix[0, 2] == np.float32(4.5)
    flat = count_cooccurrences(tokens, vocabulary, window=3, weighting="flat")
    assert flat.matrix.toarray().tolist() == [[0, 3, 6], [3, 0, 6], [6, 6, 6]]


def test_a_matrix_goes_in_and_out():
    matrix = csr_array(np.array([[0.0, 2.0], [2.0, 0.0]]))
    counts = Cooccurrences.of_matrix(Vocabulary(["a", "b"]), matrix)
    assert (counts.matrix != matrix).nnz == 0
    assert counts.indptr.dtype == np.int64


@pytest.mark.parametrize("learner", [GloVe(min_count=1), ConceptVectors()])
def test_documents_without_tokens_are_not_too_few(learner):
    with pytest.raises(ValueError, match="the documents hold no tokens"):
        learner.fit(["", ""])
