"""A function that hears no interruption reads in a thread; the one that called it hears them."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from textvec import SubwordTokenizer
from textvec.tokenizers._read_in_thread import read_in_thread

MANY = 5000  # items, more than wait to be read


@pytest.mark.parametrize("n_items", [0, 1, 256, MANY])
def test_it_reads_all_items_in_order(n_items):
    assert read_in_thread(list, range(n_items)) == list(range(n_items))


def test_items_are_made_in_this_thread():
    threads = set()

    def documents():
        threads.add(threading.get_ident())
        yield "low lower lowest"

    SubwordTokenizer("bpe", vocab_size=30).fit(documents())
    assert threads == {threading.get_ident()}


def test_errors_of_items_end_the_reading():
    n_read = []

    def items():
        yield from range(MANY)
        raise LookupError("no more")

    def read(given):
        n_read.append(0)
        for _ in given:
            n_read[0] += 1

    n_before = threading.active_count()
    with pytest.raises(LookupError, match="no more"):
        read_in_thread(read, items())
    wait_until(lambda: threading.active_count() == n_before)
    assert n_read[0] <= MANY


def test_errors_of_the_function_are_raised():
    def read(given):
        next(given)
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        read_in_thread(read, range(MANY))


def test_a_function_that_reads_less_returns():
    assert read_in_thread(next, range(MANY)) == 0


def test_an_interruption_is_heard_while_the_function_works():
    release = threading.Event()

    def read(given):
        list(given)
        signal.raise_signal(signal.SIGINT)
        release.wait(30)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    begin = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            read_in_thread(read, range(3))
        assert time.monotonic() - begin < 5
    finally:
        signal.signal(signal.SIGINT, handler)
        release.set()


def wait_until(is_so, seconds=10):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    assert is_so()
