"""What growing data costs: time and memory by steps of a row, vocabulary and rows.

Each figure is that of a fresh process: seconds of `fit` (one pass, or a vectorizer's
fit_transform) and of `predict` (`transform`), and how far the process' memory rises meanwhile above
what it held with the data ready. A slope of 1 in the plot is linear growth; below, something that
does not grow still counts. Slopes are over the upper 1.5 decades. Linux.

    python benchmarks/growth.py [--quick] [network steps ...]

What to expect: time and memory linear in rows and steps. In the vocabulary, `fit` of a network
costs vocabulary times batches, for the optimizer and the clipping of gradients pass over the whole
embedding at every batch; its memory is four tables: weights, gradients and Adam's two moments.
`predict` does not depend on the vocabulary. By steps it grows a little faster than they do, since
fewer long rows share a batch.

Takes ten minutes of one core; `--quick` a part of the sizes, in two. Words after it choose what is
measured. The table is printed, the plot saved as growth.png.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

# Sizes of each axis, and what stays the same meanwhile.
AXES = {
    "steps": (
        [100, 300, 1_000, 3_000, 10_000],
        "1,000 rows for the vectorizer, 32 for the network; 1,000 words",
    ),
    "vocabulary": (
        [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
        "50,000 rows of 20 for the vectorizer, 512 for the network",
    ),
    "rows": (
        [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
        "10 steps, 1,000 words",
    ),
}
SUBJECTS = ("network", "vectorizer")
KINDS = ("fit", "predict")
NAMES = {
    ("network", "fit"): "network fit",
    ("network", "predict"): "network predict",
    ("vectorizer", "fit"): "vectorizer fit_transform",
    ("vectorizer", "predict"): "vectorizer transform",
}
# Faster runs are repeated, and the fastest counts.
ENOUGH_SECONDS, REPEATS = 1.0, 3


def sizes_of(axis: str, size: int, subject: str) -> tuple[int, int, int]:
    """Return number of rows, steps and words of one point."""
    if axis == "steps":
        return (32 if subject == "network" else 1_000), size, 1_000
    if axis == "rows":
        return size, 10, 1_000
    return (512 if subject == "network" else 50_000), 20, size


def network(n_rows: int, n_steps: int, n_words: int, kind: str) -> Callable[[], Any]:
    """Return what is to be measured of a recurrent network on ids."""
    from textvec import Ragged, RNNClassifier

    rng = np.random.default_rng(0)

    def rows(n: int) -> Ragged:
        ids = rng.integers(2, n_words, size=n * n_steps, dtype=np.int32)
        return Ragged(ids, np.arange(n + 1) * n_steps, n_ids=n_words)

    few, X, y = rows(16), rows(n_rows), np.arange(n_rows) % 2
    model = RNNClassifier(
        cell="gru",
        embedding_dim=8,
        hidden_size=8,
        batch_size=16 if n_rows < 100 else 32 if n_rows < 1_000 else 256,
        max_iter=1,
        random_state=0,
    )
    if kind == "predict":
        model.fit(few, y[:16])
        return lambda: model.predict(X)
    # What torch loads and keeps once is no cost of the data.
    model.fit(Ragged.from_rows([[2, 3], [3, 2]]), [0, 1])
    return lambda: model.fit(X, y)


def vectorizer(n_rows: int, n_steps: int, n_words: int, kind: str) -> Callable[[], Any]:
    """Return what is to be measured of tokenizing and numbering words."""
    from textvec import SequenceVectorizer

    words = [f"w{i}" for i in range(n_words)]
    rng = np.random.default_rng(0)
    documents = [
        " ".join([words[i] for i in rng.integers(n_words, size=n_steps)]) for _ in range(n_rows)
    ]
    model = SequenceVectorizer().fit(documents[:10])
    if kind == "predict":
        model.fit(documents)
        return lambda: model.transform(documents)
    return lambda: model.fit_transform(documents)


def peak_mb() -> float:
    """Return the greatest resident memory of this process since its record was cleared."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def measure(subject: str, axis: str, size: int, kind: str) -> dict[str, float]:
    """Measure one point in this process."""
    make = network if subject == "network" else vectorizer
    run = make(*sizes_of(axis, size, subject), kind)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, seconds = peak_mb(), []
    while len(seconds) < REPEATS and sum(seconds) < ENOUGH_SECONDS:
        start = perf_counter()
        run()
        seconds.append(perf_counter() - start)
    return {"seconds": min(seconds), "mb": peak_mb() - before}


def measured(*point: Any) -> dict[str, float]:
    """Measure one point in a fresh process."""
    command = [sys.executable, __file__, "--point", *map(str, point)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


def slope(sizes: list[int], values: list[float], least: float) -> float:
    """Return the slope of the upper 1.5 decades in a plot of logarithms; NaN if hardly anything."""
    upper = [(s, v) for s, v in zip(sizes, values, strict=True) if s >= sizes[-1] / 32]
    if min(v for _, v in upper) < least:
        return float("nan")
    return float(np.polyfit(*np.log(np.array(upper)).T, 1)[0])


def plot(results: dict[tuple[str, str, str], list[dict[str, float]]], sizes: Any) -> None:
    """Draw time above memory, a column for each axis."""
    import matplotlib.pyplot as plt

    drawn = [axis for axis in AXES if any(of == axis for _, of, _ in results)]
    figure, grid = plt.subplots(2, len(drawn), figsize=(4 * len(drawn), 7), squeeze=False)
    for column, axis in zip(grid.T, drawn, strict=True):
        line = np.array([sizes[axis][0], sizes[axis][-1]])
        for axes, unit, least in zip(column, ("seconds", "mb"), (1e-5, 0.1), strict=True):
            highest = least
            for (subject, of, kind), points in results.items():
                if of == axis:
                    values = [max(point[unit], least) for point in points]
                    highest = max(highest, *values)
                    axes.loglog(sizes[axis], values, "o-", label=NAMES[subject, kind], markersize=3)
            axes.loglog(line, highest * line / line[-1], "--", color="grey", label="linear")
            axes.set_ylabel("MB" if unit == "mb" else unit)
        column[1].set_xlabel(axis)
    grid[0, 0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig("growth.png", dpi=150)
    print("plot saved as growth.png")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--point", nargs=4)
    parser.add_argument("chosen", nargs="*", choices=[*SUBJECTS, *AXES, []])
    arguments = parser.parse_args()
    if arguments.point:
        subject, axis, size, kind = arguments.point
        print(json.dumps(measure(subject, axis, int(size), kind)))
        return
    chosen = arguments.chosen
    limit = {"steps": 1_000, "vocabulary": 100_000, "rows": 30_000}
    sizes = {
        axis: [s for s in AXES[axis][0] if not arguments.quick or s <= limit[axis]] for axis in AXES
    }
    results: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    for axis in [a for a in AXES if a in chosen or not {*AXES} & {*chosen}]:
        for subject in [s for s in SUBJECTS if s in chosen or not {*SUBJECTS} & {*chosen}]:
            for kind in KINDS:
                points = [measured(subject, axis, size, kind) for size in sizes[axis]]
                results[subject, axis, kind] = points
                print(f"\n{NAMES[subject, kind]} by {axis} ({AXES[axis][1]})")
                for size, p in zip(sizes[axis], points, strict=True):
                    print(f"{size:>10,}  {p['seconds']:9.4f} s  {p['mb']:8.1f} MB", flush=True)
                time = slope(sizes[axis], [p["seconds"] for p in points], 0.0)
                memory = slope(sizes[axis], [p["mb"] for p in points], 1.0)
                print(f"{'slope':>10}  {time:9.2f}    {memory:8.2f}")
    plot(results, sizes)


if __name__ == "__main__":
    main()
