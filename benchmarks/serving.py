"""Single requests: ours and the peer's call on one document, in turns.

Run with::

    OMP_NUM_THREADS=1 python benchmarks/serving.py [--rounds 21] [--only REGEX]

Both contestants of a line run in this process and take turns; each turn is as many calls as take
about 20 ms, and the median turn is printed. On a busy machine the ratios hold, the microseconds do
not. Where a line says so, the two results are compared before anything is timed.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction import text as reference

import textvec

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


# Each makes the contests of one part of the library when its turn comes.
PARTS: list[Callable[[], Iterator[Contest]]] = [bags]


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
