"""Rows shared out among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Below this a second thread costs more than it saves.
_MIN_ITEMS_PER_THREAD = 1 << 14


def stretches(offsets: NDArray[np.int64], n_threads: int) -> list[tuple[int, int]]:
    """Cut rows into one stretch a thread, of about as many items each.

    Parameters
    ----------
    offsets : ndarray of shape (n_rows + 1,), int64
        Where each row begins.
    n_threads : int
        Greatest number of stretches; few items make fewer.

    Returns
    -------
    list of tuple of int
        The first row of each stretch, and the one behind its last.
    """
    n_rows, n_items = len(offsets) - 1, int(offsets[-1])
    n_parts = min(n_threads, n_items // _MIN_ITEMS_PER_THREAD)
    if n_parts < 2:
        return [(0, n_rows)]
    ends = np.searchsorted(offsets, [n_items * i // n_parts for i in range(1, n_parts)])
    return list(pairwise([0, *np.minimum(ends, n_rows).tolist(), n_rows]))


def shares(n_items: int, n_threads: int) -> list[tuple[int, int]]:
    """Cut items into one stretch a thread, of about as many each; few items make fewer."""
    n_parts = max(1, min(n_threads, n_items // _MIN_ITEMS_PER_THREAD))
    return list(pairwise(n_items * i // n_parts for i in range(n_parts + 1)))


def in_threads(
    call: Callable[[Any], object], jobs: Sequence[Any], n_threads: int | None = None
) -> None:
    """Call a function, which lets go of the GIL, on every job.

    Each job has a thread of its own, the first one this thread, unless `n_threads` says how many
    take turns at them.
    """
    if len(jobs) == 1 or n_threads == 1:
        for job in jobs:
            call(job)
        return
    here, others = (jobs[:1], jobs[1:]) if n_threads is None else ([], jobs)
    with ThreadPoolExecutor(n_threads or len(others)) as pool:
        results = pool.map(call, others)
        for job in here:
            call(job)
        for _ in results:
            pass
