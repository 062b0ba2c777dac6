"""A sentence as a vector from which the sentences beside it can be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .._vocabulary import UNKNOWN
from ._batches import Batch
from ._criteria import Criterion
from ._decoder import Memory, RecurrentDecoder, TokenCrossEntropy
from ._encoder import SequenceEncoder
from ._initialization import linear
from ._model import EncoderModel
from ._pooling import LastPooling
from ._randomness import Randomness
from ._recurrent import RecurrentStack
from ._summary import LayerRow, n_parameters
from ._targets import IGNORED


class Beside(NamedTuple):
    """Something for the sentence before each row, and for the one after.

    As targets: ids (T, B), int64, -100 beyond a sentence's end; nothing else where there is no
    such sentence. As outputs: logits (N, V) of the N ids and ends there are.
    """

    before: Tensor
    after: Tensor


@dataclass(frozen=True, eq=False)
class NeighborTargets:
    """Targets of sentences: those before and after, which are rows of the same ids.

    Parameters
    ----------
    values : Tensor of shape (n_items,)
        The ids of all sentences.
    starts, lengths : Tensor of shape (2, n_rows), int64
        The sentence before row i is ``values[starts[0, i]:starts[0, i] + lengths[0, i]]``, the
        one after it has ``[1, i]``; of length 0 if there is none.
    """

    values: Tensor
    starts: Tensor
    lengths: Tensor

    def take(self, rows: Tensor) -> NeighborTargets:
        """Select rows; they share the values."""
        return replace(self, starts=self.starts[:, rows], lengths=self.lengths[:, rows])

    def gather(self, rows: Tensor, n_steps: int) -> Beside:
        """Give the targets of a batch; its own `n_steps` do not matter."""
        sides = zip(self.starts[:, rows], self.lengths[:, rows], strict=True)
        return Beside(*(self._padded(starts, lengths) for starts, lengths in sides))

    def _padded(self, starts: Tensor, lengths: Tensor) -> Tensor:
        n_steps = max(1, int(lengths.max()))
        steps = torch.arange(n_steps, device=starts.device)[:, None]  # (T, 1)
        beyond = steps >= lengths  # (T, B)
        ids = self.values[(starts + steps).masked_fill(beyond, 0)]  # (T, B)
        return ids.long().masked_fill(beyond, IGNORED)


class SkipThoughtModel(EncoderModel):
    """Encoder, and two decoders of its last state: one each for the sentences beside a row.

    The embedding is the encoder's and both decoders', and so is the layer from their states to
    words.

    Parameters
    ----------
    encoder : SequenceEncoder
        Its body is a :class:`RecurrentStack`, of whose kind and size the decoders are; it has
        an embedding.
    n_targets : int
        Words that the decoders tell apart: ids from 0 on.
    dropout : float, default=0.0
        Fraction of the inputs of the decoders' layers that is dropped in training.
    randomness : Randomness
        Where weights and dropout masks are drawn from.
    """

    reads_targets = True

    def __init__(
        self,
        encoder: SequenceEncoder,
        n_targets: int,
        *,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__(encoder, dropout=dropout, randomness=randomness)
        stack, embedding = encoder.body, encoder.embedding
        assert isinstance(stack, RecurrentStack)
        assert embedding is not None
        generator = randomness.generator("cpu")
        self.pooling = LastPooling(stack, generator)
        self.head = linear(stack.hidden_size, n_targets, generator)
        self.decoders = nn.ModuleList(
            RecurrentDecoder(
                embedding,
                stack.cell,
                stack.hidden_size,
                num_layers=stack.num_layers,
                context_size=stack.output_size,
                head=self.head,
                dropout=dropout,
                randomness=randomness,
            )
            for _ in Beside._fields
        )

    def forward(self, batch: Batch, y: Beside) -> Beside:
        """Give the logits of each word of the sentences beside, after the true words before it."""
        context = self.encode(self.encoder.vectors(batch), batch.lengths)  # (B, K)
        sides = zip(self.decoders, y, strict=True)
        return Beside(*(self._logits(decoder, ids, context) for decoder, ids in sides))

    def encode(self, vectors: Tensor, lengths: Tensor | None) -> Tensor:
        """Give one vector for each sentence of word vectors (T, B, D), (B, K)."""
        return self.pooling(self.body(vectors, lengths), lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        rows = super().layer_rows()
        for name, decoder in zip(Beside._fields, self.decoders, strict=True):
            own = decoder.layer_rows()[1:-1]  # type: ignore[operator]  # the ends are shared
            rows += [row._replace(name=f"{name}_{row.name}") for row in own]
        shape = (None, None, self.head.out_features)
        return [*rows, LayerRow("head", "Linear", shape, n_parameters(self.head))]

    def _logits(self, decoder: nn.Module, ids: Tensor, context: Tensor) -> Tensor:
        rows = with_sentence(ids)
        if not len(rows):  # torch's recurrent layers take no batch of nothing
            return context.new_zeros(0, self.head.out_features)
        return decoder(ids[:, rows], Memory(context[rows]))  # type: ignore[no-any-return]


class NeighborCriterion(Criterion):
    """The loss of each word, and of each end, of the sentences beside a row.

    The score is the part of them that is likeliest.

    Parameters
    ----------
    n_targets : int
        Words that are told apart; any other counts as unknown, id 1.
    """

    def __init__(self, n_targets: int):
        super().__init__()
        self.n_outputs = n_targets
        self.of_side = TokenCrossEntropy(n_targets)

    def forward(self, outputs: Beside, y: Beside) -> Tensor:
        """Give the sum over both sentences of each row, (B,)."""
        losses = outputs.before.new_zeros(y.before.shape[1])
        for logits, ids in zip(outputs, y, strict=True):
            rows = with_sentence(ids)
            losses = losses.index_add(0, rows, self.of_side(logits, self._asked(ids[:, rows])))
        return losses

    def units(self, y: Beside) -> Tensor:
        """Give the number of words and ends beside each row, (B,)."""
        counts = [(ids != IGNORED).sum(dim=0) for ids in y]  # (B,) each
        return sum((n + (n > 0) for n in counts), torch.zeros_like(counts[0]))

    def tally(self, outputs: Beside, y: Beside, weights: Tensor) -> Tensor:
        """Give the weight of words and ends told rightly, and of all, (2,)."""
        tallies = []
        for logits, ids in zip(outputs, y, strict=True):
            rows = with_sentence(ids)
            tallies.append(self.of_side.tally(logits, self._asked(ids[:, rows]), weights[rows]))
        return torch.stack(tallies).sum(dim=0)

    def score(self, tally: Tensor) -> float:
        """Give the part of words and ends told rightly."""
        return self.of_side.score(tally)

    def _asked(self, ids: Tensor) -> Tensor:
        return ids.masked_fill(ids >= self.n_outputs, UNKNOWN)


def with_sentence(ids: Tensor) -> Tensor:
    """Give the rows of targets (T, B) that hold a sentence, (n,)."""
    return (ids[0] != IGNORED).nonzero()[:, 0]
