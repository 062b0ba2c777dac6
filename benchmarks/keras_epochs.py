"""The lecture's network by RNNClassifier and by Keras 3 on TensorFlow: epochs and predictions.

Keras runs in a virtual environment of its own:

    python -m venv folder && folder/bin/pip install tensorflow-cpu keras
    TEXTVEC_DATA=data python benchmarks/keras_epochs.py --keras folder/bin/python

Both learn from the same ids, in turns; figures are medians. The first turn, in which TensorFlow
traces its graph, is left out. ``one document`` is the time from its ids to its prediction; for few
rows Keras' manual recommends to call the model in place of ``predict``: that is timed as well.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

CELLS = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
N_PREDICTED = 5000


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def keras_works(X: np.ndarray, y: np.ndarray, cell: str) -> dict[str, Callable[[], object]]:
    """Make the network as the lecture writes it, and list what is timed."""
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
    return {
        "epoch": lambda: model.fit(X, y, batch_size=128, epochs=1, verbose=0),
        "predict": lambda: model.predict(X[:N_PREDICTED], batch_size=512, verbose=0),
        "one": lambda: model.predict(X[:1], verbose=0),
        "call": lambda: np.asarray(model(X[:1])),
    }


def textvec_works(X: np.ndarray, y: np.ndarray, cell: str) -> dict[str, Callable[[], object]]:
    """Make the same network here, and list the same."""
    from textvec import RNNClassifier

    model = RNNClassifier(
        cell=cell,
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
        n_tokens=10_000,
        random_state=0,
    )
    return {
        "epoch": lambda: model.partial_fit(X, y, classes=[0, 1]),
        "predict": lambda: model.predict_proba(X[:N_PREDICTED]),
        "one": lambda: model.predict_proba(X[:1]),
        "call": lambda: model.predict_proba(X[:1]),
    }


def answer(file: str, cell: str) -> None:
    """Do what standard input names, line by line, and print the seconds it took."""
    with np.load(file) as arrays:
        works = keras_works(arrays["X"], arrays["y"], cell)
    for line in sys.stdin:
        print(f"seconds {seconds(works[line.strip()])}", flush=True)


@contextmanager
def keras_process(python: str, file: Path, cell: str) -> Iterator[Callable[[str], float]]:
    """Start Keras; give the function that has it do something, and says how long it took."""
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [python, __file__, "--child", str(file), cell]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as child:

        def timed(work: str) -> float:
            assert child.stdin is not None
            assert child.stdout is not None
            print(work, file=child.stdin, flush=True)
            for line in child.stdout:
                if line.startswith("seconds "):
                    return float(line.split()[1])
            raise SystemExit("Keras ended early: see its message above.")

        yield timed
        child.stdin.close()


def in_turns(
    ours: Callable[[], object], theirs: Callable[[], float], repeats: int
) -> tuple[float, float]:
    """Return the medians of both, the first of each left out."""
    pairs = [(seconds(ours), theirs()) for _ in range(repeats + 1)][1:]
    a, b = zip(*pairs, strict=True)
    return median(a), median(b)


def ids(rows: int) -> tuple[np.ndarray, np.ndarray]:
    from textvec import SequencePadder, SequenceVectorizer, WordTokenizer
    from textvec.datasets import fetch_imdb

    texts, y = fetch_imdb(subset="train", return_X_y=True)
    X = SequenceVectorizer(max_tokens=10_000).fit_transform(WordTokenizer().fit_transform(texts))
    chosen = np.random.default_rng(0).permutation(len(y))[:rows]
    return SequencePadder(length=100).fit_transform(X[chosen]), np.asarray(y)[chosen]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keras", default=sys.executable, help="a Python that has Keras")
    parser.add_argument("--rows", type=int, default=25_000)
    parser.add_argument("--epochs", type=int, default=3, help="that are timed, of each")
    parser.add_argument("--repeats", type=int, default=9, help="of predictions")
    parser.add_argument("--child", nargs=2, metavar=("FILE", "CELL"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        answer(*args.child)
        return
    X, y = ids(args.rows)
    n = min(N_PREDICTED, len(X))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ids.npz")
        np.savez(file, X=X, y=y)
        for cell, layer in CELLS.items():
            works = textvec_works(X, y, cell)
            with keras_process(args.keras, file, cell) as keras:
                for work, (name, factor, unit) in {
                    "epoch": ("an epoch", 1.0, "s"),
                    "predict": (f"{n} predicted", 1.0, "s"),
                    "one": ("one document", 1e3, "ms"),
                    "call": ("one, called", 1e3, "ms"),
                }.items():
                    repeats = args.epochs if work == "epoch" else args.repeats
                    ours, theirs = in_turns(works[work], lambda w=work, k=keras: k(w), repeats)
                    print(
                        f"{layer:9}  {name:14}  textvec {ours * factor:7.2f} {unit:2}  Keras "
                        f"{theirs * factor:7.2f} {unit:2}  Keras / textvec {theirs / ours:.2f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
