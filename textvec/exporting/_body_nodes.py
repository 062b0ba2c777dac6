"""Bodies of networks as nodes: recurrent layers, convolutions, none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from ..nn import ConvolutionBody, IdentityBody, RecurrentStack
from ._graph import Graph
from ._pooling_nodes import masked
from ._step_rows import Steps


class _Gates(NamedTuple):
    """How ONNX calls a cell, and in which order it has torch's gates."""

    op: str
    order: tuple[int, ...]
    attributes: dict[str, Any]


# torch: r, z, n of a GRU; i, f, g, o of an LSTM. ONNX: z, r, h; i, o, f, c. torch's GRU applies
# the reset gate after the product with the state, as ONNX does with linear_before_reset.
_CELLS = {
    "rnn": _Gates("RNN", (0,), {}),
    "gru": _Gates("GRU", (1, 0, 2), {"linear_before_reset": 1}),
    "lstm": _Gates("LSTM", (0, 3, 1, 2), {}),
}


def recurrent_steps(graph: Graph, stack: RecurrentStack, x: Steps) -> str:
    """Add recurrent layers over vectors (T, B, D); return their states (T, B, H)."""
    lengths = graph.cast(x.lengths, np.int32)
    values = x.values
    for i, layer in enumerate(stack.forward_layers):
        directions = [layer, stack.backward_layers[i]] if stack.bidirectional else [layer]
        values = _recurrent_layer(
            graph, stack, cast("list[nn.RNNBase]", directions), values, lengths
        )
    return values


def _recurrent_layer(
    graph: Graph, stack: RecurrentStack, directions: list[nn.RNNBase], x: str, lengths: str
) -> str:
    gates = _CELLS[stack.cell]
    weights = [_in_order(layer, gates.order) for layer in directions]
    states = graph.add(
        gates.op,
        x,
        *(np.stack(parts) for parts in zip(*weights, strict=True)),
        lengths,
        hidden_size=stack.hidden_size,
        direction="bidirectional" if stack.bidirectional else "forward",
        **gates.attributes,
    )  # (T, directions, B, H)
    by_row = graph.add("Transpose", states, perm=[0, 2, 1, 3])
    return graph.add("Reshape", by_row, np.array([0, 0, stack.output_size]))


def _in_order(layer: nn.RNNBase, order: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Return the weights of input and state, and the joined biases, as ONNX has them."""

    def reordered(name: str) -> NDArray[np.float32]:
        weight = array_of(getattr(layer, name))
        parts: NDArray[np.float32] = weight.reshape(len(order), -1, *weight.shape[1:])[list(order)]
        return parts.reshape(weight.shape)

    biases = np.concatenate([reordered("bias_ih_l0"), reordered("bias_hh_l0")])
    return [reordered("weight_ih_l0"), reordered("weight_hh_l0"), biases]


def convolved_steps(graph: Graph, body: ConvolutionBody, x: Steps) -> str:
    """Add filters over vectors (T, B, D); return their outputs (T, B, C)."""
    channels = graph.add("Transpose", masked(graph, x, 0.0), perm=[1, 2, 0])  # (B, D, T)
    outputs = [
        graph.add(
            "Conv",
            channels,
            array_of(cast("Tensor", layer.weight)),
            array_of(cast("Tensor", layer.bias)),
            pads=[(size - 1) // 2, size // 2],
        )
        for size, layer in zip(body.kernel_sizes, body.layers, strict=True)
    ]
    joined = graph.add("Relu", graph.concat(outputs, 1))
    return graph.add("Transpose", joined, perm=[2, 0, 1])


def same_steps(graph: Graph, body: IdentityBody, x: Steps) -> str:
    """Return the vectors themselves."""
    return x.values


# By the exact type: a subclass may compute something else.
BODIES: dict[type[nn.Module], Callable[[Graph, Any, Steps], str]] = {
    RecurrentStack: recurrent_steps,
    ConvolutionBody: convolved_steps,
    IdentityBody: same_steps,
}


def array_of(weight: Tensor) -> NDArray[Any]:
    """Return a weight as an array."""
    array: NDArray[Any] = weight.detach().cpu().numpy()
    return array
