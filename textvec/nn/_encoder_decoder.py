"""Encoder and decoder: one sequence in, another out."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ._batches import Batch
from ._decoder import DecoderState, EncoderOutput, RecurrentDecoder
from ._encoder import SequenceEncoder
from ._model import EncoderModel
from ._randomness import Randomness
from ._search import Hypotheses, beam_search, greedy_search
from ._summary import LayerRow

# Most logits of one step of a search: rows are searched in groups that keep to it.
_SEARCH_LOGITS = 2**24


class EncoderDecoder(EncoderModel):
    """Encoder, pooling and decoder: one sequence of ids a row, of any length.

    In training it reads the targets, too: each step of the decoder gets the true id before it
    (teacher forcing).

    Parameters
    ----------
    encoder : SequenceEncoder
        Embedding and body.
    pooling : torch.nn.Module
        From the encoder's steps (S, B, A) and lengths to the decoder's context (B, K).
    decoder : RecurrentDecoder
        With attention, it reads the encoder's steps.
    randomness : Randomness
        Where the order of rows in training is drawn from.
    """

    reads_targets = True

    def __init__(
        self,
        encoder: SequenceEncoder,
        pooling: nn.Module,
        decoder: RecurrentDecoder,
        *,
        randomness: Randomness,
    ):
        super().__init__(encoder, randomness=randomness)
        self.pooling = pooling
        self.decoder = decoder

    def forward(self, batch: Batch, y: Tensor) -> Tensor:
        """Return the logits at the :func:`target_positions` of `y` (T, B), (N, V)."""
        return self.decoder(y, self.encode(batch))  # type: ignore[no-any-return]

    def encode(self, batch: Batch) -> EncoderOutput:
        """Read rows for the decoder."""
        steps = self.steps(batch)  # (S, B, A)
        context = self.pooling(steps, batch.lengths)  # (B, K)
        if self.decoder.attention is None:
            return EncoderOutput(context)
        return EncoderOutput(context, steps, batch.lengths)

    def pool(self, batch: Batch) -> Tensor:
        """Return the vector of each row, (B, K)."""
        return self.encode(batch).context

    def generate(
        self, batch: Batch, *, width: int, max_length: int, length_penalty: float
    ) -> Tensor:
        """Generate the likeliest ids for each row, (B, max_length), 0 beyond the end.

        The options are those of :func:`beam_search`.
        """
        if width > 1:
            found = self.generate_n_best(
                batch,
                n_best=1,
                width=width,
                max_length=max_length,
                length_penalty=length_penalty,
            )
            return found.ids[:, 0]
        return torch.cat(
            [
                greedy_search(self.decoder.step, *start, max_length=max_length)
                for start in self._search_starts(batch, width)
            ]
        )

    def generate_n_best(
        self, batch: Batch, *, n_best: int, width: int, max_length: int, length_penalty: float
    ) -> Hypotheses:
        """Generate the likeliest sequences of ids for each row, by :func:`beam_search`."""
        found = [
            beam_search(
                self.decoder.step,
                *start,
                width=width,
                max_length=max_length,
                length_penalty=length_penalty,
                n_best=n_best,
            )
            for start in self._search_starts(batch, width)
        ]
        return Hypotheses(*(torch.cat(parts) for parts in zip(*found, strict=True)))

    def _search_starts(self, batch: Batch, width: int) -> Iterator[tuple[DecoderState, Tensor]]:
        """Yield the state and the first ids of a group of rows after the other."""
        source = self.encode(batch)
        n_rows = max(1, _SEARCH_LOGITS // (width * self.decoder.head.out_features))
        for rows in torch.split(torch.arange(len(batch), device=source.context.device), n_rows):
            yield self.decoder.start(source.take(rows)), torch.zeros_like(rows)

    def attention_weights(self, batch: Batch, y: Tensor) -> Tensor:
        """Return the attention weights of each id of `y` (T, B) and EOS, (B, T + 1, S)."""
        return self.decoder.attention_weights(y, self.encode(batch))

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        return [*super().layer_rows(), *self.decoder.layer_rows()]
