"""A sentence as a vector from which the sentences beside it can be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from .._ragged import Ragged
from .._vocabulary import PAD
from ._batches import Batch, SequenceData
from ._decoder import EncoderOutput, RecurrentDecoder
from ._encoder import SequenceEncoder
from ._language_model import LanguageCriterion
from ._model import EncoderModel
from ._randomness import Randomness
from ._recurrent_stack import RecurrentStack
from ._row_pooling import LastPooling
from ._rows import DeviceRows
from ._softmax import AdaptiveSoftmax
from ._summary import LayerRow, n_parameters
from ._targets import EOS, IGNORE_INDEX, target_positions


class NeighborIds(NamedTuple):
    """The ids of the sentence before each row, and of the one after.

    Both are (T, B), int64, -100 beyond a sentence's end; nothing else where there is none.
    """

    before: Tensor
    after: Tensor


@dataclass(frozen=True, eq=False)
class NeighborTargets:
    """Targets of sentences: those before and after, which are rows of the same ids.

    Parameters
    ----------
    before, after : DeviceRows
        The sentence before and the one after each row; of length 0 if there is none.
    """

    before: DeviceRows
    after: DeviceRows

    def take(self, rows: NDArray[np.int64]) -> NeighborTargets:
        """Select rows; they share the ids."""
        return NeighborTargets(self.before.take(rows), self.after.take(rows))

    def batch(self, rows: Tensor) -> NeighborIds:
        """Return the targets of a batch of `rows` (B,)."""
        return NeighborIds(_padded_ids(self.before, rows), _padded_ids(self.after, rows))


def _padded_ids(side: DeviceRows, rows: Tensor) -> Tensor:
    ids = side.padded(rows).long()  # (T, B)
    return ids.masked_fill(ids == PAD, IGNORE_INDEX)  # no sentence holds the id of padding


def neighbor_data(
    device: torch.device,
    ids: Ragged,
    lengths: NDArray[np.int64],
    rows: NDArray[np.int64],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
) -> SequenceData:
    """Copy sentences to a device, with their neighbours as targets; they share the ids.

    Parameters
    ----------
    device : torch.device
        Where to.
    ids : Ragged
        Ids of all sentences, 1 or more.
    lengths : ndarray of shape (n_sentences,), int64
        How many ids of each sentence count, from its first.
    rows : ndarray of shape (n_rows,), int64
        Sentences to learn from.
    before, after : ndarray of shape (n_rows,), int64
        Their neighbours; -1 where there is none.
    """
    starts = ids.offsets[:-1]
    sentences = DeviceRows.on(device, ids.values, starts[rows], lengths[rows])
    sides = (
        sentences.sharing(starts[side], np.where(side < 0, 0, lengths[side]))
        for side in (before, after)
    )
    return SequenceData(sentences, None, NeighborTargets(*sides), None)


class SkipThoughtModel(EncoderModel):
    """Encoder, and two decoders of its last state: one each for the sentences beside a row.

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
        super().__init__(encoder, dropout=dropout, randomness=randomness)
        stack, embedding = encoder.body, encoder.embedding
        assert isinstance(stack, RecurrentStack)
        assert embedding is not None
        self.pooling = LastPooling(stack, randomness.generator("cpu"))
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
        """Give the log probability of the sentences beside each row, (2, B); 0 where none is."""
        context = self.encode(self.encoder.vectors(batch), batch.lengths)  # (B, K)
        sides = zip(self.decoders, y, strict=True)
        return torch.stack([self._log_proba(decoder, ids, context) for decoder, ids in sides])

    def encode(self, vectors: Tensor, lengths: Tensor | None) -> Tensor:
        """Give one vector for each sentence of word vectors (T, B, D), (B, K)."""
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
        """Give the log probability of one side's sentences, word by word after the true ones."""
        found = context.new_zeros(len(context))  # (B,)
        rows = (ids[0] != IGNORE_INDEX).nonzero()[:, 0]  # those that have a sentence there
        if not len(rows):  # torch's recurrent layers take no batch of nothing
            return found
        ids = ids[:, rows]
        places = target_positions(ids)  # (N,)
        targets = F.pad(ids.clamp(min=EOS), (0, 0, 0, 1), value=EOS).flatten()[places]
        states = decoder(ids, EncoderOutput(context[rows]))  # (N, H)
        words = self.output(states, targets)  # (N,)
        return found.index_add(0, rows[places % len(rows)], words.to(found.dtype))


class NeighborCriterion(LanguageCriterion):
    """Minus the log probability of each word, and each end, of the sentences beside a row."""

    def n_terms(self, y: NeighborIds) -> Tensor:  # type: ignore[override]
        """Give the number of words and ends beside each row, (B,)."""
        counts = torch.stack([(ids != IGNORE_INDEX).sum(dim=0) for ids in y])  # (2, B)
        return (counts + (counts > 0)).sum(dim=0)
