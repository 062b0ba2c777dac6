"""Single requests: ours and the peer's call on one document, in turns.

Run with::

    OMP_NUM_THREADS=1 python benchmarks/serving.py [--rounds 21] [--only REGEX]

Both contestants of a line run in this process and take turns; each turn is as many calls as take
about 20 ms, and the median turn is printed. On a busy machine the ratios hold, the microseconds do
not. Where a line says so, the two results are compared before anything is timed.

A second table has what a server sees of a pipeline that ends with a network: the latency of single
documents, and documents a second from 1, 2 and 8 client threads, from 8 that take turns by a lock
or leave the calls to one thread, and in batches of 64; the same of the bare network, which shows
what the machine and torch's own threads allow. A third has the requests a second that the
application of ``examples/27_serve.py`` answers where 256 wait, one by one and together, and how
many the network alone computes in batches of 64: more cannot be answered together.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction import text as reference
from sklearn.pipeline import Pipeline, make_pipeline

import textvec
from textvec.datasets import load_reviews

SHORT = "Not a dull minute."
CORPUS = [
    "Not a minute too long, and never dull.",
    "A dull film about a dull minute.",
    "The plot is thin; the acting is not.",
    "I looked at my watch every minute.",
]
SECONDS_A_TURN = 0.02


@dataclass(frozen=True)
class Contest:
    """One line: the same work done by us and by the peer."""

    name: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    are_equal: Callable[[Any, Any], bool] | None = None  # None: the results differ by contract


def bags() -> Iterator[Contest]:
    """One short document through the drop-ins, against scikit-learn's classes."""
    for name in ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer"):
        ours, theirs = (getattr(m, name)().fit(CORPUS) for m in (textvec, reference))
        yield Contest(
            f"{name}.transform, one short document",
            lambda v=ours: v.transform([SHORT]),
            lambda v=theirs: v.transform([SHORT]),
            same_matrix,
        )


LENGTHS = (5, 200, 2000)  # words of a document
TRUNCATED = 400


def networks() -> Iterator[Contest]:
    """One document through a whole pipeline, against a bare torch network with a dict of ids."""
    pipeline = recommended_pipeline()
    bare = bare_network(pipeline)
    steps = [Nothing(), Nothing(), Nothing(), Called(bare)]
    least = make_pipeline(*steps).fit([""], [0])  # what scikit-learn's own Pipeline takes
    for n_words in LENGTHS:
        text = document(n_words)
        yield Contest(
            f"bare network in a Pipeline, {n_words} words",
            lambda t=text: least.predict_proba([t])[0],
            lambda t=text: bare(t),
            lambda ours, theirs: bool(ours == theirs),
        )
        yield Contest(
            f"pipeline with a network, {n_words} words",
            lambda t=text: pipeline.predict_proba([t])[0, 1],
            lambda t=text: bare(t),
            lambda ours, theirs: bool(np.isclose(ours, theirs, atol=1e-5)),
        )


class Nothing(TransformerMixin, BaseEstimator):
    """A step that does nothing."""

    def fit(self, X: Any, y: Any = None) -> Any:
        """Note that it is fitted."""
        self.is_fitted_ = True
        return self

    def transform(self, X: Any) -> Any:
        """Return the documents."""
        return X


class Called(ClassifierMixin, BaseEstimator):
    """A last step that calls a function with each document."""

    def __init__(self, function: Callable[[str], float]):
        self.function = function

    def fit(self, X: Any, y: Any = None) -> Any:
        """Note that it is fitted."""
        self.is_fitted_ = True
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return what the function does."""
        return np.array([self.function(text) for text in X])


@cache
def recommended_pipeline() -> Pipeline:
    pipeline = make_pipeline(
        textvec.WordTokenizer("sklearn"),
        textvec.SequenceVectorizer(max_tokens=20_000),
        textvec.SequencePadder(length=TRUNCATED),
        textvec.RNNClassifier(
            cell="lstm", hidden_size=32, bidirectional=True, pooling="max", wide=0, max_iter=1,
            random_state=0,
        ),
    )  # fmt: skip
    return pipeline.fit(*load_reviews(subset="train", return_X_y=True))


def bare_network(pipeline: Pipeline) -> Callable[[str], float]:
    """Return the same computation in the fewest lines of re and torch."""
    weights = pipeline[-1].net_.module_.state_dict()
    part = {name.removeprefix("encoder.").removeprefix("body."): w for name, w in weights.items()}
    embedding = torch.nn.Embedding.from_pretrained(part["embedding.weight"])
    lstm = torch.nn.LSTM(embedding.embedding_dim, 32, bidirectional=True)
    head = torch.nn.Linear(64, 1)
    names = [name for name, _ in lstm.named_parameters()]
    suffix = "_reverse"
    lstm.load_state_dict(
        {
            name: part[f"backward_layers.0.{name.removesuffix(suffix)}"]
            if name.endswith(suffix)
            else part[f"forward_layers.0.{name}"]
            for name in names
        }
    )
    head.load_state_dict({"weight": part["head.weight"], "bias": part["head.bias"]})
    ids = dict(pipeline[1].vocabulary_)
    words = re.compile(r"(?u)\b\w\w+\b").findall

    def predict(text: str) -> float:
        row = [ids.get(word, 1) for word in words(text.lower())][-TRUNCATED:]
        with torch.inference_mode():
            states, _ = lstm(embedding(torch.tensor(row)[:, None]))  # (T, 1, 64)
            return torch.sigmoid(head(states.amax(dim=0))).item()

    return predict


def document(n_words: int) -> str:
    texts = load_reviews(subset="test", return_X_y=True)[0]
    return " ".join(" ".join(texts).split()[:n_words])


def serve(n_words: int) -> Iterator[str]:
    """Yield the lines of the second table."""
    pipeline, text = recommended_pipeline(), document(n_words)
    bare = bare_network(pipeline)
    yield served(f"{n_words} words", lambda: pipeline.predict_proba([text]), pipeline, text)
    yield served("  bare network", lambda: bare(text), None, text)


def served(
    name: str, predict: Callable[[], Any], pipeline: Pipeline | None, text: str, n: int = 400
) -> str:
    """Return a line of the second table, of `n` documents at a time."""
    seconds = [timed(predict, 1) for _ in range(n)]
    median, p99 = np.quantile(seconds, [0.5, 0.99]) * 1e6
    lock, one = Lock(), ThreadPoolExecutor(1)

    def in_turn() -> None:
        with lock:
            predict()

    ways: list[tuple[str, int, Callable[[], Any]]] = [
        *((f"{n_clients} clients", n_clients, predict) for n_clients in (1, 2, 8)),
        ("by a lock", 8, in_turn),
        ("by one thread", 8, lambda: one.submit(predict).result()),
    ]
    rates: dict[str, list[float]] = {}
    for _ in range(3):  # in turns
        for way, n_clients, call in ways:
            rates.setdefault(way, []).append(rate_of(call, n_clients, n))
        if pipeline is not None:
            batch = 64 / timed(lambda: pipeline.predict_proba([text] * 64), 1)
            rates.setdefault("batches", []).append(batch)
    found = [statistics.median(rate) for rate in rates.values()]
    ratios = "".join(f" {rate:7.0f} ({rate / found[0]:4.2f}x)" for rate in found)
    return f"{name:14} {median:7.0f} us {p99:7.0f} us{ratios}"


def rate_of(call: Callable[[], Any], n_clients: int, n: int) -> float:
    """Return how many of `n` calls some client threads make a second."""
    with ThreadPoolExecutor(n_clients) as clients:
        calls = (clients.submit(call) for _ in range(n))
        start = time.perf_counter()
        for made in list(calls):
            made.result()
    return n / (time.perf_counter() - start)


def application() -> Any:
    """Return the module of example 27."""
    path = Path(__file__).parents[1] / "examples" / "27_serve.py"
    spec = spec_from_file_location("serve_example", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def waiting(n_words: int, n_requests: int = 256) -> str:
    """Return a line of the third table: requests that wait, answered one by one and together."""
    example, pipeline = application(), recommended_pipeline()
    requests = [example.Document(text=document(n_words), explain=False)] * n_requests
    rates: dict[int, list[float]] = {1: [], 64: []}
    rows, network = pipeline[:-1].transform([document(n_words)] * 64), pipeline[-1]
    limits = []

    async def answer() -> float:
        batcher = example.Batcher(pipeline)
        start = time.perf_counter()
        await asyncio.gather(*map(batcher.predict, requests))
        seconds = time.perf_counter() - start
        await batcher.close()
        return n_requests / seconds

    for _ in range(5):  # in turns
        for size, found in rates.items():
            example.MAX_BATCH = size
            found.append(asyncio.run(answer()))
        limits.append(64 / timed(lambda: network.predict_proba(rows), 1))
    alone, together, limit = map(statistics.median, [*rates.values(), limits])
    ratios = f"{together:12.0f} {together / alone:6.2f}x {limit:16.0f} {limit / alone:6.2f}x"
    return f"{n_words:5} {alone:12.0f} {ratios}"


def sequences() -> Iterator[Contest]:
    """Ids and padded rows, against Keras' Tokenizer and pad_sequences."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    pad = import_module("keras").utils.pad_sequences
    theirs = import_module("keras.src.legacy.preprocessing.text").Tokenizer()
    theirs.fit_on_texts(CORPUS)
    ours = textvec.SequenceVectorizer().fit(CORPUS)
    yield Contest(
        "SequenceVectorizer.transform, one short document",
        lambda: ours.transform([SHORT]),
        lambda: theirs.texts_to_sequences([SHORT]),
    )
    rng = np.random.default_rng(0)
    arrays = [rng.integers(1, 9999, n) for n in rng.gamma(2, 115, 20_000).astype(int)]
    lists, ragged = [row.tolist() for row in arrays], textvec.Ragged.from_rows(arrays)
    for name, rows, other in (
        ("lists", lists, lists),
        ("arrays", arrays, arrays),
        ("Ragged", ragged, arrays),
    ):
        yield Contest(
            f"SequencePadder(200), 20,000 rows from {name}",
            lambda rows=rows: textvec.SequencePadder(200).fit_transform(rows),
            lambda rows=other: pad(rows, 200),
            np.array_equal,
        )
    n_tokens = ours.n_tokens_
    known = [(row % (n_tokens - 1) + 1).tolist() for row in arrays]
    yield Contest(
        "SequenceVectorizer.inverse_transform, 20,000 rows",
        lambda: ours.inverse_transform(known),
        lambda: theirs.sequences_to_texts(known),
    )


# Each makes the contests of one part of the library when its turn comes.
PARTS: list[Callable[[], Iterator[Contest]]] = [networks, bags, sequences]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="turns of each contestant")
    parser.add_argument("--only", default="", help="lines whose name this expression finds")
    options = parser.parse_args()
    print(f"{'':50} {'textvec':>10} {'peer':>10} {'ratio':>7}")
    for part in PARTS:
        for contest in part():
            if re.search(options.only, contest.name):
                run(contest, options.rounds)
    if re.search(options.only, "network"):
        print_served()


COLUMNS = ("1 client", "2 clients", "8 clients", "8 by a lock", "by one thread", "in 64s")


def print_served() -> None:
    columns = "".join(f"{name:>16}" for name in COLUMNS)
    print(f"\n{'':14}     median        p99 {columns}   documents a second")
    for n_words in LENGTHS:
        for line in serve(n_words):
            print(line)
    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        return
    columns = "one by one     together          the network in 64s"
    print(f"\nwords   {columns}          requests a second, of 256 that wait")
    for n_words in LENGTHS:
        print(waiting(n_words))


def run(contest: Contest, rounds: int) -> None:
    if contest.are_equal and not contest.are_equal(contest.ours(), contest.theirs()):
        raise SystemExit(f"{contest.name}: the results differ")
    turns = {call: calls_a_turn(call) for call in (contest.ours, contest.theirs)}
    seconds: dict[Callable[[], Any], list[float]] = {call: [] for call in turns}
    for _ in range(rounds):
        for call, n_calls in turns.items():
            seconds[call].append(timed(call, n_calls) / n_calls)
    ours, theirs = (statistics.median(seconds[call]) * 1e6 for call in turns)
    print(f"{contest.name:50} {ours:7.1f} us {theirs:7.1f} us {ours / theirs:6.2f}x")


def calls_a_turn(call: Callable[[], Any]) -> int:
    timed(call, 3)
    return max(1, int(SECONDS_A_TURN * 10 / timed(call, 10)))


def timed(call: Callable[[], Any], n_calls: int) -> float:
    start = time.perf_counter()
    for _ in range(n_calls):
        call()
    return time.perf_counter() - start


def same_matrix(ours: Any, theirs: Any) -> bool:
    return ours.shape == theirs.shape and all(
        np.array_equal(getattr(ours, part), getattr(theirs, part))
        for part in ("data", "indices", "indptr")
    )


if __name__ == "__main__":
    main()
