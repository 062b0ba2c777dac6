"""Seconds an epoch of the lecture's network: RNNClassifier beside Keras 3 on TensorFlow.

Keras runs in a virtual environment of its own:

    python -m venv folder && folder/bin/pip install tensorflow-cpu keras
    TEXTVEC_DATA=data python benchmarks/keras_epochs.py --keras folder/bin/python

Both learn from the same ids; the first epoch, in which TensorFlow traces its graph, is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

CELLS = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}


def keras_seconds(X: np.ndarray, y: np.ndarray, cell: str, epochs: int) -> list[float]:
    """Time every epoch of the network as the lecture writes it."""
    import keras

    keras.utils.set_random_seed(0)
    layer = getattr(keras.layers, CELLS[cell])
    model = keras.Sequential(
        [
            keras.layers.Embedding(10_000, 32),
            layer(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    times = []
    for _ in range(epochs):
        begin = perf_counter()
        model.fit(X, y, batch_size=128, epochs=1, verbose=0)
        times.append(perf_counter() - begin)
    return times


def textvec_seconds(X: np.ndarray, y: np.ndarray, cell: str, epochs: int) -> list[float]:
    """Time every epoch of the same network here."""
    from textvec import RNNClassifier

    model = RNNClassifier(
        cell=cell,
        embedding_dim=32,
        hidden_size=32,
        optimizer="rmsprop",
        batch_size=128,
        max_iter=epochs,
        n_tokens=10_000,
        random_state=0,
    )
    return model.fit(X, y).net_.history[:, "dur"]


def ids(rows: int) -> tuple[np.ndarray, np.ndarray]:
    from textvec import SequencePadder, SequenceVectorizer, WordTokenizer
    from textvec.datasets import fetch_imdb

    texts, y = fetch_imdb(subset="train", return_X_y=True)
    X = SequenceVectorizer(max_tokens=10_000).fit_transform(WordTokenizer().fit_transform(texts))
    chosen = np.random.default_rng(0).permutation(len(y))[:rows]
    return SequencePadder(length=100).fit_transform(X[chosen]), np.asarray(y)[chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keras", default=sys.executable, help="a Python that has Keras")
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--child", nargs=2, metavar=("FILE", "CELL"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        file, cell = args.child
        with np.load(file) as arrays:
            print(json.dumps(keras_seconds(arrays["X"], arrays["y"], cell, args.epochs)))
        return
    X, y = ids(args.rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ids.npz")
        np.savez(file, X=X, y=y)
        for cell in CELLS:
            ours = median(textvec_seconds(X, y, cell, args.epochs)[1:])
            command = [
                args.keras,
                __file__,
                "--child",
                str(file),
                cell,
                "--epochs",
                str(args.epochs),
            ]
            environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
            run = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment
            )
            theirs = median(json.loads(run.stdout.splitlines()[-1])[1:])
            print(
                f"{CELLS[cell]:9}  textvec {ours:6.2f} s an epoch  Keras {theirs:6.2f} s  "
                f"Keras / textvec {theirs / ours:.2f}"
            )


if __name__ == "__main__":
    main()
