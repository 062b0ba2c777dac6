"""State that a program sets for all of torch."""

from __future__ import annotations

import pytest
import torch

from textvec.nn import plain_torch


@pytest.mark.parametrize(
    "state",
    [
        torch.device("meta"),
        torch.autocast("cpu", torch.bfloat16),
        torch.inference_mode(),
        torch.no_grad(),
    ],
    ids=["device", "autocast", "inference_mode", "no_grad"],
)
def test_the_state_is_put_aside_and_comes_back(state):
    def seen():
        made = torch.ones(2, 2, requires_grad=True)
        product = made @ made
        return made.device.type, product.dtype, product.requires_grad

    plain = seen()
    with state:
        changed = seen()
        with plain_torch():
            assert seen() == plain
        assert seen() == changed
    assert changed != plain
