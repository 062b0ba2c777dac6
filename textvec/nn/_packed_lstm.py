"""LSTM layers in inference on a CPU, with weights that are packed once."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeGuard, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

# Hidden and cell state, (1, B, H) each.
CellState = tuple[Tensor, Tensor]


class PackedLSTM:
    """An LSTM of one layer and direction that reads without gradients, to the bits of torch's.

    ``torch.lstm`` brings the weights into the order that oneDNN computes with at every call, for
    which it must find out that order first: of a row of some words, that is half the time of the
    layer. Here it is done once, by the operation that ``torch.compile`` freezes weights with.

    Parameters
    ----------
    layer : torch.nn.LSTM
        The layer.
    x : Tensor of shape (T, B, D)
        Vectors to try it with.

    Attributes
    ----------
    is_same : bool
        Whether these are read to the same bits as by torch. If not, which may be so with another
        version or processor, the layer is better left to torch.

    Examples
    --------
    >>> import torch
    >>> from textvec.nn import PackedLSTM
    >>> layer, x = torch.nn.LSTM(3, 4), torch.ones(5, 1, 3)
    >>> with torch.inference_mode():
    ...     packed = PackedLSTM.all_of(x, layer)
    ...     packed is None or torch.equal(packed[0].read(x)[0], layer(x)[0])
    True
    """

    def __init__(self, layer: nn.LSTM, x: Tensor):
        self._hidden_size = layer.hidden_size
        by_input, by_state, *self._biases = cast("list[Tensor]", layer._flat_weights)
        self._sources = _Source.of(by_input), _Source.of(by_state)
        try:
            self._weights = _packed(by_input, by_state)
            few = x[:8, :8]
            self.is_same = torch.equal(self.read(few)[0], nn.LSTM.forward(layer, few)[0])
        except (AttributeError, RuntimeError, TypeError):  # no such operation, or another one
            self.is_same = False

    @staticmethod
    def all_of(x: Tensor, *layers: Any) -> list[PackedLSTM] | None:
        """Return layers that read `x`, with weights that are packed again where they have changed.

        Returns None where one of them is to be left to torch: if it is trained, is not on a CPU,
        has hooks, or is none of one layer and direction; where torch has no such operation.
        """
        if not _is_inference(x):
            return None
        found = []
        for layer in layers:
            packed = _of_layers.get(layer)
            if packed is None or not packed._holds_for(layer):
                if not _is_plain(layer) or layer.input_size != x.shape[2]:
                    return None
                packed = _of_layers[layer] = PackedLSTM(layer, x)
            if not packed.is_same or layer._forward_hooks or layer._forward_pre_hooks:
                return None
            found.append(packed)
        return found

    def read(
        self, x: Tensor, state: CellState | None = None, *, reverse: bool = False
    ) -> tuple[Tensor, CellState]:
        """Return the outputs from a state on, and the state after.

        Parameters
        ----------
        x : Tensor of shape (T, B, D)
            Input vectors.
        state : tuple of two Tensors of shape (1, B, H), or None, default=None
            Hidden and cell state before; None: zeros.
        reverse : bool, default=False
            Whether to begin with the last step; outputs stay in the order of `x`.

        Returns
        -------
        outputs : Tensor of shape (T, B, H)
            The hidden state after each step.
        state : tuple of two Tensors of shape (1, B, H)
            Hidden and cell state after the last step that is read.
        """
        if state is None:
            hidden = cell = x.new_zeros(1, x.shape[1], self._hidden_size)
        else:
            hidden, cell = state
        (by_input, by_state), (of_input, of_state) = self._weights, self._biases
        outputs, hidden, cell, _ = torch.mkldnn_rnn_layer(
            x.contiguous(), by_input, by_state, of_input, of_state,
            hidden.contiguous(), cell.contiguous(), reverse, [], _LSTM, self._hidden_size, 1,
            has_biases=True, bidirectional=False, batch_first=False, train=False,
        )  # fmt: skip
        return outputs, (hidden, cell)

    def _holds_for(self, layer: nn.LSTM) -> bool:
        """Return whether the weights of a layer are still those that were packed."""
        weights = cast("list[Tensor]", layer._flat_weights)
        if weights[2] is not self._biases[0] or weights[3] is not self._biases[1]:
            return False
        # By their bytes, as torch does not count what is changed by `weight.data`. To compare them
        # takes a fraction of the time of packing.
        for source, weight in zip(self._sources, weights, strict=False):
            if weight.data_ptr() != source.address or source.values.tobytes() != source.content:
                return False
        return True


class _Source(NamedTuple):
    """A weight as it was when it was packed."""

    values: NDArray[np.float32]  # of the memory of the weight, which no other has meanwhile
    address: int
    content: bytes

    @classmethod
    def of(cls, weight: Tensor) -> _Source:
        values = weight.detach().numpy()
        return cls(values, weight.data_ptr(), values.tobytes())


_of_layers: WeakKeyDictionary[nn.Module, PackedLSTM] = WeakKeyDictionary()
_LSTM = 2  # among torch's kinds of cells


def _is_inference(x: Tensor) -> bool:
    """Return whether vectors are read by a kernel of oneDNN, in inference mode."""
    if not torch.is_inference_mode_enabled() or torch.compiler.is_compiling():
        return False
    is_float = x.device.type == "cpu" and x.dtype == torch.float32
    return is_float and bool(torch.backends.mkldnn.enabled) and x.numel() > 0


def _is_plain(layer: Any) -> TypeGuard[nn.LSTM]:
    """Return whether a layer is an LSTM of one layer and direction, in float32 on a CPU."""
    if type(layer) is not nn.LSTM or not layer.bias:
        return False
    weights = cast("list[Tensor]", layer._flat_weights)
    if any(weight.device.type != "cpu" or weight.dtype != torch.float32 for weight in weights):
        return False
    return not (layer.num_layers > 1 or layer.bidirectional or layer.batch_first or layer.proj_size)


def _packed(by_input: Tensor, by_state: Tensor) -> list[Tensor]:
    """Return the weights of the input and of the hidden state as oneDNN reads them."""
    pack = torch.ops.mkldnn._reorder_mkldnn_rnn_layer_weight
    weights = by_input.detach(), by_state.detach()
    packed: list[Tensor] = pack(*weights, by_state.shape[1], False, True, False)
    return packed
