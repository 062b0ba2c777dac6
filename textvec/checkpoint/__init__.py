"""Checkpoints: the state of a training after each epoch, in a folder that it can resume from."""

from ._fingerprint import training_fingerprint
from ._state import restore, snapshot
from ._store import CheckpointFolder

__all__ = ["CheckpointFolder", "training_fingerprint", "restore", "snapshot"]
