"""What the examples share: the data they run on, and where their plots go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from textvec.datasets import fetch_imdb, load_reviews


class Reviews(NamedTuple):
    """Reviews with their labels (1 = positive), split into train and test."""

    name: str
    X_train: list[str]
    y_train: NDArray[np.int64]
    X_test: list[str]
    y_test: NDArray[np.int64]
    passes: int  # over the training documents: a small corpus takes more


def reviews() -> Reviews:
    """Give IMDb where TEXTVEC_DATA names a folder that holds it, else the shipped corpus."""
    if os.environ.get("TEXTVEC_DATA"):
        X_train, y_train = fetch_imdb(subset="train", return_X_y=True)
        X_test, y_test = fetch_imdb(subset="test", return_X_y=True)
        name, passes = "IMDb", 3
    else:
        X_train, y_train = load_reviews(subset="train", return_X_y=True)
        X_test, y_test = load_reviews(subset="test", return_X_y=True)
        name, passes = "the shipped reviews", 20
    # The files are sorted by label, which nothing that learns in order should see.
    order = np.random.default_rng(0).permutation(len(X_train))
    print(f"{len(X_train):,} training and {len(X_test):,} test documents of {name}")
    return Reviews(name, [X_train[i] for i in order], y_train[order], X_test, y_test, passes)


def show(figure: plt.Figure, name: str) -> None:
    """Show a figure on the screen, or save it where there is none."""
    figure.tight_layout()
    if plt.get_backend().lower() != "agg":
        plt.show()
        return
    path = Path(f"{name}.png")
    figure.savefig(path, dpi=150)
    print(f"plot saved as {path}")
