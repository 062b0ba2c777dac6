"""Text, or any sequence of symbols, as numbers in scikit-learn Pipelines.

Tokenizers turn documents into ids once; vectorizers make counts, ids or vectors of them;
recurrent estimators learn from the sequences. See the user guide for the way of the data.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import datasets as datasets
    from ._embedded_sequences import EmbeddedSequences as EmbeddedSequences
    from ._ragged import Ragged as Ragged
    from ._tokens import Tokens as Tokens
    from ._vocabulary import Vocabulary as Vocabulary
    from .displays import AttentionDisplay as AttentionDisplay
    from .displays import HashingCollisionDisplay as HashingCollisionDisplay
    from .displays import LearningCurveDisplay as LearningCurveDisplay
    from .displays import NeighborsDisplay as NeighborsDisplay
    from .displays import WordMapDisplay as WordMapDisplay
    from .displays import WordPairsDisplay as WordPairsDisplay
    from .embeddings import ConceptVectors as ConceptVectors
    from .embeddings import Dna2Vec as Dna2Vec
    from .embeddings import Doc2Vec as Doc2Vec
    from .embeddings import FastText as FastText
    from .embeddings import GloVe as GloVe
    from .embeddings import Word2Vec as Word2Vec
    from .explain import TokenSaliency as TokenSaliency
    from .explain import token_saliency as token_saliency
    from .forecasting import NaiveForecaster as NaiveForecaster
    from .forecasting import RNNForecaster as RNNForecaster
    from .networks import RNNClassifier as RNNClassifier
    from .networks import RNNEncoder as RNNEncoder
    from .networks import RNNLanguageModel as RNNLanguageModel
    from .networks import RNNRegressor as RNNRegressor
    from .networks import RNNTagger as RNNTagger
    from .networks import Seq2Seq as Seq2Seq
    from .networks import SequenceCNNClassifier as SequenceCNNClassifier
    from .networks import SequenceGenerator as SequenceGenerator
    from .networks import SequenceMLPClassifier as SequenceMLPClassifier
    from .networks import SkipThought as SkipThought
    from .tokenizers import CharTokenizer as CharTokenizer
    from .tokenizers import FunctionTokenizer as FunctionTokenizer
    from .tokenizers import KmerTokenizer as KmerTokenizer
    from .tokenizers import SubwordTokenizer as SubwordTokenizer
    from .tokenizers import WordTokenizer as WordTokenizer
    from .tokenizers import split_sentences as split_sentences
    from .vectorizers import BM25Transformer as BM25Transformer
    from .vectorizers import CountVectorizer as CountVectorizer
    from .vectorizers import HashingReport as HashingReport
    from .vectorizers import HashingVectorizer as HashingVectorizer
    from .vectorizers import NBLogCountRatio as NBLogCountRatio
    from .vectorizers import OneHotVectorizer as OneHotVectorizer
    from .vectorizers import SequencePadder as SequencePadder
    from .vectorizers import SequenceVectorizer as SequenceVectorizer
    from .vectorizers import TfidfVectorizer as TfidfVectorizer
    from .vectorizers import hashing_report as hashing_report
    from .vectors import AnalogyReport as AnalogyReport
    from .vectors import CoverageReport as CoverageReport
    from .vectors import DocumentDistance as DocumentDistance
    from .vectors import EmbeddingVectorizer as EmbeddingVectorizer
    from .vectors import Neighbors as Neighbors
    from .vectors import SimilarityReport as SimilarityReport
    from .vectors import WordVectors as WordVectors

__version__ = "0.1.0"

# Where each public name lives. It is loaded on first use, so that `import textvec` costs
# neither torch nor gensim.
_PUBLIC = {
    "AnalogyReport": ".vectors",
    "AttentionDisplay": ".displays",
    "BM25Transformer": ".vectorizers",
    "CharTokenizer": ".tokenizers",
    "ConceptVectors": ".embeddings",
    "CountVectorizer": ".vectorizers",
    "CoverageReport": ".vectors",
    "Dna2Vec": ".embeddings",
    "Doc2Vec": ".embeddings",
    "DocumentDistance": ".vectors",
    "EmbeddedSequences": "._embedded_sequences",
    "EmbeddingVectorizer": ".vectors",
    "FastText": ".embeddings",
    "FunctionTokenizer": ".tokenizers",
    "GloVe": ".embeddings",
    "HashingCollisionDisplay": ".displays",
    "HashingReport": ".vectorizers",
    "HashingVectorizer": ".vectorizers",
    "KmerTokenizer": ".tokenizers",
    "LearningCurveDisplay": ".displays",
    "NBLogCountRatio": ".vectorizers",
    "NaiveForecaster": ".forecasting",
    "Neighbors": ".vectors",
    "NeighborsDisplay": ".displays",
    "OneHotVectorizer": ".vectorizers",
    "RNNClassifier": ".networks",
    "RNNEncoder": ".networks",
    "RNNForecaster": ".forecasting",
    "RNNLanguageModel": ".networks",
    "RNNRegressor": ".networks",
    "RNNTagger": ".networks",
    "Ragged": "._ragged",
    "Seq2Seq": ".networks",
    "SequenceCNNClassifier": ".networks",
    "SequenceGenerator": ".networks",
    "SequenceMLPClassifier": ".networks",
    "SequencePadder": ".vectorizers",
    "SequenceVectorizer": ".vectorizers",
    "SimilarityReport": ".vectors",
    "SkipThought": ".networks",
    "SubwordTokenizer": ".tokenizers",
    "TfidfVectorizer": ".vectorizers",
    "TokenSaliency": ".explain",
    "Tokens": "._tokens",
    "Vocabulary": "._vocabulary",
    "Word2Vec": ".embeddings",
    "WordMapDisplay": ".displays",
    "WordPairsDisplay": ".displays",
    "WordTokenizer": ".tokenizers",
    "WordVectors": ".vectors",
    "hashing_report": ".vectorizers",
    "split_sentences": ".tokenizers",
    "token_saliency": ".explain",
}
_SUBMODULES = ("datasets",)

__all__ = ["__version__", *_PUBLIC, *_SUBMODULES]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(import_module(_PUBLIC[name], __name__), name)
    elif name in _SUBMODULES:
        value = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
