"""Optimizers by name, and their options."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import torch
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop, SparseAdam

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
# One pass over the weights instead of one for each term of the formula.
_FUSED = (Adam, AdamW, SGD)


# Options that only say how the same step is computed, one of which excludes the others.
_IMPLEMENTATIONS = ("fused", "foreach", "capturable", "differentiable")

OptimizerLike = str | type[Optimizer] | partial[Optimizer]


def resolve_optimizer(
    optimizer: OptimizerLike, device: torch.device, *, weight_decay: float = 0.0
) -> tuple[type[Optimizer], dict[str, Any]]:
    """Return an optimizer's class and its options: the weight decay, those of a partial, speed.

    Parameters
    ----------
    optimizer : str, class or functools.partial of a class
        A name in `OPTIMIZERS`, or a subclass of ``torch.optim.Optimizer``; a partial has options.
    device : torch.device
        Of the weights.
    weight_decay : float, default=0.0
        Passed on if it is not 0, or if the optimizer has such an option.

    Raises
    ------
    ValueError
        If it is neither a known name nor a subclass of ``torch.optim.Optimizer``, or if an option
        is passed twice, or there is no such option.
    """
    chosen: Any = OPTIMIZERS.get(optimizer) if isinstance(optimizer, str) else optimizer
    options: dict[str, Any] = {}
    if isinstance(chosen, partial):
        if chosen.args:
            raise ValueError(f"options of an optimizer are keywords, got {optimizer!r}.")
        chosen, options = chosen.func, dict(chosen.keywords)
    if isinstance(chosen, type) and issubclass(chosen, SparseAdam):
        raise ValueError(
            'SparseAdam is for sparse gradients, and those of a network are dense: take "adam".'
        )
    if not (isinstance(chosen, type) and issubclass(chosen, Optimizer)):
        raise ValueError(
            f"optimizer must be one of {sorted(OPTIMIZERS)} or a subclass of "
            "torch.optim.Optimizer, or a functools.partial of one, with its options as keywords. "
            f"Got {optimizer!r}."
        )
    _check_options(chosen, options, weight_decay)
    if weight_decay or _takes(chosen, "weight_decay"):
        options["weight_decay"] = weight_decay
    fastest = chosen in _FUSED and device.type in ("cpu", "cuda")
    if fastest and not any(name in options for name in _IMPLEMENTATIONS):
        options["fused"] = True
    return chosen, options


def _check_options(chosen: type[Optimizer], options: dict[str, Any], weight_decay: float) -> None:
    for option, parameter in {"lr": "learning_rate_init", "weight_decay": "weight_decay"}.items():
        if option in options:
            raise ValueError(f"pass {option} of the optimizer as {parameter}, not in a partial.")
    for option in options:
        if not _takes(chosen, option):
            raise ValueError(f"the optimizer {chosen.__name__} has no option {option!r}.")
    if weight_decay and not _takes(chosen, "weight_decay"):
        raise ValueError(
            f"the optimizer {chosen.__name__} has no weight_decay: leave weight_decay=0."
        )


def _takes(chosen: type[Optimizer], option: str) -> bool:
    parameters = inspect.signature(chosen).parameters
    return option in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
