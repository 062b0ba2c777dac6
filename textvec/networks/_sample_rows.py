"""Rows of ids that stand for those of a later fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._containers._ragged import Ragged
from .._containers._vocabulary import UNKNOWN


def sample_rows(y: Any) -> Ragged:
    """Return rows to which targets fit: one a target, or one step a target of a row of them.

    Examples
    --------
    >>> from textvec.networks._sample_rows import sample_rows
    >>> sample_rows(["a", "b"]).lengths.tolist(), sample_rows([["a", "b"], ["a"]]).lengths.tolist()
    ([1, 1], [2, 1])
    """
    targets = [0] if y is None else y
    lengths = [len(t) if isinstance(t, (list, tuple, np.ndarray)) else 1 for t in targets]
    return Ragged.from_rows([[UNKNOWN] * length for length in lengths])
