"""Learning rates and gradual unfreezing of a network's layers, from its head down."""

from __future__ import annotations

from typing import Any, Protocol

from skorch.callbacks import Callback


class Layered(Protocol):
    """A module that lists its layers by depth."""

    def layers_below(self) -> list[list[str]]:
        """Return patterns of the parameters' names of the layer below the head, of the next, ..."""
        ...


def depth_groups(module: Layered) -> list[tuple[str, dict[str, int]]]:
    """Return the parameter groups of an optimizer, as skorch takes them: patterns and depths.

    What no pattern matches is the head.
    """
    layers = enumerate(module.layers_below(), start=1)
    return [(pattern, {"depth": depth}) for depth, patterns in layers for pattern in patterns]


def set_rates(optimizer: Any, rate: float, decay: float) -> None:
    """Set the learning rate of each group: `rate` of the head, below the one above / `decay` [1]_.

    Where a schedule has changed the rate since it was last set, it stays as it is, or changes in
    proportion to the rate it began with.

    References
    ----------
    .. [1] J. Howard and S. Ruder (2018). Universal language model fine-tuning for text
       classification. ACL. There `decay` is 2.6.
    """
    for group in optimizer.param_groups:
        base = rate / decay ** group.get("depth", 0)
        before = group.get("chosen_lr", group["lr"])
        if base != before:
            group["lr"] = group["lr"] / before * base
            if "initial_lr" in group:  # where schedules begin
                group["initial_lr"] = group["initial_lr"] / before * base
        group["chosen_lr"] = base


def end_schedule(optimizer: Any) -> None:
    """Set the learning rates back to those that were last set, whatever a schedule made of them."""
    for group in optimizer.param_groups:
        group["lr"] = group.get("chosen_lr", group["lr"])


class GradualUnfreezing(Callback):
    """Train the head alone in the first epoch, and one more layer in each that follows [1]_.

    The optimizer's groups are :func:`depth_groups`. Epochs count from the net's first.

    References
    ----------
    .. [1] J. Howard and S. Ruder (2018). Universal language model fine-tuning for text
       classification. ACL.
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
