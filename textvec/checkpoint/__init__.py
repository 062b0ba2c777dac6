"""Checkpoints: the state of a training after each epoch, in a folder that it can resume from."""

from ._fingerprint import identity_of
from ._run_state import restore_run, run_state
from ._store import RunFolder

__all__ = ["RunFolder", "identity_of", "restore_run", "run_state"]
