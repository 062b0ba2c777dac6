"""Errors of memory that has run out, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

# What torch says on a CPU, where it has no error of its own for it; the second on Windows.
_MESSAGES = ("can't allocate memory", "not enough memory")


@contextmanager
def out_of_memory(advice: Callable[[], str]) -> Iterator[None]:
    """Make one kind of error, with advice, of the many that say that memory has run out.

    Raises
    ------
    MemoryError
        If the block runs out of memory, on whatever device.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        raise MemoryError(advice()) from error


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)):
        return True
    return any(message in str(error) for message in _MESSAGES)
