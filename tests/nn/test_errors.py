"""Errors of memory that has run out, of whatever kind torch raises."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import Batch, out_of_memory
from textvec.nn._errors import CurrentBatch

ERRORS = [
    MemoryError(),
    torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes."),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 4 bytes."),
]


@pytest.mark.parametrize("error", ERRORS, ids=str)
def test_one_kind_of_error(error):
    with pytest.raises(MemoryError, match="lower it") as raised, out_of_memory(lambda: "lower it"):
        raise error
    assert raised.value.__cause__ is error


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), ValueError("not enough")])
def test_other_errors_stay_what_they_are(error):
    with pytest.raises(type(error)) as raised, out_of_memory(lambda: "lower it"):
        raise error
    assert raised.value is error


def test_the_batch_in_hand_is_named():
    def gathered():
        seen.append(str(batches))
        yield Batch(torch.zeros(5, 2000)), None
        seen.append(str(batches))
        yield Batch(torch.zeros(5, 3, 7)), None

    seen: list[str] = []
    batches = CurrentBatch(gathered())
    names = [str(batches) for _ in batches]
    assert seen == ["a batch", "a batch"]
    assert names == ["a batch of 2,000 rows x 5 steps", "a batch of 3 rows x 5 steps x 7"]
