"""One run of a net: whom it notifies, and what it writes into the history."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from skorch.callbacks import Callback

from ._batches import Batch
from ._callbacks import reads_outputs, watches_batches
from ._loop import BatchHooks, EpochLoss, Step

if TYPE_CHECKING:
    from ._net import SequenceNet


class Run:
    """One run of a net.

    Parameters
    ----------
    net : SequenceNet
        The net.
    callbacks : list of (str, Callback)
        The net's own, and those of this run.
    """

    def __init__(self, net: SequenceNet, callbacks: list[tuple[str, Callback]]):
        self.net = net
        self.callbacks = callbacks
        self.watches_batches = any(watches_batches(callback) for _, callback in callbacks)
        self.reads_outputs = any(reads_outputs(callback) for _, callback in callbacks)

    def notify(self, hook: str, **data: Any) -> None:
        """Call a hook of the net, which adds rows to its history, and of all callbacks."""
        getattr(self.net, hook)(self.net, **data)
        for _, callback in self.callbacks:
            getattr(callback, hook)(self.net, **data)

    def epoch_begins(self, **data: Any) -> None:
        """Drop rows of the batches of the epoch before, but the last one; notify callbacks."""
        if self.net.history and not self.watches_batches:
            row = self.net.history[-1]
            row["batches"] = row["batches"][-1:]
        self.notify("on_epoch_begin", **data)

    def epoch_ends(self, **data: Any) -> bool:
        """Notify callbacks; return whether one says stop, which skorch's do by an interruption."""
        try:
            self.notify("on_epoch_end", **data)
        except KeyboardInterrupt:
            return True
        return False

    def hooks(self, prefix: str) -> BatchHooks:
        """Return what is called for batches; nothing, where no callback has a hook for them."""
        return CallbackHooks(self, prefix) if self.watches_batches else BatchHooks()

    def record(self, prefix: str, losses: EpochLoss, loss: float) -> None:
        """Write an epoch's losses and mean loss into the history, as skorch does."""
        history = self.net.history
        if not self.watches_batches:  # else they are there already
            rows = zip(losses.of_batches().tolist(), losses.sizes, strict=True)
            history[-1]["batches"] += [
                {f"{prefix}_loss": value, f"{prefix}_batch_size": size} for value, size in rows
            ]
        name = f"{prefix}_loss"
        best = min((row[name] for row in history[:-1] if name in row), default=math.inf)
        history.record(name, loss)
        history.record(f"{name}_best", loss < best)
        history.record(f"{prefix}_batch_count", len(losses.sizes))


class CallbackHooks(BatchHooks):
    """Calls the hooks of callbacks for batches, with a row for each in the history.

    Parameters
    ----------
    run : Run
        Of the net.
    prefix : {"train", "valid"}
        Of the names in the history.
    """

    def __init__(self, run: Run, prefix: str):
        self.run = run
        self.prefix = prefix
        self.training = prefix == "train"

    def batch_begins(self, batch: tuple[Batch, Any]) -> None:
        """Begin a row, and notify callbacks."""
        self.run.notify("on_batch_begin", batch=batch, training=self.training)

    def gradients_computed(self, batch: tuple[Batch, Any]) -> None:
        """Notify callbacks, which may change the gradients."""
        parameters = list(self.run.net.get_all_learnable_params())
        self.run.notify("on_grad_computed", named_parameters=parameters, batch=batch, training=True)

    def batch_ends(self, batch: tuple[Batch, Any], step: Step) -> None:
        """Fill the row, and notify callbacks; skorch's scores take the targets from them."""
        net, (x, y) = self.run.net, batch
        net.history.record_batch(f"{self.prefix}_loss", step.loss.item())
        net.history.record_batch(f"{self.prefix}_batch_size", len(x))
        outputs, targets = step.outputs, y
        if self.run.reads_outputs:  # else a CRF need not find the likeliest labels
            outputs, targets = net.criterion_.scored(outputs, y)
        self.run.notify(
            "on_batch_end",
            batch=(x, targets),
            training=self.training,
            loss=step.loss,
            y_pred=outputs,
        )
