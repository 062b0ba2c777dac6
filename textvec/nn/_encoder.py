"""From a batch to one vector a step."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from ._batches import Batch
from ._summary import LayerRow, n_parameters


class SequenceEncoder(nn.Module):
    """Embedding and body: ids or vectors in, the body's output for each step out.

    Parameters
    ----------
    embedding : torch.nn.Embedding or None
        From ids to vectors; None if the batches hold vectors.
    body : torch.nn.Module
        Takes vectors (T, B, D) and lengths (B,) or None, returns (T, B, H); has H as its
        ``output_size`` and lists its layers by ``layer_rows()``. :class:`RecurrentStack`
        is one.
    longest : int, default=0
        Steps of the longest row that was seen when the network was made, for what is built
        on the encoder.

    Attributes
    ----------
    output_size : int
        Width H of the body's output.
    """

    def __init__(self, embedding: nn.Embedding | None, body: nn.Module, *, longest: int = 0):
        super().__init__()
        self.longest = longest
        self.embedding = embedding
        self.body = body

    @property
    def output_size(self) -> int:
        return cast("int", self.body.output_size)

    def vectors(self, batch: Batch) -> Tensor:
        """Return the vectors that the body reads, (T, B, D)."""
        return batch.values if self.embedding is None else self.embedding(batch.values)

    def forward(self, batch: Batch) -> Tensor:
        """Return the body's output for each step, (T, B, H)."""
        return self.body(self.vectors(batch), batch.lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        rows = []
        if self.embedding is not None:
            shape = (None, None, self.embedding.embedding_dim)
            count = n_parameters(self.embedding)
            rows.append(LayerRow("embedding", "Embedding", shape, count))
        return rows + self.body.layer_rows()  # type: ignore[operator,no-any-return]
