"""Networks on a GPU: equal to the CPU and to themselves, as fast as a bare loop, what they learn.

Pack the data where it lies, then take the file, which is under 30 MB, to a machine with a GPU::

    TEXTVEC_DATA=folder python benchmarks/gpu.py pack imdb.npz.bz2
    python benchmarks/gpu.py run imdb.npz.bz2 --minutes 9 --json gpu.json

Parts, in this order; each begins only while there is time for it:

- ``tests``: the tests of networks, which choose the device themselves; they run side by side with
  the next two parts.
- ``equal``: every network is fitted on the CPU and on the device, takes the same weights on both,
  and its predictions are compared: at most 1e-4 apart, of the largest of them where that is above
  1. ``exact``: the same without TF32, which cuDNN uses for recurrent layers unless it is told not
  to; of texts, which differ as soon as one token does, only this is to be equal.
- ``repeat``: every network is fitted twice on the device with one seed: are the weights equal bits?
- ``bfloat16``: accuracy and seconds of both precisions.
- ``loop``: passes of a bidirectional LSTM in turns with the bare torch loop of
  ``benchmarks/training.py``, and of a larger one: seconds and tokens a second; at most 1.08 times.
- ``learn``: a language model on all reviews but those of the test, for most of the time that is
  left, and meanwhile a linear model on words and pairs on the CPU; then the classifier started from
  the language model, if there is time the same from scratch, and the mean of the probabilities of
  each and of the linear model; test accuracy.

``--device cpu --minutes 1 --rows 300`` is a rehearsal. The JSON holds all figures and the machine.
"""

from __future__ import annotations

import argparse
import bz2
import io
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from training import Plain, one_pass

from textvec import (
    CountVectorizer,
    EmbeddedSequences,
    NBLogCountRatio,
    Ragged,
    RNNClassifier,
    RNNEncoder,
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
    Tokens,
    Vocabulary,
    WordTokenizer,
)
from textvec.datasets import fetch_imdb, load_reviews

N_TOKENS = 25_000
N_REVIEWS = {"train": 25_000, "test": 25_000, "unsup": 50_000}
PACKED = 800  # ids that are packed of a review
LONGEST = 400  # ids that are read of one where nothing is to be learned of the end
TOLERANCE = 1e-4
TESTS = ("networks", "nn", "checkpoint", "explain", "forecasting", "saving")
SHAPES = {
    "lstm 64": {"hidden_size": 64, "embedding_dim": 64, "batch_size": 64},
    "lstm 512": {"hidden_size": 512, "embedding_dim": 512, "batch_size": 128},
}


def pack(path: Path) -> None:
    """Write the reviews as ids of the commonest words, shuffled, compressed."""
    tokenizer, arrays = WordTokenizer(), {}
    texts = {part: fetch_imdb(subset=part, return_X_y=True) for part in N_REVIEWS}
    vectorizer = SequenceVectorizer(max_tokens=N_TOKENS)
    vectorizer.fit(tokenizer.transform([*texts["train"][0], *texts["unsup"][0]]))
    for part, (X, y) in texts.items():
        order = np.random.default_rng(0).permutation(len(X))
        ids = vectorizer.transform(tokenizer.transform([X[i] for i in order])).truncated(PACKED)
        arrays[f"{part}_values"] = ids.values.astype(np.uint16)
        arrays[f"{part}_lengths"] = ids.lengths.astype(np.uint16)
        if part != "unsup":
            arrays[f"{part}_labels"] = np.asarray(y)[order].astype(np.uint8)
    file = io.BytesIO()
    np.savez(file, **arrays)
    path.write_bytes(bz2.compress(file.getvalue()))
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def unpack(path: Path, rows: int | None) -> dict[str, Any]:
    """Return rows of ids and labels, by part."""
    data: dict[str, Any] = {}
    with np.load(io.BytesIO(bz2.decompress(path.read_bytes()))) as arrays:
        for part in N_REVIEWS:
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
            options = {
                "cell": cell,
                "pooling": pooling,
                "bidirectional": cell != "rnn",
                "wide": 0,
                **rnn,
            }
            networks[f"classifier {cell} {pooling}"] = (
                RNNClassifier(**options),
                (ids, labels),
                proba,
            )
    networks["classifier wide"] = (RNNClassifier(wide=2, **rnn), (ids, labels), proba)
    networks["classifier dropout"] = (
        RNNClassifier(dropout=0.3, token_dropout=0.1, num_layers=2, **rnn), (ids, labels), proba,
    )  # fmt: skip
    networks["classifier defaults"] = (
        RNNClassifier(max_iter=1, random_state=0), (ids, labels), proba,
    )  # fmt: skip
    table = np.random.default_rng(0).normal(size=(500, 8)).astype(np.float32)
    table[0] = 0  # padding
    vectors = EmbeddedSequences(ids, table)
    networks["classifier on vectors"] = (RNNClassifier(**rnn), (vectors, labels), proba)
    networks["classifier tuned vectors"] = (
        RNNClassifier(fine_tune=True, **rnn), (vectors, labels), proba,
    )  # fmt: skip
    networks["cnn"] = (SequenceCNNClassifier(**small), (ids, labels), proba)
    networks["mlp"] = (SequenceMLPClassifier(**small), (ids, labels), proba)
    networks["regressor"] = (RNNRegressor(**rnn), (ids, numbers), ("predict",))
    networks["tagger"] = (RNNTagger(**rnn), (ids, tags), proba)
    networks["tagger crf"] = (RNNTagger(crf=True, **rnn), (ids, tags), proba)
    networks["forecaster"] = (RNNForecaster(hidden_size=16, **small), (None, series), ())
    networks["language model"] = (RNNLanguageModel(**rnn), (texts, None), ("score_samples",))
    networks["encoder"] = (RNNEncoder(RNNClassifier(**rnn)), (ids, labels), ("transform",))
    networks["seq2seq"] = (Seq2Seq(**rnn), (words, words), ("predict",))
    networks["generator"] = (SequenceGenerator(**rnn), (features, words), ("predict",))
    networks["skip-thought"] = (SkipThought(**rnn), (texts, None), ("transform",))
    return networks


def fitted(model: Any, given: tuple[Any, ...], device: str) -> Any:
    """Fit a copy of a model on a device."""
    X, y = given
    name = "estimator__device" if isinstance(model, RNNEncoder) else "device"
    copy = deepcopy(model).set_params(**{name: device})
    return copy.fit(y=y) if X is None else copy.fit(X, y)


def module_of(model: Any) -> torch.nn.Module:
    return getattr(model, "estimator_", model).net_.module_


def weights_of(model: Any) -> dict[str, torch.Tensor]:
    return {name: w.detach().cpu().clone() for name, w in module_of(model).state_dict().items()}


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
        return float(np.abs(a - b).max(initial=0.0) / max(1.0, np.abs(a).max(initial=0.0)))
    return float((a != b).mean())


def farthest(wanted: Iterable[Any], found: Iterable[Any]) -> float:
    return max(distance(a, b) for a, b in zip(wanted, found, strict=True))


def are_numbers(predictions: Iterable[Any]) -> bool:
    return all(np.asarray(p).dtype.kind == "f" for p in predictions)


def equal(device: str, report: Report) -> None:
    for name, (model, given, methods) in small_networks().items():
        try:
            here, there = fitted(model, given, "cpu"), fitted(model, given, device)
            module_of(there).load_state_dict(module_of(here).state_dict())
            wanted = list(outputs_of(here, given, methods))
            apart = farthest(wanted, outputs_of(there, given, methods))
            with torch.backends.cudnn.flags(allow_tf32=False):
                exact = farthest(wanted, outputs_of(there, given, methods))
            ok = (apart if are_numbers(wanted) else exact) <= TOLERANCE
            report.add("equal", name, apart=apart, exact=exact, ok=ok)
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
        model.fit(data["train"][:10_000].truncated(LONGEST), data["train_y"][:10_000])
        seconds = perf_counter() - start
        accuracy = model.score(data["test"][:10_000].truncated(LONGEST), data["test_y"][:10_000])
        report.add("bfloat16", precision, accuracy=accuracy, seconds=seconds)


def loop(device: str, data: dict[str, Any], report: Report, passes: int = 5) -> None:
    X, y = data["train"].truncated(LONGEST), data["train_y"]
    padded = torch.tensor(X.to_padded(LONGEST), device=device)
    targets = torch.tensor(y, dtype=torch.float32, device=device)
    for name, shape in SHAPES.items():
        batch_size = shape["batch_size"]
        ours = RNNClassifier(
            cell="lstm", bidirectional=True, pooling="max", dropout=0.0, token_dropout=0.0, wide=0,
            average=False, learning_rate_init=1e-3, random_state=0, device=device, **shape,
        )  # fmt: skip
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


def language_model(device: str, max_iter: int) -> RNNLanguageModel:
    return RNNLanguageModel(
        max_tokens=N_TOKENS, hidden_size=1024, embedding_dim=512, num_layers=2, n_steps=70,
        batch_size=128, learning_rate="onecycle", learning_rate_init=2e-3, dropout=0.2,
        softmax="full", max_iter=max_iter, precision="bfloat16", random_state=0, device=device,
    )  # fmt: skip


def classifier(device: str, model: RNNLanguageModel | None) -> RNNClassifier:
    """Make a classifier, started from a language model or of the same shape."""
    start = {"n_tokens": N_TOKENS} if model is None else {"init": FrozenEstimator(model)}
    return RNNClassifier(
        hidden_size=1024, embedding_dim=512, num_layers=2, bidirectional=False, pooling="concat",
        dropout=0.4, token_dropout=0.1, wide=0, learning_rate="onecycle", warmup=0.1,
        learning_rate_init=1e-3, rate_decay=1.3, batch_size=64, max_iter=3, precision="bfloat16",
        random_state=0, device=device, **start,
    )  # fmt: skip


def bag() -> Any:
    """Make the linear model of ``benchmarks/accuracy.py``, on pairs of words."""
    return make_pipeline(
        CountVectorizer(ngram_range=(1, 2), binary=True, min_df=2),
        NBLogCountRatio(),
        Normalizer(),
        LogisticRegression(C=30, solver="liblinear", dual=True, random_state=0),
    )


def learn(device: str, data: dict[str, Any], report: Report, end: float) -> None:
    texts = Ragged.concat(data["unsup"], data["train"])
    X, T = data["train"].truncated(PACKED), data["test"].truncated(PACKED)
    y, y_test = data["train_y"], data["test_y"]
    with ThreadPoolExecutor(1) as beside:
        bags = beside.submit(bag_probabilities, data)
        start = perf_counter()
        language_model(device, 1).fit(texts[: len(texts) // 15])  # what is cold
        start, cold = perf_counter(), perf_counter() - start
        language_model(device, 1).fit(texts[: len(texts) // 15])
        epoch = 15 * (perf_counter() - start)
        max_iter = max(1, int(0.6 * (end - perf_counter()) / epoch))
        start = perf_counter()
        model = language_model(device, max_iter).fit(texts)
        seconds = perf_counter() - start
    report.add(
        "learn", "language model", epochs=max_iter, cold=cold, seconds=seconds,
        perplexity=float(np.exp(model.loss_curve_[-1])),
        tokens_per_second=max_iter * len(texts.values) / seconds,
    )  # fmt: skip
    bag_proba = bags.result()
    report.add("learn", "bag", accuracy=accuracy_of(bag_proba, y_test))
    seconds = 0.0
    for name, init in (("started", model), ("from scratch", None)):
        if perf_counter() + 1.1 * seconds > end:
            break
        start = perf_counter()
        proba = classifier(device, init).fit(X, y).predict_proba(T)
        seconds = perf_counter() - start
        report.add("learn", name, accuracy=accuracy_of(proba, y_test), seconds=seconds)
        together = accuracy_of(proba + bag_proba, y_test)
        report.add("learn", f"{name} and bag", accuracy=together)


def bag_probabilities(data: dict[str, Any]) -> Any:
    """Fit the linear model; return its probabilities of the test part."""
    vocabulary = Vocabulary(str(i) for i in range(N_TOKENS))
    train, test = (Tokens(data[p].values, data[p].offsets, vocabulary) for p in ("train", "test"))
    return bag().fit(train, data["train_y"]).predict_proba(test)


def accuracy_of(proba: Any, y: Any) -> float:
    return float((proba.argmax(axis=1) == y).mean())


class DeviceTests:
    """The tests of networks, in processes of their own while other parts run."""

    def __init__(self) -> None:
        folder = Path(__file__).parents[1] / "tests"
        paths = [str(folder / name) for name in TESTS]
        self.running = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"),
                # What is installed beside on a machine of others warns, and lacks test tools.
                *("-p", "no:benchmark", "-W", "ignore::DeprecationWarning"),
                "--continue-on-collection-errors",
                *("-n", str(max(2, (os.cpu_count() or 2) - 4)), *paths),
            ],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def finish(self, report: Report, timeout: float) -> None:
        """Wait for them, and print what failed."""
        try:
            output, _ = self.running.communicate(timeout=max(1, timeout))
        except subprocess.TimeoutExpired:
            self.running.kill()
            output, _ = self.running.communicate()
        print(output[-20_000:])
        last = output.strip().rpartition("\n")[2]
        report.add("tests", " ".join(TESTS), summary=last, ok=self.running.returncode == 0)


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
    tests = DeviceTests() if args.only in ("", "tests") else None
    parts: dict[str, Callable[[], None]] = {
        "equal": lambda: equal(args.device, report),
        "repeat": lambda: repeat(args.device, report),
        "tests": lambda: tests.finish(report, end - perf_counter()) if tests else None,
        "bfloat16": lambda: bfloat16(args.device, data, report),
        "loop": lambda: loop(args.device, data, report),
        "learn": lambda: learn(args.device, data, report, end - 10),
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
