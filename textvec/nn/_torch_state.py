"""The state of torch that a program has set, put aside while a network computes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType

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
        if not _is_cpu_default():
            stack.enter_context(torch.device("cpu"))
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        yield


class PlainInference:
    """Context without gradients, in which what :func:`plain_torch` puts aside is put aside.

    A class, as a generator takes as long to enter as a short row takes to read.
    """

    def __enter__(self) -> None:
        is_autocast = torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda")
        self._put_aside = plain_torch() if is_autocast or not _is_cpu_default() else None
        if self._put_aside is not None:
            self._put_aside.__enter__()
        self._inference = torch.inference_mode()
        self._inference.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inference.__exit__(kind, error, trace)
        if self._put_aside is not None:
            self._put_aside.__exit__(kind, error, trace)


def _is_cpu_default() -> bool:
    return torch.empty(0).device.type == "cpu"
