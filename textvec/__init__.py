"""Text, or any sequence of symbols, as numbers in scikit-learn Pipelines.

Tokenizers turn documents into ids once; vectorizers make counts, ids or vectors of them;
networks learn from the sequences. The user guide shows the path from texts to predictions.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:  # each module's `__all__`, as type checkers and editors follow it
    from . import datasets as datasets
    from . import saving as saving
    from ._containers import *
    from ._reporting import *
    from .blocks import *
    from .displays import *
    from .embeddings import *
    from .explain import *
    from .exporting import *
    from .forecasting import *
    from .networks import *
    from .saving import *
    from .tokenizers import *
    from .vectorizers import *
    from .vectors import *

# Every public name, by the module that lists it in its `__all__`. It is loaded on first use, so
# that `import textvec` costs neither torch nor gensim.
_NAMES = {
    "._containers": ["EmbeddedSequences", "Ragged", "Tokens", "Vocabulary"],
    "._reporting": ["show_progress"],
    ".blocks": ["transform_blocks"],
    ".displays": [
        "AttentionDisplay",
        "HashingCollisionDisplay",
        "LearningCurveDisplay",
        "NeighborsDisplay",
        "NetworkDisplay",
        "WordMapDisplay",
        "WordPairsDisplay",
    ],
    ".embeddings": [
        "ConceptVectors",
        "Dna2Vec",
        "Doc2Vec",
        "FastText",
        "GloVe",
        "NgramDoc2Vec",
        "Word2Vec",
    ],
    ".explain": ["ErrorReport", "TokenSaliency", "prediction_errors", "token_saliency"],
    ".exporting": ["to_onnx", "to_sklearn"],
    ".forecasting": [
        "Backtest",
        "ConformalForecaster",
        "ForecastInterval",
        "NaiveForecaster",
        "RNNForecaster",
        "StepwiseTransformer",
        "WindowTransformer",
        "backtest",
    ],
    ".networks": [
        "AttentionMap",
        "Hypothesis",
        "RNNClassifier",
        "RNNEncoder",
        "RNNLanguageModel",
        "RNNRegressor",
        "RNNTagger",
        "Seq2Seq",
        "SequenceCNNClassifier",
        "SequenceGenerator",
        "SequenceMLPClassifier",
        "SkipThought",
    ],
    ".saving": ["load", "save"],
    ".tokenizers": [
        "CharTokenizer",
        "FunctionTokenizer",
        "KmerTokenizer",
        "SubwordTokenizer",
        "WordTokenizer",
        "split_sentences",
    ],
    ".vectorizers": [
        "BM25Transformer",
        "CountVectorizer",
        "HashingReport",
        "HashingSequenceVectorizer",
        "HashingVectorizer",
        "NBLogCountRatio",
        "OneHotVectorizer",
        "SequencePadder",
        "SequenceTruncator",
        "SequenceVectorizer",
        "TfidfVectorizer",
        "hashing_report",
    ],
    ".vectors": [
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
    ],
}
_PUBLIC = {name: module for module, names in _NAMES.items() for name in names}
_SUBMODULES = ("datasets", "saving")

__all__ = ["__version__", *_PUBLIC, *_SUBMODULES]


if not TYPE_CHECKING:  # it would make any name good for a type checker

    def __getattr__(name: str) -> Any:
        if name in _PUBLIC:
            value = getattr(_module_of(name), name)
        elif name in _SUBMODULES:
            value = import_module(f".{name}", __name__)
        else:
            from ._inputs._peer_exports import no_such_name

            raise no_such_name(__name__, name, __all__)
        globals()[name] = value
        return value


def _module_of(name: str) -> ModuleType:
    """Return the module of a public name, or say how to get the package that it imports."""
    try:
        return import_module(_PUBLIC[name], __name__)
    except ModuleNotFoundError as error:
        from ._compat import EXTRAS, install_error

        if error.name not in EXTRAS:
            raise
        raise install_error(error.name, needed_for=name) from error


def __dir__() -> list[str]:
    return sorted(__all__)
