"""Plots, by scikit-learn's convention for displays."""

from ._attention_display import AttentionDisplay
from ._hashing_collision_display import HashingCollisionDisplay
from ._learning_curve_display import LearningCurveDisplay
from ._neighbors_display import NeighborsDisplay
from ._network_display import NetworkDisplay
from ._word_map_display import WordMapDisplay
from ._word_pairs_display import WordPairsDisplay

__all__ = [
    "AttentionDisplay",
    "HashingCollisionDisplay",
    "LearningCurveDisplay",
    "NeighborsDisplay",
    "NetworkDisplay",
    "WordMapDisplay",
    "WordPairsDisplay",
]
