"""Predictions as nodes and outputs of the graph, under the names that skl2onnx takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ..networks.heads._class_head import ClassHead
from ..networks.heads._number_head import NumberHead
from ..networks.heads._step_head import StepHead
from ..nn import (
    BinaryCrossEntropy,
    ChainHead,
    EncoderModel,
    MultiLabelCrossEntropy,
    RegressionCriterion,
    SequenceModel,
)
from ._body_nodes import array_of
from ._chain_nodes import Chain
from ._graph import Graph
from ._pooling_nodes import pooled, real_steps
from ._step_rows import Steps, first_rows
from ._wide_nodes import wide_sum

LABEL, PROBABILITIES, VARIABLE, LENGTHS = "label", "probabilities", "variable", "lengths"


def add_classes(graph: Graph, estimator: Any, steps: Steps) -> None:
    """Declare the class of each row, and the probability of each class."""
    logits = _row_outputs(graph, estimator.net_.module_, steps)
    criterion, classes = estimator.net_.criterion_, estimator.classes_
    proba = _probabilities(graph, criterion, logits)
    if isinstance(criterion, MultiLabelCrossEntropy):
        chosen = graph.cast(graph.add("Greater", logits, np.float32(0)), np.int64)
        _add_rows(graph, LABEL, chosen, steps, np.int64, ["n", len(classes)])
    else:
        if isinstance(criterion, BinaryCrossEntropy):
            positive = graph.add("Greater", logits, np.float32(0))
            number = graph.cast(graph.add("Squeeze", positive, np.array([1])), np.int64)
        else:
            number = graph.add("ArgMax", logits, axis=1, keepdims=0)
        _add_labels(graph, classes, number, steps, ["n"])
    _add_rows(graph, PROBABILITIES, proba, steps, np.float32, ["n", len(classes)])


def add_numbers(graph: Graph, estimator: Any, steps: Steps) -> None:
    """Declare the numbers of each row, in the units of the targets."""
    criterion: RegressionCriterion = estimator.net_.criterion_
    outputs = graph.cast(_row_outputs(graph, estimator.net_.module_, steps), np.float64)
    scaled = graph.add("Mul", outputs, np.asarray(criterion.scale, np.float64))
    numbers = graph.add("Add", scaled, np.asarray(criterion.mean, np.float64))
    _add_rows(graph, VARIABLE, numbers, steps, np.float64, ["n", criterion.n_outputs])


def add_step_classes(graph: Graph, estimator: Any, steps: Steps) -> None:
    """Declare the class of each step, its probabilities, and the number of steps of each row."""
    head, classes = estimator.net_.module_.head, estimator.classes_
    if isinstance(head, ChainHead):
        emissions = _dense(graph, head.emissions, steps.values)
        real = real_steps(graph, steps)
        chain = Chain(graph, head, estimator.net_.criterion_, emissions, real)
        number, proba = chain.best_path(), chain.marginals()
    else:
        logits = _dense(graph, head, steps.values)  # (T, B, C)
        number = graph.add("ArgMax", logits, axis=2, keepdims=0)
        proba = graph.add("Softmax", logits, axis=2)
    shape = ["n", "steps"]
    _add_labels(graph, classes, graph.add("Transpose", number, perm=[1, 0]), steps, shape)
    by_row = graph.add("Transpose", proba, perm=[1, 0, 2])
    _add_rows(graph, PROBABILITIES, by_row, steps, np.float32, [*shape, len(classes)])
    _add_rows(graph, LENGTHS, steps.lengths, steps, np.int64, ["n"])


# By the exact type: a subclass may decide in another way.
PREDICTIONS: dict[type[Any], Callable[[Graph, Any, Steps], None]] = {
    ClassHead: add_classes,
    NumberHead: add_numbers,
    StepHead: add_step_classes,
}


def check_classes(classes: NDArray[Any], name: str) -> None:
    """Raise an error for labels that ONNX has no type for."""
    if classes.dtype.kind in "biufUT" or all(isinstance(label, str) for label in classes.tolist()):
        return
    raise TypeError(
        f"{name} can't be exported: its classes are of several types or of one that ONNX lacks, "
        f"{classes.tolist()[:3]}: fit it on labels that are all str or all numbers."
    )


def _add_rows(
    graph: Graph, name: str, value: str, steps: Steps, dtype: Any, shape: list[Any]
) -> None:
    """Declare an output of those rows that count."""
    graph.output(name, first_rows(graph, value, steps.n_rows), dtype, shape)


def _add_labels(
    graph: Graph, classes: NDArray[Any], number: str, steps: Steps, shape: list[Any]
) -> None:
    if classes.dtype.kind in "iu":
        classes = classes.astype(np.int64)
    elif classes.dtype.kind in "UTO":
        classes = classes.astype(object)
    labels = graph.add("Gather", classes, number)
    _add_rows(graph, LABEL, labels, steps, classes.dtype, shape)


def _probabilities(graph: Graph, criterion: nn.Module, logits: str) -> str:
    if isinstance(criterion, BinaryCrossEntropy):
        both = graph.concat([graph.add("Neg", logits), logits], 1)
        return graph.add("Sigmoid", both)
    if isinstance(criterion, MultiLabelCrossEntropy):
        return graph.add("Sigmoid", logits)
    return graph.add("Softmax", logits, axis=1)


def _row_outputs(graph: Graph, module: EncoderModel, steps: Steps) -> str:
    """Add pooling and dense layers of a network; return its outputs, (B, n_outputs)."""
    model = cast("SequenceModel", module)
    x = pooled(graph, model.pooling, steps)
    for layer in dense_parts(model.head):
        x = _dense(graph, layer, x) if isinstance(layer, nn.Linear) else graph.add("Relu", x)
    if model.wide_path is None:
        return x
    assert steps.ids is not None
    summed = wide_sum(graph, model.wide_path, steps.ids, steps)
    return graph.add("Add", summed, graph.add("Mul", x, np.float32(model.network_share)))


def dense_parts(head: nn.Module) -> list[nn.Module]:
    """Return the layers of a head that count in prediction: without dropout."""
    layers = list(head) if isinstance(head, nn.Sequential) else [head]
    return [layer for layer in layers if isinstance(layer, (nn.Linear, nn.ReLU))]


def _dense(graph: Graph, layer: nn.Linear, x: str) -> str:
    product = graph.add("MatMul", x, np.ascontiguousarray(array_of(layer.weight).T))
    return graph.add("Add", product, array_of(layer.bias))
