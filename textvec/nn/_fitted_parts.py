"""Parts of a network that are fitted before its training, in which they stay as they are."""

from __future__ import annotations

from itertools import chain

from torch import nn


def fitted_tensors(module: nn.Module) -> set[int]:
    """Return the ids of the parameters and buffers of parts whose ``is_fitted`` is true."""
    fitted = [part for part in module.modules() if getattr(part, "is_fitted", False)]
    return {id(t) for part in fitted for t in chain(part.parameters(), part.buffers())}
