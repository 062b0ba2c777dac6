"""Sizes beyond int32, by small stand-ins for its greatest number: wide results or clear errors."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from textvec import (
    BM25Transformer,
    CharTokenizer,
    CountVectorizer,
    HashingVectorizer,
    NBLogCountRatio,
    SubwordTokenizer,
    TfidfVectorizer,
    Tokens,
    Vocabulary,
    WordTokenizer,
)
from textvec._counting._token_counts import TokenCounts
from textvec._inputs import _int32_limits
from textvec.vectorizers.drop_in import _sparse_rows

DOCUMENTS = ["the frog sat on the log", "", "the toad", "a newt and a frog and the toad"]
LABELS = [0, 1, 1, 0]
MATRICES = [
    CountVectorizer(ngram_range=(1, 2)),
    CountVectorizer(analyzer="char_wb", ngram_range=(1, 3), binary=True),
    TfidfVectorizer(),
    TfidfVectorizer(norm="l1", sublinear_tf=True, dtype=np.float32),
    HashingVectorizer(n_features=32),
    HashingVectorizer(n_features=2**31 - 2, norm=None),
]


def widened(X):
    """Return a matrix with the indices that it has with more than 2**31 entries."""
    wide = X.copy()
    wide.indices, wide.indptr = (a.astype(np.int64) for a in (X.indices, X.indptr))
    return wide


@pytest.mark.parametrize("vectorizer", MATRICES, ids=repr)
def test_matrices_of_more_entries_have_wide_indices(vectorizer, monkeypatch):
    narrow = vectorizer.fit_transform(DOCUMENTS)
    monkeypatch.setattr(_sparse_rows, "INT32_MAX", 3)
    wide, one = vectorizer.fit_transform(DOCUMENTS), vectorizer.transform(DOCUMENTS[3:])
    # SciPy makes more than one row narrow again, as far as they fit.
    assert one.indices.dtype == one.indptr.dtype == np.int64
    assert wide.dtype == narrow.dtype
    assert (wide != narrow).nnz == 0
    assert abs(one - narrow[[3]]).max() < 1e-6  # where rows are normalized, but for rounding


def test_tfidf_of_wide_counts():
    vectorizer = TfidfVectorizer()
    expected = vectorizer.fit_transform(DOCUMENTS)
    counts = widened(CountVectorizer(dtype=np.float64).fit_transform(DOCUMENTS))
    found = vectorizer._weighed(counts)
    assert found.indices.dtype == np.int64
    assert (found != expected).nnz == 0


@pytest.mark.parametrize("weights", [BM25Transformer(), NBLogCountRatio()], ids=repr)
def test_weights_of_wide_counts(weights):
    narrow = CountVectorizer().fit_transform(DOCUMENTS)
    wide = widened(narrow)
    expected = weights.fit(narrow, LABELS).transform(narrow)
    found = weights.fit(wide, LABELS).transform(wide)
    assert (found != expected).nnz == 0
    assert wide.indices.dtype == np.int64
    in_parts = clone(weights)
    for part in (slice(0, 2), slice(2, 4)):
        in_parts.partial_fit(widened(narrow[part]), LABELS[part])
    assert (in_parts.transform(wide) != expected).nnz == 0


def test_terms_of_wide_counts():
    vectorizer = CountVectorizer()
    X = widened(vectorizer.fit_transform(DOCUMENTS))
    assert [sorted(row.tolist()) for row in vectorizer.inverse_transform(X)][2] == ["the", "toad"]


@pytest.mark.parametrize(
    "tokenizer",
    [WordTokenizer(spans=True), CharTokenizer(spans=True), SubwordTokenizer(spans=True)],
    ids=repr,
)
def test_spans_of_long_documents_are_refused(tokenizer, monkeypatch):
    if isinstance(tokenizer, SubwordTokenizer):
        pytest.importorskip("tokenizers")
    fitted = tokenizer.fit(DOCUMENTS)
    monkeypatch.setattr(_int32_limits, "INT32_MAX", 8)
    for X in (DOCUMENTS[2:], iter(DOCUMENTS[2:])):
        with pytest.raises(ValueError, match="row 1 has 30 characters, and spans are int32"):
            fitted.transform(X)
    assert fitted.transform(["the toad"]).spans is not None
    without = fitted.set_params(spans=False).transform(DOCUMENTS)
    assert len(without) == 4


@pytest.mark.parametrize("vectorizer", [CountVectorizer(), TfidfVectorizer()], ids=repr)
def test_counts_of_long_documents_are_refused(vectorizer, monkeypatch):
    monkeypatch.setattr(_int32_limits, "INT32_MAX", 5)
    documents = ["frog toad"] * 4  # together they are more
    for X in (documents, iter(documents)):
        assert vectorizer.fit_transform(X).sum() > 5
    long = [*documents, "frog " * 6]
    for X in (long, iter(long)):
        with pytest.raises(ValueError, match="(row 4|a document) has 6 tokens, and counts"):
            vectorizer.fit(X)


def test_ids_beyond_int32_are_refused():
    most = 2**31 - 1
    with pytest.raises(ValueError, match=f"ids must lie between 0 and {most}, got first_id={most}"):
        Vocabulary(["a"], first_id=most)
    near = Vocabulary(["a", "b"], first_id=most - 2)
    with pytest.raises(ValueError, match="ids must lie between 0 and"):
        near.merge(Vocabulary(["c"]))
    with pytest.raises(ValueError, match="outside the vocabulary"):
        Tokens(np.array([2**31]), [0, 1], Vocabulary(["a"]))
    with pytest.raises(ValueError, match="which are no places"):
        Tokens([0], [0, 1], Vocabulary(["a"]), [[0, 2**31]])


def test_sums_of_counts_are_wide():
    tokens = Vocabulary(["frog", "toad"])
    many = np.array([2**31 - 1, 2**40])
    counts = TokenCounts(tokens, many, many, 2**40)
    total = counts.merge(counts, counts)
    assert total.occurrences.tolist() == [3 * (2**31 - 1), 3 * 2**40]
    assert total.n_documents == 3 * 2**40
    learning = TfidfVectorizer()
    learning._fit_from(total._replace(settings=learning._settings()))
    assert learning.document_counts_.tolist() == total.documents.tolist()
    assert np.isfinite(learning.idf_).all()
