"""Work shared out among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from itertools import pairwise
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

# To start and join a thread takes about 0.1 ms, in which one thread counts, names or writes some
# ten thousand items: with fewer for each, a second thread costs more than it saves.
MIN_ITEMS_PER_THREAD = 1 << 14
# A tokenizer reads so many characters in the time of one such item.
CHARACTERS_PER_ITEM = 4


def stretches(
    offsets: NDArray[np.int64], n_threads: int, *, per_item: int = 1
) -> list[tuple[int, int]]:
    """Cut rows into one stretch a thread, of about as many items each.

    Parameters
    ----------
    offsets : ndarray of shape (n_rows + 1,), int64
        Where each row begins.
    n_threads : int
        Greatest number of stretches; few items make fewer.
    per_item : int, default=1
        How many of what the offsets count are as much work as one item.

    Returns
    -------
    list of tuple of int
        The first row of each stretch, and the one behind its last.
    """
    n_rows, n_items = len(offsets) - 1, int(offsets[-1])
    n_parts = min(n_threads, n_items // (MIN_ITEMS_PER_THREAD * per_item))
    if n_parts < 2:
        return [(0, n_rows)]
    ends = np.searchsorted(offsets, [n_items * i // n_parts for i in range(1, n_parts)])
    return list(pairwise([0, *np.minimum(ends, n_rows).tolist(), n_rows]))


def shares(n_items: int, n_threads: int) -> list[tuple[int, int]]:
    """Cut items into one stretch a thread, of about as many each; few items make fewer."""
    n_parts = max(1, min(n_threads, n_items // MIN_ITEMS_PER_THREAD))
    return list(pairwise(n_items * i // n_parts for i in range(n_parts + 1)))


def submit(
    pool: ThreadPoolExecutor,
    call: Callable[_Arguments, _Result],
    *args: _Arguments.args,
    **kwargs: _Arguments.kwargs,
) -> Future[_Result]:
    """Submit a call to threads, or call at once when the interpreter ends, as in :mod:`atexit`."""
    try:
        return pool.submit(call, *args, **kwargs)
    except RuntimeError as error:
        if not str(error).startswith("cannot schedule"):  # one that waits for a thread may yet run
            raise
        done: Future[_Result] = Future()
        done.set_result(call(*args, **kwargs))
        return done


class Team:
    """Threads that stay for several rounds of work, and begin with the first that needs them."""

    def __init__(self, n_threads: int):
        self.n_threads = n_threads
        self._others: ThreadPoolExecutor | None = None

    def call(self, calls: Sequence[Callable[[], _Result]]) -> list[_Result]:
        """Call functions, not more than threads, side by side; return their results in order."""
        if len(calls) < 2:
            return [call() for call in calls]
        if self._others is None:
            self._others = ThreadPoolExecutor(self.n_threads - 1)
        futures = [submit(self._others, call) for call in calls[1:]]
        try:
            first = calls[0]()
        finally:
            wait(futures)  # no thread is at work on what the caller may free
        return [first, *(future.result() for future in futures)]


def in_threads(
    calls: Sequence[Callable[[], _Result]], n_threads: int | None = None
) -> list[_Result]:
    """Call functions that release the GIL side by side; return their results in order.

    Each has a thread of its own, the first one this thread, unless `n_threads` says how many
    threads take turns at them.
    """
    if len(calls) < 2 or n_threads == 1:
        return [call() for call in calls]
    here, others = (calls[:1], calls[1:]) if n_threads is None else ([], calls)
    with ThreadPoolExecutor(n_threads or len(others)) as pool:
        futures = [submit(pool, call) for call in others]
        return [call() for call in here] + [future.result() for future in futures]


def in_stretches(
    call: Callable[[int, int], _Result], stretches: Sequence[tuple[int, int]]
) -> list[_Result]:
    """Call a function with the ends of each stretch, side by side."""
    return in_threads([partial(call, first, last) for first, last in stretches])
