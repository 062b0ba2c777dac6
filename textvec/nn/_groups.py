"""A network's layers from its head down: who learns how fast, and from when on."""

from __future__ import annotations

from typing import Any, Protocol

from skorch.callbacks import Callback


class Layered(Protocol):
    """A module that says which of its parameters lie how deep."""

    def layers_below(self) -> list[list[str]]:
        """Give patterns of the names of parameters, of the layer below the head, the next, ..."""
        ...


def depth_groups(module: Layered) -> list[tuple[str, dict[str, int]]]:
    """Give the parameter groups of an optimizer, as skorch takes them: patterns, and how deep.

    What no pattern matches is the head.
    """
    layers = enumerate(module.layers_below(), start=1)
    return [(pattern, {"depth": depth}) for depth, patterns in layers for pattern in patterns]


def set_rates(optimizer: Any, rate: float, decay: float) -> None:
    """Give each group its learning rate: the head `rate`, the rest the one above / `decay` [1]_.

    References
    ----------
    .. [1] J. Howard and S. Ruder (2018). Universal language model fine-tuning for text
       classification. ACL. There `decay` is 2.6.
    """
    for group in optimizer.param_groups:
        group["lr"] = rate / decay ** group.get("depth", 0)


class GradualUnfreezing(Callback):
    """Let the head learn alone in the first epoch, and one more layer in each that follows.

    The optimizer's groups are :func:`depth_groups`. Epochs count from the net's first.
    """

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        self._thaw(net, len(net.history) - 1)

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        self._thaw(net, len(net.optimizer_.param_groups))

    @staticmethod
    def _thaw(net: Any, depth: int) -> None:
        for group in net.optimizer_.param_groups:
            learns = group.get("depth", 0) <= depth
            for parameter in group["params"]:
                parameter.requires_grad_(learns)
                if not learns:
                    parameter.grad = None
