"""Losses of numbers against scikit-learn's formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from textvec.nn import REGRESSION_LOSSES, scale_of

RNG = np.random.default_rng(0)
Y = RNG.normal(5, 3, size=(20, 2))


@pytest.mark.parametrize("name", REGRESSION_LOSSES)
def test_targets_are_standardized_and_back(name):
    criterion = REGRESSION_LOSSES[name].of(Y, None)
    scaled = criterion.scaled(Y)
    np.testing.assert_allclose(scaled, StandardScaler().fit_transform(Y), atol=1e-6)
    np.testing.assert_allclose(criterion.original(torch.tensor(scaled)), Y, atol=1e-5)
    outputs = torch.tensor(scaled) + torch.tensor([[0.5, -2.0]])
    loss = {"squared_error": (0.25 + 4) / 4, "absolute_error": 1.25}[name]
    assert criterion(outputs, torch.tensor(scaled)).tolist() == pytest.approx([loss] * 20)


def test_the_score_is_r2_over_all_batches():
    weights, noise = RNG.random(20), RNG.normal(size=Y.shape)
    criterion = REGRESSION_LOSSES["squared_error"].of(Y, weights)
    scaled, outputs = (torch.tensor(criterion.scaled(a)) for a in (Y, Y + noise))
    parts = [
        criterion.metric_sums(outputs[s], scaled[s], torch.tensor(weights[s]))
        for s in (slice(7), slice(7, 20))
    ]
    expected = r2_score(Y, Y + noise, sample_weight=weights)
    assert criterion.score(sum(parts)) == pytest.approx(expected, abs=1e-5)


def test_constant_numbers_are_not_scaled():
    assert scale_of(np.array([0.1, 3.0]), np.array([1e-17, 2.0])).tolist() == [1.0, 2.0]
