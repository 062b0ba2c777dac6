"""Stacked recurrent layers over batches that are padded at the end.

What a cell computes is torch's own definition (``torch.nn.RNN``, ``GRU``, ``LSTM``). With the input
x, the hidden state h before, the sigmoid function s, elementwise products ``*``, and a matrix and a
bias for each gate and each of x and h, written ``W [x, h]``:

- ``"rnn"`` [1]_: ``h' = tanh(W [x, h])``.
- ``"gru"`` [2]_: a reset gate ``r = s(W_r [x, h])``, an update gate ``z = s(W_z [x, h])``, a
  candidate ``n = tanh(W_n x + r * (U_n h))``, then ``h' = (1 - z) * n + z * h``.
- ``"lstm"`` [3]_, with a cell state c: gates of input ``i = s(W_i [x, h])``, forgetting
  ``f = s(W_f [x, h])`` and output ``o = s(W_o [x, h])``, a candidate ``g = tanh(W_g [x, h])``, then
  ``c' = f * c + i * g`` and ``h' = o * tanh(c')``.

Nothing is packed where outputs are all that is needed: see :class:`RecurrentStack`. The one
exception is :meth:`RecurrentStack.forward_from` with lengths, which must know the state after each
row's own last step: of an LSTM's cell state, torch tells that of packed sequences only.

References
----------
.. [1] J. L. Elman (1990). Finding structure in time. Cognitive Science 14.
.. [2] K. Cho et al. (2014). Learning phrase representations using RNN encoder-decoder for
   statistical machine translation. EMNLP.
.. [3] S. Hochreiter and J. Schmidhuber (1997). Long short-term memory. Neural Computation 9; with
   the forget gate of F. A. Gers, J. Schmidhuber and F. Cummins (2000).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ._cuda_streams import in_two_streams
from ._dropout import Dropout
from ._forward_plan import Part
from ._gru_training import gru_states, gru_trains_on_cpu
from ._initialization import recurrent
from ._lstm_training import StepPlaces, lstm_states, lstm_trains_on_cpu, rounds_products
from ._packed_lstm import PackedLSTM
from ._randomness import Randomness
from ._reversal import Reversal
from ._summary import LayerRow, n_parameters
from ._tanh_rnn import TanhRNN
from ._torch_threads import branches, gains_by_threads, n_part_threads

# Hidden states of all layers, (num_layers, B, H), and of an LSTM its cell states.
StackState = tuple[Tensor, ...]

CELLS: dict[str, type[nn.RNNBase]] = {"rnn": TanhRNN, "gru": nn.GRU, "lstm": nn.LSTM}


class RecurrentStack(nn.Module):
    """Layers of recurrent cells, each over the outputs of the one below.

    The result for every real step is that of ``torch.nn.LSTM`` (``GRU``, ``RNN``) with the
    same weights on packed sequences, which are slow on a CPU. Here batches are padded at the end:
    the outputs before a row's end don't depend on the padding behind it, and the backward
    direction runs forward over each row reversed within its own length.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}
        Kind of cell; ``"rnn"`` is the plain tanh cell.
    input_size : int
        Width D of the input vectors.
    hidden_size : int
        Width H of the state of each direction.
    num_layers : int, default=1
        Layers, one over the other.
    bidirectional : bool, default=False
        Whether every layer also reads from the end, its outputs joined to the others.
    dropout : float, default=0.0
        Fraction of the inputs of every layer that is dropped in training.
    input_dropout : float or None, default=None
        The same of the first layer; None: as `dropout`.
    randomness : Randomness
        Where weights and dropout masks are drawn from.

    Attributes
    ----------
    output_size : int
        Width of the outputs: H, or 2 H if bidirectional.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import Randomness, RecurrentStack
    >>> stack = RecurrentStack("gru", 3, 4, bidirectional=True, randomness=Randomness(0))
    >>> stack(torch.ones(5, 2, 3), torch.tensor([5, 2])).shape
    torch.Size([5, 2, 8])
    """

    input_dropout: float | None = None  # of models saved before it was a parameter

    def __init__(
        self,
        cell: str,
        input_size: int,
        hidden_size: int,
        *,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        input_dropout: float | None = None,
        randomness: Randomness,
    ):
        super().__init__()
        self.input_dropout = input_dropout
        self.cell = cell
        self.hidden_size = hidden_size
        self.bidirectional = bidirectional
        self.output_size = hidden_size * (2 if bidirectional else 1)
        self.dropout = Dropout(dropout, randomness)
        self.forward_layers = nn.ModuleList()
        self.backward_layers = nn.ModuleList()
        generator = randomness.generator("cpu")
        for layer in range(num_layers):
            width = self.output_size if layer else input_size
            self.forward_layers.append(recurrent(CELLS[cell], width, hidden_size, generator))
            if bidirectional:
                self.backward_layers.append(recurrent(CELLS[cell], width, hidden_size, generator))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copied stack; on a GPU, cuDNN wants the weights of a layer in one piece."""
        super().__setstate__(state)  # type: ignore[no-untyped-call]
        for layer in self._all_layers():
            cast("nn.RNNBase", layer).flatten_parameters()

    @property
    def num_layers(self) -> int:
        return len(self.forward_layers)

    @property
    def n_states(self) -> int:
        """Return how many tensors a layer's state is: 2 of an LSTM (hidden, cell), else 1."""
        return 2 if self.cell == "lstm" else 1

    @property
    def has_parts(self) -> bool:
        """Return whether there are two directions that gain by a thread for each.

        The operations of plain cells are so small that they would wait for the interpreter.
        """
        return self.bidirectional and self.cell != "rnn"

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the hidden state of the top layer after every step.

        Parameters
        ----------
        x : Tensor of shape (T, B, D)
            Steps first, rows padded at the end.
        lengths : Tensor of shape (B,), int64, or None
            Real steps of each row; None if every row has T.

        Returns
        -------
        Tensor of shape (T, B, output_size)
            Finite, but without meaning, beyond a row's length.
        """
        return self._in_its_type(self._layers, x, lengths)  # type: ignore[no-any-return]

    def forward_from(
        self, x: Tensor, lengths: Tensor | None = None, state: StackState | None = None
    ) -> tuple[Tensor, StackState]:
        """Return the outputs from a hidden state on, and the state after.

        Parameters
        ----------
        x : Tensor of shape (T, B, D)
            Steps first, rows padded at the end.
        lengths : Tensor of shape (B,), int64, or None
            Real steps of each row; a row without steps keeps its state.
        state : tuple of Tensors of shape (num_layers, B, H), or None
            From the call before: hidden states and, of ``"lstm"``, cell states. None: zeros.

        Returns
        -------
        outputs : Tensor of shape (T, B, H)
            As of :meth:`forward`.
        state : tuple of Tensors of shape (num_layers, B, H)
            After each row's last step.

        Raises
        ------
        ValueError
            If the stack is bidirectional: the backward direction begins at a row's end.
        """
        return self._in_its_type(self._continued, x, lengths, state)  # type: ignore[no-any-return]

    def _continued(
        self, x: Tensor, lengths: Tensor | None, state: StackState | None
    ) -> tuple[Tensor, StackState]:
        if self.bidirectional:
            raise ValueError("a bidirectional network reads rows from their end: it can't go on.")
        if state is None:
            zeros = x.new_zeros(self.num_layers, x.shape[1], self.hidden_size)
            state = (zeros,) * self.n_states
        reached: list[tuple[Tensor, ...]] = []
        for i, layer in enumerate(self.forward_layers):
            before = tuple(part[i].to(x.dtype) for part in state)  # (B, H) each
            x = self._dropped(x, i)
            x, after = _continued(cast("nn.RNNBase", layer), x, lengths, before)
            reached.append(after)
        return x, tuple(torch.stack(parts) for parts in zip(*reached, strict=True))

    def copy_with(
        self, *, dropout: float, input_dropout: float | None = None, randomness: Randomness
    ) -> RecurrentStack:
        """Make a stack of the same shape and weights, with a dropout of its own."""
        width = cast("nn.RNNBase", self.forward_layers[0]).input_size
        stack = RecurrentStack(
            self.cell,
            width,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=dropout,
            input_dropout=input_dropout,
            randomness=randomness,
        )
        stack.load_state_dict(self.state_dict())
        return stack

    def layers_down(self) -> list[list[str]]:
        """Return patterns of the parameters' names of each layer, from the top down."""
        depths = reversed(range(self.num_layers))
        return [[f"forward_layers.{i}.*", f"backward_layers.{i}.*"] for i in depths]

    def layer_rows(self) -> list[LayerRow]:
        """List the layers."""
        kind = f"Bidirectional {self.cell.upper()}" if self.bidirectional else self.cell.upper()
        rows = []
        for i, layer in enumerate(self.forward_layers):
            name = self.cell if self.num_layers == 1 else f"{self.cell}_{i + 1}"
            count = n_parameters(layer) * (2 if self.bidirectional else 1)
            rows.append(LayerRow(name, kind, (None, None, self.output_size), count))
        return rows

    def _dropped(self, x: Tensor, layer: int) -> Tensor:
        return self.dropout(x, None if layer else self.input_dropout)  # type: ignore[no-any-return]

    def forward_with(self, part: Part) -> Callable[..., Tensor]:
        """Return :meth:`forward` for float32, with the layers of both directions looked up."""
        if not (self.bidirectional and self.cell == "lstm"):
            return self.forward
        layers, dropout = self._pairs(), part(self.dropout)

        def read(x: Tensor, lengths: Tensor | None = None) -> Tensor:
            if lengths is None and _in_one_call(x):
                return _both_directions(x, layers, dropout)
            return self.forward(x, lengths)

        return read

    def _pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """Return the layers, each of both directions."""
        return list(zip(self.forward_layers, self.backward_layers, strict=True))

    def _layers(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        if self.bidirectional and self.cell == "lstm" and lengths is None and _in_one_call(x):
            return _both_directions(x, self._pairs(), self.dropout)
        if lstm_trains_on_cpu(self._all_layers(), x):
            return self._trained(x, StepPlaces.of(lengths, *x.shape[:2]))
        reverse = Reversal.of(lengths, x.shape[0]) if self.bidirectional else None
        for i, layer in enumerate(self.forward_layers):
            x = self._dropped(x, i)
            if reverse is None:
                x = _states(layer, x)  # (T, B, H)
            else:
                x = torch.cat(self._directions(x, i, reverse), dim=2)  # (T, B, 2 H)
        return x

    def _in_its_type(self, read: Callable[..., Any], x: Tensor, *args: Any) -> Any:
        """Read vectors; on a CPU in float32, whatever autocast says, but in training of LSTMs.

        Few CPUs have the bfloat16 kernels that it would pick.
        """
        if not (x.device.type == "cpu" and torch.is_autocast_enabled("cpu")):
            return read(x, *args)
        x = x.float()
        rounds = rounds_products() and lstm_trains_on_cpu(self._all_layers(), x)
        with torch.autocast("cpu", enabled=rounds):
            return read(x, *args)

    def _all_layers(self) -> tuple[nn.Module, ...]:
        return (*self.forward_layers, *self.backward_layers)

    def _trained(self, x: Tensor, places: StepPlaces) -> Tensor:
        """Run layers of LSTMs that are trained on a CPU."""
        for i, forward in enumerate(self.forward_layers):
            layers = [forward, self.backward_layers[i]] if self.bidirectional else [forward]
            x, _ = lstm_states(cast("list[nn.LSTM]", layers), self._dropped(x, i), places)
        return x

    def _directions(self, x: Tensor, layer: int, reverse: Reversal) -> tuple[Tensor, ...]:
        """Run both directions of a layer, side by side if that is worth it."""
        forward, backward = self.forward_layers[layer], self.backward_layers[layer]

        def run_backward(x: Tensor) -> Tensor:
            return reverse(_states(backward, reverse(x)))

        if x.is_cuda:
            shared = [x] if reverse.source is None else [x, reverse.source]
            return in_two_streams(partial(_states, forward, x), partial(run_backward, x), shared)
        calls = (partial(_states, forward), run_backward)
        if not gains_by_threads(x.shape[:2].numel() * self.hidden_size):
            return tuple(call(x) for call in calls)
        return branches(x, calls, [list(forward.parameters()), list(backward.parameters())])


def _in_one_call(x: Tensor) -> bool:
    return not torch.is_grad_enabled() and x.device.type == "cpu" and n_part_threads() == 1


def _both_directions(
    x: Tensor, layers: list[tuple[Any, Any]], dropout: Callable[[Tensor], Tensor]
) -> Tensor:
    """Run all layers of LSTMs on the CPU, the backward direction without reversing its input.

    For inference on rows of one length, such as a single row. Of a GRU, this would round
    otherwise.
    """
    for forward, backward in layers:
        x = dropout(x)
        packed = PackedLSTM.all_of(x, forward, backward)
        if packed is None:
            weights = forward._flat_weights + backward._flat_weights
            zeros = x.new_zeros(2, x.shape[1], forward.hidden_size)
            x, *_ = torch.lstm(x, (zeros, zeros), weights, True, 1, 0.0, False, True, False)
        else:
            zeros = x.new_zeros(1, x.shape[1], forward.hidden_size)
            there, _ = packed[0].read(x, (zeros, zeros))
            back, _ = packed[1].read(x, (zeros, zeros), reverse=True)
            x = torch.cat([there, back], dim=2)
    return x


def _states(layer: nn.Module, x: Tensor) -> Tensor:
    """Run one layer; return its outputs (T, B, H)."""
    if gru_trains_on_cpu(layer, x):
        return gru_states(layer, x)
    packed = PackedLSTM.all_of(x, layer)
    if packed is not None:
        return packed[0].read(x)[0]
    return layer(x)[0]  # type: ignore[no-any-return]


def _continued(
    layer: nn.RNNBase, x: Tensor, lengths: Tensor | None, state: tuple[Tensor, ...]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Run one layer from a state, a (B, H) or two; return outputs (T, B, H) and the state after."""
    before = tuple(part[None].contiguous() for part in state)  # (1, B, H) each
    hx: Any = before if len(before) == 2 else before[0]
    if lstm_trains_on_cpu([layer], x):
        places = StepPlaces.of(lengths, *x.shape[:2])
        outputs, after = lstm_states([cast("nn.LSTM", layer)], x, places, before)
        return outputs, tuple(part[0] for part in after)
    if lengths is None and gru_trains_on_cpu(layer, x):
        outputs = gru_states(layer, x, *state)
        return outputs, (outputs[-1],)
    if lengths is None:
        ready = PackedLSTM.all_of(x, layer)
        outputs, after = layer(x, hx) if ready is None else ready[0].read(x, hx)
        return outputs, tuple(p[0] for p in (after if len(before) == 2 else (after,)))
    # Of packed sequences only, torch returns the cell state of an LSTM after each row's end.
    packed = pack_padded_sequence(x, lengths.clamp(min=1).cpu(), enforce_sorted=False)
    run: Any = nn.RNN.forward if isinstance(layer, TanhRNN) else type(layer).forward
    packed, after = run(layer, packed, hx)
    outputs, _ = pad_packed_sequence(packed, total_length=len(x))
    parts = [p[0] for p in (after if len(before) == 2 else (after,))]  # (B, H) each
    moved = (lengths > 0)[:, None]
    return outputs, tuple(torch.where(moved, p, s) for p, s in zip(parts, state, strict=True))
