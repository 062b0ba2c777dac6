"""Torch modules, batches and the training loop under the recurrent estimators."""

from ._batches import Batch, EvaluationBatches, SequenceData, TrainingBatches
from ._callbacks import Plateau
from ._convolution import ConvolutionBody, FlattenPooling, IdentityBody, dense_layers
from ._crf import ChainHead, ChainScores
from ._criteria import (
    Accuracy,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    ClassCriterion,
    Criterion,
    MultiLabelCrossEntropy,
)
from ._decoder import (
    BOUNDARY,
    DecoderState,
    Memory,
    RecurrentDecoder,
    TokenCrossEntropy,
    real_places,
)
from ._dropout import Dropout
from ._encoder import SequenceEncoder
from ._encoder_decoder import EncoderDecoder
from ._groups import Unfreezing, depth_groups, set_rates
from ._initialization import (
    EMBEDDING_BOUND,
    WRITING_BOUND,
    given_embedding,
    learned_embedding,
    linear,
)
from ._language import LanguageCriterion, LanguageModel
from ._memory import out_of_memory
from ._model import EncoderModel, SequenceModel, StepModel, device_of, on_device
from ._net import SequenceNet
from ._optimizers import OPTIMIZERS, resolve_optimizer
from ._pooling import POOLINGS, LastPooling, MaxPooling, MeanPooling
from ._randomness import Randomness
from ._recurrent import CELLS, RecurrentStack, StackState
from ._regression import REGRESSION_LOSSES, RegressionCriterion, unit_of
from ._sampling import choose, sample
from ._search import Found, beam_search, greedy_search
from ._sequences import InputSpec, Sequences, read_sequences
from ._skip_thought import Beside, NeighborCriterion, NeighborTargets, SkipThoughtModel
from ._softmax import AdaptiveSoftmax
from ._streams import DocumentData, StreamBatches
from ._summary import LayerRow, n_parameters, summary_text
from ._tagging import ChainCriterion, ChainModel, StepCrossEntropy, TagCriterion
from ._targets import IGNORED, RowTargets, StepTargets, Targets, targets_on

__all__ = [
    "BOUNDARY",
    "CELLS",
    "EMBEDDING_BOUND",
    "IGNORED",
    "OPTIMIZERS",
    "POOLINGS",
    "REGRESSION_LOSSES",
    "WRITING_BOUND",
    "Accuracy",
    "AdaptiveSoftmax",
    "Batch",
    "Beside",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "ChainCriterion",
    "ChainHead",
    "ChainModel",
    "ChainScores",
    "ClassCriterion",
    "ConvolutionBody",
    "Criterion",
    "DecoderState",
    "DocumentData",
    "Dropout",
    "EncoderDecoder",
    "EncoderModel",
    "EvaluationBatches",
    "FlattenPooling",
    "Found",
    "IdentityBody",
    "InputSpec",
    "LanguageCriterion",
    "LanguageModel",
    "LastPooling",
    "LayerRow",
    "MaxPooling",
    "MeanPooling",
    "Memory",
    "MultiLabelCrossEntropy",
    "NeighborCriterion",
    "NeighborTargets",
    "Plateau",
    "Randomness",
    "RecurrentDecoder",
    "RecurrentStack",
    "RegressionCriterion",
    "RowTargets",
    "SequenceData",
    "SequenceEncoder",
    "SequenceModel",
    "SequenceNet",
    "Sequences",
    "SkipThoughtModel",
    "StackState",
    "StepCrossEntropy",
    "StepModel",
    "StepTargets",
    "StreamBatches",
    "TagCriterion",
    "Targets",
    "TokenCrossEntropy",
    "TrainingBatches",
    "Unfreezing",
    "beam_search",
    "choose",
    "dense_layers",
    "depth_groups",
    "device_of",
    "given_embedding",
    "greedy_search",
    "learned_embedding",
    "linear",
    "n_parameters",
    "on_device",
    "out_of_memory",
    "read_sequences",
    "real_places",
    "resolve_optimizer",
    "sample",
    "set_rates",
    "summary_text",
    "targets_on",
    "unit_of",
]
