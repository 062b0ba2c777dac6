"""What an estimator on a network of your own is made of; the guide shows one."""

from ._encoder_decoder_estimator import EncoderDecoderEstimator
from ._estimator import NetworkEstimator
from ._parameters import fitted
from ._parts import NewEncoder, Parts
from ._records import FineTuning, FitData, SequenceExamples, TrainingPlan
from ._recurrent_estimator import RecurrentEstimator
from ._sequence_estimator import SequenceEstimator
from .heads._class_head import ClassHead
from .heads._head import Head, Targets
from .heads._number_head import NumberHead
from .heads._outputs import pooled_output, row_pooling, step_output
from .heads._step_head import StepHead

__all__ = [
    "ClassHead",
    "EncoderDecoderEstimator",
    "FineTuning",
    "FitData",
    "Head",
    "NetworkEstimator",
    "NewEncoder",
    "NumberHead",
    "Parts",
    "RecurrentEstimator",
    "SequenceEstimator",
    "SequenceExamples",
    "StepHead",
    "Targets",
    "TrainingPlan",
    "fitted",
    "pooled_output",
    "row_pooling",
    "step_output",
]
