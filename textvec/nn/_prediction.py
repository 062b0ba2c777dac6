"""Batches of a prediction, in the threads that torch has."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from torch import nn

from .._reporting._progress_bars import tracked
from ._batches import Batch, EvaluationBatches, SequenceData
from ._torch_threads import threads_for_parts

_Result = TypeVar("_Result")

# Fewer steps take a few milliseconds to predict, and other threads would bring nothing.
_STEPS_FOR_THREADS = 2**13


def in_batches(
    module: nn.Module, data: SequenceData, function: Callable[[Batch, slice], _Result]
) -> list[_Result]:
    """Return the results of a function of each batch and of where its rows are.

    Parameters
    ----------
    module : torch.nn.Module
        What the function calls.
    data : SequenceData
        Rows sorted by length.
    function : callable
        Of a batch and the slice of its rows.
    """
    batches = EvaluationBatches(data)
    is_much = int(data.lengths_cpu.sum()) >= _STEPS_FOR_THREADS
    with threads_of(module, len(batches)) if is_much else nullcontext():
        done = batches.map(function)
        found = tracked(done, "predicting", "rows", total=len(data), size=_n_rows)
        return [result for _, result in found]


def threads_of(module: nn.Module, n_batches: int = 1) -> AbstractContextManager[None]:
    """Return the context in which torch's threads are for batches, or for directions of a layer."""
    if n_batches > 1 or any(getattr(part, "has_parts", False) for part in module.modules()):
        return threads_for_parts(module)
    return nullcontext()


def _n_rows(result: tuple[slice, Any]) -> int:
    """Return how many rows a batch has."""
    rows, _ = result
    return int(rows.stop - rows.start)
