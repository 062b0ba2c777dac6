"""Products of few shapes: oneDNN compiles one for each, which may take longer than the product."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def filled(rows: Tensor) -> Tensor:
    """Return the numbers of rows (N,), with 0 repeated behind them if their products need that.

    They do where autocast is on on a CPU, in bfloat16; the rest is left as it is.
    """
    return F.pad(rows, (0, n_fill(len(rows)))) if torch.is_autocast_enabled("cpu") else rows


def n_fill(n_rows: int) -> int:
    """Return how many rows are missing so that there are few different numbers of them."""
    return -n_rows % max(32, 1 << n_rows.bit_length() >> 5)
