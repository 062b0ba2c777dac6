"""A pass of long short-term memory (LSTM) layers whose gradient costs little on a CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, Self, TypeGuard, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from .._kernels._lstm_steps import lstm_backward, lstm_forward, multiplies_bfloat16
from ._few_shapes import n_fill
from ._torch_threads import gains_by_threads, side_by_side

_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class StepPlaces:
    """Where the steps of rows stand among those of all rows, without padding.

    Parameters
    ----------
    starts, lengths : ndarray of shape (B,), int64
        Step t of row b stands at the place ``starts[b] + t * stride``.
    stride : int
        From a step of a row to the next.
    padded : Tensor of shape (n_places,), int64, or None
        The place of each step in a padded batch, steps first; None: the same.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    stride: int
    padded: Tensor | None = None

    @classmethod
    def of(cls, lengths: Tensor | None, n_steps: int, n_rows: int) -> Self:
        """Make the places of rows of such lengths, (B,); None: of `n_steps` each."""
        rows = np.arange(n_rows)
        if lengths is None or int(lengths.sum()) == n_steps * n_rows:
            return cls(rows, np.full(n_rows, n_steps), n_rows)
        counts = lengths.numpy()
        stops = counts.cumsum()
        starts = stops - counts
        steps = np.arange(stops[-1]) - starts.repeat(counts)
        return cls(starts, counts, 1, torch.from_numpy(steps * n_rows + rows.repeat(counts)))

    @property
    def n_real_steps(self) -> int:
        """Steps of all rows."""
        return int(self.lengths.sum())

    def gather(self, x: Tensor) -> Tensor:
        """Return the real steps of (T, B, D), (n_places, D)."""
        flat = x.flatten(0, 1)
        return flat if self.padded is None else flat.index_select(0, self.padded)

    def scatter(self, flat: Tensor, shape: torch.Size) -> Tensor:
        """Return (n_places, D) in the shape of a padded batch, zeros at its padding."""
        if self.padded is None:
            return flat.view(shape)
        padded = flat.new_zeros(shape)
        padded.view(-1, shape[2]).index_copy_(0, self.padded, flat)
        return padded

    def of_rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Return starts, lengths and stride."""
        return self.starts, self.lengths, self.stride


class _Weights(NamedTuple):
    """Weights of one direction, in the order of torch."""

    by_input: Tensor  # (4 H, D)
    by_state: Tensor  # (4 H, H)
    of_input: Tensor  # (4 H,)
    of_state: Tensor  # (4 H,)


class _Trace(NamedTuple):
    """What the steps of a direction leave for their gradient."""

    gates: Tensor  # (n_places, 4 H)
    before: Tensor  # hidden states before each step, a factor of products, (n_places, H)
    cells: Tensor  # (n_places, H)
    squashed: Tensor  # tanh of the cells


def lstm_trains_on_cpu(layers: Iterable[nn.Module], x: Tensor) -> TypeGuard[Iterable[nn.LSTM]]:
    """Return whether layers are LSTMs that are trained on a CPU.

    One with hooks is left to torch, which calls them.
    """
    if x.device.type != "cpu" or x.dtype != torch.float32 or not torch.is_grad_enabled():
        return False
    return all(
        type(layer) is nn.LSTM
        and not (layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks)
        for layer in layers
    )


def rounds_products() -> bool:
    """Return whether autocast to bfloat16 is on, and the CPU has instructions for it."""
    return torch.is_autocast_enabled("cpu") and multiplies_bfloat16()


def lstm_states(
    layers: Sequence[nn.LSTM], x: Tensor, places: StepPlaces, state: Sequence[Tensor] | None = None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Return what ``torch.nn.LSTM`` does on packed sequences, up to rounding.

    The gradient of torch's kernel takes several times what its arithmetic does, and it reads
    padding like steps. Here the products that need no step before are computed at once, of real
    steps only, and the rest in a loop that is compiled, with its gradient. Where
    :func:`rounds_products`, factors of matrix products are rounded to bfloat16.

    Parameters
    ----------
    layers : sequence of torch.nn.LSTM
        Of one layer and direction each; a second one reads the rows from their end.
    x : Tensor of shape (T, B, D)
        Input vectors.
    places : StepPlaces
        Of the rows.
    state : (Tensor, Tensor) of shape (n_layers, B, H) or None, default=None
        Initial hidden and cell state; None: zeros.

    Returns
    -------
    outputs : Tensor of shape (T, B, n_layers * H)
        Hidden states after each step; zeros at padding.
    state : (Tensor, Tensor) of shape (n_layers, B, H)
        After each row's last step.
    """
    if state is None:
        state = (x.new_zeros(len(layers), x.shape[1], layers[0].hidden_size),) * 2
    weights = [weight for layer in layers for weight in cast("list[Tensor]", layer._flat_weights)]
    steps, rounded = _LSTMSteps.apply, rounds_products()
    with torch.autocast("cpu", enabled=False):  # which would round on any CPU
        outputs, *after = steps(x, places, rounded, *state, *weights)  # type: ignore[no-untyped-call]
    return outputs, tuple(after)


class _LSTMSteps(torch.autograd.Function):
    """The states of LSTM layers of one direction each."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        places: StepPlaces,
        rounded: bool,
        hidden: Tensor,
        cell: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, ...]:
        n, _, size = hidden.shape
        new = x.new_empty if places.padded is None else x.new_zeros
        outputs = new(*x.shape[:2], n * size)
        directions, parts = _directions(weights, places, rounded), outputs.chunk(n, dim=2)
        inputs, after = places.gather(x), (_copy(hidden), _copy(cell))
        if rounded:
            inputs = F.pad(inputs.bfloat16(), (0, 0, 0, n_fill(len(inputs))))

        def read(i: int) -> _Trace:
            return directions[i].read(inputs, parts[i], *(state[i] for state in after))

        traces = _each([partial(read, i) for i in range(n)], outputs)
        ctx.places, ctx.rounded, ctx.shape = places, rounded, x.shape
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(inputs, cell.contiguous(), *weights, *chain.from_iterable(traces))
        return outputs, *after

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, by_outputs: Tensor | None, by_hidden: Tensor | None, by_cell: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        inputs, cell, *saved = ctx.saved_tensors
        n, _, size = cell.shape
        directions = _directions(saved[: 4 * n], ctx.places, ctx.rounded)
        traces = [_Trace(*saved[i : i + 4]) for i in range(4 * n, 8 * n, 4)]
        if by_outputs is None:
            by_outputs = cell.new_zeros(*ctx.shape[:2], n * size)
        parts = by_outputs.contiguous().chunk(n, dim=2)
        carried = [torch.zeros_like(cell) if c is None else _copy(c) for c in (by_hidden, by_cell)]
        is_learned, no = any(ctx.needs_input_grad[5:]), (None,) * 4

        def back(i: int) -> tuple[Tensor, tuple[Tensor | None, ...]]:
            by_states = [carry[i] for carry in carried]
            by_gates = directions[i].go_back(traces[i], [cell[i], *by_states, parts[i]])
            if not is_learned:
                return by_gates, no
            by_weights = _by_rounded if ctx.rounded else _by_weights
            return by_gates, by_weights(by_gates, inputs, traces[i].before)

        found = _each([partial(back, i) for i in range(n)], by_outputs)
        by_weights = [by_weight for _, those in found for by_weight in those]
        by_x = None
        if ctx.needs_input_grad[0]:
            matrices = [_factor(d.weights.by_input, ctx.rounded) for d in directions]
            by_inputs = found[0][0] @ matrices[0]
            for (by_gates, _), matrix in zip(found[1:], matrices[1:], strict=True):
                by_inputs.addmm_(by_gates, matrix)
            by_x = ctx.places.scatter(by_inputs[: ctx.places.n_real_steps].float(), ctx.shape)
        return by_x, None, None, *carried, *by_weights


@dataclass(frozen=True, eq=False)
class _Direction:
    """One direction of a layer.

    `rounded` says whether factors of products are rounded to bfloat16.
    """

    weights: _Weights
    places: StepPlaces
    backward: bool
    rounded: bool

    def read(self, inputs: Tensor, outputs: Tensor, hidden: Tensor, cell: Tensor) -> _Trace:
        """Read rows; write outputs, and the states after over those before."""
        by_input, by_state, *biases = self.weights
        by_state = by_state.detach().contiguous()
        bias, matrix = (_factor(w, self.rounded) for w in (biases[0] + biases[1], by_input))
        sums = torch.addmm(bias, inputs, matrix.t())  # (n_places, 4 H)
        gates = torch.empty_like(sums, dtype=torch.float32) if self.rounded else sums
        cells, squashed = gates.new_empty(2, len(gates), by_state.shape[1]).unbind(0)
        trace = _Trace(gates, self._empty_like(cells, sums.dtype), cells, squashed)
        self._run(lstm_forward, sums, *trace, by_state, hidden, cell, outputs)
        return trace

    def go_back(self, trace: _Trace, states: Sequence[Tensor]) -> Tensor:
        """Return the gradient of the gates, (n_places, 4 H).

        `states` are the initial cell state and the gradients of the last states, which become those
        of the first, and of the outputs.
        """
        by_gates = self._empty_like(trace.gates, trace.before.dtype)
        by_state = self.weights.by_state.detach().contiguous()
        self._run(lstm_backward, *trace, by_state, *states, by_gates)
        return by_gates

    def _empty_like(self, values: Tensor, dtype: torch.dtype) -> Tensor:
        """Make a factor of products for all places, zero behind them."""
        factor = torch.empty_like(values, dtype=dtype)
        factor[self.places.n_real_steps :] = 0
        return factor

    def _run(self, kernel: Callable[..., None], *tensors: Tensor) -> None:
        bits = (t.view(torch.uint16) if t.dtype == torch.bfloat16 else t for t in tensors)
        kernel(*self.places.of_rows(), self.backward, *(t.numpy() for t in bits))


def _directions(weights: Sequence[Tensor], places: StepPlaces, rounded: bool) -> list[_Direction]:
    layers = [_Weights(*weights[i : i + 4]) for i in range(0, len(weights), 4)]
    return [_Direction(layer, places, bool(i), rounded) for i, layer in enumerate(layers)]


def _each(calls: Sequence[Callable[[], _Result]], outputs: Tensor) -> list[_Result]:
    """Call functions of the directions, side by side if that is worth it."""
    if gains_by_threads(outputs.numel() // len(calls)):
        return list(side_by_side(calls))
    return [call() for call in calls]


def _by_weights(by_gates: Tensor, inputs: Tensor, before: Tensor) -> tuple[Tensor, ...]:
    """Return the gradients of the weights of a direction."""
    columns, by_bias = by_gates.t(), by_gates.sum(dim=0)
    return columns @ inputs, columns @ before, by_bias, by_bias


def _by_rounded(by_gates: Tensor, inputs: Tensor, before: Tensor) -> tuple[Tensor, ...]:
    """Return the same of factors in bfloat16, by one product whose first factor lies in rows.

    That takes half the time: oneDNN copies a factor that lies in columns before it multiplies.
    """
    width, size = inputs.shape[1], before.shape[1]
    factor = by_gates.new_empty(width + size + 1, len(by_gates))
    factor[:width], factor[width:-1], factor[-1] = inputs.t(), before.t(), 1
    found = (factor @ by_gates).float()  # (D + H + 1, 4 H)
    by_bias = found[-1]
    return found[:width].t(), found[width:-1].t(), by_bias, by_bias


def _factor(matrix: Tensor, rounded: bool) -> Tensor:
    """Return a factor of a product, rounded or as it is."""
    return matrix.bfloat16() if rounded else matrix


def _copy(state: Tensor) -> Tensor:
    return state.clone(memory_format=torch.contiguous_format)
