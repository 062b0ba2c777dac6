"""Explanations of predictions: how much each token contributes, and which rows go wrong."""

from ._error_report import ErrorReport
from ._prediction_errors import prediction_errors
from ._saliency import token_saliency
from ._saliency_result import TokenSaliency

__all__ = ["ErrorReport", "TokenSaliency", "prediction_errors", "token_saliency"]
