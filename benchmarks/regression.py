"""RNNRegressor by its defaults, beside ridge regression on tf-idf: numbers of texts and series.

    TEXTVEC_DATA=folder python benchmarks/regression.py [--sets NAME ...] [--seeds 2]

R2 by cross-validation in three folds, the mean over seeds: ratings of films from 1 to 10 (of 450
and of 1,500 training reviews of IMDb, their first 250 words), how near the meanings of two
sentences are (SICK, 3,000 pairs), and two functions of made-up series of 5 to 29 numbers, their sum
and the product of the last two. ``plain`` is one direction of 64 units and its last hidden state,
at a learning rate of 1e-3. CPU seconds of all fits of a seed are in brackets.

Takes five minutes of one core.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from defaults import BEFORE
from numpy.typing import NDArray
from public_sets import folder
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from textvec import (
    Ragged,
    RNNRegressor,
    SequenceTruncator,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
)

LONGEST = 250


class Numbers(NamedTuple):
    """Rows, texts or series, and a number for each."""

    X: Any
    y: NDArray[np.float64]

    @property
    def are_texts(self) -> bool:
        """Whether rows are read by words."""
        return isinstance(self.X, list)


def ratings(n_rows: int) -> Numbers:
    frame = pd.read_csv(folder() / "imdb_train.csv.xz", keep_default_na=False)
    frame = frame.sample(n_rows, random_state=0)
    return Numbers(list(frame["text"]), frame["rating"].to_numpy(float))


def relatedness() -> Numbers:
    frame = pd.read_csv(folder() / "sick_train.tsv.gz", sep="\t").sample(3000, random_state=0)
    texts = frame["sentence_A"] + " versus " + frame["sentence_B"]
    return Numbers(list(texts), frame["relatedness_score"].to_numpy(float))


def series(number: Callable[[NDArray[np.float64]], float]) -> Numbers:
    rng = np.random.default_rng(0)
    rows = [rng.uniform(-1, 1, size=rng.integers(5, 30)) for _ in range(1000)]
    return Numbers(Ragged.from_rows(rows), np.array([number(row) for row in rows]))


SETS: dict[str, Callable[[], Numbers]] = {
    "ratings 300": lambda: ratings(450),
    "ratings 1,000": lambda: ratings(1500),
    "relatedness": relatedness,
    "series, sum": lambda: series(np.sum),
    "series, end": lambda: series(lambda row: row[-1] * row[-2]),
}
NETWORKS: dict[str, dict[str, Any]] = {"default": {}, "wide=0": {"wide": 0}, "plain": BEFORE}


def network(of_texts: bool, seed: int, options: dict[str, Any]) -> Any:
    regressor = RNNRegressor(random_state=seed, **options)
    if not of_texts:
        return regressor
    steps = WordTokenizer(), SequenceVectorizer(), SequenceTruncator(LONGEST)
    return make_pipeline(*steps, regressor)


def ridge() -> Any:
    bag = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(WordTokenizer(), bag, Ridge(alpha=1))


def r2(model: Any, numbers: Numbers) -> float:
    folds = KFold(3, shuffle=True, random_state=0)
    return float(r2_score(numbers.y, cross_val_predict(model, numbers.X, numbers.y, cv=folds)))


def figures(name: str, n_seeds: int) -> str:
    """Return a line of a table: R2 of each model, and seconds of the CPU."""
    numbers = SETS[name]()
    cells = [f"{r2(ridge(), numbers):.3f}" if numbers.are_texts else ""]
    for kind, options in NETWORKS.items():
        if kind == "wide=0" and not numbers.are_texts:  # which is what the default is
            cells.append("")
            continue
        start = process_time()
        scores = [r2(network(numbers.are_texts, s, options), numbers) for s in range(n_seeds)]
        cells.append(f"{np.mean(scores):.3f} ({(process_time() - start) / n_seeds:.0f} s)")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, default=2)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", message="X holds floats, read as series")
    print(f"| | ridge | {' | '.join(NETWORKS)} |\n|{' --- |' * (2 + len(NETWORKS))}")
    for name in args.sets:
        print(figures(name, args.seeds), flush=True)


if __name__ == "__main__":
    main()
