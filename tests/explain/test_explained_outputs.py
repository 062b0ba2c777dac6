"""Which output is explained, for every kind of network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from textvec.explain._explained_outputs import explained_columns, explained_values
from textvec.explain._gradient_input import output_directions
from textvec.nn import (
    REGRESSION_LOSSES,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MultiLabelCrossEntropy,
)

LABELS = np.array(["a", "b", "c"])
LOGITS = torch.tensor([[2.0, -1, 0], [-3, -2, -1]])
ONE_LOGIT = torch.tensor([[2.0], [-3.0]])
TWO_COLUMNS = REGRESSION_LOSSES["squared_error"](np.array([10.0, 20]), np.array([2.0, 4]))
ONE_COLUMN = REGRESSION_LOSSES["squared_error"](np.array(10.0), np.array(2.0))


def columns(criterion, outputs, target=None, classes=None):
    return explained_columns(criterion, outputs, target, classes, "Model").tolist()


def test_what_is_predicted_is_explained():
    assert columns(BinaryCrossEntropy(), ONE_LOGIT, classes=LABELS[:2]) == [1, 0]
    assert columns(CategoricalCrossEntropy(3), LOGITS, classes=LABELS) == [0, 2]
    # No label of the second row is likely: the likeliest is explained.
    assert columns(MultiLabelCrossEntropy(3), LOGITS, classes=np.arange(3)) == [0, 2]
    assert columns(ONE_COLUMN, ONE_LOGIT) == [0, 0]
    with pytest.raises(ValueError, match="Model predicts 2 columns: say which to explain"):
        columns(TWO_COLUMNS, LOGITS[:, :2])


def test_a_target_for_all_rows_or_for_each():
    criterion = CategoricalCrossEntropy(3)
    assert columns(criterion, LOGITS, "b", LABELS) == [1, 1]
    assert columns(criterion, LOGITS, ["c", "a"], LABELS) == [2, 0]
    assert columns(TWO_COLUMNS, LOGITS[:, :2], 1) == [1, 1]
    with pytest.raises(ValueError, match=r"target must be of \['a', 'b', 'c'\], got 'd'"):
        columns(criterion, LOGITS, ["a", "d"], LABELS)
    with pytest.raises(ValueError, match=r"one for each of the 2, got shape \(3,\)"):
        columns(criterion, LOGITS, ["a", "b", "c"], LABELS)
    with pytest.raises(ValueError, match=r"target must be of \[0, 1\], got 2"):
        columns(TWO_COLUMNS, LOGITS[:, :2], 2)


def test_values_are_probabilities_or_predictions():
    both = np.array([1, 0])
    sigmoid = 1 / (1 + np.exp([-2.0, -3.0]))
    np.testing.assert_allclose(
        explained_values(BinaryCrossEntropy(), ONE_LOGIT, both), sigmoid, rtol=1e-6
    )
    softmax = np.exp(LOGITS.numpy()) / np.exp(LOGITS.numpy()).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        explained_values(CategoricalCrossEntropy(3), LOGITS, both),
        softmax[[0, 1], both],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        explained_values(MultiLabelCrossEntropy(3), LOGITS, both),
        1 / (1 + np.exp(-LOGITS.numpy()[[0, 1], both])),
        rtol=1e-6,
    )
    np.testing.assert_allclose(explained_values(ONE_COLUMN, ONE_LOGIT, both * 0), [14, 4])
    np.testing.assert_allclose(explained_values(TWO_COLUMNS, LOGITS[:, :2], both), [16, 4])


def test_directions_lead_to_what_is_explained():
    both = np.array([1, 0])
    assert output_directions(BinaryCrossEntropy(), both).tolist() == [[1], [-1]]
    assert output_directions(CategoricalCrossEntropy(3), both).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert output_directions(TWO_COLUMNS, both).tolist() == [[0, 4], [2, 0]]
    assert output_directions(ONE_COLUMN, both * 0).tolist() == [[2], [2]]
