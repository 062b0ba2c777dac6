"""The decoder: from an encoder's output to a sequence of ids, one after the other."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ._dropout import Dropout
from ._initialization import linear
from ._randomness import Randomness
from ._recurrent_stack import RecurrentStack, StackState
from ._row_pooling import padding_mask
from ._summary import LayerRow, n_parameters
from ._targets import BOS, target_positions


class EncoderOutput(NamedTuple):
    """What an encoder returns, and a decoder reads.

    Parameters
    ----------
    context : Tensor of shape (B, K)
        A vector for each row.
    steps : Tensor of shape (S, B, A) or None
        Vectors of the steps that attention looks at.
    lengths : Tensor of shape (B,), int64, or None
        Real steps of each row; None if every row has S.
    """

    context: Tensor
    steps: Tensor | None = None
    lengths: Tensor | None = None

    def take(self, rows: Tensor) -> EncoderOutput:
        """Select rows, also one several times."""
        return EncoderOutput(
            self.context[rows],
            None if self.steps is None else self.steps[:, rows],
            None if self.lengths is None else self.lengths[rows],
        )


class DecoderState(NamedTuple):
    """State of a decoder between two steps.

    Parameters
    ----------
    layers : tuple of Tensors of shape (num_layers, B, H)
        States of the recurrent layers, and of an LSTM its cells.
    source : EncoderOutput
        Of the rows.
    """

    layers: StackState
    source: EncoderOutput

    def take(self, rows: Tensor) -> DecoderState:
        """Select rows, also one several times."""
        return DecoderState(tuple(part[:, rows] for part in self.layers), self.source.take(rows))


class StepAttention(nn.Module):
    """Attention of each step of the target to all steps of the source [1]_.

    From a state h the steps s get the weights ``softmax(h W s / sqrt(A))``; their weighted mean c
    is joined to h as ``tanh(V [c; h])``. A row without steps has the mean zero. The root [2]_
    keeps the softmax from saturating in the first epochs.

    Parameters
    ----------
    hidden_size : int
        Width H of the states.
    attended_size : int
        Width A of the source's steps.
    generator : torch.Generator
        Draws the weights.

    References
    ----------
    .. [1] T. Luong, H. Pham and C. D. Manning (2015). Effective approaches to
       attention-based neural machine translation. EMNLP. Global attention, the general score.
    .. [2] A. Vaswani et al. (2017). Attention is all you need. NeurIPS. Section 3.2.1.
    """

    def __init__(self, hidden_size: int, attended_size: int, generator: torch.Generator):
        super().__init__()
        self.query = linear(hidden_size, attended_size, generator)
        self.join = linear(attended_size + hidden_size, hidden_size, generator)

    def forward(self, states: Tensor, source: EncoderOutput) -> Tensor:
        """Return the states joined with what they attend to, (T, B, H)."""
        assert source.steps is not None
        weights = self.weights(states, source)  # (B, T, S)
        seen = weights @ source.steps.transpose(0, 1)  # (B, T, A)
        joined = torch.cat([seen.transpose(0, 1), states], dim=2)  # (T, B, A + H)
        return torch.tanh(self.join(joined))

    def weights(self, states: Tensor, source: EncoderOutput) -> Tensor:
        """Return the weight of each step of the source at each of `states` (T, B, H): (B, T, S)."""
        steps, lengths = source.steps, source.lengths
        assert steps is not None
        queries: Tensor = self.query(states).transpose(0, 1)  # (B, T, A)
        scores = queries @ steps.permute(1, 2, 0) / math.sqrt(steps.shape[2])  # (B, T, S)
        if lengths is None:
            return scores.softmax(dim=2)
        padding = padding_mask(steps, lengths).permute(1, 2, 0)  # (B, 1, S)
        # The least float, not -inf: a row without steps must not become NaN.
        scores = scores.masked_fill(padding, torch.finfo(scores.dtype).min)
        return scores.softmax(dim=2).masked_fill(padding, 0.0)


class RecurrentDecoder(nn.Module):
    """Recurrent layers that read the last id and predict the next.

    In training the ids before are the true ones (teacher forcing), so that the layers run
    over all steps in one go: the attention comes after them and feeds nothing back. The
    input before the first id is id 0, the zero vector; what follows the last is class 0, the
    end. The first state is a dense layer of the row's context.

    Parameters
    ----------
    embedding : torch.nn.Embedding
        Of the ids, row 0 zero; decoders may share it.
    cell : {"rnn", "gru", "lstm"}
        Kind of cell.
    hidden_size : int
        Width H of the state.
    num_layers : int, default=1
        Layers, one over the other.
    context_size : int
        Width K of the context.
    join_context : bool, default=True
        Whether the context is also part of every step's input [1]_.
    attended_size : int or None, default=None
        Width A of the steps that attention looks at; None: no attention.
    head : torch.nn.Linear or None, default=None
        From a state to the logits of the V ids; decoders may share it. None makes one.
    dropout : float, default=0.0
        Fraction of the inputs of every layer, the head included, that is dropped in training.
    randomness : Randomness
        Where weights and dropout masks are drawn from.

    References
    ----------
    .. [1] K. Cho et al. (2014). Learning phrase representations using RNN encoder-decoder
       for statistical machine translation. EMNLP.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import EncoderOutput, Randomness, RecurrentDecoder, learned_embedding
    >>> draws = Randomness(0)
    >>> embedding = learned_embedding(6, 3, draws.generator("cpu"))
    >>> decoder = RecurrentDecoder(embedding, "gru", 4, context_size=5, randomness=draws)
    >>> y = torch.tensor([[2, 3], [4, -100]])  # rows of 2 and 1 ids
    >>> decoder(y, EncoderOutput(torch.ones(2, 5))).shape  # and the end of each
    torch.Size([5, 6])
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        cell: str,
        hidden_size: int,
        *,
        num_layers: int = 1,
        context_size: int,
        join_context: bool = True,
        attended_size: int | None = None,
        head: nn.Linear | None = None,
        dropout: float = 0.0,
        randomness: Randomness,
    ):
        super().__init__()
        generator = randomness.generator("cpu")
        self.embedding = embedding
        self.join_context = join_context
        self.layers = RecurrentStack(
            cell,
            embedding.embedding_dim + (context_size if join_context else 0),
            hidden_size,
            num_layers=num_layers,
            dropout=dropout,
            randomness=randomness,
        )
        width = self.layers.n_states * num_layers * hidden_size
        self.initial = linear(context_size, width, generator)
        self.attention = (
            None if attended_size is None else StepAttention(hidden_size, attended_size, generator)
        )
        self.dropout = Dropout(dropout, randomness)
        self.head = (
            linear(hidden_size, embedding.num_embeddings, generator) if head is None else head
        )

    def forward(self, y: Tensor, source: EncoderOutput) -> Tensor:
        """Return the logits of each next id after the true ids before it (teacher forcing).

        Parameters
        ----------
        y : Tensor of shape (T, B), int64
            The ids, -100 beyond each row's end.
        source : EncoderOutput
            Of the rows.

        Returns
        -------
        Tensor of shape (N, V)
            At the N :func:`target_positions` of y: padding costs nothing.
        """
        states = self.states(y, source)
        if self.attention is not None:
            states = self.attention(states, source)
        states = self.dropout(states).flatten(0, 1).index_select(0, target_positions(y))  # (N, H)
        return self.head(states)  # type: ignore[no-any-return]

    def states(self, y: Tensor, source: EncoderOutput) -> Tensor:
        """Return the top layer's state before each id and before EOS, (T + 1, B, H)."""
        before = F.pad(y.clamp(min=BOS), (0, 0, 1, 0), value=BOS)  # (T + 1, B)
        return self._run(before, self.start(source))[0]

    def attention_weights(self, y: Tensor, source: EncoderOutput) -> Tensor:
        """Return the attention weights of each id and EOS, (B, T + 1, S).

        Raises
        ------
        ValueError
            If the decoder has no attention.
        """
        if self.attention is None:
            raise ValueError("this decoder has no attention: it reads the source as one vector.")
        return self.attention.weights(self.states(y, source), source)

    def start(self, source: EncoderOutput) -> DecoderState:
        """Return the state before the first id."""
        parts = torch.tanh(self.initial(source.context)).chunk(self.layers.n_states, dim=1)
        shape = (len(source.context), self.layers.num_layers, self.layers.hidden_size)
        return DecoderState(tuple(p.view(shape).transpose(0, 1) for p in parts), source)

    def step(self, ids: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read one id of each row, (B,); return the logits of the next, (B, V), and the state."""
        outputs, state = self._run(ids[None], state)
        if self.attention is not None:
            outputs = self.attention(outputs, state.source)
        return self.head(self.dropout(outputs)[0]), state

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        steps = (None, None)
        width, count = self.embedding.embedding_dim, n_parameters(self.embedding)
        rows = [
            LayerRow("target_embedding", "Embedding", (*steps, width), count),
            LayerRow(
                "first_state",
                "Linear",
                (None, self.initial.out_features),
                n_parameters(self.initial),
            ),
            *(row._replace(name=f"decoder_{row.name}") for row in self.layers.layer_rows()),
        ]
        if self.attention is not None:
            count = n_parameters(self.attention)
            rows.append(
                LayerRow("attention", "Attention", (*steps, self.layers.output_size), count)
            )
        return [
            *rows,
            LayerRow("head", "Linear", (*steps, self.head.out_features), n_parameters(self.head)),
        ]

    def _run(self, ids: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read ids (T, B); return the top layer's states (T, B, H), and the state after."""
        x = self.embedding(ids)  # (T, B, D)
        if self.join_context:
            context = state.source.context
            x = torch.cat([x, context.expand(len(ids), *context.shape)], dim=2)
        outputs, layers = self.layers.forward_from(x, None, state.layers)
        return outputs, DecoderState(layers, state.source)
