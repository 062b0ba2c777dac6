"""A net whose optimizer is made when it is first needed."""

from __future__ import annotations

from typing import Any, Self

from skorch import NeuralNet


class LazyOptimizerNet(NeuralNet):
    """A skorch net that predicts without an optimizer.

    A network that is loaded to predict needs none, and the first one of a process makes torch
    import its compiler: a second of CPU time, and 70 MB. The attribute ``optimizer_`` is made of
    the weights and options of the time when it is first read.
    """

    def initialize_optimizer(self, triggered_directly: Any = None) -> Self:
        """Forget the optimizer, and leave the new one to be made when it is read."""
        vars(self).pop("optimizer_", None)
        if "optimizer" not in self._optimizers:
            self._register_attribute("optimizer_", None)
        return self

    def __getattr__(self, name: str) -> Any:
        """Make the optimizer."""
        if name != "optimizer_" or "optimizer" not in self._optimizers:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        super().initialize_optimizer()
        return vars(self)[name]
