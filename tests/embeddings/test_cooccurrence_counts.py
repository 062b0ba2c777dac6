"""Co-occurrence counts of a vocabulary's words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from textvec import Tokens, Vocabulary
from textvec.embeddings._cooccurrence_counts import (
    Cooccurrences,
    count_cooccurrences,
    frequent_tokens,
)

from .corpus import TOKENS


def test_dropped_tokens_take_no_place():
    tokens = Tokens.from_lists([["a", "rare", "b"], ["a"], ["b", "a"]])
    vocabulary = frequent_tokens(tokens, min_count=2)
    assert vocabulary.tokens == ["a", "b"]
    counts = count_cooccurrences(tokens, vocabulary, window=1)
    assert counts.matrix.toarray().tolist() == [[0, 2], [2, 0]]
    behind = count_cooccurrences(tokens, vocabulary, window=1, side="right")
    assert behind.matrix.toarray().tolist() == [[0, 1], [1, 0]]


def test_a_token_beside_itself_counts_from_both_sides():
    tokens = Tokens.from_lists([["a", "a"]])
    counts = count_cooccurrences(tokens, Vocabulary(["a"]), window=5)
    assert counts.matrix.toarray().tolist() == [[2]]


def test_max_tokens_counts_rows_of_an_embedding():
    assert len(frequent_tokens(TOKENS, min_count=1, max_tokens=12)) == 10
    with pytest.raises(ValueError, match="no token occurs min_count=100000 times"):
        frequent_tokens(TOKENS, min_count=100_000)


def test_a_matrix_goes_in_and_out():
    matrix = csr_array(np.array([[0.0, 2.0], [2.0, 0.0]]))
    counts = Cooccurrences.of_matrix(Vocabulary(["a", "b"]), matrix)
    assert (counts.matrix != matrix).nnz == 0
    assert counts.indptr.dtype == np.int64
