"""Explanations of predictions: how much each token contributes."""

from ._saliency import token_saliency
from ._saliency_result import TokenSaliency

__all__ = ["TokenSaliency", "token_saliency"]
