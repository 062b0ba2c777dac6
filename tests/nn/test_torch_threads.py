"""Parts of networks in threads: the same bits, torch's settings as they were, and no deadlock."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event, Thread, get_ident

import pytest
import torch
from torch import nn

from textvec.nn import (
    Randomness,
    RecurrentStack,
    _lstm_training,
    _recurrent_stack,
    _torch_threads,
)
from textvec.nn._torch_threads import branches, n_part_threads, threads_for_parts


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def side_by_side(calls):
    return list(_torch_threads.side_by_side(calls))


def in_new_thread(function):
    found = []
    thread = Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_calls_have_threads_of_their_own_and_torch_has_one_in_each():
    def call(number):
        return number, get_ident(), torch.get_num_threads(), n_part_threads()

    with threads_for_parts(nn.Linear(1, 1)):
        assert (n_part_threads(), torch.get_num_threads()) == (2, 1)
        assert in_new_thread(torch.get_num_threads) == 2
        found = side_by_side([lambda i=i: call(i) for i in range(20)])
    assert [number for number, *_ in found] == list(range(20))
    assert get_ident() not in {thread for _, thread, *_ in found}
    assert {counts for *_, counts, _ in found} == {1}
    assert {parts for *_, parts in found} == {1}
    assert (n_part_threads(), torch.get_num_threads()) == (1, 2)
    assert in_new_thread(torch.get_num_threads) == 2


def test_calls_meet():
    """Each waits for the other: in one thread, they would not end."""
    events = [Event(), Event()]

    def call(i):
        events[i].set()
        return events[1 - i].wait(timeout=600)

    with threads_for_parts(nn.Linear(1, 1)):
        assert side_by_side([lambda: call(0), lambda: call(1)]) == [True, True]


@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
def test_modes_are_those_of_the_caller(mode):
    def modes():
        return torch.is_grad_enabled(), torch.is_inference_mode_enabled()

    with threads_for_parts(nn.Linear(1, 1)), mode():
        assert side_by_side([modes, modes]) == [modes(), modes()]


def test_an_error_is_raised_when_none_is_at_work():
    ended = Event()

    def late():
        Event().wait(0.05)
        ended.set()

    with threads_for_parts(nn.Linear(1, 1)):
        with pytest.raises(ZeroDivisionError):
            side_by_side([lambda: 1 // 0, late])
        assert ended.is_set()
    assert torch.get_num_threads() == 2


class Foreign(nn.Linear):
    """A part that is neither torch's nor ours."""


def with_hook(add):
    layer = nn.Linear(1, 1)
    add(layer)
    return layer


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(Foreign(1, 1)),
        with_hook(lambda layer: layer.register_forward_hook(print)),
        with_hook(lambda layer: layer.weight.register_hook(print)),
    ],
)
def test_what_may_depend_on_the_order_stays_in_one_thread(module):
    with threads_for_parts(module):
        assert n_part_threads() == 1
        assert side_by_side([get_ident, get_ident]) == [get_ident()] * 2


def test_with_one_thread_of_torch_nothing_changes():
    torch.set_num_threads(1)
    with threads_for_parts(nn.Linear(1, 1)):
        assert n_part_threads() == 1


@pytest.mark.parametrize("lengths", [None, torch.tensor([4, 7, 1, 7, 2])])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_directions_side_by_side_have_the_bits_of_one_thread(monkeypatch, cell, lengths):
    monkeypatch.setattr(_torch_threads, "_ENOUGH_STATES", 0)
    called = []
    split = (_recurrent_stack, branches), (_lstm_training, _torch_threads.side_by_side)
    for module, function in split:
        seen = partial(lambda call, *args: (called.append(True), call(*args))[1], function)
        monkeypatch.setattr(module, function.__name__, seen)
    stack = RecurrentStack(
        cell, 3, 4, num_layers=2, bidirectional=True, dropout=0.3, randomness=Randomness(0)
    )
    x = torch.randn(7, 5, 3, generator=torch.Generator().manual_seed(1), requires_grad=True)
    inputs = (x, *stack.parameters())

    def results():
        stack.dropout.randomness.reseed(3)
        outputs = stack(x, lengths)
        again = torch.autograd.grad(outputs.square().sum(), inputs, retain_graph=True)
        with torch.inference_mode():
            predicted = stack(x, lengths)
        return [outputs, predicted, *again, *torch.autograd.grad(outputs.sum(), inputs)]

    alone = results()
    assert not called
    with threads_for_parts(stack):
        together = results()
    # In training and in inference, two layers; of an LSTM, its gradients as well, twice.
    assert len(called) == (8 if cell == "lstm" else 4)
    for mine, expected in zip(together, alone, strict=True):
        assert torch.equal(mine, expected)


def test_frozen_weights_and_inputs_get_no_gradient():
    layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
    layers[0].weight.requires_grad_(False)
    x = torch.ones(3, 2)
    with threads_for_parts(nn.ModuleList(layers)):
        parts = branches(x, layers, [list(layer.parameters()) for layer in layers])
        torch.cat(parts).sum().backward()
    assert layers[0].weight.grad is None
    assert x.grad is None
    assert torch.equal(layers[0].bias.grad, torch.full((2,), 3.0))
    assert torch.equal(layers[1].weight.grad, torch.full((2, 2), 3.0))


def test_any_number_of_callers_share_the_threads():
    def caller(number):
        torch.set_num_threads(2)
        with threads_for_parts(nn.Linear(1, 1)):
            return side_by_side([lambda i=i: (number, i) for i in range(9)])

    with ThreadPoolExecutor(8) as callers:
        for number, found in enumerate(callers.map(caller, range(40))):
            assert found == [(number, i) for i in range(9)]


FORKED = """
import os, torch
from torch import nn
from textvec.nn._torch_threads import side_by_side, threads_for_parts

def work():
    with threads_for_parts(nn.Linear(1, 1)):
        return list(side_by_side([lambda: 1, lambda: 2, lambda: 3]))

torch.set_num_threads(2)
assert work() == [1, 2, 3]
child = os.fork()
if child == 0:
    os._exit(0 if work() == [1, 2, 3] else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert work() == [1, 2, 3]
"""


# Long rows, whose ids torch gathers with all of its threads.
FORKED_MODEL = """
import os, torch
from textvec import RNNClassifier

torch.set_num_threads(2)
X, y = [[2 + (i + j) % 90 for j in range(400)] for i in range(100)], [0, 1] * 50
model = RNNClassifier(cell="rnn", hidden_size=4, max_iter=1, random_state=0).fit(X, y)
found = model.predict(X).tolist()
child = os.fork()
if child == 0:
    os._exit(0 if model.predict(X).tolist() == found and model.fit(X, y) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert torch.get_num_threads() == 2
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_process_predicts():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED_MODEL], check=True, timeout=300)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_process_has_threads_of_its_own():
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], check=True, timeout=300)
