"""Subclasses and recipes made for scikit-learn's vectorizers: ours run them alike."""

from __future__ import annotations

import json
import re
from itertools import chain
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from sklearn.feature_extraction import FeatureHasher, text
from sklearn.feature_extraction.text import TfidfTransformer

import textvec
from textvec import CountVectorizer, HashingVectorizer, TfidfVectorizer, WordTokenizer

from .parity import READING, assert_same_matrix, corpora, parameters

D = ["the toad and the frog", "a frog sat on the log", "The newt; the toads", "", "log frog log"]
METHODS = ["_count_vocab", "_sort_features", "_limit_features", "_check_vocabulary"]
METHODS += ["_validate_vocabulary", "_validate_ngram_range", "_warn_for_unused_params"]
METHODS += ["build_analyzer", "build_preprocessor", "build_tokenizer", "decode", "get_stop_words"]
METHODS += ["_word_ngrams", "_check_stop_words_consistency", "fit_transform", "transform"]


def noting(base: type, method: str, calls: list[str]) -> type:
    """A subclass that notes the calls of a method."""

    def note(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(method)
        return getattr(super(subclass, self), method)(*args, **kwargs)

    subclass = type(base.__name__, (base,), {method: note})
    return subclass


def fitted_and_transformed(vectorizer: Any) -> list[Any]:
    """The results of the three ways to use a vectorizer."""
    X = vectorizer.fit_transform(D)
    return [X, vectorizer.transform(D[::-1]), vectorizer.fit(D[:3]).transform(D)]


def assert_alike(results: list[list[Any]]) -> None:
    for ours, theirs in zip(*results, strict=True):
        assert_same_matrix(ours, theirs)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_every_method_that_scikit_learn_calls_is_called(name, method):
    results, called = [], []
    for module in (textvec, text):
        calls: list[str] = []
        results.append(fitted_and_transformed(noting(getattr(module, name), method, calls)()))
        called.append(bool(calls))
    assert_alike(results)
    assert called[0] == called[1]


@pytest.mark.parametrize("method", ["_get_hasher", "build_analyzer", "_word_ngrams", "decode"])
def test_every_method_of_a_hashing_vectorizer_is_called(method):
    results = []
    for module in (textvec, text):
        calls: list[str] = []
        results.append(fitted_and_transformed(noting(module.HashingVectorizer, method, calls)()))
        assert calls
    assert_alike(results)


def by_appearance(base: type) -> type:
    class ByAppearance(base):
        def _sort_features(self, X: Any, vocabulary: Any) -> Any:
            return X

    return ByAppearance


def without_rare(base: type) -> type:
    class WithoutRare(base):
        def _limit_features(self, X: Any, vocabulary: Any, high=None, low=None, limit=None) -> Any:
            return super()._limit_features(X, vocabulary, high=high, low=2, limit=limit)

    return WithoutRare


def doubling(base: type) -> type:
    class Doubling(base):
        def _count_vocab(self, raw_documents: Any, fixed_vocab: bool) -> Any:
            vocabulary, X = super()._count_vocab(raw_documents, fixed_vocab)
            X.data *= 2
            return vocabulary, X

    return Doubling


def own_transform(base: type) -> type:
    class Capped(base):
        def fit_transform(self, raw_documents: Any, y: Any = None) -> Any:
            X = super().fit_transform(raw_documents, y)
            self.n_kept_ = X.shape[1]
            return X.minimum(1)

        def transform(self, raw_documents: Any) -> Any:
            return super().transform(raw_documents).minimum(1)

    return Capped


def one_space(base: type) -> type:
    class OneSpace(base):
        _white_spaces = re.compile(r"[\s;]+")

    return OneSpace


def stemming(base: type) -> type:
    class Stemming(base):
        def build_analyzer(self) -> Any:
            analyze = super().build_analyzer()
            return lambda document: [str(word).rstrip("s") for word in analyze(document)]

    return Stemming


class LemmaTokenizer:
    """The tokenizer of scikit-learn's guide, with a rule for a lemmatizer."""

    def __call__(self, document: str) -> list[str]:
        return [re.sub("s$", "", token) for token in re.findall(r"\w+|;", document)]


CHANGES = [by_appearance, without_rare, doubling, own_transform, one_space, stemming]
PARAMS: list[dict[str, Any]] = [{}, {"binary": True}, {"ngram_range": (1, 2), "max_features": 4}]
PARAMS += [{"analyzer": "char", "ngram_range": (1, 2)}, {"vocabulary": ["log", "frog"]}]
PARAMS += [{"analyzer": lambda document: [(c, 1) for c in document]}]


@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_subclasses_give_what_they_give_with_scikit_learn(name, change, params):
    ours, theirs = (change(getattr(module, name))(**params) for module in (textvec, text))
    assert_alike([fitted_and_transformed(ours), fitted_and_transformed(theirs)])
    assert ours.vocabulary_ == theirs.vocabulary_
    assert getattr(ours, "n_kept_", None) == getattr(theirs, "n_kept_", None)


@pytest.mark.parametrize("method", METHODS)
def test_methods_of_one_object_are_called(method):
    vectorizer, calls = CountVectorizer(), []
    own = getattr(vectorizer, method)

    def note(*args: Any, **kwargs: Any) -> Any:
        calls.append(method)
        return own(*args, **kwargs)

    setattr(vectorizer, method, note)
    expected = text.CountVectorizer().fit(D).transform(D)
    assert_same_matrix(vectorizer.fit(D).transform(D), expected)
    assert calls or method == "_check_vocabulary"  # ours looks where it is kept


def test_a_tokenizer_with_state_and_a_replaced_function():
    for params in ({"tokenizer": LemmaTokenizer(), "token_pattern": None}, {"lowercase": False}):
        ours, theirs = (m.CountVectorizer(**params) for m in (textvec, text))
        assert_alike([fitted_and_transformed(ours), fitted_and_transformed(theirs)])
        for vectorizer in (ours, theirs):
            vectorizer.build_tokenizer = lambda: str.split
        assert_alike([fitted_and_transformed(ours), fitted_and_transformed(theirs)])


def narrow(base: type) -> type:
    class Narrow(base):
        def _get_hasher(self) -> FeatureHasher:
            return FeatureHasher(4, input_type="string", alternate_sign=False, dtype=self.dtype)

    return Narrow


@pytest.mark.parametrize("params", [{}, {"norm": None}, {"binary": True, "ngram_range": (1, 2)}])
def test_another_hasher_is_used(params):
    ours, theirs = (narrow(m.HashingVectorizer)(**params) for m in (textvec, text))
    assert_alike([fitted_and_transformed(ours), fitted_and_transformed(theirs)])
    tokens = WordTokenizer("sklearn").transform(D)
    assert_same_matrix(ours.transform(tokens), theirs.transform(D))
    with pytest.raises(ValueError, match="keep_terms=2 needs the hash of HashingVectorizer"):
        narrow(HashingVectorizer)(keep_terms=2).fit(D)


class Plain(TfidfTransformer):
    """Weights that leave counts as they are."""

    def transform(self, X: Any, copy: bool = True) -> Any:
        return X


def test_other_weights_are_used():
    ours, theirs = (m.TfidfVectorizer().fit(D) for m in (textvec, text))
    for vectorizer in (ours, theirs):
        vectorizer._tfidf = Plain()
    assert_same_matrix(ours.transform(D), theirs.transform(D))
    for vectorizer in (ours, theirs):
        vectorizer._tfidf = TfidfTransformer(norm="l1", sublinear_tf=True).fit(np.eye(9))
    assert_same_matrix(ours.transform(D), theirs.transform(D))
    for vectorizer in (ours, theirs):
        vectorizer._tfidf.transform = lambda X, copy: -X
    assert_same_matrix(ours.transform(D), theirs.transform(D))


def test_weights_of_another_vocabulary_are_refused():
    for module in (textvec, text):
        vectorizer = module.TfidfVectorizer().fit(D)
        vectorizer.vocabulary_["newcomer"] = len(vectorizer.vocabulary_)
        with pytest.raises(ValueError, match="X has 10 features"):
            vectorizer.transform(D)


@given(X=corpora, params=parameters(READING))
def test_counts_before_they_are_sorted_are_scikit_learns(X, params):
    ours, theirs = CountVectorizer(**params), text.CountVectorizer(**params)
    try:
        expected_terms, expected = theirs._count_vocab(X, False)
    except ValueError:
        with pytest.raises(ValueError, match="empty vocabulary"):
            ours._count_vocab(X, False)
        return
    terms, counts = ours._count_vocab(X, False)
    assert list(terms.items()) == list(expected_terms.items())
    assert_same_matrix(counts, expected)


def test_overrides_count_tokens_too():
    tokens = WordTokenizer("sklearn").transform(D)
    for change in (by_appearance, without_rare, doubling):
        ours, theirs = change(CountVectorizer)(), change(text.CountVectorizer)()
        assert_same_matrix(ours.fit_transform(tokens), theirs.fit_transform(D))
        assert_same_matrix(ours.transform(tokens), theirs.transform(D))
    calls: list[str] = []
    noting(CountVectorizer, "_word_ngrams", calls)().fit(tokens)
    assert len(calls) == len(D)


# --- recipes of the public ----------------------------------------------------------------------


class BM25:
    """Scores of documents for a query, from a vectorizer's counts and weights."""

    def __init__(self, module: ModuleType, k1: float = 1.6, b: float = 0.75):
        self.module, self.k1, self.b = module, k1, b
        self.vectorizer = module.TfidfVectorizer(norm=None, smooth_idf=False)

    def counts(self, X: list[str]) -> Any:
        return super(self.module.TfidfVectorizer, self.vectorizer).transform(X)

    def fit(self, X: list[str]) -> BM25:
        self.vectorizer.fit(X)
        self.average_length = self.counts(X).sum(1).mean()
        return self

    def scores(self, query: str, X: list[str]) -> Any:
        counts = self.counts(X)
        lengths = np.asarray(counts.sum(1)).ravel()
        (found,) = self.counts([query])
        counts = counts.tocsc()[:, found.indices]
        denominator = counts + (
            self.k1 * (1 - self.b + self.b * lengths / self.average_length)
        ).reshape(-1, 1)
        idf = self.vectorizer._tfidf.idf_[None, found.indices] - 1.0
        return np.asarray((counts.multiply(idf) * (self.k1 + 1) / denominator).sum(1)).ravel()


def test_bm25_from_the_counts_behind_a_tfidf_vectorizer():
    ours, theirs = (BM25(module).fit(D).scores("frog on a log", D) for module in (textvec, text))
    np.testing.assert_array_equal(ours, theirs)
    assert (ours > 0).sum() == 3


def online(base: type) -> type:
    """A vocabulary that grows and is cleaned, and counts that fade: a pattern of topic models."""

    class Online(base):
        def __init__(self, decay: float | None = None, delete_min_df: float | None = None, **rest):
            self.decay, self.delete_min_df = decay, delete_min_df
            super().__init__(**rest)

        def partial_fit(self, raw_documents: Any) -> Any:
            if not hasattr(self, "vocabulary_"):
                return self.fit(raw_documents)
            analyze = self.build_analyzer()
            seen = set(chain.from_iterable(map(analyze, raw_documents)))
            new = sorted(seen.difference(self.vocabulary_.keys()))
            first = max(self.vocabulary_.values()) + 1
            self.vocabulary_.update(zip(new, range(first, first + len(new)), strict=True))
            return self

        def update_bow(self, raw_documents: Any) -> Any:
            X = self.transform(raw_documents)
            if hasattr(self, "X_"):
                wider = sp.csr_matrix((self.X_.shape[0], X.shape[1] - self.X_.shape[1]), dtype=int)
                before = sp.hstack([self.X_, wider])
                X = before * (1 - self.decay) + X if self.decay is not None else before + X
            self.X_ = X
            if self.delete_min_df is not None:
                self._clean_bow()
            return self.X_

        def _clean_bow(self) -> None:
            kept = np.where(np.asarray(self.X_.sum(0)).ravel() >= self.delete_min_df)[0]
            self.X_ = self.X_.tocsr()[:, kept]
            terms = {column: term for term, column in self.vocabulary_.items()}
            self.vocabulary_ = {terms[column]: i for i, column in enumerate(kept)}

    return Online


def test_a_vocabulary_that_grows_and_is_cleaned():
    parts = [D[:2], ["a newt and a newt", "the log"], ["frog", "toad toad and newts"]]
    results = []
    for module in (textvec, text):
        vectorizer = online(module.CountVectorizer)(decay=0.1, delete_min_df=1, min_df=1)
        counted = [vectorizer.partial_fit(part).update_bow(part) for part in parts]
        names = vectorizer.get_feature_names_out().tolist()
        results.append(([X.toarray() for X in counted], names, dict(vectorizer.vocabulary_)))
    (ours, our_names, our_terms), (theirs, their_names, their_terms) = results
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
    assert our_names == their_names
    assert our_terms == their_terms
    assert len(our_names) < len({word for part in parts for row in part for word in row.split()})


class ClassTfidf(TfidfTransformer):
    """Weights of the terms of classes, each the documents of one topic joined."""

    def fit(self, X: Any, multiplier: Any = None) -> ClassTfidf:
        documents = np.squeeze(np.asarray(X.sum(axis=0)))
        average = int(X.sum(axis=1).mean())
        self.idf_ = np.log(average / documents + 1)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Any, copy: bool = True) -> Any:
        return sp.csr_matrix(X).multiply(self.idf_).tocsr()


def test_weights_of_classes_on_our_counts():
    ours, theirs = (
        ClassTfidf().fit_transform(m.CountVectorizer(ngram_range=(1, 2)).fit_transform(D))
        for m in (textvec, text)
    )
    np.testing.assert_array_equal(ours.toarray(), theirs.toarray())


def test_vocabularies_go_through_json_and_set_params():
    fitted = TfidfVectorizer(ngram_range=(1, 2)).fit(D)
    read = json.loads(json.dumps(fitted.vocabulary_))
    assert read == text.TfidfVectorizer(ngram_range=(1, 2)).fit(D).vocabulary_
    for vocabulary in (read, fitted.vocabulary_, fitted.get_feature_names_out()):
        ours, theirs = (
            m.CountVectorizer(ngram_range=(1, 2)).fit(["toad"]) for m in (textvec, text)
        )
        for vectorizer in (ours, theirs):
            vectorizer.set_params(vocabulary=vocabulary)
        # What was learned stays until the next fit.
        assert_same_matrix(ours.transform(D), theirs.transform(D))
        assert_same_matrix(ours.fit(D).transform(D), theirs.fit(D).transform(D))
        assert ours.vocabulary_ == theirs.vocabulary_ == read
        for vectorizer in (ours, theirs):
            vectorizer.set_params(vocabulary=None).fit(D[:1])
        assert_same_matrix(ours.transform(D), theirs.transform(D))
