"""What stands on an encoder: one vector a row and a dense layer, or a layer at each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import torch
from torch import nn

from ...nn import (
    MOST_WIDE_WEIGHTS,
    POOLINGS,
    ChainHead,
    ChainModel,
    EncoderModel,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    SequenceModel,
    StepModel,
    WideLinear,
    linear,
    pooling_of,
)

# Words and pairs, as in the bags that are hard to beat. Of few symbols, such as those of DNA, every
# row has all pairs: their weights learned noise, and took accuracy (benchmarks/defaults.py).
_AUTO_NGRAM = 2
_FEW_IDS = 32

PoolingBuilder = Callable[[SequenceEncoder, torch.Generator], nn.Module]


def row_pooling(kinds: str | Sequence[str]) -> PoolingBuilder:
    """Return what makes a pooling: ``"mean"``, ``"max"`` or ``"attention"`` over the steps.

    ``"last"`` and ``"concat"`` are the hidden states of recurrent layers, and need such a body.
    Several kinds are concatenated.

    Parameters
    ----------
    kinds : str or sequence of str
        One kind or several.

    Returns
    -------
    callable
        A function of an encoder and a generator of random numbers that makes the pooling.

    Raises
    ------
    ValueError
        If a kind is none of these.

    Examples
    --------
    >>> import torch
    >>> from textvec.networks.custom import row_pooling
    >>> from textvec.nn import RecurrentStack, Randomness, SequenceEncoder
    >>> body = RecurrentStack("gru", 4, 8, randomness=Randomness(0))
    >>> pooling = row_pooling(("mean", "max"))(SequenceEncoder(None, body), torch.Generator())
    >>> pooling.output_size
    16
    """
    if isinstance(kinds, str):
        is_known = kinds in {*POOLINGS, "concat"}
    else:
        kinds = tuple(kinds) if np.ndim(kinds) else ()
        is_known = bool(kinds) and all(isinstance(kind, str) and kind in POOLINGS for kind in kinds)
    if not is_known:
        raise ValueError(
            f"pooling must be one of {sorted({*POOLINGS, 'concat'})}, or a tuple of some of "
            f"{sorted(POOLINGS)}, got {kinds!r}."
        )

    def build(encoder: SequenceEncoder, generator: torch.Generator) -> nn.Module:
        return pooling_of(kinds, cast("RecurrentStack", encoder.body), generator)

    return build


def pooled_output(
    encoder: SequenceEncoder,
    n_outputs: int,
    randomness: Randomness,
    *,
    pooling: PoolingBuilder,
    dropout: float,
    wide: int | str = 0,
) -> SequenceModel:
    """Make a network of one vector a row, by a pooling of its steps, and a dense layer.

    With `wide`, a linear model on n-grams up to that length is added to its outputs.

    Parameters
    ----------
    encoder : SequenceEncoder
        What the network begins with.
    n_outputs : int
        Width of the output.
    randomness : Randomness
        Where the weights are drawn from.
    pooling : callable
        What :func:`row_pooling` returns.
    dropout : float
        Share of the pooled vector that is dropped, in [0, 1).
    wide : int or "auto", default=0
        Longest n-gram of the linear model; 0: there is none. ``"auto"``: 2 where the encoder has
        a new embedding of more than 32 ids, and times the outputs of at most 2 ** 22.

    Returns
    -------
    SequenceModel
        The network.

    Examples
    --------
    >>> import torch
    >>> from textvec.networks.custom import pooled_output, row_pooling
    >>> from textvec.nn import Batch, Randomness, RecurrentStack, SequenceEncoder
    >>> randomness = Randomness(0)
    >>> encoder = SequenceEncoder(None, RecurrentStack("gru", 4, 8, randomness=randomness))
    >>> network = pooled_output(
    ...     encoder, 3, randomness, pooling=row_pooling("mean"), dropout=0.3
    ... )
    >>> network(Batch(torch.zeros(5, 2, 4))).shape  # 2 rows of 5 steps: 3 outputs a row
    torch.Size([2, 3])
    """
    generator = randomness.generator("cpu")
    pool = pooling(encoder, generator)
    head = linear(getattr(pool, "output_size", encoder.output_size), n_outputs, generator)
    max_ngram = _auto_ngram(encoder, n_outputs) if wide == "auto" else int(wide)
    path = _wide_path(encoder, n_outputs, max_ngram)
    return SequenceModel(encoder, pool, head, wide=path, dropout=dropout, randomness=randomness)


def _auto_ngram(encoder: SequenceEncoder, n_outputs: int) -> int:
    if encoder.embedding is None or encoder.is_pretrained:  # what is learned of words is in it
        return 0
    n_ids = encoder.embedding.num_embeddings
    # Of more weights none is fitted, and the steps of an optimizer through them take many times
    # those of the network.
    return _AUTO_NGRAM if n_ids > _FEW_IDS and n_ids * n_outputs <= MOST_WIDE_WEIGHTS else 0


def _wide_path(encoder: SequenceEncoder, n_outputs: int, max_ngram: int) -> WideLinear | None:
    if not max_ngram:
        return None
    if encoder.embedding is None:
        raise ValueError(
            f"wide={max_ngram} is a linear model on n-grams of ids, but X holds vectors: pass ids, "
            "or fine_tune=True for EmbeddedSequences."
        )
    return WideLinear(encoder.embedding.num_embeddings, n_outputs, max_ngram)


def step_output(
    encoder: SequenceEncoder, n_outputs: int, randomness: Randomness, *, crf: bool, dropout: float
) -> EncoderModel:
    """Make a network of a dense layer at each step, or with `crf` of a linear chain of them.

    Parameters
    ----------
    encoder : SequenceEncoder
        What the network begins with.
    n_outputs : int
        Width of the output.
    randomness : Randomness
        Where the weights are drawn from.
    crf : bool
        Whether the outputs are those of a linear chain.
    dropout : float
        Share of the vectors of steps that is dropped, in [0, 1).

    Returns
    -------
    EncoderModel
        The network.

    Examples
    --------
    >>> import torch
    >>> from textvec.networks.custom import step_output
    >>> from textvec.nn import Batch, Randomness, RecurrentStack, SequenceEncoder
    >>> randomness = Randomness(0)
    >>> encoder = SequenceEncoder(None, RecurrentStack("gru", 4, 8, randomness=randomness))
    >>> network = step_output(encoder, 3, randomness, crf=False, dropout=0.3)
    >>> network(Batch(torch.zeros(5, 2, 4))).shape  # 2 rows of 5 steps: 3 outputs a step
    torch.Size([5, 2, 3])
    """
    generator = randomness.generator("cpu")
    if crf:
        chain = ChainHead(encoder.output_size, n_outputs, generator)
        return ChainModel(encoder, chain, dropout=dropout, randomness=randomness)
    head = linear(encoder.output_size, n_outputs, generator)
    return StepModel(encoder, head, dropout=dropout, randomness=randomness)
