"""Rows and items cut into stretches, and functions called side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread, get_ident
from time import sleep

import numpy as np
import pytest

from textvec._kernels._threads import (
    MIN_ITEMS_PER_THREAD,
    Team,
    in_stretches,
    in_threads,
    shares,
    stretches,
    submit,
)


@pytest.mark.parametrize("per_item", [1, 4])
@pytest.mark.parametrize("n_threads", [1, 2, 7])
def test_stretches_are_all_rows_in_order(n_threads, per_item):
    lengths = np.random.default_rng(0).integers(0, 4 * MIN_ITEMS_PER_THREAD, size=30)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    cut = stretches(offsets, n_threads, per_item=per_item)
    assert len(cut) == n_threads
    assert [row for first, last in cut for row in range(first, last)] == list(range(30))
    items = [offsets[last] - offsets[first] for first, last in cut]
    assert max(items) <= offsets[-1] / n_threads + 2 * lengths.max()


def test_little_work_is_for_one_thread():
    assert stretches(np.array([0, MIN_ITEMS_PER_THREAD]), 8) == [(0, 1)]
    assert stretches(np.array([0]), 8) == [(0, 0)]
    assert shares(MIN_ITEMS_PER_THREAD * 2 - 1, 8) == [(0, MIN_ITEMS_PER_THREAD * 2 - 1)]
    assert len(shares(MIN_ITEMS_PER_THREAD * 2, 8)) == 2


@pytest.mark.parametrize("n_threads", [None, 1, 2])
def test_results_come_in_order(n_threads):
    results = in_threads([lambda i=i: (i, get_ident()) for i in range(5)], n_threads)
    assert [i for i, _ in results] == list(range(5))
    threads = {thread for _, thread in results}
    assert (get_ident() in threads) == (n_threads != 2)
    assert in_stretches(lambda first, last: last - first, [(0, 2), (2, 7)]) == [2, 5]


def test_an_error_of_any_thread_is_raised():
    with pytest.raises(ZeroDivisionError):
        in_threads([lambda: 1, lambda: 1 // 0])


def test_a_call_is_made_at_once_by_a_pool_that_has_ended():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    assert submit(pool, max, 1, 2).result() == 2


def test_a_call_that_waits_for_a_thread_is_not_made_twice(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    calls = []
    monkeypatch.setattr(Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        submit(ThreadPoolExecutor(1), calls.append, 1)
    assert not calls


def test_a_team_works_in_rounds_and_waits_for_all_before_it_raises():
    team, done = Team(3), []
    assert [team.call([lambda i=i: i for i in range(n)]) for n in (3, 1, 0, 2)] == [
        [0, 1, 2],
        [0],
        [],
        [0, 1],
    ]

    def slow():
        sleep(0.05)
        done.append(True)

    with pytest.raises(ZeroDivisionError):
        team.call([lambda: 1 // 0, slow, slow])
    assert done == [True, True]
