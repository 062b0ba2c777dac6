"""Torch modules, losses, data on a device, and the training loop: the layer under the estimators.

Internal: names may change from version to version, but for those that the guide's page on networks
of one's own uses. No module here knows an estimator or scikit-learn. In reading order:

- data: ``_rows`` (rows on a device), ``_mapped_items``, ``_targets``, ``_batches``, ``_bptt``,
  ``_neighbor_targets``;
- layers: ``_randomness``, ``_initialization``, ``_dropout``, ``_reversal``, ``_recurrent_stack``,
  ``_convolution``, ``_row_pooling``, ``_wide``, ``_wide_fit``, ``_crf`` and ``_transitions``,
  ``_softmax``, ``_decoder``; ``_summary`` lists those of a network;
- recurrent layers that take less time than torch's: ``_tanh_rnn``, ``_lstm_training``,
  ``_gru_training``, ``_packed_lstm``;
- networks: ``_encoder``, ``_model``, ``_chain_model``, ``_language_model``, ``_encoder_decoder``,
  ``_skip_thought_model``; ``_sampling`` and ``_search`` generate from them;
- losses: ``_criteria``, ``_regression``, ``_tag_criteria`` and ``_chunks``, ``_token_criteria``;
- training: ``_loop`` (a page of plain torch), ``_net`` and ``_run`` (what skorch adds to it),
  ``_lazy_optimizer``, ``_rows_in_use``, ``_callbacks``, ``_groups``, ``_schedules``,
  ``_averaging``, ``_optimizers``, ``_fitted_parts``, ``_processes``, ``_errors`` and ``_advice``;
- prediction: ``_prediction``, ``_forward_plan``;
- the machine: ``_torch_threads``, ``_torch_state``, ``_cuda_streams``, ``_float64``,
  ``_few_shapes``.
"""

from ._averaging import WeightAverage
from ._batches import Batch, EvaluationBatches, SequenceData, TrainingBatches
from ._bptt import BPTTBatches, DocumentData
from ._callbacks import EarlyStopping
from ._chain_model import ChainModel
from ._chunks import ChunkLabels, chunk_counts, f1_of_counts
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
from ._decoder import EncoderOutput, RecurrentDecoder
from ._dropout import Dropout, TokenDropout, set_dropout
from ._encoder import SequenceEncoder
from ._encoder_decoder import EncoderDecoder
from ._errors import Advice, out_of_memory
from ._float64 import in_float64
from ._forward_plan import ForwardPlan
from ._groups import GradualUnfreezing, depth_groups, set_rates
from ._initialization import (
    DECODER_EMBEDDING_BOUND,
    EMBEDDING_BOUND,
    learned_embedding,
    linear,
    pretrained_embedding,
)
from ._language_model import LanguageModel
from ._model import EncoderModel, SequenceModel, StepModel, device_of, resolve_device
from ._neighbor_targets import NeighborIds, neighbor_data
from ._net import SequenceNet
from ._optimizers import OPTIMIZERS, OptimizerLike, resolve_optimizer
from ._packed_lstm import PackedLSTM
from ._processes import Share, check_same, from_first
from ._randomness import Randomness
from ._recurrent_stack import CELLS, RecurrentStack
from ._regression import REGRESSION_LOSSES, RegressionCriterion, scale_of
from ._row_pooling import (
    POOLINGS,
    AttentionPooling,
    ConcatPooling,
    LastPooling,
    MaxPooling,
    MeanPooling,
    pooling_of,
)
from ._rows import DeviceRows
from ._rows_in_use import hold_all_rows, rows_in_use
from ._sampling import choose, sample
from ._schedules import DECAYS, RateSchedule, ScheduledRates
from ._search import Hypotheses, beam_search, greedy_search
from ._skip_thought_model import SkipThoughtModel
from ._softmax import AdaptiveSoftmax
from ._summary import LayerRow, LayerTable, n_parameters
from ._tag_criteria import ChainCriterion, StepCrossEntropy, TagCriterion
from ._targets import (
    BOS,
    EOS,
    IGNORE_INDEX,
    Targets,
    target_positions,
    targets_on,
)
from ._token_criteria import LanguageCriterion, NeighborCriterion, TokenCrossEntropy
from ._torch_state import plain_torch
from ._transitions import SCHEMES, Transitions
from ._wide import WideLinear
from ._wide_fit import MOST_WIDE_WEIGHTS, fit_wide

__all__ = [
    "BOS",
    "CELLS",
    "DECAYS",
    "DECODER_EMBEDDING_BOUND",
    "EMBEDDING_BOUND",
    "EOS",
    "IGNORE_INDEX",
    "MOST_WIDE_WEIGHTS",
    "OPTIMIZERS",
    "POOLINGS",
    "REGRESSION_LOSSES",
    "SCHEMES",
    "Accuracy",
    "AdaptiveSoftmax",
    "Advice",
    "AttentionPooling",
    "BPTTBatches",
    "Batch",
    "BinaryCrossEntropy",
    "CategoricalCrossEntropy",
    "ChainCriterion",
    "ChainHead",
    "ChainModel",
    "ChainScores",
    "ChunkLabels",
    "ClassCriterion",
    "ConcatPooling",
    "ConvolutionBody",
    "Criterion",
    "DeviceRows",
    "DocumentData",
    "Dropout",
    "EarlyStopping",
    "EncoderDecoder",
    "EncoderModel",
    "EncoderOutput",
    "EvaluationBatches",
    "FlattenPooling",
    "ForwardPlan",
    "GradualUnfreezing",
    "Hypotheses",
    "IdentityBody",
    "LanguageCriterion",
    "LanguageModel",
    "LastPooling",
    "LayerRow",
    "LayerTable",
    "MaxPooling",
    "MeanPooling",
    "MultiLabelCrossEntropy",
    "NeighborCriterion",
    "NeighborIds",
    "OptimizerLike",
    "PackedLSTM",
    "Randomness",
    "RateSchedule",
    "RecurrentDecoder",
    "RecurrentStack",
    "RegressionCriterion",
    "ScheduledRates",
    "SequenceData",
    "SequenceEncoder",
    "SequenceModel",
    "SequenceNet",
    "Share",
    "SkipThoughtModel",
    "StepCrossEntropy",
    "StepModel",
    "TagCriterion",
    "Targets",
    "TokenCrossEntropy",
    "TokenDropout",
    "TrainingBatches",
    "Transitions",
    "WeightAverage",
    "WideLinear",
    "beam_search",
    "check_same",
    "choose",
    "chunk_counts",
    "dense_layers",
    "depth_groups",
    "device_of",
    "f1_of_counts",
    "fit_wide",
    "from_first",
    "greedy_search",
    "hold_all_rows",
    "in_float64",
    "learned_embedding",
    "linear",
    "n_parameters",
    "neighbor_data",
    "out_of_memory",
    "plain_torch",
    "pooling_of",
    "pretrained_embedding",
    "resolve_device",
    "resolve_optimizer",
    "rows_in_use",
    "sample",
    "scale_of",
    "set_dropout",
    "set_rates",
    "target_positions",
    "targets_on",
]
