"""The state of torch that a program has set, put aside while a network computes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch


@contextmanager
def plain_torch() -> Iterator[None]:
    """Put aside the default device, autocast and inference mode that the program has set.

    A network says itself where it computes, and in what precision. All of this state is of the
    thread. The default dtype is of the process, and is not changed: modules name theirs.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import plain_torch
    >>> with torch.inference_mode(), plain_torch():
    ...     torch.ones(1, requires_grad=True).mul(2).requires_grad
    True
    """
    with ExitStack() as stack:
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        yield
