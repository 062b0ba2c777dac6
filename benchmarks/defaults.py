"""The evidence for the defaults of networks: settings by cross-validation on public sets.

    TEXTVEC_DATA=folder python benchmarks/defaults.py cache.json [--sets MR SMS] [--settings ...]
        [--kept]

Each setting of ``SETTINGS`` trains on two thirds of up to 3,000 training rows of each set, three
times, each with a seed of its own, and is scored on the third; of a set with a number in its name,
on so many rows, and is scored on 1,500 others, of IMDb on reviews of other films. Test parts are
never read. Results are kept in the file, so that a run that is interrupted, or has new settings,
goes on from there; with ``--kept`` the table is made of what the file has, and nothing is run.
``benchmarks/results/defaults.json`` has the results that the guide quotes.

The table has the mean accuracy of each set (of chunks: of the tags); how far apart from the bag of
words and pairs it is on the sets of text that have been run, in the mean and on the worst; and the
CPU seconds of training relative to ``before``, the defaults of the first months, as they train
today (``time``) and as they trained then, when gradients of LSTMs were torch's (``former``:
``before, by torch``). Below stands the mean rank over the sets that all networks have been run on.
Begin with OMP_NUM_THREADS=1, else CPU seconds are those of threads that wait. Networks read whole
documents. Times are compared only where both settings have them: the kept results have none of
other machines than the one on which settings took turns.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any
from unittest import mock

import numpy as np
import torch
import torch._dynamo  # loaded by the first optimizer of a process: here, so that no fit pays for it
from public_sets import SETS, LabelledSet
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer

from textvec import (
    CountVectorizer,
    NBLogCountRatio,
    RNNClassifier,
    RNNTagger,
    SequenceVectorizer,
    TfidfVectorizer,
)
from textvec.networks import _parts
from textvec.nn import _recurrent_stack, learned_embedding
from textvec.nn._lstm_training import lstm_trains_on_cpu

N_ROWS, N_FOLDS = 3000, 3
BAGS = ("bag", "NB bag")
FORMER = "before, by torch"
# Sets of which other numbers of rows are for training.
ROWS = {
    "MR 300": 300,
    "sentences 300": 300,
    "newsgroups 500": 500,
    "IMDb 300": 300,
    "IMDb 1,000": 1000,
    "IMDb 5,000": 5000,
}
N_VALID, N_STRETCHES = 1500, 5
NAMES = [name for name in SETS if name not in ("genres", "IMDb")] + list(ROWS)


@dataclass(frozen=True)
class Setting:
    """Parameters of a network, the bound of its embedding's first values, and whose gradients."""

    parameters: dict[str, Any] = field(default_factory=dict)
    bound: float | None = None
    torch_gradients: bool = False


# Every parameter that is ever set below: settings do not depend on the defaults of today.
BEFORE = {
    "learning_rate": "constant",
    "learning_rate_init": 1e-3,
    "average": False,
    "pooling": "last",
    "bidirectional": False,
    "hidden_size": 64,
    "dropout": 0.0,
    "token_dropout": 0.0,
    "wide": 0,
}
LINEAR = {**BEFORE, "learning_rate": "linear", "learning_rate_init": 3e-3}
DROPPED = {**LINEAR, "pooling": "max", "token_dropout": 0.1, "dropout": 0.3}
BOTH = {**DROPPED, "token_dropout": 0.2, "bidirectional": True, "hidden_size": 32}
CONSTANT = {**BOTH, "learning_rate": "constant", "learning_rate_init": 1e-3}
AVERAGED = {**CONSTANT, "average": True}
SETTINGS = {
    "before": Setting(BEFORE),
    FORMER: Setting(BEFORE, torch_gradients=True),
    "one way": Setting(DROPPED),
    "one way, mean": Setting({**DROPPED, "pooling": "mean"}),
    "one way, both": Setting({**DROPPED, "pooling": ("mean", "max")}),
    "one way, GRU": Setting({**DROPPED, "cell": "gru"}),
    "64 each, 5 epochs": Setting(
        {**DROPPED, "bidirectional": True, "max_iter": 5},
    ),
    "linear 3e-3": Setting(BOTH),
    "linear, spread 0.2": Setting(BOTH, 0.2),
    "linear, dropout 0.5": Setting({**BOTH, "dropout": 0.5}),
    "constant 1e-3": Setting(CONSTANT),
    "average 1e-3": Setting(AVERAGED),
    "average 3e-3": Setting({**AVERAGED, "learning_rate_init": 3e-3}),
    "average 5e-3": Setting({**AVERAGED, "learning_rate_init": 5e-3}),
    "wide, 3e-3": Setting({**AVERAGED, "learning_rate_init": 3e-3, "wide": 2}),
    # The defaults for text.
    "wide, 5e-3": Setting({**AVERAGED, "learning_rate_init": 5e-3, "wide": 2}),
    "wide, spread 0.2": Setting({**AVERAGED, "learning_rate_init": 5e-3, "wide": 2}, 0.2),
}


def model_of(name: str, kind: str, setting: Setting | None, seed: int) -> Any:
    """Make the model of a setting for rows of a kind; None where it is for other rows."""
    if setting is None:
        return bag(name) if kind in ("text", "symbols") else None
    parameters = {**setting.parameters, "random_state": seed}
    if kind == "tags":
        for other in ("pooling", "wide", "bidirectional", "hidden_size"):
            parameters.pop(other, None)
        return make_pipeline(SequenceVectorizer(), RNNTagger(**parameters))
    if kind == "series":
        parameters.pop("wide", None)
        return RNNClassifier(**parameters)
    return make_pipeline(SequenceVectorizer(), RNNClassifier(**parameters))


def bag(name: str) -> Pipeline:
    """Make the bag of words and pairs that networks are compared with."""
    if name == "bag":
        tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        return make_pipeline(tfidf, LogisticRegression(C=30, max_iter=1000))
    counts = CountVectorizer(ngram_range=(1, 2), binary=True)
    linear = LogisticRegression(C=30, max_iter=1000)
    one_class = make_pipeline(NBLogCountRatio(), Normalizer(), linear)
    return make_pipeline(counts, OneVsRestClassifier(one_class))


def result(name: str, train: LabelledSet, valid: LabelledSet, seed: int) -> dict[str, float] | None:
    """Fit and score; return None where there is no such model for such rows."""
    setting = SETTINGS.get(name)
    model = model_of(name, train.kind, setting, seed)
    if model is None:
        return None
    start = process_time()
    with patched(setting or Setting()):
        model.fit(train.X, train.y)
    seconds = process_time() - start
    return {"score": float(model.score(valid.X, valid.y)), "seconds": seconds}


@contextmanager
def patched(setting: Setting) -> Iterator[None]:
    """Change what no parameter of a network changes."""

    def embedding(*args: Any, **kwargs: Any) -> Any:
        return learned_embedding(*args, **{**kwargs, **bound})

    def by_own_loop(*args: Any) -> bool:
        return not setting.torch_gradients and lstm_trains_on_cpu(*args)

    bound = {} if setting.bound is None else {"bound": setting.bound}
    with (
        mock.patch.object(_parts, "learned_embedding", embedding),
        mock.patch.object(_recurrent_stack, "lstm_trains_on_cpu", by_own_loop),
    ):
        yield


def folds(name: str, data: LabelledSet) -> Iterator[tuple[LabelledSet, LabelledSet]]:
    """Yield parts to train and to validate on."""
    if name in ROWS:
        for seed in range(N_FOLDS):
            yield few_and_others(name, data, seed)
        return
    rows = np.random.default_rng(0).permutation(len(data.y))[:N_ROWS]
    data = data.take(rows)
    splitter = KFold if data.kind == "tags" else StratifiedKFold
    for train, valid in splitter(N_FOLDS, shuffle=True, random_state=0).split(rows, data.y):
        yield data.take(train), data.take(valid)


def few_and_others(name: str, data: LabelledSet, seed: int) -> tuple[LabelledSet, LabelledSet]:
    """Draw some rows to train on, and others; the reviews of IMDb are sorted by label and film."""
    rng = np.random.default_rng(seed)
    rows, others = np.arange(len(data.y)), np.zeros(len(data.y), bool)
    if name.startswith("IMDb"):  # of each label a stretch, of films that have no other reviews
        for label in np.unique(data.y):
            others[np.array_split(rows[data.y == label], N_STRETCHES)[seed]] = True
    else:
        others[rng.permutation(rows)[:N_VALID]] = True
    train = rng.permutation(rows[~others])[: ROWS[name]]
    return data.take(train), data.take(rng.permutation(rows[others])[:N_VALID])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--sets", nargs="*", default=NAMES, choices=NAMES)
    parser.add_argument("--settings", nargs="*", default=[*BAGS, *SETTINGS])
    parser.add_argument("--seeds", type=int, default=N_FOLDS)
    parser.add_argument("--kept", action="store_true", help="run nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cache: dict[str, Any] = {}
    if arguments.cache.exists():
        cache = json.loads(arguments.cache.read_text())
    for name in arguments.sets if not arguments.kept else ():
        data = SETS[name.split()[0]]()
        for seed, (train, valid) in enumerate(folds(name, data)):
            for setting in arguments.settings:
                key = f"{setting} | {name} | {seed}"
                if key not in cache and seed < arguments.seeds:
                    cache[key] = result(setting, train, valid, seed)
                    arguments.cache.write_text(json.dumps(cache, indent=0))
    warnings.simplefilter("ignore", RuntimeWarning)  # means of sets without a result
    print(table(cache, arguments.settings, arguments.sets, arguments.seeds))


def table(cache: dict[str, Any], settings: list[str], sets: list[str], seeds: int) -> str:
    """Return the table of all results."""

    def scores(setting: str, field: str = "score") -> np.ndarray[Any, Any]:
        found = [[cache.get(f"{setting} | {n} | {s}") for s in range(seeds)] for n in sets]
        return np.array([[(f or {}).get(field, np.nan) for f in row] for row in found])

    def ratio(setting: str, base: str) -> float:
        seconds, others = scores(setting, "seconds"), scores(base, "seconds")
        both = ~np.isnan(seconds + others)
        return float(seconds[both].sum() / others[both].sum()) if both.any() else np.nan

    mark = scores("bag")
    text = np.array([n not in ("splice", "chunks", "vowels") for n in sets])
    lines = [" " * 20 + "".join(f"{n[-9:]:>10}" for n in sets) + "    apart  worst   time former"]
    for setting in settings:
        found = scores(setting)
        apart = np.nanmean(np.where(np.isnan(found), np.nan, found - mark), axis=1)[text]
        times = [f"{ratio(setting, b):7.2f}".replace("nan", "  -") for b in ("before", FORMER)]
        cells = [f"{m:10.3f}" if np.isfinite(m) else " " * 9 + "-" for m in np.nanmean(found, 1)]
        lines.append(
            f"{setting:20}{''.join(cells)}{np.nanmean(apart):9.4f}{np.nanmin(apart):7.3f}"
            + ("".join(times) if setting in SETTINGS else "")
        )
    networks = [s for s in settings if s in SETTINGS]
    if not networks:
        return "\n".join(lines)
    whole = ~np.isnan(np.array([scores(s) for s in networks])).any(axis=(0, 2))
    if whole.any():
        ranks = rankdata([-scores(s)[whole] for s in networks], axis=0).mean(axis=(1, 2))
        lines.append(
            f"mean rank over {whole.sum()} sets and {seeds} seeds: "
            + ", ".join(f"{name} {rank:.2f}" for name, rank in zip(networks, ranks, strict=True))
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
