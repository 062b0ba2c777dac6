"""From a batch to one vector a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from torch import Tensor, nn

from ._batches import Batch
from ._forward_plan import Part, as_module
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
    token_dropout : torch.nn.Module or None, default=None
        Drops ids or vectors of steps in training.
    longest : int, default=0
        Steps of the longest row that was seen when the network was made, for what is built
        on the encoder.
    is_pretrained : bool, default=False
        Whether what is learned of tokens was in the embedding when the network was made, for what
        is built on the encoder.

    Attributes
    ----------
    output_size : int
        Width H of the body's output.
    """

    def __init__(
        self,
        embedding: nn.Embedding | None,
        body: nn.Module,
        *,
        token_dropout: nn.Module | None = None,
        longest: int = 0,
        is_pretrained: bool = False,
    ):
        super().__init__()
        self.longest = longest
        self.is_pretrained = is_pretrained
        self.token_dropout = token_dropout
        self.embedding = embedding
        self.body = body

    @property
    def output_size(self) -> int:
        return cast("int", self.body.output_size)

    def vectors(self, batch: Batch) -> Tensor:
        """Return the vectors that the body reads, (T, B, D)."""
        vectors: Tensor = self._vectors(as_module)(batch)
        return vectors

    def forward(self, batch: Batch) -> Tensor:
        """Return the body's output for each step, (T, B, H)."""
        steps: Tensor = self.forward_with(as_module)(batch)
        return steps

    def forward_with(self, part: Part) -> Callable[[Batch], Tensor]:
        """Return the forward pass, in which each part is called as `part` makes it."""
        vectors, body = self._vectors(part), part(self.body)
        return lambda batch: body(vectors(batch), batch.lengths)

    def _vectors(self, part: Part) -> Callable[[Batch], Tensor]:
        token_dropout = getattr(self, "token_dropout", None)  # models of 0.1 may have none
        layers = [part(m) for m in (token_dropout, self.embedding) if m is not None]

        def vectors(batch: Batch) -> Tensor:
            values = batch.values
            for layer in layers:
                values = layer(values)
            return values

        return vectors

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        rows = []
        if self.embedding is not None:
            shape = (None, None, self.embedding.embedding_dim)
            count = n_parameters(self.embedding)
            rows.append(LayerRow("embedding", "Embedding", shape, count))
        rows += self.body.layer_rows()  # type: ignore[operator]
        return [row._replace(part="encoder") for row in rows]
