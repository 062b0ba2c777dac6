"""How far the probabilities of classifiers can be believed: expected calibration errors.

    [TEXTVEC_DATA=folder] python benchmarks/calibration.py [--sets reviews sentences] [--rows 2000]

Predictions are made by two-fold cross-validation: as they come, and after temperature scaling by
scikit-learn on three folds of the training rows. The expected calibration error (Guo et al., 2017)
is the mean distance of confidence and accuracy over 15 bins of the confidence, weighted by rows.
`reviews` ships with textvec; `sentences` and `mr` are files of TEXTVEC_DATA.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from textvec import (
    CountVectorizer,
    NBLogCountRatio,
    RNNClassifier,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
)
from textvec.datasets import load_reviews

N_BINS = 15
FILES = {"sentences": "sentiment_labelled_sentences.csv.gz", "mr": "mr_sentence_polarity.csv.gz"}


def network(estimator: RNNClassifier) -> Pipeline:
    return make_pipeline(SequenceVectorizer(min_count=2), estimator)


MODELS: dict[str, Callable[[], Pipeline]] = {
    "tf-idf, logistic regression": lambda: make_pipeline(TfidfVectorizer(), LogisticRegression()),
    "NB ratios, logistic regression": lambda: make_pipeline(
        CountVectorizer(binary=True), NBLogCountRatio(), LogisticRegression()
    ),
    "counts, naive Bayes": lambda: make_pipeline(CountVectorizer(), MultinomialNB()),
    "RNNClassifier": lambda: network(RNNClassifier(random_state=0)),
    "SequenceMLPClassifier": lambda: network(SequenceMLPClassifier(random_state=0)),
    "SequenceCNNClassifier": lambda: network(SequenceCNNClassifier(random_state=0)),
}


def calibration_error(probabilities: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """Return the expected calibration error of predicted classes."""
    confidence = probabilities.max(axis=1)
    gap = confidence - (probabilities.argmax(axis=1) == y)
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    return float(np.abs(np.bincount(bins, gap, N_BINS)).sum() / len(y))


def read(name: str, n_rows: int) -> tuple[list[str], NDArray[np.int64]]:
    if name == "reviews":
        texts, labels = load_reviews(return_X_y=True)
    else:
        folder = os.environ.get("TEXTVEC_DATA")
        if not folder:
            raise SystemExit(f"Set TEXTVEC_DATA to the folder that holds {FILES[name]}.")
        with gzip.open(Path(folder, FILES[name]), "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        texts, labels = [row["text"] for row in rows], np.array([int(row["label"]) for row in rows])
    chosen = np.random.default_rng(0).permutation(len(texts))[:n_rows]
    return [texts[i] for i in chosen], np.asarray(labels)[chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=["reviews"], choices=["reviews", *FILES])
    parser.add_argument("--rows", type=int, default=2000)
    options = parser.parse_args()
    folds = StratifiedKFold(2)
    for name in options.sets:
        X, y = read(name, options.rows)
        print(
            f"\n{name}, {len(y)} rows: accuracy, calibration error, and after temperature scaling"
        )
        for title, make in MODELS.items():
            scaled = CalibratedClassifierCV(make(), method="temperature", cv=3, ensemble=False)
            before, after = (
                cross_val_predict(model, X, y, cv=folds, method="predict_proba")
                for model in (make(), scaled)
            )
            accuracy = np.mean(before.argmax(axis=1) == y)
            print(
                f"{title:32}{accuracy:6.3f}{calibration_error(before, y):8.3f}"
                f"{calibration_error(after, y):8.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
