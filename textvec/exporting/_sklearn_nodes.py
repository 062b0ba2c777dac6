"""Estimators of scikit-learn as nodes, by skl2onnx."""

from __future__ import annotations

from functools import partial
from typing import Any

from sklearn.pipeline import Pipeline

from .._compat import import_optional
from ._graph import OPSETS, Graph
from ._refusals import refusal


def add_sklearn(graph: Graph, steps: list[tuple[str, Any]], features: str, n_features: int) -> None:
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
    """
    errors = import_optional("skl2onnx.common.exceptions", needed_for="an export")
    try:
        model = _converted(Pipeline(steps=steps), n_features)
    except (errors.MissingShapeCalculator, errors.MissingConverter, NameError) as error:
        names = " or ".join(type(step).__name__ for _, step in steps)
        raise refusal("the pipeline", f"{names}, says skl2onnx,", f"({error})") from error
    graph.inline(model, {"features": features})


def _converted(pipeline: Pipeline, n_features: int) -> Any:
    """Convert a pipeline; the probabilities of a classifier are an array, not dicts."""
    skl2onnx = import_optional("skl2onnx", needed_for="an export of scikit-learn's estimators")
    types = import_optional("skl2onnx.common.data_types", needed_for="an export")
    convert = partial(
        skl2onnx.convert_sklearn,
        pipeline,
        initial_types=[("features", types.FloatTensorType([None, n_features]))],
        target_opset={name: OPSETS[name] for name in ("", "ai.onnx.ml")},
    )
    try:
        return convert(options={id(pipeline[-1]): {"zipmap": False}})
    except NameError:  # it has no such option, and makes no dicts
        return convert()
