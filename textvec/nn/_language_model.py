"""The network of a language model: next-token prediction."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from ._batches import Batch
from ._bptt import next_tokens
from ._dropout import Dropout
from ._encoder import SequenceEncoder
from ._few_shapes import filled
from ._float64 import in_float64
from ._model import EncoderModel
from ._randomness import Randomness
from ._recurrent_stack import RecurrentStack, StackState
from ._row_pooling import steps_at
from ._softmax import AdaptiveSoftmax
from ._summary import LayerRow, n_parameters
from ._targets import IGNORE_INDEX


class LanguageModel(EncoderModel):
    """Encoder and an output layer over the vocabulary: the next token, at each step.

    Parameters
    ----------
    encoder : SequenceEncoder
        Embedding and :class:`RecurrentStack`.
    projection : torch.nn.Module
        From the width of the states to that of the output layer.
    output : AdaptiveSoftmax
        The output layer.
    dropout : float, default=0.0
        Fraction of the projection's input that is dropped in training.
    randomness : Randomness
        As for :class:`EncoderModel`.
    """

    reads_targets = True

    def __init__(
        self,
        encoder: SequenceEncoder,
        projection: nn.Module,
        output: AdaptiveSoftmax,
        *,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__(encoder, randomness=randomness)
        self.dropout = Dropout(dropout, randomness)
        self.projection = projection
        self.output = output
        self.hidden_state: StackState | None = None

    def forward(self, batch: Batch, y: Tensor) -> Tensor:
        """Return the log probability of each target, (T, B); 0 where there is none."""
        state = self.hidden_state if batch.carries_state else None
        if state is not None:  # rows that have ended are missing
            state = tuple(part[:, : len(batch)] for part in state)
        outputs, state = self.read(batch.values, state)
        if self.training:
            self.hidden_state = tuple(part.detach() for part in state)
        targets = y.flatten()  # (T * B,)
        real = (targets != IGNORE_INDEX).nonzero()[:, 0]  # (N,)
        some = filled(real)
        states = self.dropout(outputs).flatten(0, 1).index_select(0, some)  # (N, H)
        log_proba: Tensor = self.output(self.projection(states), targets[some].clamp(min=0))
        log_proba = log_proba[: len(real)]  # (N,)
        return log_proba.new_zeros(len(targets)).index_copy(0, real, log_proba).view_as(y)

    def read(self, ids: Tensor, state: StackState | None = None) -> tuple[Tensor, StackState]:
        """Read ids (T, B) from a hidden state on; return outputs (T, B, H) and the state after.

        It needs no lengths: outputs before a row's end do not depend on the padding behind it.
        """
        body = cast("RecurrentStack", self.body)
        return body.forward_from(self.encoder.vectors(Batch(ids)), None, state)

    def log_proba(self, outputs: Tensor) -> Tensor:
        """Return the log probability of every id after states (B, H), (B, V)."""
        return self.output.log_proba(self.projection(self.dropout(outputs)))

    def log_likelihood(self, batch: Batch) -> Tensor:
        """Return the log probability of each row of a batch that has BOS before it, (B,)."""
        return in_float64(self(batch, next_tokens(batch))).sum(dim=0)

    def next_log_proba(self, batch: Batch) -> Tensor:
        """Return the log probability of every next id after each row, (B, V)."""
        outputs, _ = self.read(batch.values)
        last = outputs[-1] if batch.lengths is None else steps_at(outputs, batch.lengths - 1)
        return self.log_proba(last)

    def layer_rows(self) -> list[LayerRow]:
        """List the layers; of tied output weights, only those that are not in the embedding."""
        rows = super().layer_rows()
        if isinstance(self.projection, nn.Linear):
            shape = (None, None, self.projection.out_features)
            rows.append(LayerRow("projection", "Linear", shape, n_parameters(self.projection)))
        n_classes, tied = len(self.output.weight), self._tied
        count = n_parameters(self.output) - (self.output.weight.numel() if tied else 0)
        kind = "Tied softmax" if tied else "Softmax"
        return [*rows, LayerRow("output", kind, (None, None, n_classes), count)]

    @property
    def _tied(self) -> bool:
        return self.embedding is not None and self.output.weight is self.embedding.weight

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"hidden_state": None}  # it does not outlive an epoch
