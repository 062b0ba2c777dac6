"""Networks on a GPU: equal to the CPU and to themselves, as fast as a bare loop, what they learn.

Pack the data where it lies, then take the file, which is under 30 MB, to a machine with a GPU::

    TEXTVEC_DATA=folder python benchmarks/gpu.py pack imdb.npz
    python benchmarks/gpu.py run imdb.npz --minutes 9 --json gpu.json

Parts, in this order; each begins only while there is time for it:

- ``equal``: every network is fitted on the CPU and on the device, takes the same weights on both,
  and its predictions are compared: at most 1e-4 apart.
- ``repeat``: every network is fitted twice on the device with one seed: are the weights equal bits?
- ``bfloat16``: the accuracy of both precisions.
- ``loop``: passes of a bidirectional LSTM in turns with the bare torch loop of
  ``benchmarks/training.py``, and of a larger one: seconds and tokens a second; at most 1.08 times.
- ``learn``: a language model on the unlabelled reviews, for the time that is left but a third, then
  the classifier started from it, and one from scratch; test accuracy.

``--device cpu --minutes 1 --rows 300`` is a rehearsal. The JSON holds all figures and the machine.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import Callback
from training import Plain, one_pass

from textvec import (
    Ragged,
    RNNClassifier,
    RNNForecaster,
    RNNLanguageModel,
    RNNRegressor,
    RNNTagger,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceGenerator,
    SequenceMLPClassifier,
    SequenceVectorizer,
    SkipThought,
    WordTokenizer,
)
from textvec.datasets import fetch_imdb, load_reviews

N_TOKENS = 30_000
PACKED = {"train": 25_000, "test": 10_000, "unsup": 30_000}  # reviews
TOLERANCE = 1e-4
SHAPES = {
    "lstm 64": {"hidden_size": 64, "embedding_dim": 64, "batch_size": 64},
    "lstm 512": {"hidden_size": 512, "embedding_dim": 512, "batch_size": 128},
}


def pack(path: Path) -> None:
    """Write the reviews as ids of the commonest words, compressed."""
    tokenizer, arrays = WordTokenizer(), {}
    texts = {part: fetch_imdb(subset=part, return_X_y=True) for part in PACKED}
    vectorizer = SequenceVectorizer(max_tokens=N_TOKENS)
    vectorizer.fit(tokenizer.transform([*texts["train"][0], *texts["unsup"][0]]))
    for part, size in PACKED.items():
        X, y = texts[part]
        chosen = np.random.default_rng(0).permutation(len(X))[:size]
        ids = vectorizer.transform(tokenizer.transform([X[i] for i in chosen])).truncated(400)
        arrays[f"{part}_values"] = ids.values.astype(np.uint16)
        arrays[f"{part}_lengths"] = ids.lengths.astype(np.uint16)
        if part != "unsup":
            arrays[f"{part}_labels"] = np.asarray(y)[chosen].astype(np.uint8)
    np.savez_compressed(path, **arrays)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def unpack(path: Path, rows: int | None) -> dict[str, Any]:
    """Return rows of ids and labels, by part."""
    data: dict[str, Any] = {}
    with np.load(path) as arrays:
        for part in PACKED:
            lengths = arrays[f"{part}_lengths"].astype(np.int64)
            offsets = np.concatenate([[0], np.cumsum(lengths)])
            ids = Ragged(arrays[f"{part}_values"].astype(np.int32), offsets, n_ids=N_TOKENS)
            data[part] = ids[:rows]
            if part != "unsup":
                data[f"{part}_y"] = arrays[f"{part}_labels"][:rows].astype(int)
    return data


def small_networks() -> dict[str, tuple[Any, tuple[Any, ...], tuple[str, ...]]]:
    """Return networks of every kind, what each is fitted to, and the methods to compare."""
    reviews = load_reviews()
    texts, labels = reviews.data[:200], reviews.target[:200]
    ids = SequenceVectorizer(max_tokens=500).fit_transform(texts)
    tags = [["even" if i % 2 == 0 else "odd" for i in row] for row in ids]
    numbers, series = ids.lengths.astype(float), np.sin(np.arange(120) / 5)
    features = np.random.default_rng(0).normal(size=(len(texts), 8))
    words = [" ".join(text.split()[:6]) for text in texts]
    small = {"max_iter": 1, "random_state": 0}
    rnn = {"hidden_size": 16, **small}
    proba = ("predict_proba",)
    networks = {}
    for cell in ("rnn", "gru", "lstm"):
        for pooling in ("last", "mean", "max", "attention", "concat"):
            options = {"cell": cell, "pooling": pooling, "bidirectional": cell != "rnn", **rnn}
            networks[f"classifier {cell} {pooling}"] = (
                RNNClassifier(**options),
                (ids, labels),
                proba,
            )
    networks["classifier wide"] = (RNNClassifier(wide=2, **rnn), (ids, labels), proba)
    networks["classifier dropout"] = (
        RNNClassifier(dropout=0.3, token_dropout=0.1, num_layers=2, **rnn), (ids, labels), proba,
    )  # fmt: skip
    networks["cnn"] = (SequenceCNNClassifier(**small), (ids, labels), proba)
    networks["mlp"] = (SequenceMLPClassifier(**small), (ids, labels), proba)
    networks["regressor"] = (RNNRegressor(**rnn), (ids, numbers), ("predict",))
    networks["tagger"] = (RNNTagger(**rnn), (ids, tags), proba)
    networks["tagger crf"] = (RNNTagger(crf=True, **rnn), (ids, tags), proba)
    networks["forecaster"] = (RNNForecaster(hidden_size=16, **small), (None, series), ())
    networks["language model"] = (RNNLanguageModel(**rnn), (texts, None), ("score_samples",))
    networks["seq2seq"] = (Seq2Seq(**rnn), (words, words), ("predict",))
    networks["generator"] = (SequenceGenerator(**rnn), (features, words), ("predict",))
    networks["skip-thought"] = (SkipThought(**rnn), (texts, None), ("transform",))
    return networks


def fitted(model: Any, given: tuple[Any, ...], device: str) -> Any:
    """Fit a copy of a model on a device."""
    X, y = given
    copy = deepcopy(model).set_params(device=device)
    return copy.fit(y=y) if X is None else copy.fit(X, y)


def weights_of(model: Any) -> dict[str, torch.Tensor]:
    return {name: w.detach().cpu().clone() for name, w in model.net_.module_.state_dict().items()}


def outputs_of(model: Any, given: tuple[Any, ...], methods: tuple[str, ...]) -> Iterator[Any]:
    """Yield the predictions of a model as arrays, or as what they are."""
    X = given[0]
    if X is None:
        yield model.predict(horizon=12)
    for method in methods:
        result = getattr(model, method)(X)
        yield result.values if isinstance(result, Ragged) else result


def distance(a: Any, b: Any) -> float:
    """Return how far predictions are apart; of texts and labels, the part that differs."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind == "f":
        return float(np.abs(a - b).max(initial=0.0))
    return float((a != b).mean())


def equal(device: str, report: Report) -> None:
    for name, (model, given, methods) in small_networks().items():
        try:
            here, there = fitted(model, given, "cpu"), fitted(model, given, device)
            there.net_.module_.load_state_dict(here.net_.module_.state_dict())
            pairs = zip(
                outputs_of(here, given, methods), outputs_of(there, given, methods), strict=True
            )
            apart = max(distance(a, b) for a, b in pairs)
            losses = abs(here.loss_curve_[0] - there.loss_curve_[0])
            report.add("equal", name, apart=apart, first_loss_apart=losses, ok=apart <= TOLERANCE)
        except Exception as error:
            report.add("equal", name, error=f"{type(error).__name__}: {error}", ok=False)


def repeat(device: str, report: Report) -> None:
    for name, (model, given, _) in small_networks().items():
        try:
            first, second = (weights_of(fitted(model, given, device)) for _ in range(2))
            same = all(torch.equal(first[n], second[n]) for n in first)
            report.add("repeat", name, ok=same)
        except Exception as error:
            report.add("repeat", name, error=f"{type(error).__name__}: {error}", ok=False)


def bfloat16(device: str, data: dict[str, Any], report: Report) -> None:
    for precision in ("float32", "bfloat16"):
        model = RNNClassifier(
            pooling="max", bidirectional=True, max_iter=2, learning_rate_init=3e-3, batch_size=128,
            random_state=0, device=device, precision=precision,
        )  # fmt: skip
        start = perf_counter()
        model.fit(data["train"][:10_000], data["train_y"][:10_000])
        seconds = perf_counter() - start
        accuracy = model.score(data["test"], data["test_y"])
        report.add("bfloat16", precision, accuracy=accuracy, seconds=seconds)


def loop(device: str, data: dict[str, Any], report: Report, passes: int = 5) -> None:
    X, y = data["train"], data["train_y"]
    padded = torch.tensor(X.to_padded(400), device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)
    for name, shape in SHAPES.items():
        batch_size = shape["batch_size"]
        ours = RNNClassifier(
            cell="lstm", bidirectional=True, pooling="max", random_state=0, device=device, **shape
        )
        model = Plain("lstm", shape["hidden_size"], bidirectional=True, n_tokens=N_TOKENS)
        optimizer = torch.optim.Adam(model.to(device).parameters(), lr=1e-3)

        def bare(model=model, optimizer=optimizer, batch_size=batch_size) -> None:
            model.train()
            one_pass(model, optimizer, padded, targets, batch_size=batch_size, clip_norm=1.0)

        def partial(ours=ours) -> None:
            ours.partial_fit(X, y, classes=[0, 1])

        partial(), bare()  # what is cold
        pairs = [(seconds_of(partial, device), seconds_of(bare, device)) for _ in range(passes)]
        a, b = (median(side) for side in zip(*pairs, strict=True))
        ratio = median(x / z for x, z in pairs)
        report.add(
            "loop", name, ours=a, bare=b, ratio=ratio, tokens_per_second=len(X.values) / a,
            ok=ratio <= 1.08,
        )  # fmt: skip


def seconds_of(work: Callable[[], object], device: str) -> float:
    start = perf_counter()
    work()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return perf_counter() - start


class StopAt(Callback):
    """End the training after the epoch in which the time is up."""

    def __init__(self, end: float):
        self.end = end

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Interrupt, which ends a training normally."""
        if perf_counter() > self.end:
            raise KeyboardInterrupt


def learn(device: str, data: dict[str, Any], report: Report, end: float) -> None:
    begin = perf_counter()
    model = RNNLanguageModel(
        max_tokens=N_TOKENS, hidden_size=512, embedding_dim=256, n_steps=70, batch_size=64,
        learning_rate_init=2e-3, dropout=0.2, max_iter=50, random_state=0, device=device,
        callbacks=[StopAt(begin + 2 / 3 * (end - begin))],
    )  # fmt: skip
    texts = Ragged.concat(data["unsup"], data["train"])
    model.fit(texts)
    seconds = perf_counter() - begin
    report.add(
        "learn", "language model", epochs=model.n_iter_, seconds=seconds,
        loss=model.loss_curve_[-1], tokens_per_second=model.n_iter_ * len(texts.values) / seconds,
    )  # fmt: skip
    for name, init in (("started", FrozenEstimator(model)), ("from scratch", None)):
        start = perf_counter()
        classifier = RNNClassifier(
            init=init, hidden_size=512, embedding_dim=256, pooling="concat", dropout=0.4,
            learning_rate="linear", learning_rate_init=1e-3, batch_size=64, max_iter=4,
            n_tokens=None if init else N_TOKENS, random_state=0, device=device,
        )  # fmt: skip
        classifier.fit(data["train"], data["train_y"])
        accuracy = classifier.score(data["test"], data["test_y"])
        report.add("learn", name, accuracy=accuracy, seconds=perf_counter() - start)


class Report:
    """Figures, printed as they come, and written as JSON after each."""

    def __init__(self, path: Path | None, device: str):
        self.path = path
        self.rows: list[dict[str, Any]] = []
        name = torch.cuda.get_device_name() if device.startswith("cuda") else platform.processor()
        self.machine = {
            "device": name,
            "torch": torch.__version__,
            "python": platform.python_version(),
        }

    def add(self, part: str, name: str, **figures: Any) -> None:
        """Print a line, and keep it."""
        self.rows.append({"part": part, "name": name, **figures})
        shown = "  ".join(
            f"{n} {v:.4g}" if isinstance(v, float) else f"{n} {v}" for n, v in figures.items()
        )
        print(f"{part:9} {name:24} {shown}", flush=True)
        if self.path is not None:
            report = {"machine": self.machine, "figures": self.rows}
            self.path.write_text(json.dumps(report, indent=1) + "\n")


def run(args: argparse.Namespace) -> None:
    end = perf_counter() + 60 * args.minutes
    data = unpack(args.file, args.rows)
    report = Report(args.json, args.device)
    parts: dict[str, Callable[[], None]] = {
        "equal": lambda: equal(args.device, report),
        "repeat": lambda: repeat(args.device, report),
        "bfloat16": lambda: bfloat16(args.device, data, report),
        "loop": lambda: loop(args.device, data, report),
        "learn": lambda: learn(args.device, data, report, end - 20),
    }
    for name, part in parts.items():
        if args.only in ("", name) and perf_counter() < end - 30:
            part()
    failed = [f"{row['part']} {row['name']}" for row in report.rows if row.get("ok") is False]
    print(
        f"{len(failed)} of {len(report.rows)} figures miss their mark: {', '.join(failed) or '-'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    packing = commands.add_parser("pack", help="write the data as one file")
    packing.add_argument("file", type=Path)
    running = commands.add_parser("run", help="measure")
    running.add_argument("file", type=Path)
    running.add_argument("--device", default="cuda")
    running.add_argument("--minutes", type=float, default=9)
    running.add_argument("--rows", type=int, default=None, help="reviews of each part, at most")
    running.add_argument("--only", default="", help="one part")
    running.add_argument("--json", type=Path, default=None)
    args = parser.parse_args()
    if args.command == "pack":
        pack(args.file)
    else:
        run(args)


if __name__ == "__main__":
    main()
