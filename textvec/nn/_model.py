"""Networks: an encoder, and a head on its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from ._batches import Batch
from ._dropout import Dropout
from ._encoder import SequenceEncoder
from ._forward_plan import Part, as_module
from ._randomness import Randomness
from ._summary import LayerRow, n_parameters
from ._wide import WideLinear


class EncoderModel(nn.Module):
    """Base of the networks over one encoder.

    Parameters
    ----------
    encoder : SequenceEncoder
        Embedding and body.
    randomness : Randomness
        Where weights, dropout masks and the order of rows in training are drawn from.
    """

    reads_targets = False  # found here, it is not searched for among weights and modules

    def __init__(self, encoder: SequenceEncoder, *, randomness: Randomness):
        super().__init__()
        self.randomness = randomness
        self.encoder = encoder

    @property
    def embedding(self) -> nn.Embedding | None:
        return self.encoder.embedding

    @property
    def body(self) -> nn.Module:
        return self.encoder.body

    def steps(self, batch: Batch) -> Tensor:
        """Return the encoder's output for each step, (T, B, H)."""
        return self.encoder(batch)  # type: ignore[no-any-return]

    def layers_below(self) -> list[list[str]]:
        """Return patterns of the parameters' names of each layer, from below the head down."""
        layers: list[list[str]] = self.body.layers_down()  # type: ignore[operator]
        inner = [[f"encoder.body.{name}" for name in names] for names in layers]
        return [*inner, ["encoder.embedding.*"]]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        return self.encoder.layer_rows()


class SequenceModel(EncoderModel):
    """Encoder, pooling and a head: one output a row.

    Parameters
    ----------
    encoder : SequenceEncoder
        Embedding and body.
    pooling : torch.nn.Module
        From the encoder's steps (T, B, H) and lengths to one vector a row.
    head : torch.nn.Module
        From the vectors to the outputs.
    wide : WideLinear or None, default=None
        From a batch to what is added to the outputs. One that is fitted takes no part in the
        training: the network is trained by itself, and a share of its outputs is added.
    dropout : float, default=0.0
        Fraction of the head's input that is dropped in training.
    randomness : Randomness
        As for :class:`EncoderModel`.
    """

    def __init__(
        self,
        encoder: SequenceEncoder,
        pooling: nn.Module,
        head: nn.Module,
        *,
        wide: WideLinear | None = None,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__(encoder, randomness=randomness)
        self.dropout = Dropout(dropout, randomness)
        self.pooling = pooling
        self.head = head
        self.wide = wide

    def forward(self, batch: Batch) -> Tensor:
        """Return the head's output for each row, (B, n_outputs)."""
        outputs: Tensor = self.forward_with(as_module)(batch)
        return outputs

    def forward_with(self, part: Part) -> Callable[[Batch], Tensor]:
        """Return the forward pass, in which each part is called as `part` makes it."""
        steps, pooling = part(self.encoder), part(self.pooling)
        dropout, head = part(self.dropout), part(self.head)
        path = self.wide_path
        wide = None if path is None else part(path)
        is_fitted = path is not None and path.is_fitted

        def read(batch: Batch) -> Tensor:
            outputs: Tensor = head(dropout(pooling(steps(batch), batch.lengths)))
            if wide is None or (self.training and is_fitted):
                return outputs
            added: Tensor = wide(batch)
            return added + self.network_share * outputs

        return read

    @property
    def wide_path(self) -> WideLinear | None:
        return getattr(self, "wide", None)  # models of 0.1 may have none

    @property
    def network_share(self) -> float:
        """What the head's outputs are multiplied by, but in training."""
        path = self.wide_path
        return path.network_share if path is not None and path.is_fitted else 1.0

    def expect_wide_fit(self) -> None:
        """Count the weights of a linear path as fitted, of a network that only shows its layers."""
        if self.wide_path is not None:
            self.wide_path.is_fitted = True

    def pool(self, batch: Batch) -> Tensor:
        """Return one vector a row, (B, H)."""
        return self.pooling(self.steps(batch), batch.lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        width = getattr(self.pooling, "output_size", self.encoder.output_size)
        kind, count = type(self.pooling).__name__, n_parameters(self.pooling)
        pooled = LayerRow("pooling", kind, (None, width), count, "pooling")
        wide = [] if self.wide_path is None else self.wide_path.layer_rows()
        return [*super().layer_rows(), pooled, *_dense_rows(self.head, (None,)), *wide]


class StepModel(EncoderModel):
    """Encoder and a head: one output a step.

    Parameters
    ----------
    encoder : SequenceEncoder
        Embedding and body.
    head : torch.nn.Module
        From the encoder's steps to the outputs.
    dropout : float, default=0.0
        Fraction of the head's input that is dropped in training.
    randomness : Randomness
        As for :class:`EncoderModel`.
    """

    def __init__(
        self,
        encoder: SequenceEncoder,
        head: nn.Module,
        *,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__(encoder, randomness=randomness)
        self.dropout = Dropout(dropout, randomness)
        self.head = head

    def forward(self, batch: Batch) -> Tensor:
        """Return the head's output for each step, (T, B, n_outputs)."""
        outputs: Tensor = self.forward_with(as_module)(batch)
        return outputs

    def forward_with(self, part: Part) -> Callable[[Batch], Tensor]:
        """Return the forward pass, in which each part is called as `part` makes it."""
        steps, dropout, head = part(self.encoder), part(self.dropout), part(self.head)
        return lambda batch: head(dropout(steps(batch)))

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        return [*super().layer_rows(), *_dense_rows(self.head, (None, None))]


def _dense_rows(head: nn.Module, leading: tuple[None, ...]) -> list[LayerRow]:
    """List the dense layers of a head; the last is the head itself."""
    dense = [m for m in head.modules() if isinstance(m, nn.Linear)]
    names = [f"dense_{i + 1}" for i in range(len(dense) - 1)] + ["head"]
    return [
        LayerRow(name, "Linear", (*leading, layer.out_features), n_parameters(layer))
        for name, layer in zip(names, dense, strict=True)
    ]


def resolve_device(name: str | torch.device) -> torch.device:
    """Return the device of a name; ``"auto"`` is CUDA where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(
            f"device={name!r} is no device of torch: pass 'auto', 'cpu', 'cuda' or 'cuda:1'."
        ) from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device={str(name)!r}, but torch finds no CUDA here: pass device='auto' or 'cpu', or "
            "install a torch that is built for CUDA."
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError("device='mps', but torch finds no such device here: pass device='auto'.")
    return device


def device_of(module: nn.Module) -> torch.device:
    """Return the device of a module's weights; unpickled, they may be on another than before."""
    return cast("Tensor", _first_parameter(module)).device


def _first_parameter(module: nn.Module) -> Tensor | None:
    """Return what ``next(module.parameters())`` does, in a fraction of the time."""
    for weight in module._parameters.values():
        if weight is not None:
            return weight
    for part in module._modules.values():
        found = None if part is None else _first_parameter(part)
        if found is not None:
            return found
    return None
