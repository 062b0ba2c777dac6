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
    from .recurrent import RNNClassifier as RNNClassifier
    from .tokenizers import CharTokenizer as CharTokenizer
    from .tokenizers import FunctionTokenizer as FunctionTokenizer
    from .tokenizers import KmerTokenizer as KmerTokenizer
    from .tokenizers import WordTokenizer as WordTokenizer
    from .vectorizers import OneHotVectorizer as OneHotVectorizer
    from .vectorizers import SequencePadder as SequencePadder
    from .vectorizers import SequenceVectorizer as SequenceVectorizer
    from .vectors import EmbeddingVectorizer as EmbeddingVectorizer
    from .vectors import WordVectors as WordVectors

__version__ = "0.1.0"

# Where each public name lives. It is loaded on first use, so that `import textvec` costs
# neither torch nor gensim.
_PUBLIC = {
    "CharTokenizer": ".tokenizers",
    "EmbeddedSequences": "._embedded_sequences",
    "EmbeddingVectorizer": ".vectors",
    "FunctionTokenizer": ".tokenizers",
    "KmerTokenizer": ".tokenizers",
    "OneHotVectorizer": ".vectorizers",
    "RNNClassifier": ".recurrent",
    "Ragged": "._ragged",
    "SequencePadder": ".vectorizers",
    "SequenceVectorizer": ".vectorizers",
    "Tokens": "._tokens",
    "Vocabulary": "._vocabulary",
    "WordTokenizer": ".tokenizers",
    "WordVectors": ".vectors",
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
