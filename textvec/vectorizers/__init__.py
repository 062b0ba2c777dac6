"""From tokens to matrices and sequences of ids."""

from ._one_hot import OneHotVectorizer
from ._padder import SequencePadder
from ._sequence import SequenceVectorizer

__all__ = ["OneHotVectorizer", "SequencePadder", "SequenceVectorizer"]
