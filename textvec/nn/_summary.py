"""A table of a network's layers, as Keras prints it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

from torch import nn

from ._fitted_parts import fitted_tensors

_WIDTHS = (34, 24, 12)
_UNKNOWN = "?"
Size = int | str | None


class LayerRow(NamedTuple):
    """A line of the table.

    In a shape, None stands for the number of rows, then of steps, of a batch, and "?" for what is
    not known before `fit`; so does a number of parameters of None.
    """

    name: str
    kind: str
    shape: tuple[Size, ...]
    n_parameters: int | None
    part: Literal["vectors", "encoder", "pooling", "output"] = "output"
    is_fitted: bool = False  # before the training, in which it stays as it is

    @property
    def shape_text(self) -> str:
        """The shape, as it is printed."""
        return f"({', '.join(map(str, self.shape))})"

    @property
    def count_text(self) -> str:
        """The number of parameters, as it is printed."""
        return _UNKNOWN if self.n_parameters is None else f"{self.n_parameters:,}"


@dataclass(frozen=True)
class LayerTable:
    """The layers of a network, and its parameters, trainable and frozen. Printed, a table.

    Parameters
    ----------
    rows : tuple of LayerRow
        From the bottom up.
    n_trainable, n_frozen : int
        Parameters of the layers of which they are known.
    """

    rows: tuple[LayerRow, ...]
    n_trainable: int
    n_frozen: int

    @classmethod
    def of(cls, model: nn.Module) -> Self:
        """Return the layers that a network lists as ``layer_rows()``."""
        rows: list[LayerRow] = model.layer_rows()  # type: ignore[operator]
        n_trainable = n_parameters(model, trainable=True)
        return cls(tuple(rows), n_trainable, n_parameters(model, trainable=False))

    def on_vectors(self, n_vectors: int, width: int) -> Self:
        """Return the table of a network that reads vectors which are not trained."""
        shape = (None, None, width)
        row = LayerRow("vectors", "EmbeddedSequences", shape, n_vectors * width, "vectors")
        return replace(self, rows=(row, *self.rows), n_frozen=self.n_frozen + n_vectors * width)

    def unknown_unless_in(self, other: LayerTable) -> Self:
        """Return a table in which all is unknown that is otherwise in that of other sizes."""
        rows = [_common(row, theirs) for row, theirs in zip(self.rows, other.rows, strict=True)]
        lost = {True: 0, False: 0}
        for row, kept in zip(self.rows, rows, strict=True):
            if kept.n_parameters is None:
                lost[row.is_fitted] += row.n_parameters or 0
        n_trainable, n_frozen = self.n_trainable - lost[False], self.n_frozen - lost[True]
        return replace(self, rows=tuple(rows), n_trainable=n_trainable, n_frozen=n_frozen)

    def encoder(self, *, pooled: bool) -> Self:
        """Return the table of the layers below the outputs, with or without the pooling."""
        parts = ("vectors", "encoder", "pooling")[: 3 if pooled else 2]
        rows = tuple(row for row in self.rows if row.part in parts)
        if pooled and rows[-1].part != "pooling":
            last = LayerRow("pooling", "LastPooling", (None, rows[-1].shape[-1]), 0, "pooling")
            rows = (*rows, last)
        n_frozen = sum(row.n_parameters or 0 for row in rows if row.part == "vectors")
        n_all = sum(row.n_parameters or 0 for row in rows)
        return replace(self, rows=rows, n_trainable=n_all - n_frozen, n_frozen=n_frozen)

    def __str__(self) -> str:
        rows = [(f"{row.name} ({row.kind})", row.shape_text, row.count_text) for row in self.rows]
        table = [("Layer (type)", "Output Shape", "Param #"), *rows]
        lines = [f"{a:<{_WIDTHS[0]}}{b:<{_WIDTHS[1]}}{c:>{_WIDTHS[2]}}" for a, b, c in table]
        rule = "=" * sum(_WIDTHS)
        unknown = {row.is_fitted for row in self.rows if row.n_parameters is None}
        more = f" + {_UNKNOWN}"
        totals = [
            f"Total params: {self.n_trainable + self.n_frozen:,}{more if unknown else ''}",
            f"Trainable params: {self.n_trainable:,}{more if False in unknown else ''}",
            f"Non-trainable params: {self.n_frozen:,}{more if True in unknown else ''}",
        ]
        return "\n".join([lines[0], rule, *lines[1:], rule, *totals])


def _common(row: LayerRow, other: LayerRow) -> LayerRow:
    sizes = zip(row.shape, other.shape, strict=True)
    shape = tuple(size if size == theirs else _UNKNOWN for size, theirs in sizes)
    count = row.n_parameters if row.n_parameters == other.n_parameters else None
    return row._replace(shape=shape, n_parameters=count)


def n_parameters(module: nn.Module, *, trainable: bool | None = None) -> int:
    """Return the number of a module's weights: all, the trainable, or the frozen ones."""
    fitted = fitted_tensors(module)
    return sum(
        p.numel()
        for p in module.parameters()
        if trainable is None or (p.requires_grad and id(p) not in fitted) is trainable
    )
