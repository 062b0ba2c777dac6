"""Word vectors: the table, reading it, and looking documents up in it."""

from ._coverage import CoverageReport
from ._document_distance import DocumentDistance
from ._embedding_vectorizer import EmbeddingVectorizer
from ._evaluation import AnalogyReport, AnalogySection, SimilarityReport
from ._neighbors import Neighbors
from ._subwords import SubwordVectors
from ._word_vectors import WordVectors

__all__ = [
    "AnalogyReport",
    "AnalogySection",
    "CoverageReport",
    "DocumentDistance",
    "EmbeddingVectorizer",
    "Neighbors",
    "SimilarityReport",
    "SubwordVectors",
    "WordVectors",
]
