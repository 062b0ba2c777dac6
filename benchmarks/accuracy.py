"""Accuracy on the 25,000 IMDb test reviews: three seeds, mean and range, and the seconds of a fit.

TEXTVEC_DATA=folder python benchmarks/accuracy.py [simple-rnn] [recommended] [averaged] ...
"""

from __future__ import annotations

import argparse
import re
from itertools import pairwise
from time import perf_counter, process_time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from skorch.callbacks import LRScheduler

from textvec import (
    CountVectorizer,
    FunctionTokenizer,
    NBLogCountRatio,
    RNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
)
from textvec.datasets import fetch_imdb

SEEDS = (0, 1, 2)
SEEDED = {"simple-rnn", "recommended", "averaged"}


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


def recommended(seed: int) -> Pipeline:
    """Make the pipeline that the README recommends: words and pairs of words, read in order."""
    return make_pipeline(
        SequenceVectorizer(
            tokenizer=FunctionTokenizer(words_and_pairs), max_tokens=100_000, min_count=4
        ),
        SequencePadder(length=1000),
        RNNClassifier(
            cell="lstm",
            embedding_dim=32,
            hidden_size=32,
            bidirectional=True,
            pooling="max",
            dropout=0.5,
            learning_rate_init=2e-3,
            batch_size=64,
            max_iter=4,
            callbacks=[LRScheduler("ExponentialLR", gamma=0.5)],
            random_state=seed,
        ),
    )


def averaged(seed: int) -> Pipeline:
    """Make the mean of learned vectors of words and pairs, and a linear model (fastText's)."""
    return make_pipeline(
        SequenceVectorizer(
            tokenizer=FunctionTokenizer(words_and_pairs), max_tokens=100_000, min_count=5
        ),
        SequenceMLPClassifier(
            hidden_layer_sizes=(),
            embedding_dim=16,
            learning_rate_init=5e-3,
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


def nb_trigrams(seed: int) -> Pipeline:
    """Make a bag of up to three words weighted by naive Bayes (Wang & Manning, 2012)."""
    return make_pipeline(
        WordTokenizer(),  # words of one letter, too
        CountVectorizer(ngram_range=(1, 3), binary=True),
        NBLogCountRatio(),
        LogisticRegression(C=1, solver="liblinear", dual=True, random_state=0),
    )


MODELS = {
    "simple-rnn": simple_rnn,
    "recommended": recommended,
    "averaged": averaged,
    "bigrams": bigrams,
    "nb": nb_trigrams,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", choices=[[], *MODELS], help="default: all")
    names = parser.parse_args().models or list(MODELS)
    X_train, y_train = fetch_imdb(subset="train", return_X_y=True)
    X_test, y_test = fetch_imdb(subset="test", return_X_y=True)
    for name in names:
        scores = []
        for seed in SEEDS if name in SEEDED else SEEDS[:1]:
            model = MODELS[name](seed)
            start, cpu = perf_counter(), process_time()
            model.fit(X_train, y_train)
            seconds, cpu_seconds = perf_counter() - start, process_time() - cpu
            scores.append(model.score(X_test, y_test))
            last = model[-1]
            best = getattr(last, "best_validation_score_", None)
            validation = "" if best is None else f"best validation accuracy {best:.4f}, "
            print(
                f"{name} seed {seed}: test accuracy {scores[-1]:.4f}, {validation}"
                f"{np.max(last.n_iter_)} passes, {seconds:.0f} s ({cpu_seconds:.0f} CPU seconds)",
                flush=True,
            )
        print(
            f"{name}: mean {np.mean(scores):.4f}, range {min(scores):.4f} to {max(scores):.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
