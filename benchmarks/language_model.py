"""A language model of the IMDb reviews, and a classifier that starts from it.

TEXTVEC_DATA=folder python benchmarks/language_model.py [--rows N] [--passes N] [--backward]
    [--hidden-size N] [--embedding-dim N] [--precision bfloat16] [--save lm.pkl]
TEXTVEC_DATA=folder python benchmarks/language_model.py --load lm.pkl [--validate] [--labels N]
TEXTVEC_DATA=folder python benchmarks/language_model.py --softmax

The model learns from the 75,000 training and unlabelled reviews; the classifier is scored on the
25,000 test reviews, beside the same one from scratch. With --validate it is scored on 2,500 of the
training reviews instead, and doesn't learn from them: so its settings were chosen. --softmax prints
the words a second of both output layers.
"""

from __future__ import annotations

import argparse
import pickle
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback, LRScheduler
from torch.optim.lr_scheduler import LambdaLR

from textvec import (
    RNNClassifier,
    RNNLanguageModel,
    SequencePadder,
    SequenceVectorizer,
    Tokens,
    WordTokenizer,
)
from textvec.datasets import fetch_imdb

BATCH_SIZE, N_STEPS = 64, 70


class Progress(Callback):
    """Print the perplexity of every so many batches, and with them the seconds."""

    def __init__(self, every: int):
        self.every = every

    def on_train_begin(self, net, **kwargs):
        """Begin."""
        self.losses_, self.start_ = [], perf_counter()

    def on_batch_end(self, net, training=False, loss=None, **kwargs):
        """Count a batch."""
        if not training:
            return
        self.losses_.append(float(loss))
        if len(self.losses_) % self.every == 0:
            perplexity = np.exp(np.mean(self.losses_[-self.every :]))
            seconds = perf_counter() - self.start_
            print(
                f"{len(self.losses_)} batches, perplexity {perplexity:.1f}, {seconds:.0f} s",
                flush=True,
            )


def rate(step: int, n_steps: int) -> float:
    """Return what the learning rate is multiplied by: up for a tenth, then down along a cosine."""
    part = min(1.0, step / n_steps)
    return part / 0.1 if part < 0.1 else 0.5 + 0.5 * np.cos(np.pi * (part - 0.1) / 0.9)


def language_model(
    tokens,
    *,
    passes: int = 1,
    hidden_size: int = 256,
    embedding_dim: int = 128,
    max_tokens: int = 20_000,
    softmax: str = "auto",
    precision: str = "float32",
    every: int = 100,
) -> RNNLanguageModel:
    """Fit a language model to Tokens or ids, and print its perplexity every so many batches."""
    # Some pieces are shorter than N_STEPS, some batches have fewer rows.
    n_batches = int(1.15 * passes * len(tokens.values) / (BATCH_SIZE * N_STEPS)) + 1
    schedule = LRScheduler(LambdaLR, lr_lambda=partial(rate, n_steps=n_batches), step_every="batch")
    model = RNNLanguageModel(
        max_tokens=max_tokens,
        hidden_size=hidden_size,
        embedding_dim=embedding_dim,
        n_steps=N_STEPS,
        batch_size=BATCH_SIZE,
        learning_rate_init=4e-3,
        max_iter=passes,
        softmax=softmax,
        precision=precision,
        callbacks=[schedule, Progress(every)],
        random_state=0,
    )
    return model.fit(tokens)


def classifier(lm: RNNLanguageModel, seed: int, *, started: bool):
    """Make the classifier, on the language model's ids and of its shape."""
    start = {"init": FrozenEstimator(lm)} if started else {}
    return make_pipeline(
        FrozenEstimator(lm.vectorizer_),
        SequencePadder(length=400),
        RNNClassifier(
            cell=lm.cell,
            hidden_size=lm.hidden_size,
            embedding_dim=lm.embedding_dim,
            bidirectional=False,
            pooling="concat",
            dropout=0.4,
            token_dropout=0.0,
            wide=0,
            learning_rate_init=1e-3,
            average=False,
            batch_size=64,
            precision=lm.precision,
            max_iter=4,
            callbacks=[LRScheduler("ExponentialLR", gamma=0.5)],
            random_state=seed,
            **start,
        ),
    )


def classify(lm: RNNLanguageModel, args) -> None:
    """Print the accuracy of both classifiers."""
    X, y = fetch_imdb(subset="train", return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    X, y = [X[i] for i in order], y[order]
    if args.validate:
        X_test, y_test, X, y = X[:2500], y[:2500], X[2500:], y[2500:]
    else:
        X_test, y_test = fetch_imdb(subset="test", return_X_y=True)
    X, y = X[: args.labels], y[: args.labels]
    for started in (True, False):
        for seed in range(args.seeds):
            start, cpu = perf_counter(), process_time()
            model = classifier(lm, seed, started=started).fit(X, y)
            seconds, cpu = perf_counter() - start, process_time() - cpu
            print(
                f"{'started' if started else 'from scratch'}, seed {seed}: accuracy "
                f"{model.score(X_test, y_test):.4f} on {len(X_test):,} reviews, {seconds:.0f} s "
                f"({cpu:.0f} CPU seconds)",
                flush=True,
            )


def compare_softmaxes(texts, args) -> None:
    """Print the words a second of training with both output layers, in turns, and the medians."""
    speeds: dict[tuple[int, str], list[float]] = {}
    for max_tokens in (4_000, 20_000):
        vectorizer = SequenceVectorizer(max_tokens=max_tokens).fit(texts[:20_000])
        ids = vectorizer.transform(texts[: args.rows or 100])
        for turn in range(6):
            softmax = ("full", "adaptive")[turn % 2]
            start = process_time()
            language_model(ids, passes=args.passes, softmax=softmax, every=10**9)
            speed = args.passes * len(ids.values) / (process_time() - start)
            speeds.setdefault((max_tokens, softmax), []).append(speed)
    for (max_tokens, softmax), values in speeds.items():
        print(f"{max_tokens:,} ids, {softmax}: {np.median(values):,.0f} words a CPU second")


def read(texts, args) -> Tokens:
    """Tokenize texts, in the order in which the language model reads them."""
    tokens = WordTokenizer().transform(texts)
    return tokens.reversed() if args.backward else tokens


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, help="reviews of the language model; default: all")
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--hidden-size", type=int, default=256)
    parser.add_argument("--embedding-dim", type=int, default=128)
    parser.add_argument("--max-tokens", type=int, default=20_000)
    parser.add_argument("--output", default="auto", help="the language model's softmax")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--backward", action="store_true", help="read texts from their end")
    parser.add_argument("--every", type=int, default=100, help="batches between lines")
    parser.add_argument("--labels", type=int, help="reviews of the classifier; default: all")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--load", type=Path)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--softmax", action="store_true")
    args = parser.parse_args()
    texts = [*fetch_imdb(subset="unsup").data, *fetch_imdb(subset="train").data]
    held_out, texts = texts[:1000], texts[1000:]
    if args.softmax:
        compare_softmaxes(texts, args)
        return
    if args.load:
        lm = pickle.loads(args.load.read_bytes())
    else:
        start, cpu = perf_counter(), process_time()
        lm = language_model(
            read(texts[: args.rows], args),
            passes=args.passes,
            hidden_size=args.hidden_size,
            embedding_dim=args.embedding_dim,
            max_tokens=args.max_tokens,
            softmax=args.output,
            precision=args.precision,
            every=args.every,
        )
        seconds, cpu = perf_counter() - start, process_time() - cpu
        print(f"language model: {seconds:.0f} s ({cpu:.0f} CPU seconds)", flush=True)
        if args.save:
            args.save.write_bytes(pickle.dumps(lm))
    perplexity = lm.perplexity(read(held_out, args))
    print(f"perplexity of 1,000 other reviews: {perplexity:.1f}", flush=True)
    if not args.backward:
        classify(lm, args)


if __name__ == "__main__":
    main()
