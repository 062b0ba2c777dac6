"""Fitted estimators for other runtimes and libraries: ONNX, scikit-learn's own classes."""

from ._to_onnx import to_onnx
from ._to_sklearn import to_sklearn

__all__ = ["to_onnx", "to_sklearn"]
