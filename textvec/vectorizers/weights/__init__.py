"""Counts of terms, weighted."""

from ._bm25_transformer import BM25Transformer
from ._nb_log_count_ratio import NBLogCountRatio

__all__ = ["BM25Transformer", "NBLogCountRatio"]
