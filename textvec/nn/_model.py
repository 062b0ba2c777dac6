"""The network: vectors in, recurrent body, one vector a row, head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._batches import Batch
from ._dropout import Dropout
from ._initialization import linear
from ._pooling import POOLINGS
from ._randomness import Randomness
from ._recurrent import RecurrentStack


class SequenceModel(nn.Module):
    """Embedding, recurrent body, pooling and a dense head.

    Parameters
    ----------
    embedding : torch.nn.Embedding or None
        From ids to vectors; None if the batches hold vectors.
    body : RecurrentStack
        Over the vectors.
    pooling : {"last", "mean", "max", "attention"}
        From the body's outputs to one vector a row.
    n_outputs : int
        Width of the head.
    dropout : float, default=0.0
        Fraction of the pooled vector that is dropped in training.
    randomness : Randomness
        Where weights, dropout masks and the order of rows in training are drawn from.
    """

    def __init__(
        self,
        embedding: nn.Embedding | None,
        body: RecurrentStack,
        pooling: str,
        n_outputs: int,
        *,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__()
        generator = randomness.generator("cpu")
        self.randomness = randomness
        self.embedding = embedding
        self.body = body
        self.pooling = POOLINGS[pooling](body, generator)
        self.dropout = Dropout(dropout, randomness)
        self.head = linear(body.output_size, n_outputs, generator)

    @property
    def n_outputs(self) -> int:
        return self.head.out_features

    def forward(self, batch: Batch) -> Tensor:
        """Give the head's output for each row, (B, n_outputs)."""
        return self.head(self.dropout(self.pool(batch)))  # type: ignore[no-any-return]

    def pool(self, batch: Batch) -> Tensor:
        """Give one vector a row, (B, output_size of the body)."""
        return self.pooling(self.steps(batch), batch.lengths)  # type: ignore[no-any-return]

    def steps(self, batch: Batch) -> Tensor:
        """Give the body's output for each step, (T, B, output_size of the body)."""
        x = batch.values if self.embedding is None else self.embedding(batch.values)
        return self.body(x, batch.lengths)  # type: ignore[no-any-return]


def on_device(name: str | torch.device) -> torch.device:
    """Give the device of a name; ``"auto"`` takes CUDA where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
