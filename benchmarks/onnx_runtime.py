"""Prediction by onnxruntime against ours: whole pipelines and networks alone, batches of 1 and 64.

Both run on one thread, in turns; the figures are medians and their ratio.

    python benchmarks/onnx_runtime.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from textvec import (
    RNNClassifier,
    SequenceCNNClassifier,
    SequenceVectorizer,
    TfidfVectorizer,
    to_onnx,
)
from textvec.datasets import load_reviews

WORDS = 200
BATCHES = (1, 64)
NETWORK = {"max_iter": 1, "random_state": 0}
NARROW = {"wide": 0, **NETWORK}
MODELS = {
    "LSTM, both directions, max": RNNClassifier(
        hidden_size=32, bidirectional=True, pooling="max", **NARROW
    ),
    "GRU, last": RNNClassifier(
        cell="gru", hidden_size=64, bidirectional=False, pooling="last", **NARROW
    ),
    "tanh cell, mean": RNNClassifier(
        cell="rnn", hidden_size=64, bidirectional=False, pooling="mean", **NARROW
    ),
    "convolutions": SequenceCNNClassifier(**NETWORK),
}


def documents(n: int) -> list[str]:
    """Return documents of WORDS words, made of the shipped reviews."""
    texts, _ = load_reviews(return_X_y=True)
    words = " ".join(texts).split()
    rng = np.random.default_rng(0)
    starts = rng.integers(len(words) - WORDS, size=n)
    return [" ".join(words[start : start + WORDS]) for start in starts]


def session_of(model: Any) -> onnxruntime.InferenceSession:
    """Export a model, and open it on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        to_onnx(model, path)
        return onnxruntime.InferenceSession(str(path), options)


def compare(name: str, model: Any, session: onnxruntime.InferenceSession, X: Any) -> None:
    """Time both on the same rows in turns, and print a line."""
    rows = np.array(X, dtype=object) if isinstance(X, list) else X
    calls: list[Callable[[], Any]] = [
        lambda: model.predict_proba(X),
        lambda: session.run(["probabilities"], {"X": rows}),
    ]
    ours, theirs = (call() for call in calls)
    error = np.abs(ours - theirs[0]).max()
    times = np.empty((2, 200 if len(X) == 1 else 30))
    for turn in range(times.shape[1]):
        for i, call in enumerate(calls):
            begin = time.perf_counter()
            call()
            times[i, turn] = time.perf_counter() - begin
    a, b = np.median(times, axis=1) * 1e6
    print(f"{name:40} {len(X):3d}  {a:9.0f} us {b:9.0f} us  {b / a:5.2f}  {error:.0e}")


def main() -> None:
    torch.set_num_threads(1)
    X, y = load_reviews(return_X_y=True)
    queries = documents(max(BATCHES))
    print(f"{'documents of 200 words':40}   n         ours  onnxruntime  ratio  error")
    pipelines: dict[str, Pipeline] = {
        name: make_pipeline(SequenceVectorizer(max_tokens=10_000), network)
        for name, network in MODELS.items()
    }
    pipelines["tf-idf, logistic regression"] = make_pipeline(
        TfidfVectorizer(max_features=10_000), LogisticRegression()
    )
    for name, model in pipelines.items():
        model.fit(X, y)
        session = session_of(model)
        for n in BATCHES:
            compare(name, model, session, queries[:n])
        if name in MODELS:
            ids = model[0].transform(queries).to_padded(padding="post").astype(np.int64)
            network = session_of(model[-1])
            for n in BATCHES:
                compare(f"  {name}, from ids", model[-1], network, ids[:n])


if __name__ == "__main__":
    main()
