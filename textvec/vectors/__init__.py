"""Word vectors: the table, reading it, and looking documents up in it."""

from ._document_distance import DocumentDistance
from ._embedding_vectorizer import EmbeddingVectorizer
from ._subword_vectors import SubwordVectors
from ._word_vectors import WordVectors
from .queries._analogy_evaluation import AnalogyReport, AnalogySection
from .queries._coverage import CoverageReport
from .queries._neighbors import Neighbors, NeighborsList
from .queries._similarity_evaluation import SimilarityReport

__all__ = [
    "AnalogyReport",
    "AnalogySection",
    "CoverageReport",
    "DocumentDistance",
    "EmbeddingVectorizer",
    "Neighbors",
    "NeighborsList",
    "SimilarityReport",
    "SubwordVectors",
    "WordVectors",
]
