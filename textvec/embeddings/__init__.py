"""Estimators that learn vectors: of tokens, documents, k-mers and concepts."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
from ._concept_vectors import ConceptVectors
from ._dna2vec import Dna2Vec
from ._doc2vec import Doc2Vec
from ._fast_text import FastText
from ._glove import GloVe
from ._ngram_doc2vec import NgramDoc2Vec
from ._word2vec import Word2Vec

__all__ = [
    "ConceptVectors",
    "Dna2Vec",
    "Doc2Vec",
    "FastText",
    "GloVe",
    "NgramDoc2Vec",
    "Word2Vec",
]

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
