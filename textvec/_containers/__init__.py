"""Containers of rows, ids and tokens."""

from ._embedded_sequences import EmbeddedSequences
from ._ragged import Ragged
from ._tokens import Tokens
from ._vocabulary import Vocabulary

__all__ = ["EmbeddedSequences", "Ragged", "Tokens", "Vocabulary"]
