"""Errors of a net, with advice in the words of whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import torch

from ._batches import Batch

# What torch says on a CPU, where it has no error of its own for it; the second on Windows, the
# others of sizes whose product 64 bits do not hold.
_MESSAGES = (
    *("can't allocate memory", "not enough memory"),
    *("Storage size calculation overflowed", "Overflow when unpacking long"),
)


@dataclass(frozen=True)
class Advice:
    """What to change where a net fails; ``{batch_size}`` stands for the net's.

    Parameters
    ----------
    training_memory, validation_memory : str
        Where a batch does not fit into memory.
    prediction_memory : str
        Where rows to predict from do not.
    loss : str
        Where the loss is not finite.
    """

    training_memory: str = "lower batch_size (now {batch_size}), or use a smaller module."
    validation_memory: str = "use a smaller module, or shorter rows."
    prediction_memory: str = "use fewer rows at a time."
    loss: str = "lower the learning rate, or scale the input."


PLAIN_ADVICE = Advice()


class CurrentBatch:
    """Batches, of which the one in hand can be named.

    Parameters
    ----------
    batches : iterable of (Batch, targets)
        The batches.
    """

    def __init__(self, batches: Iterable[tuple[Batch, Any]]):
        self._batches = batches
        self._shape: tuple[int, ...] | None = None  # None while the next one is gathered

    def __iter__(self) -> Iterator[tuple[Batch, Any]]:
        for batch in self._batches:
            self._shape = tuple(batch[0].values.shape)
            yield batch
            self._shape = None

    def __str__(self) -> str:
        if self._shape is None:
            return "a batch"
        n_steps, n_rows, *widths = self._shape
        width = "".join(f" x {n:,}" for n in widths)
        return f"a batch of {n_rows:,} rows x {n_steps:,} steps{width}"


class out_of_memory:
    """Context that makes one kind of error, with advice, of the many that say memory has run out.

    Parameters
    ----------
    advice : callable
        Returns the message.

    Raises
    ------
    MemoryError
        If the block runs out of memory, on whatever device.
    """

    def __init__(self, advice: Callable[[], str]):
        self._advice = advice

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, (MemoryError, RuntimeError, TypeError)) and _is_out_of_memory(error):
            raise MemoryError(self._advice()) from error


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)):
        return True
    return any(message in str(error) for message in _MESSAGES)
