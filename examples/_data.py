"""Shared by the examples: data sets, vectors learned from them, and showing plots."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds

from textvec import SequenceVectorizer, WordVectors
from textvec.datasets import fetch_imdb, load_reviews

if TYPE_CHECKING:  # example 27 draws nothing: its server is installed without matplotlib
    from matplotlib.figure import Figure


class Reviews(NamedTuple):
    """Reviews with their labels (1 = positive), split into train and test."""

    name: str
    X_train: list[str]
    y_train: NDArray[np.int64]
    X_test: list[str]
    y_test: NDArray[np.int64]
    epochs: int  # more for a small corpus


def reviews() -> Reviews:
    """Return IMDb if TEXTVEC_DATA names a folder, else the shipped corpus."""
    if os.environ.get("TEXTVEC_DATA"):
        X_train, y_train = fetch_imdb(subset="train", return_X_y=True)
        X_test, y_test = fetch_imdb(subset="test", return_X_y=True)
        name, epochs = "IMDb", 3
    else:
        X_train, y_train = load_reviews(subset="train", return_X_y=True)
        X_test, y_test = load_reviews(subset="test", return_X_y=True)
        name, epochs = "the shipped reviews", 20
    # The files are sorted by label; learners that visit documents in order need them shuffled.
    order = np.random.default_rng(0).permutation(len(X_train))
    print(f"{len(X_train):,} training and {len(X_test):,} test documents of {name}")
    return Reviews(name, [X_train[i] for i in order], y_train[order], X_test, y_test, epochs)


def neighbourhood_vectors(documents: list[str], dim: int = 50, window: int = 4) -> WordVectors:
    """Learn vectors by an SVD of positive pointwise mutual information (Levy & Goldberg, 2014)."""
    vectorizer = SequenceVectorizer(min_count=2, oov="drop")
    rows = vectorizer.fit_transform(documents)
    n = vectorizer.n_tokens_
    pairs = np.hstack([[r[:-d], r[d:]] for r in rows for d in range(1, min(window, len(r)))])
    counts = csr_array((np.ones(pairs.shape[1]), pairs), shape=(n, n))
    counts = counts + counts.T
    inverse = diags_array(1 / np.maximum(counts.sum(axis=0), 1))
    information = (inverse @ counts @ inverse) * counts.sum()
    information.data = np.maximum(np.log(information.data), 0)
    left, strengths, _ = svds(information, k=dim, rng=0)
    vectors = (left * np.sqrt(strengths))[2:]
    return WordVectors(vectorizer.vocabulary_.tokens, vectors.astype(np.float32))


def show_bars(values: dict[str, float], label: str, name: str) -> None:
    """Show values as bars, named on the left and written at their ends."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 0.8 + 0.4 * len(values)))
    bars = axis.barh(list(values), list(values.values()))
    axis.bar_label(bars, fmt="{:.3g}", padding=3)
    axis.margins(x=0.12)
    axis.invert_yaxis()
    axis.set(xlabel=label)
    show(figure, name)


def show(figure: Figure, name: str) -> None:
    """Show a figure on the screen, or save it if there is none."""
    import matplotlib.pyplot as plt

    figure.set_layout_engine("constrained")
    if "TEXTVEC_GALLERY" in os.environ:
        return  # Sphinx-Gallery takes all open figures
    if plt.get_backend().lower() != "agg":
        plt.show()
        return
    path = Path(f"{name}.png")
    figure.savefig(path, dpi=150)
    print(f"plot saved as {path}")
