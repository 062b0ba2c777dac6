"""Networks as scikit-learn estimators, and the parts that more of them can be made of."""

from ._encoder_decoder_estimator import EncoderDecoderEstimator
from ._estimator import NetworkEstimator
from ._parameters import fitted
from ._parts import NewEncoder, Parts
from ._plan import FineTuning, FitData, SequenceExamples, TrainingPlan
from ._recurrent_estimator import RecurrentEstimator
from ._rnn_classifier import RNNClassifier
from ._rnn_encoder import RNNEncoder
from ._rnn_language_model import RNNLanguageModel
from ._rnn_regressor import RNNRegressor
from ._rnn_tagger import RNNTagger
from ._seq2seq import AttentionMap, Seq2Seq
from ._sequence_cnn_classifier import SequenceCNNClassifier
from ._sequence_estimator import SequenceEstimator
from ._sequence_generator import SequenceGenerator
from ._sequence_mlp_classifier import SequenceMLPClassifier
from ._skip_thought import SkipThought
from .heads._class_head import ClassHead
from .heads._number_head import NumberHead
from .heads._outputs import pooled_output, row_pooling, step_output
from .heads._step_head import StepHead

__all__ = [
    "AttentionMap",
    "ClassHead",
    "EncoderDecoderEstimator",
    "FineTuning",
    "FitData",
    "NetworkEstimator",
    "NewEncoder",
    "NumberHead",
    "Parts",
    "RNNClassifier",
    "RNNEncoder",
    "RNNLanguageModel",
    "RNNRegressor",
    "RNNTagger",
    "RecurrentEstimator",
    "Seq2Seq",
    "SequenceCNNClassifier",
    "SequenceEstimator",
    "SequenceExamples",
    "SequenceGenerator",
    "SequenceMLPClassifier",
    "SkipThought",
    "StepHead",
    "TrainingPlan",
    "fitted",
    "pooled_output",
    "row_pooling",
    "step_output",
]
