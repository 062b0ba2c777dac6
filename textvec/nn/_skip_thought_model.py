"""The network of skip-thought vectors: a sentence's vector predicts the sentences around it."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._batches import Batch
from ._decoder import EncoderOutput, RecurrentDecoder
from ._encoder import SequenceEncoder
from ._model import EncoderModel
from ._neighbor_targets import NeighborIds
from ._randomness import Randomness
from ._recurrent_stack import RecurrentStack
from ._row_pooling import LastPooling
from ._softmax import AdaptiveSoftmax
from ._summary import LayerRow, n_parameters
from ._targets import EOS, IGNORE_INDEX, target_positions


class SkipThoughtModel(EncoderModel):
    """Encoder, and two decoders: of the sentence before each row, and of the one after.

    The decoders start from the encoder's last hidden state.

    The embedding is the encoder's and both decoders'; the output layer is one for both, too.

    Parameters
    ----------
    encoder : SequenceEncoder
        Its body is a :class:`RecurrentStack`, of whose kind and size the decoders are; it has
        an embedding.
    output : AdaptiveSoftmax
        From the decoders' states to words.
    dropout : float, default=0.0
        Fraction of the inputs of the decoders' layers that is dropped in training.
    randomness : Randomness
        Where weights and dropout masks are drawn from.
    """

    reads_targets = True

    def __init__(
        self,
        encoder: SequenceEncoder,
        output: AdaptiveSoftmax,
        *,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__(encoder, randomness=randomness)
        stack, embedding = encoder.body, encoder.embedding
        assert isinstance(stack, RecurrentStack)
        assert embedding is not None
        self.pooling = LastPooling(stack)
        self.output = output
        self.decoders = nn.ModuleList(
            RecurrentDecoder(
                embedding,
                stack.cell,
                stack.hidden_size,
                num_layers=stack.num_layers,
                context_size=stack.output_size,
                head=cast("nn.Linear", nn.Identity()),  # the states go to the output layer
                dropout=dropout,
                randomness=randomness,
            )
            for _ in NeighborIds._fields
        )

    def forward(self, batch: Batch, y: NeighborIds) -> Tensor:
        """Return the log probability of both neighbours of each row, (2, B); 0 if there is none."""
        context = self.encode(self.encoder.vectors(batch), batch.lengths)  # (B, K)
        sides = zip(self.decoders, y, strict=True)
        return torch.stack([self._log_proba(decoder, ids, context) for decoder, ids in sides])

    def encode(self, vectors: Tensor, lengths: Tensor | None) -> Tensor:
        """Return one vector for each sentence of word vectors (T, B, D), (B, K)."""
        return self.pooling(self.body(vectors, lengths), lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        rows = super().layer_rows()
        for name, decoder in zip(NeighborIds._fields, self.decoders, strict=True):
            first = cast("nn.Linear", decoder.initial)
            shape = (None, first.out_features)
            rows.append(LayerRow(f"{name}_first_state", "Linear", shape, n_parameters(first)))
            layers = cast("RecurrentStack", decoder.layers).layer_rows()
            rows += [row._replace(name=f"{name}_{row.name}") for row in layers]
        shape_out = (None, None, len(self.output.weight))
        return [*rows, LayerRow("output", "Softmax", shape_out, n_parameters(self.output))]

    def _log_proba(self, decoder: nn.Module, ids: Tensor, context: Tensor) -> Tensor:
        """Return the log probability of one neighbour of each row, (B,), with teacher forcing."""
        total = context.new_zeros(len(context))  # (B,)
        rows = (ids[0] != IGNORE_INDEX).nonzero()[:, 0]  # those that have this neighbour
        if not len(rows):  # torch's recurrent layers take no empty batch
            return total
        ids = ids[:, rows]
        positions = target_positions(ids)  # (N,)
        targets = F.pad(ids.clamp(min=EOS), (0, 0, 0, 1), value=EOS).flatten()[positions]
        states = decoder(ids, EncoderOutput(context[rows]))  # (N, H)
        words = self.output(states, targets)  # (N,)
        return total.index_add(0, rows[positions % len(rows)], words.to(total.dtype))
