"""Estimators of scikit-learn as nodes, by skl2onnx."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from functools import partial
from typing import Any

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import Pipeline

from .._compat import import_optional
from ._graph import OPSETS, Graph, SubGraph
from ._prediction_nodes import PROBABILITIES
from ._refusals import refusal
from ._step_rows import first_rows

# Options of the last step, the first that it has: arrays in place of dicts, or decisions alone.
_OPTIONS: tuple[dict[str, bool], ...] = ({"zipmap": False}, {"raw_scores": True}, {})


def add_sklearn(
    graph: Graph, steps: list[tuple[str, Any]], features: str, n_features: int, n_rows: str
) -> None:
    """Add fitted estimators of scikit-learn that read features, and declare their outputs.

    Parameters
    ----------
    graph : Graph
        Where nodes are added.
    steps : list of (str, estimator)
        What stands behind a vectorizer in a pipeline, one estimator or more.
    features : str
        The vectorizer's matrix, (n, n_features), float32.
    n_features : int
        Its columns.
    n_rows : str
        Number of rows that count, (1,).
    """
    skl2onnx = import_optional("skl2onnx", needed_for="an export of scikit-learn's estimators")
    pipeline = Pipeline(steps=[(name, _convertible(step)) for name, step in steps])
    try:
        model = _converted(skl2onnx, pipeline, n_features)
    except Exception as error:  # of many types: its converters assume much
        names = " or ".join(type(step).__name__ for _, step in steps)
        reason = f"({next(iter(str(error).splitlines()), type(error).__name__)})"
        raise refusal(names, "an estimator of this kind, says skl2onnx,", reason) from error
    outputs = graph.inline(model, {"features": features})
    has_probabilities = hasattr(pipeline, "predict_proba")
    for value in model.graph.output:
        if value.name == PROBABILITIES and not has_probabilities:
            continue  # these are scores, of a kind that differs from model to model
        graph.output_like(value, _rows_of(graph, outputs[value.name], value.type, n_rows))


def _convertible(step: Any) -> Any:
    """Return an estimator that predicts the same, without parameters that skl2onnx refuses."""
    if isinstance(step, VotingClassifier):
        step = copy(step)
        step.flatten_transform = False  # of `transform` alone
    return step


def _rows_of(graph: Graph, name: str, kind: Any, n_rows: str) -> str:
    """Return those rows of an output that count; it may be an array, or one for each target."""
    if kind.HasField("sequence_type"):
        body = SubGraph(graph)
        body.result(first_rows(body, body.parameter(np.float32), n_rows), np.float32)
        return graph.add("SequenceMap", name, body=body.proto())
    sizes = [axis.dim_value for axis in kind.tensor_type.shape.dim]
    return first_rows(graph, name, n_rows, sizes.index(0) if 0 in sizes else 0)


def _converted(skl2onnx: Any, pipeline: Pipeline, n_features: int) -> Any:
    """Convert a pipeline; the probabilities of a classifier are an array, not dicts."""
    types = import_optional("skl2onnx.common.data_types", needed_for="an export")
    convert = partial(
        skl2onnx.convert_sklearn,
        pipeline,
        initial_types=[("features", types.FloatTensorType([None, n_features]))],
        target_opset={name: OPSETS[name] for name in ("", "ai.onnx.ml")},
    )
    *tried, last = [{id(pipeline[-1]): options} for options in _OPTIONS]
    for options in tried:
        with suppress(NameError):  # it has no such option
            return convert(options=options)
    return convert(options=last)
