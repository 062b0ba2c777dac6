"""The lines that estimators print with ``verbose``: the only place of textvec that prints one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Epoch(NamedTuple):
    """An epoch of a fit that has ended.

    Parameters
    ----------
    estimator : str
        Name of its class.
    number, of : int
        Which one it was, from 1, and how many there are to be.
    figures : mapping of str to float
        What was measured.
    seconds : float
        How long it took.
    """

    estimator: str
    number: int
    of: int
    figures: Mapping[str, float]
    seconds: float

    def __str__(self) -> str:
        figures = [f"{name} {value:.4g}" for name, value in self.figures.items()]
        said = ", ".join([*figures, f"{self.seconds:.1f} s"])
        return f"[{self.estimator}] epoch {self.number} of {self.of}: {said}"


def print_epoch(epoch: Epoch) -> None:
    """Print the line of an epoch to the standard output, as scikit-learn's `verbose` does."""
    print(epoch, flush=True)


def print_conclusion(estimator: str, said: str) -> None:
    """Print why a fit has ended, or with what, below the lines of its epochs."""
    print(f"[{estimator}] {said}", flush=True)
