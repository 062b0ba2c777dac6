"""Which model when: bags, averaged words and networks on 100 to all rows of public sets.

    TEXTVEC_DATA=folder python benchmarks/which_model.py results.json [--sets MR] [--rows 100 1000]
        [--models bag RNN] [--seeds 0 1 2] [--plot which_model.png]

Each model learns from some rows and is scored on 1,000 others, by three seeds, which draw both.
``all`` is what a set has beyond those; 0 stands for it in ``--rows``. Two tables: the mean
accuracies and their ranges, a row for each set and number of rows, a column for each model; and
what the largest fits of each set cost: CPU seconds, peak memory beyond what the process held
before (Linux only), and milliseconds of a prediction for one document.

Each fit has a process of its own. Results are kept in the file, with which an interrupted run goes
on; tables and ``--plot`` show all of them. ``benchmarks/results/which_model.json`` has those of the
guide, which ``--sets`` without a name shows. Begin with OMP_NUM_THREADS=1. Keras and fastText are
left out where they are not installed, the language model on sets of long documents, where it takes
hours (see language_model.py).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
import torch._dynamo  # loaded by the first optimizer of a process: here, for all fits
from measuring import resident_mb
from other_classifiers import FastTextClassifier, KerasClassifier, import_keras
from public_sets import SETS, LabelledSet, folder
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import Normalizer

from textvec import (
    CountVectorizer,
    EmbeddingVectorizer,
    NBLogCountRatio,
    RNNClassifier,
    RNNLanguageModel,
    SequenceMLPClassifier,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    WordVectors,
)

SEEDS, N_TEST, LONGEST = (0, 1, 2), 1000, 400
TEXT = ["sentences", "MR", "MPQA", "SMS", "genres", "newsgroups", "IMDb"]
LONG = {"newsgroups", "IMDb"}


@dataclass(frozen=True)
class Case:
    """A model on some rows of a set; the seed draws rows and weights."""

    data: str
    n_rows: int  # 0: all
    model: str
    seed: int

    @property
    def key(self) -> str:
        """Return the name of the result in the file."""
        return f"{self.data} | {self.n_rows} | {self.model} | {self.seed}"

    @staticmethod
    def of_key(key: str) -> Case:
        """Return the case of a result."""
        data, n_rows, model, seed = key.split(" | ")
        return Case(data, int(n_rows), model, int(seed))

    @property
    def runs(self) -> bool:
        """Whether the set has as many rows and the model is for it."""
        if self.model == LANGUAGE_MODEL and self.data in LONG:
            return False
        if self.model in MODULES and find_spec(MODULES[self.model]) is None:
            return False
        y = read(self.data).y
        is_for_two = self.model == "NB bag"
        return self.n_rows < len(y) - N_TEST and not (is_for_two and len(set(y)) > 2)


def bag(case: Case) -> Pipeline:
    tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(tfidf, LogisticRegression(C=30, max_iter=1000))


def nb_bag(case: Case) -> Pipeline:
    counts = CountVectorizer(ngram_range=(1, 2), binary=True)
    linear = LogisticRegression(C=30, max_iter=1000)
    return make_pipeline(WordTokenizer(), counts, NBLogCountRatio(), Normalizer(), linear)


def words_and_characters(case: Case) -> Pipeline:
    both = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2),
    )
    return make_pipeline(both, LogisticRegression(C=30, max_iter=1000))


def averaged(case: Case) -> Pipeline:
    mean = SequenceMLPClassifier(
        hidden_layer_sizes=(), embedding_dim=16, learning_rate_init=5e-3, random_state=case.seed
    )
    return make_pipeline(SequenceVectorizer(ngram_range=(1, 2)), mean)


def network(case: Case, wide: int = 0) -> Pipeline:
    rnn = RNNClassifier(wide=wide, random_state=case.seed)
    return make_pipeline(SequenceVectorizer(), SequenceTruncator(LONGEST), rnn)


def on_glove(case: Case) -> Pipeline:
    vectors = WordVectors.load(folder() / "glove.6B.50d.top40k.txt.gz")
    tuned = RNNClassifier(fine_tune=True, wide=0, random_state=case.seed)
    return make_pipeline(EmbeddingVectorizer(vectors), SequenceTruncator(LONGEST), tuned)


def from_language_model(case: Case) -> Pipeline:
    lm = language_model(case.data, case.seed).model
    rnn = RNNClassifier(
        init=FrozenEstimator(lm),
        bidirectional=False,
        pooling="concat",
        wide=0,
        random_state=case.seed,
    )
    return make_pipeline(FrozenEstimator(lm.vectorizer_), SequenceTruncator(LONGEST), rnn)


def vote(case: Case) -> VotingClassifier:
    models = [("bag", words_and_characters(case)), ("network", on_glove(case))]
    return VotingClassifier(models, voting="soft")


def fasttext(case: Case) -> Pipeline:
    return make_pipeline(WordTokenizer(), FastTextClassifier())


def keras(case: Case) -> Pipeline:
    import_keras()  # so that fit is not charged with it
    return make_pipeline(
        SequenceVectorizer(), SequenceTruncator(LONGEST), KerasClassifier(case.seed)
    )


LANGUAGE_MODEL = "RNN from LM"
MODELS: dict[str, Callable[[Case], Any]] = {
    "bag": bag,
    "NB bag": nb_bag,
    "words and characters": words_and_characters,
    "averaged words and pairs": averaged,
    "fastText": fasttext,
    "RNN": network,
    "Keras LSTM": keras,
    "RNN, wide=2": lambda case: network(case, wide=2),
    LANGUAGE_MODEL: from_language_model,
    "RNN on GloVe, tuned": on_glove,
    "vote of bag and GloVe": vote,
}
MODULES = {"fastText": "fasttext", "Keras LSTM": "keras"}


@cache
def read(name: str) -> LabelledSet:
    return SETS[name]()


def parts(name: str, seed: int) -> tuple[LabelledSet, LabelledSet]:
    """Return the rows that models may learn from, and those to be scored on."""
    data = read(name)
    rows = np.random.default_rng(seed).permutation(len(data.y))
    return data.take(rows[N_TEST:]), data.take(rows[:N_TEST])


@dataclass(frozen=True)
class Pretrained:
    """A language model, and the CPU seconds that it took."""

    model: RNNLanguageModel
    seconds: float


def pretrained(name: str, seed: int) -> Pretrained:
    lm = RNNLanguageModel(
        cell="lstm",
        embedding_dim=64,
        hidden_size=64,
        max_tokens=10_000,
        min_count=2,
        n_steps=40,
        dropout=0.2,
        learning_rate_init=5e-3,
        max_iter=5,
        random_state=seed,
    )
    start = process_time()
    lm.fit(parts(name, seed)[0].documents)
    return Pretrained(lm, process_time() - start)


@cache
def language_model(name: str, seed: int) -> Pretrained:
    """Learn from the texts of all rows that are not scored, without labels."""
    return in_process(pretrained, name, seed)


def in_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns in a process of its own, which begins as a copy of this."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        return pool.submit(work, *arguments).result()


def result(case: Case) -> dict[str, float]:
    """Fit to some rows, and score on others."""
    rest, test = parts(case.data, case.seed)
    train = rest.take(np.arange(case.n_rows or len(rest.y)))
    model = MODELS[case.model](case)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, start = resident_mb("VmRSS"), process_time()
    model.fit(train.documents, train.y)
    seconds, mb = process_time() - start, resident_mb("VmHWM") - before
    if case.model == LANGUAGE_MODEL:
        seconds += language_model(case.data, case.seed).seconds
    latencies = []
    for document in test.documents[:20]:
        begin = perf_counter()
        model.predict([document])
        latencies.append(perf_counter() - begin)
    accuracy = model.score(test.documents, test.y)
    ms = 1000 * median(latencies)
    return {"accuracy": accuracy, "seconds": seconds, "ms": ms, "mb": mb}


Results = dict[Case, dict[str, float]]


def found(results: Results, data: str, n_rows: int, model: str) -> list[dict[str, float]]:
    cases = [Case(data, n_rows, model, seed) for seed in SEEDS]
    return [results[case] for case in cases if case in results]


def accuracy_cell(found: list[dict[str, float]], best: float) -> str:
    if not found:
        return ""
    accuracies = [f["accuracy"] for f in found]
    mean = f"{np.mean(accuracies):.3f}"
    mean = f"**{mean}**" if float(np.mean(accuracies)) == best else mean
    if len(found) == 1:
        return f"{mean} (one seed)"
    reach = f"{mean} ± {(max(accuracies) - min(accuracies)) / 2:.3f}"
    return reach if len(found) == len(SEEDS) else f"{reach} ({len(found)} seeds)"


def cost_cell(found: list[dict[str, float]]) -> str:
    if not found:
        return ""
    seconds, mb, ms = (median(f[part] for f in found) for part in ("seconds", "mb", "ms"))
    return f"{seconds:.1f} s, {mb:.0f} MB, {ms:.1f} ms"


def row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def accuracies(results: Results) -> Iterator[str]:
    """Make the rows of a table of Markdown: accuracies, the best of each row in bold."""
    yield row(["set, rows", *MODELS])
    yield row(["---"] * (1 + len(MODELS)))
    for data in TEXT:
        sizes = sorted({c.n_rows for c in results if c.data == data}, key=lambda n: n or np.inf)
        for n in sizes:
            cells = [found(results, data, n, model) for model in MODELS]
            best = max(float(np.mean([f["accuracy"] for f in cell])) for cell in cells if cell)
            yield row([f"{data}, {n or 'all'}", *(accuracy_cell(cell, best) for cell in cells)])


def costs(results: Results) -> Iterator[str]:
    """Make the rows of a table: what the largest fits of each set cost."""
    sets = [data for data in TEXT if any(case.data == data for case in results)]
    largest = {
        data: max((c.n_rows for c in results if c.data == data), key=lambda n: n or np.inf)
        for data in sets
    }
    yield row(["", *(f"{data}, {n or 'all'}" for data, n in largest.items())])
    yield row(["---"] * (1 + len(sets)))
    for model in MODELS:
        cells = (cost_cell(found(results, data, n, model)) for data, n in largest.items())
        yield row([model, *cells])


def plot(results: Results, path: Path) -> None:
    """Draw the mean accuracy and its range by the number of rows, a panel for each set."""
    sets = [data for data in TEXT if any(case.data == data for case in results)]
    figure, panels = plt.subplots(
        1, len(sets), figsize=(3.2 * len(sets), 4.0), squeeze=False, layout="constrained"
    )
    colors = [*plt.get_cmap("tab10").colors, "black"]
    for axes, data in zip(panels[0], sets, strict=True):
        sizes = sorted({c.n_rows for c in results if c.data == data}, key=lambda n: n or np.inf)
        for i, model in enumerate(MODELS):
            cells = {n: found(results, data, n, model) for n in sizes}
            points = {n: [f["accuracy"] for f in cell] for n, cell in cells.items() if cell}
            means = np.array([np.mean(a) for a in points.values()])
            reach = [(np.mean(a) - min(a), max(a) - np.mean(a)) for a in points.values()]
            rows = [n or len(read(data).y) - N_TEST for n in points]
            apart = 1.03 ** (i - len(MODELS) / 2)  # to be seen
            axes.errorbar(
                np.multiply(rows, apart),
                means,
                yerr=np.array(reach).T if reach else None,
                label=model,
                color=colors[i],
                linewidth=1,
                marker=".",
                capsize=2,
            )
        axes.set(title=data, xscale="log", xlabel="training rows")
    panels[0, 0].set_ylabel("accuracy on 1,000 other rows")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--sets", nargs="*", default=TEXT[:4], choices=TEXT)
    parser.add_argument("--rows", nargs="*", type=int, default=[100, 1000, 3000, 10_000, 0])
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--seeds", nargs="*", type=int, default=SEEDS, choices=SEEDS)
    parser.add_argument("--plot", type=Path, help="image of all results in the file")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept: dict[str, Any] = {}
    if args.results.exists():
        kept = json.loads(args.results.read_text())
    for data in args.sets:
        for case in cases(data, args):
            if case.key not in kept:
                if case.model == LANGUAGE_MODEL:
                    language_model(case.data, case.seed)  # here, for all processes to come
                kept[case.key] = in_process(result, case)
                args.results.write_text(json.dumps(kept, indent=0))
    results = {Case.of_key(key): value for key, value in kept.items()}
    print(*accuracies(results), "", *costs(results), sep="\n")
    if args.plot:
        plot(results, args.plot)


def cases(data: str, args: argparse.Namespace) -> Iterator[Case]:
    """List what is to be measured on a set."""
    for n in args.rows:
        for model in args.models:
            for seed in args.seeds:
                if (case := Case(data, n, model, seed)).runs:
                    yield case


if __name__ == "__main__":
    main()
