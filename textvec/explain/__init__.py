"""Explanations of predictions: which tokens decided."""

from ._saliency import token_saliency
from ._saliency_result import TokenSaliency

__all__ = ["TokenSaliency", "token_saliency"]
