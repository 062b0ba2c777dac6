"""Which model when: bags, averaged words and networks on 100 to all rows of public sets.

    TEXTVEC_DATA=folder python benchmarks/which_model.py results.json [--sets MR] [--rows 100 1000]
        [--plot which_model.png]

Each model learns from some rows and is scored on 1,000 others, by three seeds, which draw both.
``all`` is what a set has beyond those; 0 stands for it in ``--rows``. The table has the mean
accuracy and its range, the CPU seconds of a fit, and the milliseconds of a prediction for one
document. Results are kept in the file, with which an interrupted run goes on; ``--plot`` draws all
of them. Begin with OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from public_sets import SETS, LabelledSet, folder
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    NBLogCountRatio,
    RNNClassifier,
    SequenceMLPClassifier,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
)

SEEDS, N_TEST, LONGEST = (0, 1, 2), 1000, 400
TEXT = ["sentences", "MR", "MPQA", "SMS", "newsgroups", "IMDb"]


def bag(seed: int) -> Pipeline:
    tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(tfidf, LogisticRegression(C=30, max_iter=1000))


def nb_bag(seed: int) -> Pipeline:
    counts = CountVectorizer(ngram_range=(1, 2), binary=True)
    linear = LogisticRegression(C=1, max_iter=1000)
    return make_pipeline(WordTokenizer(), counts, NBLogCountRatio(), linear)


def averaged(seed: int) -> Pipeline:
    mean = SequenceMLPClassifier(
        hidden_layer_sizes=(), embedding_dim=16, learning_rate_init=5e-3, random_state=seed
    )
    return make_pipeline(SequenceVectorizer(ngram_range=(1, 2)), mean)


def network(seed: int, **options: Any) -> Pipeline:
    return make_pipeline(
        SequenceVectorizer(),
        SequenceTruncator(LONGEST),
        RNNClassifier(random_state=seed, **options),
    )


def on_glove(seed: int) -> Pipeline:
    vectors = WordVectors.load(folder() / "glove.6B.50d.top40k.txt.gz")
    tuned = RNNClassifier(fine_tune=True, random_state=seed)
    return make_pipeline(EmbeddingVectorizer(vectors), SequenceTruncator(LONGEST), tuned)


def vote(seed: int) -> VotingClassifier:
    return VotingClassifier([("bag", bag(seed)), ("network", network(seed, wide=0))], voting="soft")


MODELS: dict[str, Callable[[int], Any]] = {
    "bag": bag,
    "NB bag": nb_bag,
    "averaged words and pairs": averaged,
    "RNN": partial(network, wide=0),
    "RNN, wide=2": network,  # as it comes
    "RNN on GloVe, tuned": on_glove,
    "vote of bag and RNN": vote,
}


def result(name: str, data: LabelledSet, n_rows: int, seed: int) -> dict[str, float]:
    """Fit to some rows, and score on others."""
    rows = np.random.default_rng(seed).permutation(len(data.y))
    test, train = data.take(rows[:N_TEST]), data.take(rows[N_TEST:][:n_rows])
    model, start = MODELS[name](seed), process_time()
    model.fit(train.documents, train.y)
    seconds = process_time() - start
    accuracy = model.score(test.documents, test.y)
    latencies = []
    for document in test.documents[:20]:
        begin = perf_counter()
        model.predict([document])
        latencies.append(perf_counter() - begin)
    return {"accuracy": accuracy, "seconds": seconds, "ms": 1000 * median(latencies)}


def cell(found: list[dict[str, float]]) -> str:
    accuracies = [f["accuracy"] for f in found]
    return f"{np.mean(accuracies):.3f} ({min(accuracies):.3f} to {max(accuracies):.3f})"


def table(cache: dict[str, Any], sets: list[str], rows: list[int]) -> str:
    """Return the results as a table of Markdown; what was not run is left out."""
    lines = ["| set, rows | model | accuracy | CPU s | ms |", "| --- | --- | --- | --- | --- |"]
    for data in sets:
        for n in rows:
            for name in MODELS:
                keys = [f"{data} | {n} | {name} | {seed}" for seed in SEEDS]
                found = [cache[key] for key in keys if key in cache]
                if len(found) == len(SEEDS):
                    seconds, ms = (median(f[part] for f in found) for part in ("seconds", "ms"))
                    start = f"| {data}, {n or 'all'} | {name} | {cell(found)} "
                    lines.append(f"{start}| {seconds:.1f} | {ms:.1f} |")
    return "\n".join(lines)


def plot(cache: dict[str, Any], path: Path) -> None:
    """Draw the mean accuracy and its range by the number of rows, a panel for each set."""
    results: dict[str, dict[str, dict[int, list[float]]]] = {}
    for key, result in cache.items():
        data, n, name, _ = key.split(" | ")
        n_rows = int(n) or len(SETS[data]().y) - N_TEST
        by_rows = results.setdefault(data, {}).setdefault(name, {})
        by_rows.setdefault(n_rows, []).append(result["accuracy"])
    figure, panels = plt.subplots(
        1, len(results), figsize=(3.2 * len(results), 3.8), squeeze=False, layout="constrained"
    )
    for axes, (data, by_name) in zip(panels[0], results.items(), strict=True):
        for i, name in enumerate(MODELS):
            found = sorted(by_name.get(name, {}).items())
            means = np.array([np.mean(a) for _, a in found])
            reach = np.array([(np.mean(a) - min(a), max(a) - np.mean(a)) for _, a in found]).T
            rows = [n * 1.03 ** (i - len(MODELS) / 2) for n, _ in found]  # apart, to be seen
            axes.errorbar(rows, means, yerr=reach, label=name, linewidth=1, marker=".", capsize=2)
        axes.set(title=data, xscale="log", xlabel="training rows")
    panels[0, 0].set_ylabel("accuracy on 1,000 other rows")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--sets", nargs="*", default=TEXT[:4], choices=TEXT)
    parser.add_argument("--rows", nargs="*", type=int, default=[100, 1000, 10_000, 0])
    parser.add_argument("--plot", type=Path, help="image of all results in the file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cache: dict[str, Any] = {}
    if arguments.results.exists():
        cache = json.loads(arguments.results.read_text())
    for name in arguments.sets:
        data = SETS[name]()
        n_all = len(data.y) - N_TEST
        for n in [n for n in arguments.rows if n < n_all]:  # 0: all
            for model in MODELS:
                if model == "NB bag" and len(np.unique(data.y)) > 2:
                    continue
                for seed in SEEDS:
                    key = f"{name} | {n} | {model} | {seed}"
                    if key not in cache:
                        cache[key] = result(model, data, n or n_all, seed)
                        arguments.results.write_text(json.dumps(cache, indent=0))
    print(table(cache, arguments.sets, arguments.rows))
    if arguments.plot:
        plot(cache, arguments.plot)


if __name__ == "__main__":
    main()
