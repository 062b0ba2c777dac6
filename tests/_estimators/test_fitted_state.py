"""A fit happens as a whole or not at all, wherever it fails; a refit equals a fresh fit."""

from __future__ import annotations

import inspect
import re
import sys
from collections import UserDict
from copy import copy
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler

import textvec
from textvec import (
    BM25Transformer,
    ConceptVectors,
    CountVectorizer,
    Dna2Vec,
    Doc2Vec,
    DocumentDistance,
    EmbeddingVectorizer,
    FastText,
    GloVe,
    HashingVectorizer,
    NBLogCountRatio,
    NgramDoc2Vec,
    OneHotVectorizer,
    Ragged,
    SequencePadder,
    SequenceVectorizer,
    StepwiseTransformer,
    SubwordTokenizer,
    TfidfVectorizer,
    Word2Vec,
    WordVectors,
)
from textvec._estimators._fitted_state import atomic_fit, replace_fitted
from textvec.datasets import load_reviews

PACKAGE = str(Path(textvec.__file__).parent)
REVIEWS = load_reviews(return_X_y=True)[0][:20]
OTHERS = load_reviews(subset="test", return_X_y=True)[0][:12]
GENOMES = ["".join(np.random.default_rng(i).choice(list("ACGT"), size=600)) for i in range(2)]
SERIES = [np.random.default_rng(i).normal(i, 2, size=(i + 1, 2)) for i in range(4)]
WORDS = sorted({word for review in REVIEWS for word in review.lower().split()})[:300]
VECTORS = WordVectors(WORDS, np.random.default_rng(0).standard_normal((len(WORDS), 5)))
SMALL = {"embedding_dim": 4, "min_count": 2, "random_state": 0}


class Failure(Exception):
    pass


class Calls:
    """Counts the calls of the package's functions in this thread; one fails, or is preceded."""

    def __init__(self, at=None, before=None):
        self.names = []
        self.at = at
        self.before = before

    def __enter__(self):
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *exception):
        sys.setprofile(None)

    def _profile(self, frame, event, argument):
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(PACKAGE):
            return
        # Not the decorator itself, nor generators, which are also called to be closed, nor what
        # scikit-learn meets after a fit, as it looks for attributes that are not there.
        apart = ("_fitted_state.py", "_peer_attributes.py")
        if code.co_filename.endswith(apart) or code.co_flags & inspect.CO_GENERATOR:
            return
        self.names.append(f"{Path(code.co_filename).name}:{code.co_qualname}")
        if len(self.names) - 1 == self.at:
            if self.before is None:
                raise Failure(self.names[-1])
            self.before()


def last_calls(names):
    """Return the number of the last call of each function."""
    return sorted({name: number for number, name in enumerate(names)}.values())


def fit(estimator, X):
    return estimator.fit(X)


def fit_transform(estimator, X):
    return estimator.fit_transform(X)


def fit_cooccurrence(estimator, X):
    names = [f"w{i}" for i in range(len(X))]
    counts = np.add.outer(np.arange(len(X)), np.arange(len(X)))
    return estimator.fit_cooccurrence(counts, vocabulary=names)


CASES = [
    (Word2Vec(max_iter=2, pooling="sif", **SMALL), fit),
    (FastText(n_buckets=50, max_iter=2, **SMALL), fit_transform),
    (Doc2Vec(max_iter=2, learn_tokens=True, **SMALL), fit_transform),
    (NgramDoc2Vec(max_iter=2, **SMALL), fit_transform),
    (GloVe(max_iter=2, **SMALL), fit),
    (ConceptVectors(**SMALL), fit),
    (ConceptVectors("glove", window=3, max_iter=1, **SMALL), fit_transform),
    (ConceptVectors("word2vec", max_iter=1, **SMALL), fit),
    (ConceptVectors("glove", max_iter=1, **SMALL), fit_cooccurrence),
    (Dna2Vec(2, 3, embedding_dim=4, max_iter=2, random_state=0), fit_transform),
    (EmbeddingVectorizer(VECTORS, oov="random", pooling="sif", random_state=0), fit),
    (EmbeddingVectorizer(VECTORS, oov="mean"), fit_transform),
    (DocumentDistance(VECTORS, metric="rwmd"), fit),
    (DocumentDistance(VECTORS, metric="wmd"), lambda e, X: e.fit_transform(X[:12])),
    (CountVectorizer(ngram_range=(1, 2), min_df=2), fit),
    (TfidfVectorizer(ngram_range=(1, 2), max_features=50), fit),
    (TfidfVectorizer(), fit_transform),
    (SequenceVectorizer(max_tokens=50), fit),
    (OneHotVectorizer(min_count=2), fit),
    (SequenceVectorizer(prune_at=1000), fit_transform),
    (OneHotVectorizer(min_count=2), fit_transform),
    (HashingVectorizer(keep_terms=2, n_features=64), fit_transform),
    (SubwordTokenizer(vocab_size=60), fit_transform),
    (SequencePadder(), fit_transform),
    (StepwiseTransformer(StandardScaler()), fit),
    (StepwiseTransformer(StandardScaler()), fit_transform),
]
each_case = pytest.mark.parametrize(
    ("estimator", "method"), CASES, ids=lambda part: getattr(part, "__name__", repr(part)[:40])
)
pytestmark = pytest.mark.filterwarnings("ignore:.* of the tokens have no vector")


def data_of(estimator):
    if isinstance(estimator, (SequencePadder, StepwiseTransformer)):
        return SERIES[:2], SERIES[2:]
    return (GENOMES[:1], GENOMES[1:]) if isinstance(estimator, Dna2Vec) else (REVIEWS, OTHERS)


def outputs(estimator, X):
    transformed = estimator.transform(X)
    if isinstance(transformed, Ragged):
        transformed = transformed.to_padded()
    return transformed.toarray() if issparse(transformed) else np.asarray(transformed)


@each_case
def test_a_fit_that_fails_leaves_the_estimator_as_it_was(estimator, method):
    first, second = data_of(estimator)
    method(clone(estimator), second)  # caches of vocabularies and vectors are filled now
    fitted, unfitted = clone(estimator).fit(first), clone(estimator)
    expected = outputs(fitted, second)
    for model in (fitted, unfitted):
        copied = copy(model)
        with Calls() as calls:  # a fitted one looks at less
            method(copied, second)
        before = dict(vars(model))
        for number in last_calls(calls.names):
            with (
                pytest.raises(Failure, match=f"^{re.escape(calls.names[number])}$"),
                Calls(at=number),
            ):
                method(model, second)
            assert vars(model).keys() == before.keys(), calls.names[number]
            assert all(vars(model)[name] is before[name] for name in before), calls.names[number]
    np.testing.assert_array_equal(outputs(fitted, second), expected)


@each_case
def test_a_refit_equals_a_fresh_fit(estimator, method):
    first, second = data_of(estimator)
    again, fresh = clone(estimator).fit(second), clone(estimator)
    method(again, first)
    method(fresh, first)
    assert vars(again).keys() == vars(fresh).keys()
    np.testing.assert_array_equal(outputs(again, second), outputs(fresh, second))


def test_refits_with_other_parameters_drop_what_is_no_longer_fitted():
    vectorizer = EmbeddingVectorizer(VECTORS, pooling="sif").fit(REVIEWS)
    vectorizer.set_params(pooling=None).fit(REVIEWS)
    assert not hasattr(vectorizer, "common_component_")
    assert not hasattr(vectorizer, "token_weights_")
    learner = ConceptVectors(**SMALL).fit(REVIEWS)
    learner.set_params(method="glove", max_iter=1).fit(REVIEWS)
    assert not hasattr(learner, "sppmi_")
    assert learner.n_iter_ == 1


COUNTS = CountVectorizer(vocabulary=WORDS, lowercase=False)
LABELS = [0, 1] * 5
PARTS = [REVIEWS[:10], REVIEWS[10:]]
LEARNERS = [
    CountVectorizer(min_df=2),
    TfidfVectorizer(max_features=30),
    SequenceVectorizer(max_tokens=50, bos_token="<s>"),
    OneHotVectorizer(min_count=2),
    EmbeddingVectorizer(VECTORS, pooling="idf", oov="mean"),
    ConceptVectors(**SMALL),
    BM25Transformer(),
    NBLogCountRatio(),
    NgramDoc2Vec(max_iter=1, **SMALL),
]


def read(model, X):
    weighs = isinstance(model, (BM25Transformer, NBLogCountRatio))
    return COUNTS.transform(X) if weighs else X


def results(model):
    return outputs(model, read(model, OTHERS[:3]))


@pytest.mark.parametrize("method", ["partial_fit", "fit"])
@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: type(learner).__name__)
def test_what_is_read_while_another_thread_learns_is_of_before_or_after(learner, method):
    """Wherever a thread is in one call, another may make the other call as a whole."""

    def begun():
        return getattr(clone(learner), method)(read(learner, PARTS[0]), LABELS)

    def learn(model):
        return getattr(model, method)(read(model, PARTS[1]), LABELS)

    before, after = results(begun()), results(learn(begun()))
    for call, other in [(results, learn), (learn, results)]:
        for number in last_calls(calls_of(call, begun())):
            model, found = begun(), []
            switch = Calls(number, lambda: found.append(other(model)))  # noqa: B023
            with switch:
                found.append(call(model))
            read_meanwhile = next(x for x in found if isinstance(x, np.ndarray))
            name = switch.names[number]
            assert any(np.array_equal(read_meanwhile, x) for x in (before, after)), name
            assert np.array_equal(results(model), after), name


def calls_of(call, model):
    with Calls() as calls:
        call(model)
    return calls.names


class Model:
    def __init__(self):
        self.alpha = 1

    @atomic_fit
    def fit(self, values, error=None):
        replace_fitted(self, {"values_": values})
        self._cache = values
        if error is not None:
            raise error
        return self


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_attributes_come_and_go_together(error):
    model = Model()
    with pytest.raises(error):
        model.fit([1], error)
    assert vars(model) == {"alpha": 1}
    model.fit([1]).other_ = 3
    with pytest.raises(error):
        model.fit([2], error=error)
    assert vars(model) == {"alpha": 1, "values_": [1], "_cache": [1], "other_": 3}
    assert vars(model.fit([2])) == {"alpha": 1, "values_": [2], "_cache": [2]}


def test_another_thread_finds_attributes_of_before_or_of_after():
    model, found = Model().fit([1]), []

    class Watched(UserDict):
        def __getitem__(self, name):
            found.append(model.values_)
            return super().__getitem__(name)

    replace_fitted(model, Watched(values_=[2]))
    assert found == [[1]]
    assert model.values_ == [2]


def test_a_method_reads_attributes_of_one_moment():
    model = SequenceVectorizer().partial_fit(REVIEWS)
    expected = SequenceVectorizer().fit(REVIEWS).transform(OTHERS)

    def documents():
        model.partial_fit(OTHERS)
        yield from OTHERS

    assert Ragged.from_rows(model.transform(documents())) == expected
