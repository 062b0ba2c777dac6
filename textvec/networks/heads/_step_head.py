"""Classes of steps as what a network learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._containers._ragged import Ragged, offsets_from_lengths
from ...nn import (
    IGNORE_INDEX,
    Batch,
    ChainCriterion,
    ChunkLabels,
    Criterion,
    SequenceData,
    SequenceNet,
    StepCrossEntropy,
    TagCriterion,
    Transitions,
)
from ..inputs._sequences import Sequences, near_one
from ._class_head import encode_labels, label_weights
from ._head import Targets
from ._sequence_labels import align_labels, has_label, read_labels


@dataclass(frozen=True)
class StepHead:
    """A class for each step of a row.

    Parameters
    ----------
    crf : bool
        Whether the classes of a row are scored together, as a linear chain.
    constraints : str or None, default=None
        With `crf`, the scheme of the labels, by which some never follow others.
    chunk_f1 : bool, default=False
        Whether the validation score is the F1 of chunks.
    class_weight : dict, "balanced" or None, default=None
        Weight of the steps of each class; not with `crf`.
    label_smoothing : float, default=0.0
        Part of each target that is shared out among the classes; not with `crf`.

    Examples
    --------
    >>> from functools import partial
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import RecurrentEstimator, StepHead, fitted, step_output
    >>> class Tagger(RecurrentEstimator):
    ...     classes_: object = fitted()
    ...
    ...     def _parts(self):
    ...         output = partial(step_output, crf=False, dropout=self.dropout)
    ...         return self._recurrent_parts(output, StepHead(crf=False))
    >>> X = Ragged.from_rows([[2, 3], [3, 2, 3]] * 20)
    >>> y = [["a", "b"], ["b", "a", "b"]] * 20
    >>> Tagger(learning_rate_init=0.05, random_state=0).fit(X, y).predict(X[:2]).to_list()
    [['a', 'b'], ['b', 'a', 'b']]
    """

    crf: bool
    constraints: str | None = None
    chunk_f1: bool = False
    class_weight: dict[Any, float] | str | None = None
    label_smoothing: float = 0.0

    def read(
        self,
        y: Any,
        weights: NDArray[np.floating] | None,
        rows: Sequences,
        *,
        known: Mapping[str, Any],
        criterion: Criterion | None,
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
        targets = Ragged(numbers, labels.offsets)
        return Targets(
            targets,
            self._criterion(classes, targets, present),
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
        """Return the probability of each class at each step.

        Parameters
        ----------
        net : SequenceNet
            The trained network.
        data : SequenceData
            The rows, on the device of the network.
        known : mapping of str to object
            The fitted attributes of the estimator.

        Returns
        -------
        Ragged of float32
            The probabilities, rows of the same lengths.
        """

        def proba(batch: Batch) -> Any:
            return net.criterion_.proba(net.infer(batch))

        return Ragged(net.by_step(data, proba).numpy(), offsets_from_lengths(data.lengths_cpu))

    def _criterion(
        self, classes: NDArray[Any], targets: Ragged, labels: NDArray[Any]
    ) -> TagCriterion:
        """Return the criterion of classes; targets that it does not allow are an error."""
        chunks = ChunkLabels.of(classes) if self.chunk_f1 else None
        if not self.crf:
            weights = self._class_weights(classes, labels)
            return StepCrossEntropy(
                len(classes), chunks, class_weights=weights, label_smoothing=self.label_smoothing
            )
        if self.constraints is None:
            return ChainCriterion(len(classes), chunks)
        transitions = Transitions.of(classes, self.constraints)
        _check_allowed(targets, transitions, classes, self.constraints)
        return ChainCriterion(len(classes), chunks, transitions)

    def _class_weights(
        self, classes: NDArray[Any], labels: NDArray[Any]
    ) -> NDArray[np.float32] | None:
        """Return the weight of each class, by the labels of all steps that have one."""
        if self.class_weight is None:
            return None
        weights = np.ones(len(classes))
        weights[np.searchsorted(classes, labels)] = label_weights(self.class_weight, labels)
        if not weights[np.isin(classes, labels)].any():
            raise ValueError(
                f"class_weight={self.class_weight!r} leaves no label a weight above 0: there is "
                "nothing to learn from."
            )
        return near_one(weights).astype(np.float32)


def _check_allowed(
    targets: Ragged, transitions: Transitions, classes: NDArray[Any], constraints: str
) -> None:
    """Raise an error that names the first labels that a scheme does not allow."""
    place = transitions.first_violation(targets)
    if place is None:
        return
    row, step = place
    names = ["no label" if number < 0 else str(classes[number]) for number in targets[row]]
    if step == len(names):
        what = f"ends with {names[-1]}"
    elif step == 0:
        what = f"begins with {names[0]}"
    else:
        what = f"has {names[step]} after {names[step - 1]} at step {step}"
    raise ValueError(
        f"constraints={constraints!r}: row {row} of y {what}. Correct the labels, or name the "
        "scheme they are of; with constraints=None any label may follow any other."
    )
