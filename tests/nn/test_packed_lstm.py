"""Packed LSTM layers against torch's own, bit by bit."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest
import torch
from torch import nn

from textvec.nn import PackedLSTM, Randomness, RecurrentStack, _packed_lstm

GENERATOR = torch.Generator().manual_seed(0)

pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="a torch without oneDNN"
)


def normal(*shape):
    return torch.randn(shape, generator=GENERATOR)


def packed(x, layer):
    found = PackedLSTM.all_of(x, layer)
    return None if found is None else found[0]


@pytest.fixture(autouse=True)
def inference():
    with torch.inference_mode():
        yield


@pytest.fixture
def layer():
    with torch.inference_mode(False):
        return nn.LSTM(3, 4)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 5), (64, 32), (17, 48)])
@pytest.mark.parametrize("shape", [(1, 1), (4, 1), (1, 3), (9, 7), (30, 40)])
def test_outputs_and_states_are_those_of_torch(sizes, shape):
    layer, x = nn.LSTM(*sizes), normal(*shape, sizes[0])
    state = normal(1, shape[1], sizes[1]), normal(1, shape[1], sizes[1])
    for given in (state, None):
        outputs, after = packed(x, layer).read(x, given)
        expected, expected_after = layer(x, given)
        assert torch.equal(outputs, expected)
        assert all(map(torch.equal, after, expected_after))
    outputs, after = packed(x, layer).read(x, state, reverse=True)
    expected, expected_after = layer(x.flip(0), state)
    assert torch.equal(outputs, expected.flip(0))
    assert all(map(torch.equal, after, expected_after))


def test_parts_of_larger_arrays(layer):
    x, state = normal(6, 8, 6)[::2, 1:6:2, ::2], tuple(normal(2, 1, 6, 4)[:, :, ::2])
    outputs, _ = packed(x, layer).read(x, state)
    assert torch.equal(outputs, layer(x, tuple(part.contiguous() for part in state))[0])


def double_in_place(layer):
    with torch.inference_mode(False), torch.no_grad():
        layer.weight_ih_l0.mul_(2)


CHANGES = {
    "in place": double_in_place,
    "of data": lambda layer: layer.weight_hh_l0.data.mul_(2),
    "of a bias": lambda layer: layer.bias_hh_l0.data.add_(1),
    "other data": lambda layer: setattr(layer.weight_ih_l0, "data", normal(16, 3)),
    "other bias": lambda layer: setattr(layer.bias_ih_l0, "data", normal(16)),
    "other weight": lambda layer: setattr(layer, "weight_hh_l0", nn.Parameter(normal(16, 4))),
    "other parameter": lambda layer: setattr(layer, "bias_ih_l0", nn.Parameter(normal(16))),
    "loaded": lambda layer: layer.load_state_dict(nn.LSTM(3, 4).state_dict()),
    "assigned": lambda layer: layer.load_state_dict(nn.LSTM(3, 4).state_dict(), assign=True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_weights_that_have_changed_are_read(layer, name):
    x = normal(5, 2, 3)
    before = packed(x, layer).read(x)[0]
    CHANGES[name](layer)
    after = packed(x, layer).read(x)[0]
    assert torch.equal(after, layer(x)[0])
    assert not torch.equal(after, before)


def test_weights_are_packed_once(layer):
    x = normal(5, 2, 3)
    assert packed(x, layer) is packed(normal(2, 1, 3), layer)
    assert packed(x, copy.deepcopy(layer)) is not packed(x, layer)


@pytest.mark.parametrize(
    "other",
    [
        nn.GRU(3, 4),
        nn.LSTM(3, 4, num_layers=2),
        nn.LSTM(3, 4, bidirectional=True),
        nn.LSTM(3, 4, batch_first=True),
        nn.LSTM(3, 4, bias=False),
        nn.LSTM(3, 4, proj_size=2),
        nn.LSTM(5, 4),
        nn.LSTM(3, 4).double(),
        type("Own", (nn.LSTM,), {})(3, 4),
    ],
)
def test_other_layers_are_left_to_torch(other, layer):
    x = normal(5, 2, 3)
    assert PackedLSTM.all_of(x, layer, layer) is not None
    assert PackedLSTM.all_of(x, layer, other) is None


def test_other_calls_are_left_to_torch(monkeypatch, layer):
    x = normal(5, 2, 3)
    assert packed(x, layer) is not None
    assert packed(x.double(), layer) is None
    assert packed(x[:0], layer) is None
    with torch.inference_mode(False):
        assert packed(torch.ones(5, 2, 3), layer) is None
    with monkeypatch.context() as patch:
        patch.setattr(torch.backends.mkldnn, "enabled", False)
        assert packed(x, layer) is None
    seen = []
    for register in (layer.register_forward_hook, layer.register_forward_pre_hook):
        handle = register(lambda *args: seen.append(args))
        assert packed(x, layer) is None
        handle.remove()
    layer.double()
    assert packed(x, layer) is None


def test_what_torch_lacks_or_reads_otherwise_is_left_to_it(monkeypatch, layer):
    x = normal(5, 2, 3)

    def refuse(*args):
        raise RuntimeError("no such operation")

    monkeypatch.setattr(_packed_lstm, "_packed", refuse)
    assert packed(x, layer) is None
    monkeypatch.undo()
    other = nn.LSTM(3, 4)
    one_off = _packed_lstm._packed(other.weight_ih_l0, other.weight_hh_l0)
    monkeypatch.setattr(_packed_lstm, "_packed", lambda *weights: one_off)
    layer.weight_ih_l0.data.mul_(2)
    assert packed(x, layer) is None
    stack = RecurrentStack("lstm", 3, 4, bidirectional=True, randomness=Randomness(0)).eval()
    assert stack(x).shape == (5, 2, 8)


def test_layers_are_freed_and_saved_without_what_is_packed():
    layer, x = nn.LSTM(3, 4), normal(5, 2, 3)
    outputs = packed(x, layer).read(x)[0]
    again = pickle.loads(pickle.dumps(layer))
    assert torch.equal(again(x)[0], outputs)
    reference = weakref.ref(layer)
    del layer
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("lengths", [None, [6, 3, 1]])
def test_stacks_read_with_packed_weights(monkeypatch, bidirectional, num_layers, lengths):
    stack = RecurrentStack(
        "lstm", 3, 4, bidirectional=bidirectional, num_layers=num_layers, randomness=Randomness(0)
    ).eval()
    x = normal(6, 3, 3)
    lengths = None if lengths is None else torch.tensor(lengths)
    calls = []
    read = PackedLSTM.read
    monkeypatch.setattr(PackedLSTM, "read", lambda *a, **k: calls.append(1) or read(*a, **k))
    found = stack(x, lengths)
    n_layers = num_layers * (2 if bidirectional else 1)
    assert len(calls) == 2 * n_layers  # each is tried first
    monkeypatch.setattr(_packed_lstm, "_is_inference", lambda x: False)
    assert torch.equal(found, stack(x, lengths))


def test_a_stack_goes_on_with_packed_weights(monkeypatch):
    stack = RecurrentStack("lstm", 3, 4, num_layers=2, randomness=Randomness(0)).eval()
    x = normal(6, 3, 3)

    def read():
        outputs, state = stack.forward_from(x[:4])
        more, after = stack.forward_from(x[4:], None, state)
        return outputs, more, *state, *after

    found = read()
    monkeypatch.setattr(_packed_lstm, "_is_inference", lambda x: False)
    assert all(map(torch.equal, found, read()))
