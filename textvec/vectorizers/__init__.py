"""From tokens to matrices and sequences of ids."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
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

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
