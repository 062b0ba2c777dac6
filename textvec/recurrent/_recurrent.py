"""Recurrent layers, the body made of them, and the pooled network on it."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from .._compat import StrOptions
from ..nn import (
    CELLS,
    POOLINGS,
    EncoderModel,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    linear,
)
from ._base import BaseNetwork
from ._parameters import declares_parameters
from ._training import POSITIVE_INT, TrainedNetwork


@declares_parameters
class RecurrentLayers(TrainedNetwork):
    """Estimators with recurrent layers.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell (Hochreiter and Schmidhuber, 1997; Cho et al., 2014);
        ``"rnn"`` is the plain tanh cell.
    hidden_size : int, default=64
        Width of the state, of each direction.
    num_layers : int, default=1
        Recurrent layers, one over the other.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "cell": [StrOptions(set(CELLS))],
        "hidden_size": [POSITIVE_INT],
        "num_layers": [POSITIVE_INT],
    }

    cell: str = "lstm"
    hidden_size: int = 64
    num_layers: int = 1

    def _stack(
        self, width: int, randomness: Randomness, *, bidirectional: bool = False
    ) -> RecurrentStack:
        """Make the layers over vectors of such width."""
        return RecurrentStack(
            self.cell,
            width,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=bidirectional,
            dropout=self.dropout,
            randomness=randomness,
        )


@declares_parameters
class RecurrentNetwork(RecurrentLayers, BaseNetwork):
    """Estimators on sequences whose body is recurrent.

    Parameters
    ----------
    bidirectional : bool, default=False
        Whether every layer also reads each row from its end.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"bidirectional": ["boolean"]}

    bidirectional: bool = False

    def _body(self, width: int, randomness: Randomness) -> RecurrentStack:
        return self._stack(width, randomness, bidirectional=self.bidirectional)


@declares_parameters
class PooledRecurrentNetwork(RecurrentNetwork):
    """Recurrent estimators that make one vector of a row, and learn from that.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention"}, default="last"
        How a row's states become one vector: the last one read (of each direction its
        own), their mean or maximum, or a mean weighted by a learned query.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "pooling": [StrOptions(set(POOLINGS))],
    }

    pooling: str = "last"

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        generator = randomness.generator("cpu")
        return SequenceModel(
            encoder,
            POOLINGS[self.pooling](cast("RecurrentStack", encoder.body), generator),
            linear(encoder.output_size, n_outputs, generator),
            dropout=self.dropout,
            randomness=randomness,
        )
