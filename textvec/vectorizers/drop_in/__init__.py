"""scikit-learn's vectorizers of text, with native counting: the same matrices bit for bit."""

from ._count_vectorizer import CountVectorizer
from ._hashing_report import HashingReport, hashing_report
from ._hashing_vectorizer import HashingVectorizer
from ._tfidf_vectorizer import TfidfVectorizer

__all__ = [
    "CountVectorizer",
    "HashingReport",
    "HashingVectorizer",
    "TfidfVectorizer",
    "hashing_report",
]
