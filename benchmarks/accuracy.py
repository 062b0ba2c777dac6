"""Accuracy on the 25,000 IMDb test reviews: three seeds, mean and range, and the seconds of a fit.

OMP_NUM_THREADS=1 TEXTVEC_DATA=folder python benchmarks/accuracy.py [rnn] [vote] ...
    [--seeds 0 1 2] [--validate [ROWS]]

With --validate, models learn from 10,000 of the training reviews, and are scored on 5,000 others of
other films and on 2,500 of the same films; of 20,000, the most, none of the same films are left.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from time import perf_counter, process_time
from typing import NamedTuple, Self

import numpy as np
from language_model import language_model
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer
from sklearn.utils.validation import has_fit_parameter
from skorch.callbacks import LRScheduler

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    FunctionTokenizer,
    NBLogCountRatio,
    NgramDoc2Vec,
    Ragged,
    RNNClassifier,
    RNNLanguageModel,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    Word2Vec,
    WordTokenizer,
    WordVectors,
)
from textvec.datasets import fetch_imdb

Classifier = Pipeline | VotingClassifier
N_VALIDATION = 5000
WORDS_AND_MARKS = r"[\w']+|[!?.,;:()\"*/-]"  # words of one letter, too


def simple_rnn(seed: int) -> Pipeline:
    """Make the lecture's network: 10,000 words, 100 words a review, SimpleRNN of 32."""
    return make_pipeline(
        WordTokenizer("keras"),
        SequenceVectorizer(max_tokens=10_000),
        SequencePadder(length=100),
        RNNClassifier(
            cell="rnn",
            embedding_dim=32,
            hidden_size=32,
            bidirectional=False,
            pooling="last",
            dropout=0.0,
            token_dropout=0.0,
            wide=0,
            learning_rate_init=1e-3,
            average=False,
            optimizer="rmsprop",
            batch_size=128,
            early_stopping=True,
            validation_fraction=0.2,
            max_iter=10,
            random_state=seed,
        ),
    )


def words_and_pairs(text: str) -> list[str]:
    """List the words, each followed by the pair of it and the next."""
    words = re.findall(r"\w+", text.lower())
    return [token for a, b in pairwise(words) for token in (a, f"{a} {b}")] + words[-1:]


# Of networks of words and pairs of words.
OF_PAIRS = {
    "cell": "lstm",
    "embedding_dim": 32,
    "hidden_size": 32,
    "bidirectional": True,
    "pooling": "max",
    "dropout": 0.5,
    "batch_size": 64,
}


def rnn(seed: int) -> Pipeline:
    """Make a network of words and pairs of words, read in order."""
    return make_pipeline(
        SequenceVectorizer(
            tokenizer=FunctionTokenizer(words_and_pairs), max_tokens=100_000, min_count=4
        ),
        SequencePadder(length=1000),
        RNNClassifier(
            **OF_PAIRS,
            token_dropout=0.0,
            wide=0,
            average=False,
            learning_rate_init=2e-3,
            max_iter=4,
            callbacks=[LRScheduler("ExponentialLR", gamma=0.5)],
            random_state=seed,
        ),
    )


def rnn_of_pairs(seed: int) -> Pipeline:
    """Make a network of words and pairs on top of logistic regression on their tf-idf."""
    return make_pipeline(
        SequenceVectorizer(
            tokenizer=FunctionTokenizer(words_and_pairs), max_tokens=200_000, min_count=3
        ),
        SequenceTruncator(1000),
        RNNClassifier(
            **OF_PAIRS,
            wide=1,
            token_dropout=0.2,
            learning_rate="linear",
            learning_rate_init=5e-3,
            max_iter=3,
            random_state=seed,
        ),
    )


# Of networks of words, without and with learned vectors.
OF_WORDS = {
    "cell": "lstm",
    "hidden_size": 32,
    "bidirectional": True,
    "pooling": ("mean", "max"),
    "label_smoothing": 0.1,
    "learning_rate": "linear",
    "batch_size": 64,
    "max_iter": 4,
}


def rnn_of_words(seed: int, wide: int = 0) -> Pipeline:
    """Make a network of words alone, without or with a linear model of n-grams."""
    return make_pipeline(
        SequenceVectorizer(max_tokens=30_000, min_count=1 if wide else 3),
        SequenceTruncator(500),
        RNNClassifier(
            **OF_WORDS,
            embedding_dim=32,
            wide=wide,
            dropout=0.5,
            token_dropout=0.2,
            learning_rate_init=5e-3,
            random_state=seed,
        ),
    )


@cache
def learned_vectors() -> WordVectors:
    """Learn vectors of words from the 75,000 training and unlabelled reviews."""
    texts = [*fetch_imdb(subset="unsup").data, *fetch_imdb(subset="train").data]
    cpu = process_time()
    learner = Word2Vec(
        "skipgram", embedding_dim=64, min_count=8, max_iter=3, pooling=None, random_state=0
    ).fit(texts)
    print(f"vectors of 75,000 reviews: {process_time() - cpu:.0f} CPU seconds", flush=True)
    return learner.vectors_


def rnn_on_vectors(seed: int) -> Pipeline:
    """Make a network that fine-tunes vectors learned from unlabelled reviews, too."""
    return make_pipeline(
        EmbeddingVectorizer(learned_vectors()),
        SequenceTruncator(500),
        RNNClassifier(
            **OF_WORDS,
            fine_tune=True,
            dropout=0.4,
            token_dropout=0.1,
            learning_rate_init=3e-3,
            random_state=seed,
        ),
    )


@cache
def learned_language_model(*, backward: bool) -> RNNLanguageModel:
    """Fit a language model of two passes to 74,000 reviews, from their start or their end."""
    texts = [*fetch_imdb(subset="unsup").data, *fetch_imdb(subset="train").data]
    tokens = WordTokenizer().transform(texts[1000:])  # perplexity is of the others
    cpu = process_time()
    lm = language_model(
        tokens.reversed() if backward else tokens,
        passes=2,
        hidden_size=512,
        embedding_dim=256,
        precision="bfloat16",
        every=1000,
    )
    print(f"language model: {process_time() - cpu:.0f} CPU seconds", flush=True)
    return lm


def rnn_on_language_model(seed: int, *, backward: bool) -> Pipeline:
    """Make a network that starts from a language model, and reads in its direction."""
    lm = learned_language_model(backward=backward)
    return make_pipeline(
        FrozenEstimator(lm.vectorizer_),
        SequenceTruncator(400),
        FunctionTransformer(Ragged.reversed if backward else None),
        RNNClassifier(
            cell=lm.cell,
            hidden_size=lm.hidden_size,
            embedding_dim=lm.embedding_dim,
            init=FrozenEstimator(lm),
            bidirectional=False,
            pooling=("last", "mean", "max"),
            wide=0,
            dropout=0.5,
            embedding_dropout=0.5,
            token_dropout=0.0,
            label_smoothing=0.1,  # labels that another model has predicted are not certain
            learning_rate="linear",
            learning_rate_init=1e-3,
            batch_size=64,
            max_iter=2,
            precision="bfloat16",
            random_state=seed,
        ),
    )


def rnns_on_language_models(seed: int) -> VotingClassifier:
    """Make the mean of the probabilities of two networks, which read in either direction."""
    members = [
        ("forward", rnn_on_language_model(seed, backward=False)),
        ("backward", rnn_on_language_model(seed, backward=True)),
    ]
    return VotingClassifier(members, voting="soft")


class LearnedFromMore(TransformerMixin, BaseEstimator):
    """Fit a transformer that needs no labels to other texts as well."""

    def __init__(self, transformer: NgramDoc2Vec, texts: Sequence[str]):
        self.transformer = transformer
        self.texts = texts

    def fit(self, X: Sequence[str], y: NDArray[np.int64] | None = None) -> Self:
        """Fit the transformer to all texts."""
        self.transformer_ = clone(self.transformer).fit([*X, *self.texts])
        return self

    def transform(self, X: Sequence[str]) -> NDArray[np.float32]:
        """Transform documents alone."""
        return self.transformer_.transform(X)


def vectors_of_documents(seed: int) -> LearnedFromMore:
    """Make vectors of documents, learned from the unlabelled reviews too."""
    return LearnedFromMore(
        NgramDoc2Vec(tokenizer=WordTokenizer(pattern=WORDS_AND_MARKS), random_state=seed),
        fetch_imdb(subset="unsup").data,
    )


def on_documents(seed: int) -> Pipeline:
    """Make a linear model of vectors of documents."""
    return make_pipeline(vectors_of_documents(seed), LogisticRegression(C=1, max_iter=1000))


def averaged(seed: int) -> Pipeline:
    """Make the mean of learned vectors of n-grams, and a linear model (fastText's)."""
    return make_pipeline(
        WordTokenizer(),
        SequenceVectorizer(ngram_range=(1, 3), max_tokens=400_000, min_count=3),
        SequenceMLPClassifier(
            hidden_layer_sizes=(),
            embedding_dim=16,
            learning_rate="linear",
            learning_rate_init=1e-2,
            batch_size=64,
            max_iter=5,
            random_state=seed,
        ),
    )


def bigrams(seed: int) -> Pipeline:
    """Make a bag of words and pairs with logistic regression."""
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        LogisticRegression(C=30, max_iter=1000),
    )


def weighted_trigrams() -> Pipeline:
    """Make a bag of up to three words weighted by naive Bayes (Wang & Manning, 2012)."""
    return make_pipeline(
        WordTokenizer(pattern=WORDS_AND_MARKS),
        CountVectorizer(ngram_range=(1, 3), binary=True),
        NBLogCountRatio(),
        Normalizer(),  # long reviews else have larger logits
    )


def many_features(C: float) -> LogisticRegression:
    """Make logistic regression by the solver that is quick with millions of features."""
    return LogisticRegression(C=C, solver="liblinear", dual=True, max_iter=1000, random_state=0)


def nb_trigrams(seed: int) -> Pipeline:
    """Make a linear model of the weighted bag."""
    return make_pipeline(*weighted_trigrams(), many_features(C=30))


def joint(seed: int) -> Pipeline:
    """Make one linear model of the weighted bag and of vectors of documents."""
    features = FeatureUnion(
        [("bag", weighted_trigrams()), ("documents", vectors_of_documents(seed))],
        transformer_weights={"documents": 0.5},
    )
    return make_pipeline(features, many_features(C=5))


def vote(seed: int) -> VotingClassifier:
    """Make the mean of the probabilities of a bag, counted twice, and of averaged vectors."""
    members = [("nb", nb_trigrams(seed)), ("averaged", averaged(seed))]
    return VotingClassifier(members, voting="soft", weights=[2, 1])


def with_own_labels(
    X: Sequence[str], y: NDArray[np.int64], texts: Sequence[str], p: NDArray[np.float64]
) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64]]:
    """Add texts with the more probable of labels 0 and 1, weighted by how sure it is."""
    labels = np.concatenate([y, p.argmax(axis=1)])
    weights = np.concatenate([np.ones(len(X)), 2 * p.max(axis=1) - 1])
    return [*X, *texts], labels, weights


class WithTaught(ClassifierMixin, BaseEstimator):
    """Fit a model, then another to more texts too, which the first has labelled.

    What predicts is the mean of both, in which `weight` is the other's. The other's steps take
    weights of rows by scikit-learn's metadata routing.
    """

    def __init__(self, model: Classifier, taught: Classifier, texts: Sequence[str], weight: float):
        self.model = model
        self.taught = taught
        self.texts = texts
        self.weight = weight

    def fit(self, X: Sequence[str], y: NDArray[np.int64]) -> Self:
        """Fit the model to labelled rows, then the other to all."""
        self.model_ = clone(self.model).fit(X, y)
        X, y, weights = with_own_labels(X, y, self.texts, self.model_.predict_proba(self.texts))
        with config_context(enable_metadata_routing=True):
            self.taught_ = clone(self.taught).fit(X, y, sample_weight=weights)
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.float64]:
        """Predict the mean of the probabilities."""
        p, of_taught = (model.predict_proba(X) for model in (self.model_, self.taught_))
        return (1 - self.weight) * p + self.weight * of_taught

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:
        """Predict the labels."""
        return self.predict_proba(X).argmax(axis=1)


def taking_weights(model: Classifier) -> Classifier:
    """Let the steps of a model that learn by weights of rows be given them."""
    pipelines = [p for _, p in model.estimators] if isinstance(model, VotingClassifier) else [model]
    with config_context(enable_metadata_routing=True):
        for step in [step for pipeline in pipelines for step in pipeline]:
            if has_fit_parameter(step, "sample_weight"):
                step.set_fit_request(sample_weight=True)
    return model


def self_trained(seed: int, of: Callable[[int], Classifier] = vote) -> WithTaught:
    """Make the vote of bag and averaged vectors, or another, fitted again to its predictions."""
    model = taking_weights(of(seed))
    return WithTaught(model, model, fetch_imdb(subset="unsup").data, weight=1)


def with_taught(seed: int, of: Callable[[int], Classifier], weight: float = 0.5) -> WithTaught:
    """Make the mean of the joint model and of another that it has taught."""
    taught = taking_weights(of(seed))
    return WithTaught(joint(seed), taught, fetch_imdb(subset="unsup").data, weight)


def vote_with_vectors(seed: int) -> VotingClassifier:
    """Make the same with a third member, the network on vectors."""
    members = [*vote(seed).estimators, ("rnn", rnn_on_vectors(seed))]
    return VotingClassifier(members, voting="soft", weights=[2, 1, 1])


MODELS = {
    "simple-rnn": simple_rnn,
    "rnn": rnn,
    "rnn-pairs": rnn_of_pairs,
    "rnn-words": rnn_of_words,
    "rnn-wide": partial(rnn_of_words, wide=3),
    "averaged": averaged,
    "bigrams": bigrams,
    "nb": nb_trigrams,
    "vote": vote,
    "rnn-vectors": rnn_on_vectors,
    "vote-vectors": vote_with_vectors,
    "documents": on_documents,
    "joint": joint,
    "taught-bag": partial(with_taught, of=nb_trigrams),
    "taught-rnn": partial(
        with_taught, of=partial(rnn_on_language_model, backward=False), weight=0.4
    ),
    "taught-rnns": partial(with_taught, of=rnns_on_language_models),
    "self-trained": self_trained,
    "self-trained-nb": partial(self_trained, of=nb_trigrams),
    "self-trained-averaged": partial(self_trained, of=averaged),
}
UNSEEDED = {"bigrams", "nb", "self-trained-nb"}


class Labelled(NamedTuple):
    """Reviews and their labels."""

    X: list[str]
    y: NDArray[np.int64]


class Task(NamedTuple):
    """Reviews to learn from, and those to be scored on, by name."""

    train: Labelled
    scored: dict[str, Labelled]


def test_task() -> Task:
    """Learn from all training reviews; the test reviews are of other films."""
    train, test = (Labelled(*fetch_imdb(subset=s, return_X_y=True)) for s in ("train", "test"))
    return Task(train, {"test reviews": test})


def validation_task(rows: int) -> Task:
    """Learn from some of the training reviews, and be scored on others.

    The files are sorted by label, then by film: the last of each label are of other films than the
    rest. Of the rest, nearly all reviews have others of their film there.
    """
    X, y = fetch_imdb(subset="train", return_X_y=True)
    by_label = [np.flatnonzero(y == label) for label in (1, 0)]
    rest = [part[: -N_VALIDATION // 2] for part in by_label]
    rng = np.random.default_rng(0)
    fit = np.concatenate([rng.choice(part, rows // 2, replace=False) for part in rest])
    rng.shuffle(fit)
    other = np.concatenate([part[-N_VALIDATION // 2 :] for part in by_label])
    left = np.setdiff1d(np.concatenate(rest), fit)
    same = rng.choice(left, min(len(left), N_VALIDATION // 2), replace=False)

    def labelled(rows: NDArray[np.intp]) -> Labelled:
        return Labelled([X[i] for i in rows], y[rows])

    scored = {"other films": other, "same films": same}
    return Task(labelled(fit), {of: labelled(rows) for of, rows in scored.items() if len(rows)})


def measure(name: str, seed: int, task: Task) -> float:
    """Fit one model, print its accuracies and what it cost, and return the first of them."""
    model = MODELS[name](seed)
    start, cpu = perf_counter(), process_time()
    model.fit(*task.train)
    seconds, cpu_seconds = perf_counter() - start, process_time() - cpu
    scores = {of: model.score(*reviews) for of, reviews in task.scored.items()}
    accuracies = ", ".join(f"{score:.4f} on {of}" for of, score in scores.items())
    print(
        f"{name} seed {seed}: accuracy {accuracies}; "
        f"{seconds:.0f} s ({cpu_seconds:.0f} CPU seconds)",
        flush=True,
    )
    return next(iter(scores.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", choices=[[], *MODELS], help="default: all")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--validate", type=int, nargs="?", const=10_000, metavar="ROWS")
    args = parser.parse_args()
    task = validation_task(args.validate) if args.validate else test_task()
    for name in args.models or MODELS:
        seeds = args.seeds[:1] if name in UNSEEDED else args.seeds
        scores = [measure(name, seed, task) for seed in seeds]
        print(
            f"{name}: mean {np.mean(scores):.4f}, range {min(scores):.4f} to {max(scores):.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
