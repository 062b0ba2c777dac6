"""Classes of steps as what a network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._ragged import Ragged, offsets_from_lengths
from ...nn import IGNORE_INDEX, Batch, ChainCriterion, SequenceData, SequenceNet, StepCrossEntropy
from ..inputs._sequences import Sequences
from ._class_head import encode_labels
from ._head import Targets
from ._sequence_labels import align_labels, has_label, read_labels


@dataclass(frozen=True)
class StepHead:
    """A class for each step of a row.

    Parameters
    ----------
    crf : bool
        Whether the classes of a row are scored together, as a linear chain.
    """

    crf: bool

    def read(
        self,
        y: Any,
        weights: NDArray[np.floating] | None,
        rows: Sequences,
        *,
        known: Mapping[str, Any],
        previous: SequenceNet | None,
        name: str,
    ) -> Targets:
        """Read a row of labels for each row; ``classes_`` is settled by the first."""
        labels = align_labels(read_labels(y, name), rows)
        labelled = has_label(labels.values)
        if not labelled.any():
            raise ValueError(f"{name} needs labels, but no step of y has one.")
        present = labels.values
        if not labelled.all():
            present = np.asarray(present[labelled].tolist())
        numbers = np.full(len(labelled), IGNORE_INDEX)
        numbers[labelled], classes = encode_labels(present, known.get("classes_"), name)
        criterion = ChainCriterion if self.crf else StepCrossEntropy
        return Targets(
            Ragged(numbers, labels.offsets),
            criterion(len(classes)),
            weights,
            attributes={"classes_": classes},
        )

    def predict(self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]) -> Ragged:
        """Return the class of each step."""

        def decide(batch: Batch) -> Any:
            return net.criterion_.decide(net.infer(batch))

        numbers = net.by_step(data, decide).numpy()
        return Ragged(known["classes_"][numbers], offsets_from_lengths(data.lengths_cpu))

    def predict_proba(
        self, net: SequenceNet, data: SequenceData, known: Mapping[str, Any]
    ) -> Ragged:
        """Return the probability of each class at each step."""

        def proba(batch: Batch) -> Any:
            return net.criterion_.proba(net.infer(batch))

        return Ragged(net.by_step(data, proba).numpy(), offsets_from_lengths(data.lengths_cpu))
