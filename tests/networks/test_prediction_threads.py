"""Any number of threads may predict by one fitted estimator."""

from __future__ import annotations

import cProfile
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from textvec import (
    CharTokenizer,
    CountVectorizer,
    DocumentDistance,
    EmbeddingVectorizer,
    HashingVectorizer,
    OneHotVectorizer,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
    SkipThought,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
)
from textvec.nn import _batches, _prediction, _torch_threads

WORDS = ["the", "frog", "sat", "on", "a", "log", "and", "the", "toad", "sat", "by", "it"]
RNG = np.random.default_rng(0)
TEXTS = [" ".join(RNG.choice(WORDS, RNG.integers(0, 30))) for _ in range(24)]
Y = [len(text) % 2 for text in TEXTS]
SMALL = {"hidden_size": 5, "embedding_dim": 4, "max_iter": 1, "random_state": 0}
VECTORS = WordVectors(sorted(set(WORDS)), RNG.normal(size=(len(set(WORDS)), 3)))


def classifier(*steps):
    return make_pipeline(*steps).fit(TEXTS, Y).predict_proba


def transformer(*steps):
    return make_pipeline(*steps).fit(TEXTS).transform


def tagger():
    rows = SequenceVectorizer().fit(TEXTS)
    X = rows.transform(TEXTS)
    labels = Ragged(X.values % 3, X.offsets)
    return make_pipeline(rows, RNNTagger(crf=True, **SMALL).fit(X, labels)).predict


def encoder():
    network = RNNClassifier(**SMALL).fit(SequenceVectorizer().fit_transform(TEXTS), Y)
    return transformer(SequenceVectorizer(), RNNEncoder(FrozenEstimator(network)))


def forecaster():
    """Forecast a series from where a text says."""
    series = np.sin(np.arange(60) / 3)
    model = RNNForecaster(hidden_size=5, max_iter=1, random_state=0).fit(y=series)
    return lambda texts: [
        model.predict(horizon=2, past=series[: 40 + len(t) % 9]) for t in texts[:4]
    ]


def sampler():
    """Continue texts; the longer ones by other words."""
    model = RNNLanguageModel(**SMALL).fit(TEXTS)
    return lambda texts: [
        model.sample(2, prefix=text, max_length=3, random_state=len(text)) for text in texts[:4]
    ]


def searches():
    """Ask for the neighbors of the words of texts, which has the table of unit vectors made."""
    vectors = WordVectors(VECTORS.vocabulary, VECTORS.matrix)
    return lambda texts: [
        (
            vectors.nearest(word, 3),
            vectors.analogy(["frog", word], ["log"]),
            vectors.odd_one_out(["a", word, "log"]),
        )
        for text in texts
        for word in text.split()[:2]
    ]


CASES = {
    "ids": lambda: classifier(SequenceVectorizer(), RNNClassifier(bidirectional=True, **SMALL)),
    "padded": lambda: classifier(
        WordTokenizer(), SequenceVectorizer(), SequencePadder(9), RNNClassifier(cell="gru", **SMALL)
    ),
    "cnn": lambda: classifier(
        SequenceVectorizer(), SequenceCNNClassifier(embedding_dim=4, max_iter=1, random_state=0)
    ),
    "wide": lambda: classifier(
        SequenceVectorizer(), RNNClassifier(wide=2, pooling="concat", num_layers=2, **SMALL)
    ),
    "mlp": lambda: classifier(
        SequenceVectorizer(),
        SequencePadder(9),
        SequenceMLPClassifier(embedding_dim=4, max_iter=1, random_state=0),
    ),
    "vectors": lambda: classifier(EmbeddingVectorizer(VECTORS), RNNClassifier(**SMALL)),
    "tuned vectors": lambda: classifier(
        EmbeddingVectorizer(VECTORS), RNNClassifier(fine_tune=True, **SMALL)
    ),
    "regressor": lambda: (
        make_pipeline(SequenceVectorizer(), RNNRegressor(cell="rnn", **SMALL)).fit(TEXTS, Y).predict
    ),
    "encoder": encoder,
    "tagger": tagger,
    "language model": lambda: RNNLanguageModel(**SMALL).fit(TEXTS).score_samples,
    "samples": sampler,
    "translator": lambda: Seq2Seq(**SMALL).fit(TEXTS, TEXTS[::-1]).predict,
    "skip-thought": lambda: (
        SkipThought(**SMALL).fit([". ".join(TEXTS[i : i + 3]) for i in range(12)]).transform
    ),
    "forecaster": forecaster,
    "word vectors": searches,
    "mean vectors": lambda: transformer(EmbeddingVectorizer(VECTORS, pooling="mean")),
    "distances": lambda: DocumentDistance(VECTORS).fit(TEXTS[:4]).transform,
    "n-grams": lambda: transformer(SequenceVectorizer(ngram_range=(1, 2), bos_token="<s>")),
    "counts": lambda: transformer(CountVectorizer(ngram_range=(1, 2))),
    "characters": lambda: transformer(SequenceVectorizer(tokenizer=CharTokenizer())),
    "tf-idf": lambda: transformer(TfidfVectorizer()),
    "hashing": lambda: transformer(HashingVectorizer(n_features=64)),
    "one-hot": lambda: transformer(OneHotVectorizer()),
}


def as_bytes(result):
    if isinstance(result, list) or getattr(result, "dtype", None) is np.dtype(object):
        return [repr(list(result))]
    parts = (result.data, result.indices, result.indptr) if hasattr(result, "indptr") else (result,)
    parts = [p.values if isinstance(p, Ragged) else np.asarray(p) for p in parts]
    return [part.tobytes() for part in parts]


@pytest.mark.parametrize("name", CASES)
def test_threads_get_the_bits_of_one(name):
    predict, other = CASES[name](), CASES[name]()  # what is made on first use, threads make
    parts = [TEXTS[i : i + n] for n in (1, 3) for i in range(0, len(TEXTS), n)] * 2
    expected = [as_bytes(other(part)) for part in parts]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(predict, parts))
    finally:
        sys.setswitchinterval(interval)
    assert [as_bytes(result) for result in found] == expected


@pytest.fixture
def torch_threads(monkeypatch):
    """Let few rows be enough work for threads, and return how torch's number is set."""
    monkeypatch.setattr(_prediction, "_STEPS_FOR_THREADS", 0)
    monkeypatch.setattr(_batches, "_EVALUATION_ROWS", 5)
    monkeypatch.setattr(_torch_threads, "_ENOUGH_STATES", 0)
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("name", CASES)
def test_batches_in_threads_of_torch_have_the_bits_of_one(torch_threads, name):
    torch_threads(1)
    predict = CASES[name]()
    expected = as_bytes(predict(TEXTS))
    torch_threads(2)
    assert as_bytes(predict(TEXTS)) == expected
    assert torch.get_num_threads() == 2
    with ThreadPoolExecutor(8) as clients:
        found = list(clients.map(predict, [TEXTS] * 16))
    assert [as_bytes(result) for result in found] == [expected] * 16


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_training_in_threads_of_torch_has_the_bits_of_one(torch_threads, cell):
    X, probabilities = SequenceVectorizer().fit_transform(TEXTS), []
    options = {**SMALL, "max_iter": 3, "dropout": 0.2, "early_stopping": True, "batch_size": 4}
    for n in (1, 2):
        torch_threads(n)
        model = RNNClassifier(cell=cell, bidirectional=True, num_layers=2, **options).fit(X, Y)
        probabilities.append(model.predict_proba(X))
        assert torch.get_num_threads() == n
    assert np.array_equal(*probabilities)


def test_a_single_row_costs_few_calls():
    """Code that runs once a request is cold, so that each call costs some microseconds."""
    steps = [WordTokenizer(), SequenceVectorizer(), SequencePadder(8)]
    model = RNNClassifier(bidirectional=True, device="cpu", **SMALL)
    pipeline = make_pipeline(*steps, model).fit(TEXTS, Y)
    X = TEXTS[:1]
    for step in pipeline[:-1]:
        assert n_calls(step.transform, X) < 50
        X = step.transform(X)
    assert n_calls(pipeline[-1].predict_proba, X) < 190


def n_calls(function, X):
    """Return how many functions are called, Python's own and those of C, once all is warm."""
    function(X)
    profile = cProfile.Profile()
    gc.disable()  # what garbage of other tests calls does not count
    try:
        profile.runcall(function, X)
    finally:
        gc.enable()
    return sum(entry.callcount for entry in profile.getstats())
