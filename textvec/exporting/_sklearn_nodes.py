"""Estimators of scikit-learn as nodes, by skl2onnx."""

from __future__ import annotations

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
    skl2onnx = import_optional("skl2onnx", needed_for="an export of scikit-learn's estimators")
    types = import_optional("skl2onnx.common.data_types", needed_for="an export")
    errors = import_optional("skl2onnx.common.exceptions", needed_for="an export")
    kind = types.FloatTensorType([None, n_features])
    last = steps[-1][1]
    try:
        model = skl2onnx.convert_sklearn(
            Pipeline(steps=steps),
            initial_types=[("features", kind)],
            target_opset={name: OPSETS[name] for name in ("", "ai.onnx.ml")},
            options={id(last): {"zipmap": False}} if hasattr(last, "classes_") else None,
        )
    except (errors.MissingShapeCalculator, errors.MissingConverter) as error:
        names = " or ".join(type(step).__name__ for _, step in steps)
        raise refusal("the pipeline", f"{names}, says skl2onnx,", f"({error})") from error
    graph.inline(model, {"features": features})
