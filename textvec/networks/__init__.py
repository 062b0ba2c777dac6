"""Networks as scikit-learn estimators: recurrent ones, and those they are compared with."""

from typing import TYPE_CHECKING

from .._inputs._peer_exports import names_of_part
from ._rnn_classifier import RNNClassifier
from ._rnn_encoder import RNNEncoder
from ._rnn_language_model import RNNLanguageModel
from ._rnn_regressor import RNNRegressor
from ._rnn_tagger import RNNTagger
from ._seq2seq import AttentionMap, Seq2Seq
from ._sequence_cnn_classifier import SequenceCNNClassifier
from ._sequence_generator import SequenceGenerator
from ._sequence_mlp_classifier import SequenceMLPClassifier
from ._skip_thought import SkipThought
from .heads._sequence_head import Hypothesis

__all__ = [
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
]

if not TYPE_CHECKING:  # it would make any name good for a type checker
    __getattr__ = names_of_part(__name__, __all__)
