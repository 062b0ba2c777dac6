"""The network of a tagger whose labels depend on each other: a CRF over the steps."""

from __future__ import annotations

from ._batches import Batch
from ._crf import ChainHead, ChainScores
from ._model import StepModel
from ._summary import LayerRow, n_parameters


class ChainModel(StepModel):
    """A :class:`StepModel` whose head scores whole sequences of labels."""

    head: ChainHead

    def forward(self, batch: Batch) -> ChainScores:  # type: ignore[override]
        """Return the scores of label sequences."""
        return self.head(self.dropout(self.steps(batch)), batch.lengths)  # type: ignore[no-any-return]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers; the CRF scores pairs of labels, first and last ones."""
        head = self.head
        count = n_parameters(head) - n_parameters(head.emissions)
        return [*super().layer_rows(), LayerRow("chain", "CRF", (None, None), count)]
