"""A table of a network's layers, as Keras prints it."""

from __future__ import annotations

from torch import nn

from ._model import SequenceModel

_WIDTHS = (34, 24, 12)


def layer_rows(model: SequenceModel) -> list[tuple[str, str, tuple[int | None, ...], int]]:
    """List the layers: name, kind, output shape, number of parameters.

    In a shape, None stands for what differs from batch to batch: rows, then steps.
    """
    rows: list[tuple[str, str, tuple[int | None, ...], int]] = []
    if model.embedding is not None:
        width = model.embedding.embedding_dim
        rows.append(("embedding", "Embedding", (None, None, width), n_parameters(model.embedding)))
    body = model.body
    kind = f"Bidirectional {body.cell.upper()}" if body.bidirectional else body.cell.upper()
    layers = zip(body.forward_layers, body.backward_layers or [None] * body.num_layers, strict=True)
    for i, pair in enumerate(layers):
        count = sum(n_parameters(layer) for layer in pair if layer is not None)
        name = body.cell if body.num_layers == 1 else f"{body.cell}_{i + 1}"
        rows.append((name, kind, (None, None, body.output_size), count))
    pooling, head = model.pooling, model.head
    kind = type(pooling).__name__
    rows.append(("pooling", kind, (None, body.output_size), n_parameters(pooling)))
    rows.append(("head", "Linear", (None, head.out_features), n_parameters(head)))
    return rows


def summary_text(model: SequenceModel) -> str:
    """Write the table of layers, and the total of parameters, trainable and frozen."""
    rows = [(f"{n} ({kind})", str(shape), f"{p:,}") for n, kind, shape, p in layer_rows(model)]
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
    """Count the numbers a module holds: all, those that learn, or those that don't."""
    return sum(
        p.numel() for p in module.parameters() if trainable is None or p.requires_grad is trainable
    )
