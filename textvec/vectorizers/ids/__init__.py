"""Documents as sequences of token ids, and what is made of the ids."""

from ._hashing_sequence_vectorizer import HashingSequenceVectorizer
from ._one_hot_vectorizer import OneHotVectorizer
from ._sequence_padder import SequencePadder
from ._sequence_truncator import SequenceTruncator
from ._sequence_vectorizer import SequenceVectorizer

__all__ = [
    "HashingSequenceVectorizer",
    "OneHotVectorizer",
    "SequencePadder",
    "SequenceTruncator",
    "SequenceVectorizer",
]
