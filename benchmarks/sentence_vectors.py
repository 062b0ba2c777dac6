"""Sentence vectors judged by what a linear model reads off them, as Kiros et al. (2015) did.

SkipThought learns from IMDb reviews for about as long as --minutes says, or comes from a file.
Its vectors, those of the same network before it has learned anything, the mean of GloVe's, and this
side by side with SkipThought's then go through

- MR and MPQA: is a sentence, or a phrase, positive? Accuracy of ten-fold cross-validation.
- SICK: how related are two sentences, from 1 to 5? Correlations on the test part.
- MSRP: do two sentences say the same? Accuracy and F1 on the test part.

Pairs come as |u - v| and u * v. Regularisation is chosen within the training rows, on SICK's trial
part, never on test rows.

TEXTVEC_DATA=folder python benchmarks/sentence_vectors.py [--minutes 30] [--model file]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import lzma
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import pearsonr, spearmanr
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import (
    GridSearchCV,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback, LRScheduler

from textvec import EmbeddingVectorizer, SkipThought, WordVectors

Encoder = Callable[[list[str]], NDArray[np.float32]]
STRENGTHS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # C of the linear models


def data_file(name: str) -> Path:
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder:
        raise SystemExit(f"Set TEXTVEC_DATA to the folder that holds {name}.")
    return Path(folder, name)


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Read the rows of a packed table: .csv is quoted, .tsv is not."""
    opened = lzma.open if name.endswith(".xz") else gzip.open
    with opened(data_file(name), "rt", encoding="utf-8", newline="") as file:
        if ".csv" in name:
            yield from csv.DictReader(file)
        else:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


# --- learning ---------------------------------------------------------------------------------


def reviews() -> list[str]:
    """Return IMDb's reviews that carry no label or are for training, shuffled, in paragraphs."""
    texts = [r["text"] for name in ("train", "unsup") for r in rows_of(f"imdb_{name}.csv.xz")]
    texts = [text.replace("<br />", "\n") for text in dict.fromkeys(texts)]
    order = np.random.default_rng(0).permutation(len(texts))
    return [texts[i] for i in order]


class Pace(Callback):
    """Print every few thousand sentences how learning goes."""

    def __init__(self, every: int = 200):
        self.every = every

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Start the clock."""
        self.start, self.cpu = perf_counter(), process_time()
        self.n_batches = self.n_sentences = self.n_tokens = 0
        self.losses: list[float] = []

    def on_batch_end(self, net: Any, batch: Any, loss: Any = None, **kwargs: Any) -> None:
        """Count."""
        x, _ = batch
        self.n_batches += 1
        self.n_sentences += len(x)
        self.n_tokens += x.values.numel() if x.lengths is None else int(x.lengths.sum())
        self.losses.append(float(loss))
        if self.n_batches % self.every == 0:
            self.report()

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Print the last line."""
        self.report()

    def report(self) -> None:
        """Print a line."""
        seconds, cpu = perf_counter() - self.start, process_time() - self.cpu
        recent = np.mean(self.losses[-self.every :])
        print(
            f"{self.n_sentences:>9,} sentences {self.n_tokens:>11,} words  loss {recent:.3f}  "
            f"{seconds:6.0f} s, {self.n_tokens / seconds:,.0f} words/s, "
            f"{self.n_tokens / cpu:,.0f} words/CPU s",
            flush=True,
        )


def learner(n_batches: int, **options: Any) -> SkipThought:
    """Make a SkipThought whose learning rate falls to zero in so many batches."""
    schedule = LRScheduler(
        torch.optim.lr_scheduler.LinearLR,
        start_factor=1.0,
        end_factor=0.0,
        total_iters=n_batches,
        step_every="batch",
    )
    return SkipThought(max_iter=1, callbacks=[Pace(), schedule], random_state=0, **options)


def learn(minutes: float, n_documents: int | None, options: dict[str, Any]) -> SkipThought:
    """Learn from as many reviews as can be read once in that time."""
    documents = reviews()
    if n_documents is None:
        start = perf_counter()
        trial = learner(1_000, **options).fit(documents[:400])
        per_sentence = (perf_counter() - start) / trial.n_sentences_
        n_documents = int(400 * 60 * minutes / per_sentence / trial.n_sentences_)
    documents = documents[:n_documents]
    n_batches = 14 * len(documents) // options["batch_size"]  # about 13 sentences a review
    start, cpu = perf_counter(), process_time()
    model = learner(n_batches, **options).fit(documents)
    print(
        f"{len(documents):,} reviews, {model.n_sentences_:,} sentences, "
        f"{model.vectorizer_.n_tokens_:,} ids: {perf_counter() - start:.0f} s "
        f"({process_time() - cpu:.0f} CPU seconds), loss of a word {model.loss_curve_[-1]:.3f}"
    )
    model.set_params(callbacks=None)
    model.net_.set_params(callbacks=None)
    return model


# --- judging ----------------------------------------------------------------------------------


def linear_model() -> GridSearchCV:
    """Make a logistic regression that chooses its strength on a fifth of its training rows."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    held_out = ShuffleSplit(1, test_size=0.2, random_state=0)
    return GridSearchCV(model, {"logisticregression__C": STRENGTHS}, cv=held_out)


def polarity(name: str, encode: Encoder) -> str:
    """Cross-validate on MR or MPQA."""
    rows = list(rows_of(name))
    X, y = encode([row["text"] for row in rows]), np.array([int(row["label"]) for row in rows])
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    scores = cross_val_score(linear_model(), X, y, cv=folds)
    return f"{100 * scores.mean():.2f}"


def pairs(encode: Encoder, first: list[str], second: list[str]) -> NDArray[np.float32]:
    u, v = encode(first), encode(second)
    return np.hstack([np.abs(u - v), u * v])


def sick(encode: Encoder) -> str:
    """Tell relatedness, as the mean of a distribution over 1 to 5 (Tai et al., 2015)."""
    X, y = {}, {}
    for part in ("train", "trial", "test"):
        rows = list(rows_of(f"sick_{part}.tsv.gz"))
        X[part] = pairs(encode, [r["sentence_A"] for r in rows], [r["sentence_B"] for r in rows])
        y[part] = np.array([float(r["relatedness_score"]) for r in rows])
    scaler = StandardScaler().fit(X["train"])
    # 3.7 is class 3 with a weight of 0.3 and class 4 with one of 0.7.
    low = np.minimum(np.floor(y["train"]), 4)
    classes = np.concatenate([low, low + 1])
    weights = np.concatenate([low + 1 - y["train"], y["train"] - low])
    twice = np.tile(scaler.transform(X["train"]), (2, 1))

    def predicted(strength: float, part: str) -> NDArray[np.floating]:
        model = LogisticRegression(C=strength, max_iter=1_000)
        model.fit(twice, classes, sample_weight=weights)
        return model.predict_proba(scaler.transform(X[part])) @ model.classes_

    best = max(STRENGTHS, key=lambda c: pearsonr(predicted(c, "trial"), y["trial"])[0])
    found = predicted(best, "test")
    r, rho = pearsonr(found, y["test"])[0], spearmanr(found, y["test"])[0]
    return f"{r:.4f} {rho:.4f} {np.mean((found - y['test']) ** 2):.4f}"


def msrp(encode: Encoder) -> str:
    """Tell paraphrases."""
    X, y = {}, {}
    for part in ("train", "test"):
        rows = list(rows_of(f"msrp_{part}.tsv.gz"))
        X[part] = pairs(encode, [r["#1 String"] for r in rows], [r["#2 String"] for r in rows])
        y[part] = np.array([int(r["Quality"]) for r in rows])
    found = linear_model().fit(X["train"], y["train"]).predict(X["test"])
    return f"{100 * accuracy_score(y['test'], found):.1f}/{100 * f1_score(y['test'], found):.1f}"


def not_trained(model: SkipThought) -> SkipThought:
    """Make the same network with the weights it began with."""
    return clone(model).set_params(learning_rate_init=1e-12).fit(reviews()[:50])


def encoders(model: SkipThought) -> dict[str, Encoder]:
    vectors = WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
    averaged = EmbeddingVectorizer(vectors, pooling="mean").fit(["the"])
    return {
        "mean of GloVe": averaged.transform,
        "not trained": not_trained(model).transform,
        "SkipThought": model.transform,
        "both": lambda texts: np.hstack([averaged.transform(texts), model.transform(texts)]),
    }


def judge(model: SkipThought) -> None:
    print(
        f"{'':<16}{'MR':>8}{'MPQA':>8}  {'SICK r, rho, MSE':<24}{'MSRP acc/F1':<12}{'seconds':>8}"
    )
    for name, encode in encoders(model).items():
        start = perf_counter()
        mr, mpqa = (
            polarity(f"{task}.csv.gz", encode)
            for task in ("mr_sentence_polarity", "mpqa_opinion_polarity")
        )
        print(
            f"{name:<16}{mr:>8}{mpqa:>8}  {sick(encode):<24}{msrp(encode):<12}"
            f"{perf_counter() - start:>8.0f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30, help="of learning")
    parser.add_argument("--documents", type=int, help="reviews to read, in place of minutes")
    parser.add_argument("--model", type=Path, help="a pickle of yours: made if it is not there")
    parser.add_argument("--hidden-size", type=int, default=300)
    parser.add_argument("--bidirectional", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.model and arguments.model.exists():
        model = pickle.loads(arguments.model.read_bytes())
    else:
        options = {
            "hidden_size": arguments.hidden_size,
            "bidirectional": arguments.bidirectional,
            "embedding_dim": 150,
            "max_tokens": 10_000,
            "min_count": 2,
            "max_length": 25,
            "batch_size": 32,
            "learning_rate_init": 2e-3,
            "expand_from": WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz")),
        }
        model = learn(arguments.minutes, arguments.documents, options)
        if arguments.model:
            arguments.model.write_bytes(pickle.dumps(model))
    judge(model)


if __name__ == "__main__":
    main()
