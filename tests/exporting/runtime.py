"""Exported files, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textvec import to_onnx

TOLERANCE = 1e-5


def exported(estimator: Any, folder: Path) -> Any:
    """Export an estimator, and return a session of onnxruntime of one thread."""
    ort = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    path = folder / "model.onnx"
    to_onnx(estimator, path)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def outputs(session: Any, X: Any) -> dict[str, Any]:
    """Run a session; texts may come as a list."""
    rows = np.array(X, dtype=object) if isinstance(X, list) else X
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {"X": rows}), strict=True))


def assert_same_classes(estimator: Any, session: Any, X: Any) -> None:
    """Check labels and probabilities of one X."""
    found = outputs(session, X)
    expected = estimator.predict_proba(X)
    assert found["probabilities"].shape == expected.shape
    np.testing.assert_allclose(found["probabilities"], expected, rtol=0, atol=TOLERANCE)
    decided = np.abs(expected - 0.5).min(axis=1, initial=1) > TOLERANCE  # not by the last bit
    np.testing.assert_array_equal(found["label"][decided], estimator.predict(X)[decided])
