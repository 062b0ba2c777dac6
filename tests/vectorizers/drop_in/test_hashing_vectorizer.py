"""HashingVectorizer, held against scikit-learn's."""

from __future__ import annotations

import pickle
import warnings
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import HashingVectorizer as Reference
from sklearn.utils import murmurhash3_32

from textvec import HashingVectorizer, Vocabulary, WordTokenizer
from textvec._inputs import _blocks
from textvec._kernels import _threads
from textvec._kernels._hashed_ngrams import hash_tokens

from .parity import READING, assert_same_matrix, corpora, parameters

X = ["The frog sat on the log.", "", "the toad, the toad and the frog", "Not a frog", "x"]

HASHING = {
    "n_features": st.sampled_from([1, 2, 7, 8, 1000, 2**20, 2**31 - 2]),
    "norm": st.sampled_from(["l1", "l2", None]),
    "alternate_sign": st.booleans(),
    "dtype": st.sampled_from([np.float32, np.float64, np.int32, np.int8, np.bool_]),
}


def without_surrogates(X):
    """Return documents that scikit-learn can encode."""
    return [x.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for x in X]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True))
def test_columns_are_those_of_murmurhash(terms):
    vocabulary = Vocabulary(terms)
    columns = hash_tokens(vocabulary.buffer, vocabulary.offsets, 2**31 - 1)
    expected = [abs(murmurhash3_32(term.encode(), seed=0)) % (2**31 - 1) for term in terms]
    assert columns.tolist() == expected


@settings(max_examples=150)
@given(X=corpora.filter(bool), params=parameters(READING, HASHING))
def test_any_corpus_gives_scikit_learns_matrix(X, params):
    X = without_surrogates(X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of stop words and unused parameters, by both
        expected = Reference(**params).fit_transform(X)
        assert_same_matrix(HashingVectorizer(**params).fit_transform(X), expected)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
            threaded = HashingVectorizer(n_jobs=3, **params)
            assert_same_matrix(threaded.transform(X), expected)


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 3), (2, 2)])
@pytest.mark.parametrize("analyzer", ["word", "char", "char_wb"])
def test_nine_languages(analyzer, ngram_range, parallel_sentences):
    params = {"analyzer": analyzer, "ngram_range": ngram_range, "n_features": 2**16}
    for sentences in parallel_sentences.values():
        expected = Reference(**params).transform(sentences[:200])
        assert_same_matrix(HashingVectorizer(**params).transform(sentences[:200]), expected)


def test_a_fifth_of_imdb(imdb_train):
    reviews = imdb_train[::5]
    expected = Reference().transform(reviews)
    assert_same_matrix(HashingVectorizer(n_jobs=2).transform(reviews), expected)


def test_no_documents_give_no_rows():
    """scikit-learn raises a bare StopIteration."""
    for X in ([], np.array([], dtype=str), WordTokenizer().transform([])):
        assert HashingVectorizer().transform(X).shape == (0, 2**20)


def test_tokens_and_surrogates():
    tokens = WordTokenizer("sklearn").transform(X)
    expected = Reference(ngram_range=(1, 2)).transform(X)
    assert_same_matrix(HashingVectorizer(ngram_range=(1, 2)).transform(tokens), expected)
    assert HashingVectorizer(analyzer="char").transform(["\ud800"]).nnz == 1


def test_functions_of_the_user():
    for params in (
        {"tokenizer": str.split, "token_pattern": None, "ngram_range": (1, 2)},
        {"analyzer": str.split},
        {"analyzer": lambda text: [word.encode() for word in text.split()]},
        {"preprocessor": str.swapcase},
    ):
        expected = Reference(**params).transform(X)
        assert_same_matrix(HashingVectorizer(**params).transform(X), expected)
    with pytest.raises(TypeError, match="feature names must be strings"):
        HashingVectorizer(analyzer=lambda text: [len(text)]).transform(X)


def test_mistakes_are_named():
    vectorizer = HashingVectorizer()
    for missing in (None, np.nan):
        with pytest.raises(TypeError, match="row 1 is missing"):
            vectorizer.transform(["a", missing])
    with pytest.raises(ValueError, match="string object received"):
        vectorizer.transform("a frog")
    with pytest.raises(ValueError, match="ngram_range must be two integers"):
        HashingVectorizer(ngram_range=(1, "x")).transform(X)
    with pytest.raises(ValueError, match="returns a sparse matrix"):
        vectorizer.set_output(transform="pandas")


# --- what a column remembers ------------------------------------------------------------------


def column_of(term, n_features):
    hasher = FeatureHasher(n_features, input_type="string")
    return int(hasher.transform([[term]]).indices[0])


@pytest.mark.parametrize("keep_terms", [1, 2, 50])
def test_columns_remember_the_first_terms(keep_terms):
    vectorizer = HashingVectorizer(n_features=4, ngram_range=(1, 2), keep_terms=keep_terms).fit(X)
    seen = Reference(ngram_range=(1, 2)).build_analyzer()
    expected: list[list[str]] = [[] for _ in range(4)]
    for x in X:
        for term in seen(x):
            terms = expected[column_of(term, 4)]
            if term not in terms and len(terms) < keep_terms:
                terms.append(term)
    names = vectorizer.get_feature_names_out()
    assert names.tolist() == [" | ".join(terms) for terms in expected]
    matrix = vectorizer.transform(X)
    for row, terms in zip(matrix, vectorizer.inverse_transform(matrix), strict=True):
        assert terms.tolist() == [t for c in row.indices[row.data != 0] for t in expected[c]]
    for row, terms in zip(
        matrix.toarray(), vectorizer.inverse_transform(matrix.toarray()), strict=True
    ):
        assert terms.tolist() == [t for c in np.flatnonzero(row) for t in expected[c]]


def test_parts_are_remembered_as_the_whole_is():
    whole = HashingVectorizer(n_features=8, keep_terms=2).fit(X)
    parts = HashingVectorizer(n_features=8, keep_terms=2)
    for x in X:
        parts.partial_fit([x])
    assert parts.terms_ == whole.terms_
    assert list(whole.fit(["newt"]).terms_) == ["newt"]


@given(
    parts=st.lists(st.lists(st.sampled_from([*X, "newt", ""]), max_size=3), min_size=3, max_size=3)
)
@settings(max_examples=25, deadline=None)
def test_merging_remembers_what_came_first(parts):
    vectorizer = HashingVectorizer(n_features=4, ngram_range=(1, 2), keep_terms=2)
    whole = clone(vectorizer).fit(list(chain(*parts)))
    a, b, c = (clone(vectorizer).fit(part) for part in parts)
    for merged in (
        a.merge(b, c),
        a.merge(b).merge(c),
        a.merge(pickle.loads(pickle.dumps(b.merge(c)))),
    ):
        assert merged.terms_ == whole.terms_
    assert a.terms_ == clone(vectorizer).fit(parts[0]).terms_


def test_what_cannot_be_merged_is_refused():
    learned = HashingVectorizer(n_features=8, keep_terms=1).fit(X)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        learned.merge(HashingVectorizer(n_features=8, keep_terms=1))
    with pytest.raises(ValueError, match="n_features=8 here, n_features=4 there"):
        learned.merge(HashingVectorizer(n_features=4, keep_terms=1).fit(X))
    assert not hasattr(HashingVectorizer().merge(HashingVectorizer(n_jobs=2)), "terms_")


def test_terms_of_a_stream_are_found_block_by_block(monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 20)
    monkeypatch.setattr(_blocks, "_FEW", 1)
    n_documents = []
    count = HashingVectorizer._part_counts
    monkeypatch.setattr(
        HashingVectorizer,
        "_part_counts",
        lambda self, X, y=None: (n_documents.append(len(X)), count(self, X))[1],
    )
    vectorizer = HashingVectorizer(n_features=8, keep_terms=2)
    whole = clone(vectorizer).fit(X)
    for fit in (vectorizer.fit, vectorizer.partial_fit):
        assert fit(iter(X)).terms_ == whole.terms_
    assert n_documents[0] == len(X) > max(n_documents[1:])


def test_a_column_without_terms_has_a_number():
    names = HashingVectorizer(n_features=3, keep_terms=1).fit(["x"]).get_feature_names_out()
    assert names.tolist() == ["hash0", "hash1", "hash2"]


def test_nothing_is_kept_unless_asked_for():
    vectorizer = HashingVectorizer().fit(X)
    assert not hasattr(vectorizer, "terms_")
    assert not hasattr(vectorizer, "inverse_transform")
    with pytest.raises(AttributeError) as error:
        _ = vectorizer.get_feature_names_out
    assert "set keep_terms to the number" in str(error.value.__cause__ or error.value)


def test_iterators_are_read_once():
    vectorizer = HashingVectorizer(n_features=8, keep_terms=1)
    assert_same_matrix(vectorizer.fit_transform(iter(X)), vectorizer.transform(X))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint64])
def test_unsigned_counts_do_not_wrap_around(dtype):
    documents = ["the frog and the toad sat on a log"]
    signed = HashingVectorizer(n_features=8, norm=None, dtype=dtype)
    with pytest.raises(OverflowError, match="set alternate_sign=False, or a signed dtype"):
        signed.transform(documents)
    counts = signed.set_params(alternate_sign=False).transform(documents)
    assert counts.dtype == dtype
    assert counts.sum() == 8


def test_what_terms_need():
    vectorizer = HashingVectorizer(n_features=4, keep_terms=2)
    with pytest.raises(NotFittedError):
        vectorizer.get_feature_names_out()
    vectorizer.fit(["a frog"])
    for width in (2, 9):
        with pytest.raises(ValueError, match=f"X has {width} features, but .* makes 4"):
            vectorizer.inverse_transform(np.ones((1, width)))
    with pytest.raises(TypeError, match="the analyzer or tokenizer must return str") as info:
        vectorizer.set_params(analyzer=lambda document: [b"x"]).fit(["a"])
    assert info.type is TypeError


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_features": 10.0},
        {"n_features": 0},
        {"n_features": "8"},
        {"norm": "l3"},
        {"norm": np.array(["l1", "l2"])},
        {"binary": np.array([True, False])},
        {"alternate_sign": [True]},
    ],
)
def test_parameters_are_checked_without_a_fit(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"The '{name}' parameter of HashingVectorizer must be"):
        HashingVectorizer(**parameters).transform(["a frog"])


@pytest.mark.parametrize("method", ["fit", "partial_fit", "transform", "fit_transform"])
@pytest.mark.parametrize("keep_terms", [0, 2])
def test_one_text_goes_into_a_list(method, keep_terms):
    vectorizer = HashingVectorizer(keep_terms=keep_terms)
    with pytest.raises(ValueError, match="string object received: put a single document into a li"):
        getattr(vectorizer, method)("a frog")
