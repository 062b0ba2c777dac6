"""Recurrent networks as scikit-learn estimators."""

from ._rnn_classifier import RNNClassifier

__all__ = ["RNNClassifier"]
