"""Saving and loading, compared with the same bytes written and read, and with pickle and skops.

Run with::

    OMP_NUM_THREADS=1 python benchmarks/saving.py [--rounds 9]

Each model is saved and loaded in turns with a file of as many bytes, plain; medians, and their
ratios. "Safe write" is of the same safety as `save`: a new file, which is on the disk before it
replaces the other; "plain write" writes over the other and does not wait for the disk. A plain
read is into memory, as ``file.read()`` does it; "hashed read" computes its BLAKE2b, too, as `load`
checks what it reads. "Peak" is the memory that `load` takes in a new process, mapped pages
included (Linux only): in sizes of the file, and of the arrays of the loaded model.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from skops import io as skops
from skorch.callbacks import LRScheduler

from textvec import (
    EmbeddingVectorizer,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    WordVectors,
    load,
    save,
)
from textvec.datasets import load_reviews

N_WORDS, DIM = 400_000, 50


@dataclass(frozen=True)
class Model:
    """A fitted pipeline, and the bytes of its weights and of all its arrays in memory."""

    pipeline: Any
    weights: int
    arrays: int


def recommended(folder: Path) -> Model:
    """Return README's recommended pipeline, at its full size."""
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(99_998)]
    documents = [" ".join(part) for part in np.array_split(rng.permutation(words), 400)]
    model = make_pipeline(
        SequenceVectorizer(max_tokens=100_000),
        SequencePadder(length=1000),
        RNNClassifier(
            cell="lstm", embedding_dim=32, hidden_size=32, bidirectional=True, pooling="max",
            dropout=0.5, learning_rate_init=2e-3, batch_size=64, max_iter=1, random_state=0,
            callbacks=[LRScheduler("ExponentialLR", gamma=0.5)],
        ),
    )  # fmt: skip
    model.fit(documents, np.arange(400) % 2)
    weights = sum(p.numel() * 4 for p in model[-1].net_.module_.parameters())
    step = model[0]
    counts = step.token_counts_.nbytes + step.document_counts_.nbytes
    return Model(model, weights, weights + step.vocabulary_.nbytes + counts)


def with_vectors(folder: Path) -> Model:
    """Return a pipeline on 400,000 vectors of 50 numbers."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(N_WORDS, DIM)).astype(np.float32)
    words = ["the", "a", *(f"word{i}" for i in range(N_WORDS - 2))]
    WordVectors(words, matrix).save(folder / "vectors")
    vectors = WordVectors.load(folder / "vectors")
    texts, y = load_reviews(return_X_y=True)
    model = make_pipeline(EmbeddingVectorizer(vectors, pooling="mean"), LogisticRegression())
    step = model.fit(texts[:100], y[:100])[0]
    others = step.vectors.vocabulary.nbytes + step.token_weights_.nbytes
    return Model(model, matrix.nbytes, matrix.nbytes + others)


def safe_write(path: Path, data: bytes) -> None:
    """Replace a file by a new one; a power failure leaves the one or the other."""
    new = path.with_suffix(".new")
    with open(new, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def milliseconds(functions: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Time functions in turns; return the medians."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            kept = function()
            times[name].append(1000 * (time.perf_counter() - start))
            del kept
    return {name: statistics.median(each) for name, each in times.items()}


PEAK = """
import re, sys
import numpy, sklearn.linear_model, textvec, torch, skorch
from textvec.networks import RNNClassifier
from textvec.saving import _network_state
def peak():  # what is mapped is counted, too
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
model = textvec.load(sys.argv[1]).predict(["a small document"])
open("/proc/self/clear_refs", "w").write("5")
before = peak()
model = textvec.load(sys.argv[2])
print(peak() - before)
"""


def peak(small: Path, path: Path) -> int:
    """Return the memory that loading a file takes, once a small one has been loaded."""
    command = [sys.executable, "-c", PEAK, str(small), str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def measure(name: str, model: Model, small: Any, folder: Path, rounds: int) -> None:
    path, plain, pickled = folder / "model", folder / "plain", folder / "pickle"
    pipeline, n_weights = model.pipeline, model.weights
    save(pipeline, path)
    save(small, folder / "small")
    data = path.read_bytes()
    times = milliseconds(
        {
            "plain write": lambda: plain.write_bytes(data),
            "safe write": lambda: safe_write(plain, data),
            "save": lambda: save(pipeline, path),
            "plain read": lambda: plain.read_bytes(),
            "hashed read": lambda: hashlib.blake2b(plain.read_bytes()).digest(),
            "load": lambda: load(path),
            "pickle.dump": lambda: pickled.write_bytes(pickle.dumps(pipeline)),
            "pickle.load": lambda: pickle.loads(pickled.read_bytes()),
        },
        rounds,
    )
    size = path.stat().st_size
    print(f"\n{name}: {size / 1e6:.1f} MB, {size / n_weights:.3f} of the weights")
    for ours, peers in (
        ("save", ("plain write", "safe write")),
        ("load", ("plain read", "hashed read")),
    ):
        for peer in peers:
            ratio = times[ours] / times[peer]
            print(f"  {ours} {times[ours]:7.1f} ms, {peer} {times[peer]:7.1f}: {ratio:.2f}")
    taken = peak(folder / "small", path)
    print(
        f"  peak memory of load {taken / size:.2f} of the file, "
        f"{taken / model.arrays:.2f} of the arrays of the model"
    )
    whole = f"{pickled.stat().st_size / n_weights:.3f} of the weights"
    print(f"  pickle: {times['pickle.dump']:.1f} ms, {times['pickle.load']:.1f} ms, {whole}")
    _print_skops(pipeline, n_weights, rounds)


def _print_skops(model: Any, n_weights: int, rounds: int) -> None:
    try:
        data = skops.dumps(model)
        types = skops.get_untrusted_types(data=data)
        skops.loads(data, trusted=types)
    except Exception as error:  # skops raises nothing more special
        print(f"  skops: {type(error).__name__}, {error!s:.60}")
        return
    times = milliseconds(
        {"dump": lambda: skops.dumps(model), "load": lambda: skops.loads(data, trusted=types)},
        min(rounds, 3),
    )
    whole = f"{len(data) / n_weights:.3f} of the weights"
    print(f"  skops: {times['dump']:.1f} ms, {times['load']:.1f} ms, {whole}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    texts, y = ["a small document", "one more"] * 3, [0, 1] * 3
    network = make_pipeline(SequenceVectorizer(), RNNClassifier(max_iter=1, random_state=0))
    vectors = EmbeddingVectorizer(
        WordVectors(["a", "one"], np.eye(2, 50, dtype=np.float32)), pooling="mean"
    )
    bag = make_pipeline(vectors, LogisticRegression())
    with tempfile.TemporaryDirectory() as folder:
        for name, make, small in (
            ("recommended pipeline", recommended, network),
            (f"{N_WORDS:,} x {DIM} vectors in a pipeline", with_vectors, bag),
        ):
            model = make(Path(folder))
            measure(name, model, small.fit(texts, y), Path(folder), rounds)


if __name__ == "__main__":
    main()
