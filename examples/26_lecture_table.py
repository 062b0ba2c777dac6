"""How good are the networks of the lecture?
=========================================

All of them on IMDb in one table, with published figures. 10,000 words, 25,000 training reviews of
which a fifth is used for validation (the weights of the best epoch are restored), the last words
of a review: as in the lecture and the book it follows (F. Chollet, 2017: Deep Learning with
Python, chapters 3 and 6). ``val`` marks published figures on validation reviews. Rows with 200
reviews draw a new sample for each seed::

    python examples/26_lecture_table.py [ROW ...] [--seeds 3]
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from _data import Reviews, neighbourhood_vectors, reviews, show_bars
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from textvec import (
    EmbeddingVectorizer,
    OneHotVectorizer,
    RNNClassifier,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequencePadder,
    SequenceVectorizer,
    Tokens,
    WordTokenizer,
    WordVectors,
)

MAX_TOKENS = 10_000
# Common to all networks; early stopping skips epochs that only overfit.
TRAINING = {"optimizer": "rmsprop", "max_iter": 10, "n_iter_no_change": 3}
# What RNNClassifier does by default, and the lecture's networks do not.
KERAS_LIKE = {
    "bidirectional": False,
    "pooling": "last",
    "dropout": 0.0,
    "token_dropout": 0.0,
    "wide": 0,
    "learning_rate_init": 1e-3,
    "average": False,
}
VALIDATED = {"early_stopping": True, "validation_fraction": 0.2}


class Row(NamedTuple):
    """A row of the table: a model, the published accuracy, the number of training reviews."""

    model: Callable[[int], Pipeline]  # from a seed
    published: str = ""
    n_train: int | None = None  # None: all


def ids(length: int, network: Any) -> Pipeline:
    """Return a pipeline of a network on the last words of documents."""
    return make_pipeline(SequenceVectorizer(max_tokens=MAX_TOKENS), SequencePadder(length), network)


def first_network(seed: int) -> Pipeline:
    """Return an embedding, flattened, with one dense unit."""
    network = SequenceMLPClassifier(
        hidden_layer_sizes=(),
        pooling="flatten",
        length=20,
        embedding_dim=8,
        random_state=seed,
        **TRAINING,
        **VALIDATED,
    )
    return ids(20, network)


def few_reviews(seed: int, **training: Any) -> SequenceMLPClassifier:
    """Return the network for 200 reviews: flattened, 32 units."""
    return SequenceMLPClassifier(
        hidden_layer_sizes=(32,),
        pooling="flatten",
        length=100,
        random_state=seed,
        **(TRAINING | training),
    )


def learned(seed: int) -> Pipeline:
    """Return the network with an embedding learned from the 200 reviews."""
    return ids(100, few_reviews(seed, embedding_dim=50))


def pretrained(seed: int, vectors: WordVectors, *, fine_tune: bool) -> Pipeline:
    """Return the network on pretrained vectors."""
    network = few_reviews(seed, fine_tune=fine_tune)
    return make_pipeline(EmbeddingVectorizer(vectors), SequencePadder(100), network)


def recurrent(seed: int, length: int, **parameters: Any) -> Pipeline:
    """Return a recurrent network of 32 units."""
    network = RNNClassifier(
        embedding_dim=32,
        hidden_size=32,
        batch_size=128,
        random_state=seed,
        **(KERAS_LIKE | parameters),
        **TRAINING,
        **VALIDATED,
    )
    return ids(length, network)


def convolutional(seed: int) -> Pipeline:
    """Return a convolution over seven words with global max pooling."""
    network = SequenceCNNClassifier(
        embedding_dim=32,
        kernel_sizes=(7,),
        n_filters=32,
        batch_size=128,
        random_state=seed,
        **TRAINING,
        **VALIDATED,
    )
    return ids(500, network)


def multi_hot(seed: int) -> Pipeline:
    """Return the baseline: multi-hot words, two dense layers of 16."""
    network = MLPClassifier(
        hidden_layer_sizes=(16, 16),
        batch_size=128,
        n_iter_no_change=2,
        random_state=seed,
        **VALIDATED,
    )
    return make_pipeline(OneHotVectorizer(max_tokens=MAX_TOKENS), network)


def table(vectors: WordVectors) -> dict[str, Row]:
    frozen = partial(pretrained, vectors=vectors, fine_tune=False)
    tuned = partial(pretrained, vectors=vectors, fine_tune=True)
    return {
        "MLP on 20 words": Row(first_network, "0.75"),
        "MLP, 200 reviews, own vectors": Row(learned, n_train=200),
        "MLP, 200 reviews, GloVe frozen": Row(frozen, "0.56", n_train=200),
        "MLP, 200 reviews, GloVe tuned": Row(tuned, n_train=200),
        "SimpleRNN, 100 words": Row(partial(recurrent, length=100, cell="rnn")),
        "SimpleRNN, 500 words": Row(partial(recurrent, length=500, cell="rnn"), "0.85 val"),
        "four SimpleRNN, 100 words": Row(partial(recurrent, length=100, cell="rnn", num_layers=4)),
        "LSTM, 500 words": Row(partial(recurrent, length=500), "0.89 val"),
        "GRU, 500 words": Row(partial(recurrent, length=500, cell="gru")),
        "bidirectional LSTM, 500 words": Row(partial(recurrent, length=500, bidirectional=True)),
        "CNN, 500 words": Row(convolutional),
        "multi-hot, dense 16-16": Row(multi_hot, "0.88"),
    }


def shown(values: list[float | None]) -> str:
    """Format a mean, and the range of several values."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    span = f" ({min(known):.3f}-{max(known):.3f})" if len(known) > 1 else ""
    return f"{np.mean(known):.3f}{span}"


def measure(name: str, row: Row, data: Reviews, train: Tokens, test: Tokens, seeds: int) -> float:
    """Print a row of the table, and return the mean accuracy on test reviews."""
    validation, accuracy, seconds = [], [], []
    for seed in range(seeds):
        chosen = np.random.default_rng(seed).permutation(len(train))[: row.n_train]
        model = row.model(seed)
        start = perf_counter()
        model.fit(train[chosen], data.y_train[chosen])
        seconds.append(perf_counter() - start)
        validation.append(model[-1].best_validation_score_)
        accuracy.append(model.score(test, data.y_test))
    print(
        f"{name:31} {shown(validation):19} {shown(accuracy):19} {row.published:9} "
        f"{np.mean(seconds):7.1f}",
        flush=True,
    )
    return float(np.mean(accuracy))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="prefix of a name; default: all")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    data = reviews()
    if os.environ.get("TEXTVEC_DATA"):
        vectors = WordVectors.load(Path(os.environ["TEXTVEC_DATA"], "glove.6B.50d.top40k.txt.gz"))
    else:
        vectors = neighbourhood_vectors(data.X_train + data.X_test)
        print("Too few documents for these networks: set TEXTVEC_DATA to run them on IMDb.")
    tokenizer = WordTokenizer("keras")
    train, test = tokenizer.transform(data.X_train), tokenizer.transform(data.X_test)
    print(f"\n{'':31} {'validation':19} {'test':19} published seconds")
    accuracy = {
        name: measure(name, row, data, train, test, args.seeds)
        for name, row in table(vectors).items()
        if not args.rows or name.startswith(tuple(args.rows))
    }
    show_bars(accuracy, f"test accuracy on {data.name}", "lecture_table")


if __name__ == "__main__":
    main()

# %%
# What to try next
# ----------------
# - ``--seeds 3``: how much of a difference is chance?
# - A row of your own in ``table``.
# - The lecture cell by cell: ``examples/lecture.ipynb``.
