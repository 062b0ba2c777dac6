"""From tokens to matrices and sequences of ids."""

from .drop_in import (
    CountVectorizer,
    HashingReport,
    HashingVectorizer,
    TfidfVectorizer,
    hashing_report,
)
from .ids import OneHotVectorizer, SequencePadder, SequenceVectorizer
from .weights import BM25Transformer, NBLogCountRatio

__all__ = [
    "BM25Transformer",
    "CountVectorizer",
    "HashingReport",
    "HashingVectorizer",
    "NBLogCountRatio",
    "OneHotVectorizer",
    "SequencePadder",
    "SequenceVectorizer",
    "TfidfVectorizer",
    "hashing_report",
]
