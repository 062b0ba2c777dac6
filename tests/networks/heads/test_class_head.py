"""Labels become class numbers, and predictions become labels again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from textvec.networks.heads._class_head import ClassHead, announced_classes, encode_labels
from textvec.nn import BinaryCrossEntropy, CategoricalCrossEntropy, MultiLabelCrossEntropy


def read(y, *, weights=None, known=None, **options):
    return ClassHead(**options).read(
        y, weights, None, known=known or {}, criterion=None, name="Net"
    )


def test_labels_are_numbered_in_their_order():
    numbers, classes = encode_labels(np.array(["b", "a", "b"]), None, "Net")
    assert (numbers.tolist(), classes.tolist()) == ([1, 0, 1], ["a", "b"])
    numbers, _ = encode_labels(np.array(["b"]), np.array(["a", "b", "c"]), "Net")
    assert numbers.tolist() == [1]
    with pytest.raises(ValueError, match="Net needs at least 2 classes, got one class: 'a'"):
        encode_labels(np.array(["a", "a"]), None, "Net")
    with pytest.raises(ValueError, match="`y` has classes not in self.classes_: .'z'."):
        encode_labels(np.array(["z"]), np.array(["a", "b"]), "Net")


def test_announced_classes_stay():
    assert announced_classes(["b", "a"], None).tolist() == ["a", "b"]
    known = np.array([0, 1])
    assert announced_classes(None, known) is known
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        announced_classes(None, None)
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        announced_classes([0, 2], known)


@pytest.mark.parametrize(
    ("y", "criterion", "values"),
    [
        (["no", "yes", "no"], BinaryCrossEntropy, [0.0, 1.0, 0.0]),
        ([7, 5, 9], CategoricalCrossEntropy, [1, 0, 2]),
        (np.eye(3, 2), MultiLabelCrossEntropy, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
        (csr_array(np.eye(3, 2)), MultiLabelCrossEntropy, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
    ],
    ids=["two", "three", "labels", "sparse"],
)
def test_the_number_of_classes_chooses_the_loss(y, criterion, values):
    targets = read(y)
    assert type(targets.criterion) is criterion
    assert targets.values.tolist() == values
    assert (targets.strata is None) == (criterion is MultiLabelCrossEntropy)


def test_class_weights_of_several_columns():
    indicators = np.array([[0, 1], [1, 1], [0, 1]])
    assert read(indicators, class_weight="balanced").weights.tolist() == [0.375, 0.75, 0.375]
    with pytest.raises(ValueError, match="several columns must be 'balanced' or None.*sample_we"):
        read(indicators, class_weight={0: 1, 1: 2})


def test_class_weights_multiply_sample_weights():
    targets = read(["a", "b", "b"], weights=np.array([1.0, 2.0, 1.0]), class_weight={"a": 3})
    assert (targets.weights / targets.weights[-1]).tolist() == [3.0, 2.0, 1.0]
    assert read(["a", "b", "b"]).weights is None
