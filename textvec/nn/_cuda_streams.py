"""Two parts of a network on a GPU at the same time, each in a stream of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import torch
from torch import Tensor


def in_two_streams(
    first: Callable[[], Tensor], second: Callable[[], Tensor], shared: Sequence[Tensor]
) -> tuple[Tensor, Tensor]:
    """Return the results of two functions, the second computed in a stream of its own.

    Recurrent layers of a few hundred units leave most of a GPU idle. cuDNN runs the two directions
    of its bidirectional layers so, too. Gradients are computed in the streams of the results.

    Parameters
    ----------
    first, second : callable
        Return a tensor on the GPU.
    shared : sequence of Tensors
        What the second reads and did not make: its memory is not used again before that is done.
    """
    current = torch.cuda.current_stream(shared[0].device)
    side = _side_stream(shared[0].device)
    side.wait_stream(current)
    for tensor in shared:
        tensor.record_stream(side)
    one = first()
    with torch.cuda.stream(side):
        other = second()
    current.wait_stream(side)
    other.record_stream(current)
    return one, other


@lru_cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
