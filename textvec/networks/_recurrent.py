"""Recurrent layers, the body made of them, and the pooled network on it."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import Callback
from torch import nn

from .._compat import HasMethods, Interval, StrOptions
from .._constraints import POSITIVE_INT
from ..nn import (
    CELLS,
    POOLINGS,
    EncoderModel,
    GradualUnfreezing,
    InputSpec,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    SequenceNet,
    Sequences,
    depth_groups,
    linear,
    pretrained_embedding,
    set_rates,
)
from ._base import BaseNetwork
from ._parameters import declares_parameters
from ._training import TrainedNetwork


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
class StartedNetwork(RecurrentNetwork):
    """Recurrent estimators that may start from what another has learned.

    Parameters
    ----------
    init : estimator or None, default=None
        A fitted estimator whose embedding and recurrent layers training starts from, such as
        :class:`RNNLanguageModel` (Dai and Le, 2015); they are copied. Give it as
        ``sklearn.frozen.FrozenEstimator(model)``: a search clones its estimators, and a clone has
        learned nothing. `cell`, `hidden_size`, `num_layers`, `embedding_dim` and `n_tokens` are
        then its own; those given here don't count. The ids must be those that it was fitted on: of
        its ``vectorizer_``.
    unfreeze : bool, default=False
        Whether the head learns alone in the first pass, and one more layer in each pass that
        follows, the embedding last (gradual unfreezing; Howard and Ruder, 2018).
    rate_decay : float, default=1.0
        What the learning rate of each layer is divided by to give that of the layer below, from
        the head down to the embedding (discriminative rates; Howard and Ruder, 2018, take 2.6).
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "init": [HasMethods(["fit"]), None],
        "unfreeze": ["boolean"],
        "rate_decay": [Interval(Real, 1, None, closed="left")],
    }

    init: Any = None
    unfreeze: bool = False
    rate_decay: float = 1.0

    def _input_spec(self, sequences: Sequences) -> InputSpec:
        if self.init is None:
            return super()._input_spec(sequences)
        inputs: InputSpec = self._start()._inputs
        if not sequences.has_ids or sequences.table is not None:
            raise ValueError("with init, X must hold ids: of the vectorizer_ of the model in init.")
        if sequences.n_ids not in (None, inputs.size):
            raise ValueError(
                f"X has {sequences.n_ids} ids, but the model in init has {inputs.size}: they must "
                "come from its vectorizer_."
            )
        return replace(inputs, longest=int(sequences.lengths.max(initial=0)))

    def _encoder(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        if self.init is None:
            return super()._encoder(inputs, table, randomness)
        source: EncoderModel = self._start().net_.module_
        assert source.embedding is not None
        return SequenceEncoder(
            pretrained_embedding(source.embedding.weight.detach().cpu(), trainable=True),
            cast("RecurrentStack", source.body).copy_with(
                dropout=self.dropout, randomness=randomness
            ),
            longest=inputs.longest,
        )

    def _start(self) -> RecurrentLayers:
        """Give the fitted estimator to start from, checked."""
        model = self.init.estimator if isinstance(self.init, FrozenEstimator) else self.init
        name = type(model).__name__
        source = getattr(getattr(model, "net_", None), "module_", None)
        if isinstance(model, RecurrentLayers) and source is None:
            raise NotFittedError(
                f"the {name} in init is not fitted. Fit it first, and give it as "
                "FrozenEstimator(model): else clone() makes a new one of it."
            )
        body = getattr(source, "body", None)
        if getattr(source, "embedding", None) is None or not isinstance(body, RecurrentStack):
            raise ValueError(
                f"init must be a recurrent estimator fitted on ids, such as RNNLanguageModel, "
                f"got {name}."
            )
        if body.bidirectional != self.bidirectional:
            ways = ("one way", "both ways")
            raise ValueError(
                f"the {name} in init reads {ways[body.bidirectional]}, but bidirectional="
                f"{self.bidirectional} reads {ways[self.bidirectional]}: set bidirectional="
                f"{body.bidirectional}."
            )
        return model  # type: ignore[no-any-return]

    def _param_groups(self, module: nn.Module) -> list[tuple[str, dict[str, int]]]:
        layered = self.unfreeze or self.rate_decay != 1.0
        return depth_groups(cast("EncoderModel", module)) if layered else []

    def _set_rates(self, net: SequenceNet) -> None:
        set_rates(net.optimizer_, self.learning_rate_init, self.rate_decay)

    def _watchers(self) -> list[tuple[str, Callback]]:
        return [*super()._watchers(), *[("unfreezing", GradualUnfreezing())] * self.unfreeze]


@declares_parameters
class PooledRecurrentNetwork(StartedNetwork):
    """Recurrent estimators that make one vector of a row, and learn from that.

    Parameters
    ----------
    pooling : {"last", "mean", "max", "attention", "concat"}, default="last"
        How a row's states become one vector: the last one read (of each direction its
        own), their mean or maximum, a mean weighted by a learned query, or the first three side
        by side.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "pooling": [StrOptions(set(POOLINGS))],
    }

    pooling: str = "last"

    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        generator = randomness.generator("cpu")
        pooling = POOLINGS[self.pooling](cast("RecurrentStack", encoder.body), generator)
        width = getattr(pooling, "output_size", encoder.output_size)
        return SequenceModel(
            encoder,
            pooling,
            linear(width, n_outputs, generator),
            dropout=self.dropout,
            randomness=randomness,
        )
