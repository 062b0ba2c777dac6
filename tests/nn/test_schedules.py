"""Schedules of the learning rate, against torch's own."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import pytest
import torch

from textvec.nn import RateSchedule, ScheduledRates


def torch_rates(make, n_steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule, rates = make(optimizer), []
    for _ in range(n_steps):
        rates.append(optimizer.param_groups[0]["lr"])
        with warnings.catch_warnings(action="ignore"):  # no step of the optimizer before
            schedule.step()
    return rates


TORCH = {
    "linear": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.0, total_iters=50),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=50),
    "onecycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, total_steps=51),
}


@pytest.mark.parametrize("kind", TORCH)
def test_a_schedule_is_that_of_torch(kind):
    ours = [RateSchedule(kind).share(step / 50) for step in range(50)]
    # OneCycleLR turns at step 0.3 * 51 - 1, ours at 0.3 * 50.
    expected = torch_rates(TORCH[kind], 50)
    assert ours == pytest.approx(expected, abs=0.05 if kind == "onecycle" else 1e-6)


def test_the_warmup_rises_to_the_whole_rate():
    for kind in ("constant", "linear", "cosine"):
        schedule = RateSchedule(kind, warmup=0.25)
        assert [schedule.share(part) for part in (0.0, 0.125, 0.25)] == [0.0, 0.5, 1.0]
    assert RateSchedule("constant", warmup=0.25).share(0.9) == 1.0
    assert RateSchedule("onecycle", warmup=0.5).share(0.5) == 1.0


def test_rates_are_those_at_the_middle_of_each_step():
    group = {"chosen_lr": 0.8, "lr": 0.8}
    optimizer = SimpleNamespace(param_groups=[group])
    rates = ScheduledRates(optimizer, RateSchedule("linear"), epochs=2, made=0)
    seen = []
    for _ in range(2):
        parts = [0.5, 0.25, 0.25]
        rates.begin_epoch(iter(parts).__next__)
        for _ in parts:
            rates.step()
            seen.append(group["lr"])
    middles = [0.25, 0.625, 0.875, 1.25, 1.625, 1.875]
    assert seen == pytest.approx([0.8 * (1 - middle / 2) for middle in middles])
    resumed = ScheduledRates(optimizer, RateSchedule("linear"), epochs=2, made=1)
    resumed.begin_epoch(lambda: 0.5)
    resumed.step()
    assert group["lr"] == pytest.approx(seen[3])
