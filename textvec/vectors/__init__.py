"""Word vectors: the table, reading it, and looking documents up in it."""

from ._embedding_vectorizer import EmbeddingVectorizer
from ._word_vectors import WordVectors

__all__ = ["EmbeddingVectorizer", "WordVectors"]
