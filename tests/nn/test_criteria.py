"""Scores of criteria are scikit-learn's, whatever the batches."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, r2_score

from textvec.nn import REGRESSION_LOSSES, ClassCriterion, MultiLabelCrossEntropy


@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
@pytest.mark.parametrize("loss", REGRESSION_LOSSES)
def test_r2_and_units_of_numbers(loss, shape):
    rng = np.random.default_rng(0)
    y, weights = 1000 + 40 * rng.normal(size=shape), rng.random(50)
    criterion = REGRESSION_LOSSES[loss].of(y, weights)
    assert criterion.n_outputs == (shape[1] if len(shape) > 1 else 1)
    scaled = torch.tensor(criterion.scaled(y))
    assert scaled.shape == (50, criterion.n_outputs)
    np.testing.assert_allclose(np.average(scaled, axis=0, weights=weights), 0, atol=1e-5)
    np.testing.assert_allclose(np.average(scaled**2, axis=0, weights=weights), 1, rtol=1e-4)
    outputs = scaled + torch.tensor(rng.normal(size=scaled.shape)) / 3
    w = torch.tensor(weights)
    parts = [criterion.metric_sums(outputs[s], scaled[s], w[s]) for s in (slice(20), slice(20, 50))]
    predicted = criterion.original(outputs)
    assert predicted.shape == y.shape
    expected = r2_score(y, predicted, sample_weight=weights)
    assert criterion.score(sum(parts)) == pytest.approx(expected, rel=1e-5)


def test_constant_targets_keep_their_unit_and_score():
    y = np.column_stack([np.full(9, 0.1), np.arange(9.0)])
    criterion = REGRESSION_LOSSES["squared_error"].of(y, None)
    assert criterion.scale[0] == 1
    scaled = torch.tensor(criterion.scaled(y))
    ones = torch.ones(9)
    assert criterion.score(criterion.metric_sums(scaled, scaled, ones)) == pytest.approx(1)
    assert criterion.score(criterion.metric_sums(scaled + 1, scaled, ones)) == pytest.approx(
        (0 + r2_score(scaled[:, 1], scaled[:, 1] + 1)) / 2, abs=1e-5
    )


def test_all_labels_of_a_row_must_be_right():
    rng = np.random.default_rng(0)
    y, outputs = rng.integers(0, 2, (40, 2)), torch.tensor(rng.normal(size=(40, 2)))
    criterion, weights = MultiLabelCrossEntropy(2), torch.tensor(rng.random(40))
    expected = accuracy_score(y, criterion.decide(outputs), sample_weight=weights)
    tally = criterion.metric_sums(outputs, torch.tensor(y), weights)
    assert criterion.score(tally) == pytest.approx(expected)
    losses = criterion(outputs, torch.tensor(y, dtype=torch.float64))
    by_hand = -torch.where(torch.tensor(y) > 0, outputs.sigmoid().log(), (-outputs).sigmoid().log())
    torch.testing.assert_close(losses, by_hand.sum(1))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_smoothed_labels_share_their_weight_in_training_only(n_classes):
    rng = np.random.default_rng(0)
    plain, smooth = ClassCriterion.of(n_classes), ClassCriterion.of(n_classes, 0.3)
    outputs = torch.tensor(rng.normal(size=(6, plain.n_outputs)), dtype=torch.float32)
    y = torch.tensor([0, 1] * 3, dtype=plain.target_dtype)
    spread = -smooth.log_proba(outputs).mean(dim=1)
    torch.testing.assert_close(smooth(outputs, y), 0.7 * plain(outputs, y) + 0.3 * spread)
    assert torch.equal(smooth.eval()(outputs, y), plain(outputs, y))


def test_each_of_several_labels_is_smoothed():
    outputs, y = torch.tensor([[1.0, -2.0]]), torch.tensor([[1.0, 0.0]])
    half = MultiLabelCrossEntropy(2)(outputs, torch.tensor([[0.5, 0.5]]))
    expected = 0.8 * MultiLabelCrossEntropy(2)(outputs, y) + 0.2 * half
    torch.testing.assert_close(MultiLabelCrossEntropy(2, 0.2)(outputs, y), expected)
