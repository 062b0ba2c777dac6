"""What stands on an encoder: one vector a row and a dense layer, or a layer at each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch
from torch import nn

from ...nn import (
    POOLINGS,
    ChainHead,
    ChainModel,
    EncoderModel,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    StepModel,
    linear,
)

PoolingBuilder = Callable[[SequenceEncoder, torch.Generator], nn.Module]


def row_pooling(name: str) -> PoolingBuilder:
    """Return what makes a pooling: ``"mean"``, ``"max"`` or ``"attention"`` over the steps.

    ``"last"`` and ``"concat"`` are the hidden states of recurrent layers, and need such a body.
    """

    def build(encoder: SequenceEncoder, generator: torch.Generator) -> nn.Module:
        pooling: nn.Module = POOLINGS[name](cast("RecurrentStack", encoder.body), generator)
        return pooling

    return build


def pooled_output(
    encoder: SequenceEncoder,
    n_outputs: int,
    randomness: Randomness,
    *,
    pooling: PoolingBuilder,
    dropout: float,
) -> SequenceModel:
    """Make a network of one vector a row, by a pooling of its steps, and a dense layer."""
    generator = randomness.generator("cpu")
    pool = pooling(encoder, generator)
    head = linear(getattr(pool, "output_size", encoder.output_size), n_outputs, generator)
    return SequenceModel(encoder, pool, head, dropout=dropout, randomness=randomness)


def step_output(
    encoder: SequenceEncoder, n_outputs: int, randomness: Randomness, *, crf: bool, dropout: float
) -> EncoderModel:
    """Make a network of a dense layer at each step, or with `crf` of a linear chain of them."""
    generator = randomness.generator("cpu")
    if crf:
        chain = ChainHead(encoder.output_size, n_outputs, generator)
        return ChainModel(encoder, chain, dropout=dropout, randomness=randomness)
    head = linear(encoder.output_size, n_outputs, generator)
    return StepModel(encoder, head, dropout=dropout, randomness=randomness)
