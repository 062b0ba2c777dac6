"""Torch modules, batches and the training loop under the recurrent estimators."""

from ._batches import Batch, EvaluationBatches, SequenceData, TrainingBatches
from ._callbacks import Plateau
from ._criteria import BinaryCrossEntropy, CategoricalCrossEntropy, ClassCriterion
from ._dropout import Dropout
from ._initialization import given_embedding, learned_embedding
from ._model import SequenceModel, on_device
from ._net import SequenceNet
from ._optimizers import OPTIMIZERS, resolve_optimizer
from ._pooling import POOLINGS
from ._randomness import Randomness
from ._recurrent import CELLS, RecurrentStack
from ._sequences import InputSpec, Sequences, read_sequences
from ._summary import summary_text

__all__ = [
    "CELLS",
    "OPTIMIZERS",
    "POOLINGS",
    "Batch",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "ClassCriterion",
    "Dropout",
    "EvaluationBatches",
    "InputSpec",
    "Plateau",
    "Randomness",
    "RecurrentStack",
    "SequenceData",
    "SequenceModel",
    "SequenceNet",
    "Sequences",
    "TrainingBatches",
    "given_embedding",
    "learned_embedding",
    "on_device",
    "read_sequences",
    "resolve_optimizer",
    "summary_text",
]
