"""From tokens to matrices and sequences of ids."""

from ._bm25 import BM25Transformer
from ._count import CountVectorizer
from ._hashing import HashingVectorizer
from ._hashing_report import HashingReport, hashing_report
from ._nb_log_count_ratio import NBLogCountRatio
from ._one_hot import OneHotVectorizer
from ._padder import SequencePadder
from ._sequence import SequenceVectorizer
from ._tfidf import TfidfVectorizer

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
