"""What it means to give the same as scikit-learn's vectorizers, bit for bit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from ...tokenizers.strategies import texts

# Small enough to repeat themselves within and across documents.
words = st.sampled_from(["a", "an", "and", "the", "The", "frog", "frogs", "é", "Σίσυφος", "x_1"])
sentences = st.lists(words, max_size=12).map(" ".join)
corpora = st.lists(st.one_of(sentences, texts, st.text("ab \n", max_size=20)), max_size=6)

ngram_ranges = st.tuples(st.integers(1, 4), st.integers(0, 3)).map(lambda r: (r[0], r[0] + r[1]))
READING = {
    "analyzer": st.sampled_from(["word", "char", "char_wb"]),
    "ngram_range": ngram_ranges,
    "lowercase": st.booleans(),
    "strip_accents": st.sampled_from([None, "ascii", "unicode"]),
    "token_pattern": st.sampled_from(
        [r"(?u)\b\w\w+\b", r"\b\w+\b", r"\w{2,}", r"(?u)\S+", r"[^\W\d_]+", r"\b(\w)\w*"]
    ),
    "stop_words": st.sampled_from([None, "english", ["the", "frog"]]),
    "binary": st.booleans(),
}
SELECTING = {
    "min_df": st.sampled_from([1, 2, 0.3]),
    "max_df": st.sampled_from([1.0, 3, 0.7]),
    "max_features": st.sampled_from([None, 1, 3, 10]),
}
COUNT_DTYPES = {"dtype": st.sampled_from([np.int64, np.int32, np.float32, np.float64, np.uint8])}


def parameters(*tables: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the parameters in the tables."""
    return st.fixed_dictionaries({}, optional={k: v for table in tables for k, v in table.items()})


def assert_same_matrix(ours: Any, theirs: Any) -> None:
    assert type(ours) is type(theirs)
    assert ours.shape == theirs.shape
    for part in ("data", "indices", "indptr"):
        a, b = getattr(ours, part), getattr(theirs, part)
        assert a.dtype == b.dtype, part
        np.testing.assert_array_equal(a, b, err_msg=part)
    assert ours.has_sorted_indices == theirs.has_sorted_indices


def assert_same_fit(ours: Any, theirs: Any, X: list[Any]) -> bool:
    """Fit both and compare all there is; give whether that raised, which must say the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of stop words and unused parameters, by both
        try:
            expected = theirs.fit_transform(X)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)[:16]):
                ours.fit_transform(X)
            return False
        counts = ours.fit_transform(X)
        assert_same_matrix(counts, expected)
        assert_same_matrix(ours.transform(X), theirs.transform(X))
        unseen = [*X[::-1], "the newt and the frog"]
        assert_same_matrix(ours.transform(unseen), theirs.transform(unseen))
        for document in unseen[-3:]:  # one alone is counted in a way of its own
            assert_same_matrix(ours.transform([document]), theirs.transform([document]))
        assert ours.vocabulary_ == theirs.vocabulary_
        names = ours.get_feature_names_out()
        np.testing.assert_array_equal(names, theirs.get_feature_names_out())
        if not X:
            return True
        terms = ours.inverse_transform(counts[:50])
        for row, expected_row in zip(terms, theirs.inverse_transform(expected[:50]), strict=True):
            assert row.dtype == expected_row.dtype
            np.testing.assert_array_equal(row, expected_row)
    return True
