"""What several benchmarks share: contestants that take turns, memory, and the reviews."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

import pandas as pd


def medians(
    contestants: Mapping[str, Callable[[], object]],
    repeat: int,
    *,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """Return the median seconds of each, every round running all of them once."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeat):
        for name, call in contestants.items():
            start = clock()
            call()
            seconds[name].append(clock() - start)
    return {name: median(times) for name, times in seconds.items()}


def resident_mb(field: str) -> float:
    """Return the megabytes of this process that Linux counts as VmRSS, or as the peak, VmHWM."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024 / 1e6


def load_reviews() -> list[str]:
    folder = os.environ.get("TEXTVEC_DATA")
    if not folder:
        raise SystemExit("TEXTVEC_DATA must name the folder that holds imdb_train.csv.xz")
    return pd.read_csv(Path(folder, "imdb_train.csv.xz"))["text"].tolist()
