"""Modules with weights drawn from an explicit generator.

The distributions are Keras', not torch's: dense and input weights uniform after Glorot, recurrent
weights orthogonal, biases zero but the forget gate's, which is one [1]_, embeddings uniform over
[-0.05, 0.05]. Torch draws embeddings from N(0, 1), a noise that a net on a few thousand documents
does not outgrow: ``benchmarks/training.py`` prints the accuracy with both. Where a decoder is to
write, it is the other way round: from small embeddings it learns for passes which tokens are
frequent, and nothing else. There they are uniform with variance one.

References
----------
.. [1] R. Jozefowicz, W. Zaremba and I. Sutskever (2015). An empirical exploration of recurrent
   network architectures. ICML.
"""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import init

Module = TypeVar("Module", bound=nn.Module)

EMBEDDING_BOUND = 0.05
DECODER_EMBEDDING_BOUND = 3**0.5


def unset(module_class: type[Module], *args: Any, **kwargs: Any) -> Module:
    """Make a module whose parameters hold no values yet, without drawing any.

    A plain ``module_class(...)`` would draw them from torch's global generator.
    """
    return module_class(*args, **kwargs, device="meta", dtype=torch.float32).to_empty(device="cpu")


def linear(in_features: int, out_features: int, generator: torch.Generator) -> nn.Linear:
    """Make a dense layer."""
    layer = unset(nn.Linear, in_features, out_features)
    init.xavier_uniform_(layer.weight, generator=generator)
    init.zeros_(layer.bias)
    return layer


def convolution(
    in_channels: int, out_channels: int, kernel_size: int, generator: torch.Generator
) -> nn.Conv1d:
    """Make filters over `kernel_size` steps."""
    layer = unset(nn.Conv1d, in_channels, out_channels, kernel_size)
    init.xavier_uniform_(layer.weight, generator=generator)
    assert layer.bias is not None
    init.zeros_(layer.bias)
    return layer


def recurrent(
    cell_class: type[nn.RNNBase], input_size: int, hidden_size: int, generator: torch.Generator
) -> nn.RNNBase:
    """Make one layer of one direction."""
    layer = unset(cell_class, input_size, hidden_size)
    weights = dict(layer.named_parameters())
    init.xavier_uniform_(weights["weight_ih_l0"], generator=generator)
    for gate in torch.split(weights["weight_hh_l0"].data, hidden_size):  # (H, H) each
        init.orthogonal_(gate, generator=generator)
    init.zeros_(weights["bias_ih_l0"])
    init.zeros_(weights["bias_hh_l0"])
    if isinstance(layer, nn.LSTM):  # its gates are in, forget, cell, out
        init.ones_(weights["bias_ih_l0"].data[hidden_size : 2 * hidden_size])
    return layer


@torch.no_grad()
def learned_embedding(
    n_rows: int, dim: int, generator: torch.Generator, *, bound: float = EMBEDDING_BOUND
) -> nn.Embedding:
    """Make a table of `n_rows` vectors to learn; row 0, the padding, stays zero."""
    embedding = unset(nn.Embedding, n_rows, dim, padding_idx=0)
    embedding.weight.uniform_(-bound, bound, generator=generator)
    embedding.weight[0] = 0.0
    return embedding


def pretrained_embedding(table: Tensor, *, trainable: bool) -> nn.Embedding:
    """Make an embedding of pretrained vectors (V, D); row 0, the padding, stays zero."""
    embedding = unset(nn.Embedding, *table.shape, padding_idx=0)
    embedding.weight = nn.Parameter(table.clone(), requires_grad=trainable)
    return embedding
