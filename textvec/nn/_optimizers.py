"""Optimizers by name."""

from __future__ import annotations

from typing import Any

import torch
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
# One pass over the weights instead of one for each term of the formula.
_FUSED = (Adam, AdamW, SGD)


def resolve_optimizer(
    optimizer: str | type[Optimizer], device: torch.device
) -> tuple[type[Optimizer], dict[str, Any]]:
    """Return an optimizer's class, and the options it is fastest with on a device.

    Raises
    ------
    ValueError
        If it is neither a known name nor a subclass of ``torch.optim.Optimizer``.
    """
    chosen = OPTIMIZERS.get(optimizer) if isinstance(optimizer, str) else optimizer
    if not (isinstance(chosen, type) and issubclass(chosen, Optimizer)):
        raise ValueError(
            f"optimizer must be one of {sorted(OPTIMIZERS)} or a subclass of "
            f"torch.optim.Optimizer, got {optimizer!r}."
        )
    fused = chosen in _FUSED and device.type in ("cpu", "cuda")
    return chosen, {"fused": True} if fused else {}
