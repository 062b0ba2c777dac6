"""Checkpoints: the state of a training after each epoch, in a folder that it can resume from.

In reading order: what a state is (``_state``), how it becomes a file (``_state_file``), which
training it belongs to (``_fingerprint``), and the folder of a training (``_store``).
"""

from ._fingerprint import training_fingerprint
from ._state import copied, restore, snapshot
from ._store import CheckpointFolder

__all__ = ["CheckpointFolder", "training_fingerprint", "copied", "restore", "snapshot"]
