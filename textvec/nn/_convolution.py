"""Bodies without a state: convolutions over the steps, or nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._dropout import Dropout
from ._initialization import convolution, linear
from ._randomness import Randomness
from ._row_pooling import padding_mask
from ._summary import LayerRow, n_parameters


class ConvolutionBody(nn.Module):
    """Filters of several widths over the same vectors, their outputs concatenated.

    Rows are padded with zeros at both ends, so that a row of one step has an output too, and
    no output depends on the other rows of the batch.

    Parameters
    ----------
    input_size : int
        Width D of the vectors.
    kernel_sizes : sequence of int
        Steps that a filter sees, for each group of filters.
    n_filters : int
        Filters of a group.
    dropout : float, default=0.0
        Fraction of the inputs that is dropped in training.
    input_dropout : float or None, default=None
        Takes the place of `dropout`.
    randomness : Randomness
        Where weights and dropout masks are drawn from.

    Attributes
    ----------
    output_size : int
        Filters of all groups.
    """

    input_dropout: float | None = None  # of models saved before it was a parameter

    def __init__(
        self,
        input_size: int,
        kernel_sizes: Sequence[int],
        n_filters: int,
        *,
        dropout: float = 0.0,
        input_dropout: float | None = None,
        randomness: Randomness,
    ):
        super().__init__()
        self.input_dropout = input_dropout
        generator = randomness.generator("cpu")
        self.kernel_sizes = tuple(kernel_sizes)
        self.output_size = n_filters * len(self.kernel_sizes)
        self.dropout = Dropout(dropout, randomness)
        self.layers = nn.ModuleList(
            convolution(input_size, n_filters, size, generator) for size in self.kernel_sizes
        )

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the filters' outputs at each step, (T, B, output_size), of vectors (T, B, D)."""
        x = self.dropout(x, self.input_dropout)
        if lengths is not None:
            x = x.masked_fill(padding_mask(x, lengths), 0.0)
        channels = x.permute(1, 2, 0)  # (B, D, T)
        outputs = []
        for size, layer in zip(self.kernel_sizes, self.layers, strict=True):
            padded = F.pad(channels, ((size - 1) // 2, size // 2))  # (B, D, T + size - 1)
            filters = cast("nn.Conv1d", layer)
            outputs.append(_by_windows(padded, filters) if x.is_cuda else filters(padded))
        return torch.cat(outputs, dim=1).relu().permute(2, 0, 1)

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        shape = (None, None, self.output_size // len(self.kernel_sizes))
        return [
            LayerRow(f"conv_{size}", "Conv1d", shape, n_parameters(layer))
            for size, layer in zip(self.kernel_sizes, self.layers, strict=True)
        ]


def _by_windows(x: Tensor, layer: nn.Conv1d) -> Tensor:
    """Convolve as a product with all windows: cuDNN's own gradients differ from run to run."""
    windows = x.unfold(2, layer.weight.shape[2], 1)  # (B, D, T, size)
    windows = windows.permute(0, 2, 1, 3).flatten(2)  # (B, T, D * size)
    return F.linear(windows, layer.weight.flatten(1), layer.bias).transpose(1, 2)


class IdentityBody(nn.Module):
    """No body: the vectors themselves, with dropout.

    Parameters
    ----------
    input_size : int
        Width of the vectors.
    dropout : float, default=0.0
        Fraction of the inputs that is dropped in training.
    input_dropout : float or None, default=None
        Takes the place of `dropout`.
    randomness : Randomness
        Where dropout masks are drawn from.
    """

    input_dropout: float | None = None  # of models saved before it was a parameter

    def __init__(
        self,
        input_size: int,
        *,
        dropout: float = 0.0,
        input_dropout: float | None = None,
        randomness: Randomness,
    ):
        super().__init__()
        self.input_dropout = input_dropout
        self.output_size = input_size
        self.dropout = Dropout(dropout, randomness)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the vectors, (T, B, D)."""
        return self.dropout(x, self.input_dropout)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List no layer."""
        return []


class FlattenPooling(nn.Module):
    """The first steps, concatenated; zeros where a row is shorter.

    Parameters
    ----------
    n_steps : int
        How many.
    width : int
        Of a step's vector.
    """

    def __init__(self, n_steps: int, width: int):
        super().__init__()
        self.n_steps = n_steps
        self.output_size = n_steps * width

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Pool (T, B, D) to (B, n_steps * D)."""
        outputs = outputs[: self.n_steps]
        if lengths is not None:
            outputs = outputs.masked_fill(padding_mask(outputs, lengths), 0.0)
        missing = self.n_steps - len(outputs)
        outputs = F.pad(outputs, (0, 0, 0, 0, 0, missing))  # (n_steps, B, D)
        return outputs.transpose(0, 1).flatten(1)


def dense_layers(sizes: Sequence[int], *, dropout: float, randomness: Randomness) -> nn.Sequential:
    """Make dense layers of such widths, from the input's to the output's, relu between them."""
    layers: list[nn.Module] = []
    for width, following in pairwise(sizes):
        layers += [linear(width, following, randomness.generator("cpu")), nn.ReLU()]
        layers.append(Dropout(dropout, randomness))
    return nn.Sequential(*layers[:-2])
