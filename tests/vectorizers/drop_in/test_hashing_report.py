"""hashing_report against scikit-learn's hash of the distinct terms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer as PlainCounts
from sklearn.feature_extraction.text import HashingVectorizer as PlainHashing
from sklearn.utils import murmurhash3_32

from textvec import CharTokenizer, WordTokenizer, hashing_report
from textvec.datasets import load_reviews

LECTURE = ["Data science rocks my socks off!"]


@pytest.fixture(scope="module")
def documents():
    return load_reviews(subset="test", return_X_y=True)[0]


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 3)])
def test_terms_and_columns_are_those_of_scikit_learn(documents, ngram_range):
    widths = [1, 7, 256, 2**20]
    report = hashing_report(documents, n_features=widths, ngram_range=ngram_range)
    terms = PlainCounts(ngram_range=ngram_range).fit(documents).vocabulary_
    hashes = np.abs(np.array([murmurhash3_32(term) for term in terms], dtype=np.int64))
    used = [len(np.unique(hashes % width)) for width in widths]
    assert report.n_terms == len(terms)
    assert report.n_features.tolist() == widths
    assert report.n_used.tolist() == used
    assert report.n_collisions.tolist() == [len(terms) - n for n in used]


def test_columns_used_are_those_of_a_matrix(documents):
    X = PlainHashing(n_features=512, alternate_sign=False).transform(documents)
    assert hashing_report(documents, n_features=512).n_used == [len(np.unique(X.indices))]


def test_as_many_collisions_as_chance_has_it(documents):
    report = hashing_report(documents, ngram_range=(1, 2))
    assert report.n_features.tolist() == [2**i for i in range(8, 21, 2)]
    drawn = np.random.default_rng(0).integers(2**12, size=(200, report.n_terms))
    average = report.n_terms - np.mean([len(np.unique(row)) for row in drawn])
    assert abs(report.expected_collisions[2] / average - 1) < 0.01
    assert np.allclose(report.n_collisions, report.expected_collisions, rtol=0.2, atol=30)


def test_expectation_at_the_edges():
    one = hashing_report(["frog"], n_features=[1, 2, 2**31 - 1])
    assert one.expected_collisions.tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    two = hashing_report(["frog toad"], n_features=[1, 2, 2**31 - 1])
    assert two.expected_collisions.tolist() == pytest.approx([1, 0.5, 0], abs=1e-6)


@pytest.mark.parametrize("X", [[], [""], [" ", "!"]], ids=repr)
def test_nothing_to_hash(X):
    report = hashing_report(X, n_features=[1, 8])
    assert report.n_terms == 0
    assert report.n_collisions.tolist() == [0, 0]
    assert report.expected_collisions.tolist() == [0, 0]
    assert "0 distinct terms" in str(report)


def test_tokens_and_tokenizers():
    tokenizer = WordTokenizer(stop_words=["my"])
    report = hashing_report(LECTURE, tokenizer=tokenizer, ngram_range=(1, 3))
    assert report.n_terms == 12
    of_tokens = hashing_report(tokenizer.transform(LECTURE), ngram_range=(1, 3))
    assert of_tokens.n_used.tolist() == report.n_used.tolist()
    assert hashing_report(LECTURE, tokenizer=CharTokenizer()).n_terms == len(set(LECTURE[0]))
    assert hashing_report(LECTURE, ngram_range=(1, 3)).n_terms == 15
    # Terms that only rows left out hold do not count.
    tokens = WordTokenizer().transform([*LECTURE, "frog"])
    assert hashing_report(tokens[:1]).n_terms == 6


def test_printed_as_a_table():
    lines = str(hashing_report(LECTURE, n_features=[4, 2**20])).splitlines()
    assert lines[0] == "6 distinct terms"
    assert lines[1].split() == ["n_features", "used", "collisions", "expected", "of", "terms"]
    assert [len(line) for line in lines[1:]] == [len(lines[1])] * 3
    assert lines[3].split()[0] == "1,048,576"


@pytest.mark.parametrize("n_features", [0, -4, 2**31, 2.0, [[1]], "8", [4, 0]], ids=repr)
def test_bad_widths(n_features):
    with pytest.raises(ValueError, match="n_features must be integers from 1 to 2147483647"):
        hashing_report(LECTURE, n_features=n_features)


@pytest.mark.parametrize("ngram_range", [(2, 1), (0, 1), (1, "x"), (1,)], ids=repr)
def test_bad_ranges(ngram_range):
    with pytest.raises(ValueError, match="ngram_range must be two integers"):
        hashing_report(LECTURE, ngram_range=ngram_range)


def test_bad_documents():
    with pytest.raises(TypeError, match="row 1 is missing"):
        hashing_report(["a", None])
    with pytest.raises(ValueError, match="put a single document into a list"):
        hashing_report("frog")
