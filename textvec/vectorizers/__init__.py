"""From tokens to matrices and sequences of ids."""

from .drop_in import (
    CountVectorizer,
    HashingReport,
    HashingVectorizer,
    TfidfVectorizer,
    hashing_report,
)
from .ids import (
    HashingSequenceVectorizer,
    OneHotVectorizer,
    SequencePadder,
    SequenceTruncator,
    SequenceVectorizer,
)
from .weights import BM25Transformer, NBLogCountRatio

__all__ = [
    "BM25Transformer",
    "CountVectorizer",
    "HashingReport",
    "HashingSequenceVectorizer",
    "HashingVectorizer",
    "NBLogCountRatio",
    "OneHotVectorizer",
    "SequencePadder",
    "SequenceTruncator",
    "SequenceVectorizer",
    "TfidfVectorizer",
    "hashing_report",
]
