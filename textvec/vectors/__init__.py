"""Word vectors: the table, reading it, and looking documents up in it."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
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

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
