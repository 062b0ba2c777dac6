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
    from .displays import HashingCollisionDisplay as HashingCollisionDisplay
    from .recurrent import RNNClassifier as RNNClassifier
    from .tokenizers import CharTokenizer as CharTokenizer
    from .tokenizers import FunctionTokenizer as FunctionTokenizer
    from .tokenizers import KmerTokenizer as KmerTokenizer
    from .tokenizers import SubwordTokenizer as SubwordTokenizer
    from .tokenizers import WordTokenizer as WordTokenizer
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
    from .vectors import EmbeddingVectorizer as EmbeddingVectorizer
    from .vectors import WordVectors as WordVectors

__version__ = "0.1.0"

# Where each public name lives. It is loaded on first use, so that `import textvec` costs
# neither torch nor gensim.
_PUBLIC = {
    "BM25Transformer": ".vectorizers",
    "CharTokenizer": ".tokenizers",
    "CountVectorizer": ".vectorizers",
    "EmbeddedSequences": "._embedded_sequences",
    "EmbeddingVectorizer": ".vectors",
    "FunctionTokenizer": ".tokenizers",
    "HashingCollisionDisplay": ".displays",
    "HashingReport": ".vectorizers",
    "HashingVectorizer": ".vectorizers",
    "KmerTokenizer": ".tokenizers",
    "NBLogCountRatio": ".vectorizers",
    "OneHotVectorizer": ".vectorizers",
    "RNNClassifier": ".recurrent",
    "Ragged": "._ragged",
    "SequencePadder": ".vectorizers",
    "SequenceVectorizer": ".vectorizers",
    "SubwordTokenizer": ".tokenizers",
    "TfidfVectorizer": ".vectorizers",
    "Tokens": "._tokens",
    "Vocabulary": "._vocabulary",
    "WordTokenizer": ".tokenizers",
    "WordVectors": ".vectors",
    "hashing_report": ".vectorizers",
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
