"""A fitted network as nodes of a graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from ..networks._sequence_estimator import SequenceEstimator
from ..nn import ChainHead, Dropout, EncoderModel, SequenceModel
from ._body_nodes import BODIES, array_of
from ._graph import Graph
from ._pooling_nodes import POOLING_NODES
from ._prediction_nodes import PREDICTIONS, check_classes
from ._refusals import refusal
from ._step_rows import Steps, ids_of, known_ids, vectors_of

INPUT = "X"


def check_network(estimator: SequenceEstimator) -> None:
    """Raise an error that names the part of a network which has no counterpart in ONNX."""
    module: nn.Module = estimator.net_.module_
    name, head = type(estimator).__name__, type(estimator._parts().head)
    if head not in PREDICTIONS:
        raise refusal(name, f"its head {head.__name__}")
    if not isinstance(module, EncoderModel):
        raise refusal(name, f"its network {type(module).__name__}")
    if type(module.body) not in BODIES:
        raise refusal(name, f"its body {type(module.body).__name__}")
    pooling = module.pooling if isinstance(module, SequenceModel) else None
    if pooling is not None and type(pooling) not in POOLING_NODES:
        raise refusal(name, f"its pooling {type(pooling).__name__}")
    for layer in _layers(module.head):
        if not isinstance(layer, (nn.Linear, nn.ReLU, Dropout)):
            raise refusal(name, f"the layer {type(layer).__name__} of its head")
    classes = getattr(estimator, "classes_", None)
    if classes is not None:
        check_classes(classes, name)


def declare_input(graph: Graph, estimator: SequenceEstimator, *, any_length: bool = False) -> str:
    """Declare the input of a network alone: padded ids, vectors, or series of numbers.

    Arrays of series have the columns that `fit` saw, but with `any_length`.
    """
    spec = estimator._inputs
    if spec.kind == "ids":
        return graph.input(INPUT, np.int64, ["n", "length"])
    columns: list[str | int] = ["length", spec.size]
    if spec.n_columns is not None:
        columns = ["length" if any_length else spec.n_columns]
    return graph.input(INPUT, np.float32, ["n", *columns])


def steps_of(
    graph: Graph, estimator: SequenceEstimator, rows: str, mask_value: float | None
) -> Steps:
    """Return rows of the input without their padding, of vectors that of a value or None."""
    spec = estimator._inputs
    if spec.kind == "ids":
        return ids_of(graph, rows)
    if spec.n_columns is not None:
        rows = graph.add("Unsqueeze", rows, np.array([2]))
    return vectors_of(graph, rows, spec.size, mask_value)


def add_network(graph: Graph, estimator: SequenceEstimator, steps: Steps) -> None:
    """Add a fitted network that reads steps, and declare its predictions."""
    module: EncoderModel = estimator.net_.module_
    vectors, ids = steps.values if steps.vectors is None else steps.vectors, None
    if module.embedding is not None:
        spec = estimator._inputs
        ids = known_ids(graph, steps.values, spec.size, bounded=spec.bounded)
        vectors = graph.add("Gather", array_of(module.embedding.weight), ids)  # (T, B, D)
    body = module.body
    states = BODIES[type(body)](graph, body, steps._replace(values=vectors))
    head: Any = type(estimator._parts().head)
    PREDICTIONS[head](graph, estimator, steps._replace(values=states, ids=ids))


def _layers(head: Any) -> list[nn.Module]:
    if isinstance(head, ChainHead):
        return [head.emissions]
    return list(head) if isinstance(head, nn.Sequential) else [head]
