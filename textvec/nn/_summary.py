"""A table of a network's layers, as Keras prints it."""

from __future__ import annotations

from typing import NamedTuple

from torch import nn

_WIDTHS = (34, 24, 12)


class LayerRow(NamedTuple):
    """A line of the table.

    In a shape, None stands for the number of rows, then of steps, of a batch.
    """

    name: str
    kind: str
    shape: tuple[int | None, ...]
    n_parameters: int


def summary_text(model: nn.Module) -> str:
    """Return the table of layers, and the number of parameters, trainable and frozen.

    The model lists its layers as ``layer_rows()``.
    """
    listed: list[LayerRow] = model.layer_rows()  # type: ignore[operator]
    rows = [(f"{n} ({kind})", str(shape), f"{p:,}") for n, kind, shape, p in listed]
    table = [("Layer (type)", "Output Shape", "Param #"), *rows]
    lines = [f"{a:<{_WIDTHS[0]}}{b:<{_WIDTHS[1]}}{c:>{_WIDTHS[2]}}" for a, b, c in table]
    rule = "=" * sum(_WIDTHS)
    trainable = n_parameters(model, trainable=True)
    frozen = n_parameters(model, trainable=False)
    totals = [
        f"Total params: {trainable + frozen:,}",
        f"Trainable params: {trainable:,}",
        f"Non-trainable params: {frozen:,}",
    ]
    return "\n".join([lines[0], rule, *lines[1:], rule, *totals])


def n_parameters(module: nn.Module, *, trainable: bool | None = None) -> int:
    """Return the number of a module's weights: all, the trainable, or the frozen ones."""
    return sum(
        p.numel() for p in module.parameters() if trainable is None or p.requires_grad is trainable
    )
