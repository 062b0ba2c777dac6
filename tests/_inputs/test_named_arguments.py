"""Calls whose arguments do not fit: the error names them, and what to write."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

import textvec
from textvec import (
    CountVectorizer,
    Dna2Vec,
    Doc2Vec,
    EmbeddingVectorizer,
    HashingVectorizer,
    NgramDoc2Vec,
    Ragged,
    RNNClassifier,
    Seq2Seq,
    SequenceVectorizer,
    TfidfVectorizer,
    Tokens,
    WordVectors,
    backtest,
    datasets,
)
from textvec._compat import InvalidParameterError
from textvec._inputs._named_arguments import naming_arguments

VECTORS = WordVectors(["frog", "toad"], np.eye(2))
CALLS = {
    "rows": (lambda: Ragged([[1], [2, 3]]), "Ragged needs offsets: .* Ragged.from_rows(rows)."),
    "rows of tokens": (lambda: Tokens([["a"]]), "Tokens needs .* Tokens.from_lists(rows)."),
    "topn": (
        lambda: VECTORS.nearest("frog", topn=1),
        "WordVectors.nearest has no argument 'topn': here it is k.",
    ),
    "positive": (
        lambda: VECTORS.nearest(positive=["frog"]),
        "'positive': use analogy(positive, negative).",
    ),
    "no query": (lambda: VECTORS.nearest(), "WordVectors.nearest needs query."),
    "of a class": (
        lambda: WordVectors.load("x.vec", n_max=3),
        "WordVectors.load has no argument 'n_max': here it is limit.",
    ),
    "of predict": (
        lambda: RNNClassifier().predict([[1]], verbose=0),
        "RNNClassifier.predict has no argument 'verbose': it is a parameter, as in ",
    ),
    "of a mixin": (
        lambda: SequenceVectorizer().transform(["a"], maxlen=3),
        "SequenceVectorizer.transform has no argument 'maxlen': use SequencePadder",
    ),
    "of a drop-in": (
        lambda: CountVectorizer().fit_transform(["a"], epochs=3),
        "CountVectorizer.fit_transform has no argument 'epochs'.",
    ),
    "of a function": (
        lambda: datasets.load_reviews(num_words=9),
        "load_reviews has no argument 'num_words': use SequenceVectorizer(max_tokens=...).",
    ),
    "too many": (
        lambda: VECTORS.nearest("frog", 3, 4),
        "WordVectors.nearest takes 2 positional arguments, got 3: pass others by name.",
    ),
    "twice": (lambda: backtest(None, [1.0], y=[2.0]), "backtest got multiple values for .*'y'."),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_error_names_the_argument_and_no_private_class(case):
    call, message = CALLS[case]
    pattern = ".*".join(re.escape(part) for part in message.split(".*"))
    with pytest.raises(TypeError, match=pattern) as raised:
        call()
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_an_error_of_the_function_itself_stays():
    error = TypeError("mine")

    @naming_arguments()
    def fails(X):
        raise error

    with pytest.raises(TypeError) as raised:
        fails([])
    assert raised.value is error


D = ["aa bb", "cc aa"]
LEARNER = {"embedding_dim": 2, "min_count": 1, "max_iter": 1, "random_state": 0}
IDS = [[2, 3], [3, 2]]
SET_AFTER_FIT = [
    (CountVectorizer(), D, {"ngram_range": None}),
    (TfidfVectorizer(), D, {"tokenizer": 3}),
    (HashingVectorizer(), D, {"preprocessor": 3}),
    (SequenceVectorizer(), D, {"tokenizer": 3}),
    (EmbeddingVectorizer(VECTORS), ["frog toad"], {"tokenizer": "split"}),
    (Doc2Vec(**LEARNER), D, {"infer_iter": -3}),
    (NgramDoc2Vec(**LEARNER), D, {"infer_iter": 0.5}),
    (NgramDoc2Vec(**LEARNER), D, {"max_iter": None}),
    (Dna2Vec(1, 1, **LEARNER), ["ACGTACGT"], {"k_max": "3"}),
    (Seq2Seq(max_iter=1, hidden_size=2), IDS, {"beam_width": "2"}),
    (Seq2Seq(max_iter=1, hidden_size=2), IDS, {"max_length": -3}),
]


@pytest.mark.parametrize(("estimator", "X", "changed"), SET_AFTER_FIT, ids=str)
@pytest.mark.filterwarnings("ignore:.*of the tokens have no vector")
def test_a_parameter_that_was_set_after_fit_is_named(estimator, X, changed):
    estimator.fit(X, X).set_params(**changed)
    (name,) = changed
    reads = getattr(estimator, "transform", None) or estimator.predict
    message = f"The '{name}' parameter of {type(estimator).__name__} must be"
    with pytest.raises(InvalidParameterError, match=message) as raised:
        reads(X)
    assert raised.value.__cause__ is not None  # what it has led to


def test_signatures_and_names_stay():
    assert str(inspect.signature(Ragged)).startswith("(values: 'ArrayLike', offsets: 'ArrayLike',")
    assert list(inspect.signature(RNNClassifier.predict).parameters) == ["self", "X"]
    assert RNNClassifier.predict.__doc__
    assert textvec.load.__module__ == "textvec.saving._save_load"


@pytest.mark.parametrize("name", textvec.__all__)
def test_no_method_shows_the_class_that_has_it(name):
    cls = getattr(textvec, name)
    for method in dir(cls) if isinstance(cls, type) else ():
        function = inspect.getattr_static(cls, method)
        private = inspect.isfunction(function) and function.__qualname__.split(".")[0]
        if not private or method[0] == "_" or not function.__module__.startswith("textvec."):
            continue
        assert private in textvec.__all__ or hasattr(function, "_names_arguments"), method
