"""What an estimator on sequences is made of: an encoder, an output on it, and a head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.validation import check_consistent_length
from torch import nn

from .._reporting._named_errors import errors_of
from ..nn import (
    EMBEDDING_BOUND,
    EncoderModel,
    Randomness,
    SequenceEncoder,
    SequenceNet,
    TokenDropout,
    learned_embedding,
    pretrained_embedding,
)
from ._records import (
    BeforeTraining,
    FineTuning,
    FitData,
    SequenceExamples,
    TrainingPlan,
    as_it_is,
    errors_of_validation,
)
from .heads._head import Head
from .inputs._input_spec import InputSpec
from .inputs._sequences import Sequences, row_weights


class BodyBuilder(Protocol):
    """Makes what reads the vectors of the steps, such as recurrent layers.

    The module takes vectors (T, B, D) and lengths (B,) or None, and returns (T, B, H); H is its
    ``output_size``, and ``layer_rows()`` lists its layers.
    """

    def __call__(self, width: int, /, *, randomness: Randomness) -> nn.Module:
        """Make the module for vectors of width D."""
        ...


class OutputBuilder(Protocol):
    """Makes what turns the encoder's steps into outputs, such as a pooling and a dense layer."""

    def __call__(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness, /
    ) -> EncoderModel:
        """Make the whole network of an encoder, with so many outputs."""
        ...


class EncoderPart(Protocol):
    """Decides what the network reads, and makes its encoder."""

    def inputs(self, rows: Sequences) -> InputSpec:
        """Return what a network is to read that is built for these rows."""
        ...

    def build(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        """Make the encoder; `table` has the vectors of ids that are to be fine-tuned."""
        ...


@dataclass(frozen=True)
class NewEncoder:
    """An encoder that learns from the beginning: embedding and body.

    Parameters
    ----------
    body : BodyBuilder
        Makes the body.
    embedding_dim : int
        Width of the learned embedding of ids.
    n_tokens : int or None
        Rows of the embedding; None: as many as the rows say or need.
    fine_tune : bool
        Whether the table of EmbeddedSequences is the first value of the embedding; else their
        vectors are input.
    embedding_bound : float
        Learned embeddings are initialized uniformly between this and its negative.
    token_dropout : float
        Fraction of the ids that are unknown in training, or of vectors that are zero.

    Examples
    --------
    Word vectors that a convolution reads:

    >>> from functools import partial
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import ClassHead, NewEncoder, Parts, SequenceEstimator
    >>> from textvec.networks.custom import fitted, pooled_output, row_pooling
    >>> from textvec.nn import ConvolutionBody
    >>> class PairClassifier(SequenceEstimator):
    ...     classes_: object = fitted()
    ...
    ...     def _parts(self):
    ...         body = partial(ConvolutionBody, kernel_sizes=[2], n_filters=16)
    ...         encoder = NewEncoder(body, embedding_dim=8, token_dropout=0.1)
    ...         output = partial(pooled_output, pooling=row_pooling("max"), dropout=0.0)
    ...         return Parts(encoder, output, ClassHead())
    >>> X = Ragged.from_rows([[2, 3], [3, 2]] * 20)
    >>> model = PairClassifier(learning_rate_init=0.02, random_state=0).fit(X, ["a", "b"] * 20)
    >>> model.predict(X[:2])
    array(['a', 'b'], dtype='<U1')
    """

    body: BodyBuilder
    embedding_dim: int
    n_tokens: int | None = None
    fine_tune: bool = False
    embedding_bound: float = EMBEDDING_BOUND
    token_dropout: float = 0.0

    def inputs(self, rows: Sequences) -> InputSpec:
        """Return what a network is to read that is built for these rows.

        Parameters
        ----------
        rows : Sequences
            The rows of `fit`.

        Returns
        -------
        InputSpec
            Ids or vectors, and of what size.
        """
        return InputSpec.of(
            rows,
            n_tokens=self.n_tokens,
            embedding_dim=self.embedding_dim,
            fine_tune=self.fine_tune,
        )

    def build(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        """Make the encoder.

        Parameters
        ----------
        inputs : InputSpec
            What the network reads.
        table : ndarray of shape (n_ids, embedding_dim) or None
            The vectors of ids that are to be fine-tuned.
        randomness : Randomness
            Where the weights are drawn from.

        Returns
        -------
        SequenceEncoder
            The encoder, with new weights.
        """
        embedding = self._embedding(inputs, table, randomness.generator("cpu"))
        width = inputs.size if embedding is None else embedding.embedding_dim
        body = self.body(width, randomness=randomness)
        token_dropout = TokenDropout(self.token_dropout, randomness)
        return SequenceEncoder(
            embedding,
            body,
            token_dropout=token_dropout,
            longest=inputs.longest,
            is_pretrained=table is not None,
        )

    def _embedding(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, generator: torch.Generator
    ) -> nn.Embedding | None:
        if inputs.kind == "vectors":
            return None
        if table is not None:
            return pretrained_embedding(torch.tensor(table), trainable=True)
        return learned_embedding(
            inputs.size, self.embedding_dim, generator, bound=self.embedding_bound
        )


@dataclass(frozen=True)
class Parts:
    """The parts of an estimator on sequences.

    Parameters
    ----------
    encoder : EncoderPart
        From rows to a vector for each step.
    output : OutputBuilder
        From the steps to the outputs of the network.
    head : Head
        From targets to a criterion, and from outputs to predictions.
    fine_tuning : FineTuning or None
        How the layers of a pretrained encoder learn.
    before_training : callable of SequenceNet and SequenceData
        As of :class:`TrainingPlan`.
    output_of_part : OutputBuilder or None
        The output of a network that begins by `partial_fit`; None: the same.

    Examples
    --------
    The parts of an estimator here, with another pooling:

    >>> from dataclasses import replace
    >>> from functools import partial
    >>> from textvec import Ragged, RNNClassifier
    >>> from textvec.networks.custom import pooled_output, row_pooling
    >>> class BothPoolings(RNNClassifier):
    ...     def _parts(self):
    ...         pooling = row_pooling(("mean", "attention"))
    ...         output = partial(pooled_output, pooling=pooling, dropout=self.dropout)
    ...         return replace(super()._parts(), output=output)
    >>> X = Ragged.from_rows([[2, 3], [3, 4]])
    >>> BothPoolings(hidden_size=8, max_iter=1).fit(X, ["a", "b"]).summary()
    Model: "BothPoolings"
    Layer (type)                      Output Shape                 Param #
    ======================================================================
    embedding (Embedding)             (None, None, 64)                 320
    lstm (Bidirectional LSTM)         (None, None, 16)               4,736
    pooling (ConcatPooling)           (None, 32)                        16
    head (Linear)                     (None, 1)                         33
    ======================================================================
    Total params: 5,105
    Trainable params: 5,105
    Non-trainable params: 0
    """

    encoder: EncoderPart
    output: OutputBuilder
    head: Head
    fine_tuning: FineTuning | None = None
    before_training: BeforeTraining = as_it_is
    output_of_part: OutputBuilder | None = None


def planned(
    parts: Parts,
    data: FitData,
    rows: Sequences,
    *,
    inputs: InputSpec | None,
    previous: SequenceNet | None,
    name: str,
) -> TrainingPlan:
    """Read the targets of rows, and plan the training of the network on them.

    Parameters
    ----------
    parts : Parts
        What the network is made of.
    data : FitData
        The arguments of `fit`.
    rows : Sequences
        Its X, read.
    inputs : InputSpec or None
        What the network reads that training continues from; None: a new one is made.
    previous : SequenceNet or None
        That network.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    TrainingPlan
        What is to be trained.
    """
    weights = row_weights(data.sample_weight, rows)
    check_consistent_length(rows, data.y, weights)
    targets = parts.head.read(
        data.y,
        weights,
        rows,
        known=data.known,
        criterion=None if previous is None else previous.criterion_,
        name=name,
    )
    inputs = parts.encoder.inputs(rows) if inputs is None else inputs
    if data.is_part and parts.output_of_part is not None:
        parts = replace(parts, output=parts.output_of_part)
    return TrainingPlan(
        examples=SequenceExamples(inputs.conform(rows, name), targets.values, targets.weights),
        criterion=targets.criterion,
        build=partial(built, parts, inputs, rows.table, targets.criterion.n_outputs),
        attributes={**targets.attributes, "_inputs": inputs},
        strata=targets.strata,
        fine_tuning=parts.fine_tuning,
        before_training=parts.before_training,
    )


def with_validation(
    plan: TrainingPlan,
    parts: Parts,
    data: FitData | None,
    read: Callable[[Any], Sequences],
    name: str,
) -> TrainingPlan:
    """Return a plan with validation rows, which are read as its own are.

    Parameters
    ----------
    plan : TrainingPlan
        The plan for the training rows.
    parts : Parts
        What the network is made of.
    data : FitData or None
        The validation rows and their targets; None: there are none.
    read : callable
        Reads their X.
    name : str
        Of the estimator, for messages.

    Returns
    -------
    TrainingPlan
        The plan.

    Raises
    ------
    TypeError, ValueError
        If the rows are not of the form of the training rows, or their targets are of another
        kind, or hold classes that the training rows lack.
    """
    if data is None:
        return plan
    inputs: InputSpec = plan.attributes["_inputs"]
    with errors_of_validation():
        rows = read(data.X)
        conforming = inputs.conform(rows, name)
    with errors_of("the validation rows"):
        weights = row_weights(data.sample_weight, rows)
        check_consistent_length(rows, data.y, weights)
        targets = parts.head.read(
            data.y, weights, rows, known=plan.attributes, criterion=plan.criterion, name=name
        )
    ours, theirs = targets.criterion, plan.criterion
    if type(ours) is not type(theirs) or ours.n_outputs != theirs.n_outputs:
        raise ValueError("y_val must be of the same kind and width as y.")
    examples = SequenceExamples(conforming, targets.values, targets.weights)
    return replace(plan, validation=examples)


def built(
    parts: Parts,
    inputs: InputSpec,
    table: NDArray[np.float32] | None,
    n_outputs: int,
    randomness: Randomness,
) -> EncoderModel:
    """Make the network, from the bottom up."""
    encoder = parts.encoder.build(inputs, table, randomness)
    return parts.output(encoder, n_outputs, randomness)
