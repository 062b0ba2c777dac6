"""Functions of other languages that hear no interruption, in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from itertools import islice
from queue import Full, Queue
from threading import Thread
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_BATCH = 256  # items that are passed on at once
_MOST_WAITING = 4  # batches that are made before they are needed
_LOOK_UP = 0.1  # seconds after which a thread that waits looks up


class _Stopped(Exception):
    """Raised in the thread when nobody waits for its result any more."""


def read_in_thread(read: Callable[[Iterator[_Item]], _Result], items: Iterable[_Item]) -> _Result:
    """Call a function with an iterator of the items in another thread, and return its result.

    This thread iterates over the items, as some may be read in the thread that made them alone,
    and waits, so that it is interrupted at once. The function is then passed no more items; one
    that has read all of them ends by itself, some time later.

    Parameters
    ----------
    read : callable
        Releases the GIL where it takes long.
    items : iterable
        What it reads.
    """
    batches: Queue[list[_Item] | None] = Queue(_MOST_WAITING)
    result: Future[_Result] = Future()
    is_stopped = False

    def passed_on() -> Iterator[_Item]:
        while (batch := batches.get()) is not None:
            yield from batch
        if is_stopped:
            raise _Stopped

    def run() -> None:
        try:
            result.set_result(read(passed_on()))
        except BaseException as error:
            result.set_exception(error)

    def put(batch: list[_Item] | None) -> None:
        while not result.done():
            try:
                return batches.put(batch, timeout=_LOOK_UP)
            except Full:
                pass

    Thread(target=run, daemon=True).start()
    rest = iter(items)
    try:
        while not result.done() and (batch := list(islice(rest, _BATCH))):
            put(batch)
        put(None)
        while not result.done():
            wait([result], _LOOK_UP)  # Windows interrupts no wait
        return result.result()
    except BaseException:
        is_stopped = True
        while not batches.empty():
            batches.get_nowait()
        batches.put_nowait(None)
        raise
