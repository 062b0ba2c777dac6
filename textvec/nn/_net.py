"""The training loop: a skorch net over batches that are ready on the device."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, EpochTimer, PrintLog
from torch import Tensor, nn

from ._batches import Batch, EvaluationBatches, SequenceData, TrainingBatches
from ._callbacks import watches_batches


class SequenceNet(NeuralNet):  # type: ignore[misc]
    """A skorch net whose data sets are :class:`SequenceData`.

    Skorch's callbacks, history, saving and loading work as ever. What differs: the module
    comes ready-made; batches come from our iterators; a hook is called at every batch only
    if a callback has one; a loss is weighted by the batch's weights; an interruption is not
    swallowed.

    Parameters
    ----------
    module : torch.nn.Module
        Takes a :class:`Batch`; its ``randomness`` draws the order of rows.
    criterion : torch.nn.Module
        Gives one loss a row, and decides; see ``_criteria.py``.
    clip_norm : float or None, default=None
        Greatest norm of all gradients together.
    precision : {"float32", "bfloat16"}, default="float32"
        What the module computes in.
    **kwargs : dict
        Of ``skorch.NeuralNet``.
    """

    module: nn.Module | None
    callbacks_: list[tuple[str, Callback]]

    def __init__(
        self,
        module: nn.Module,
        criterion: nn.Module,
        *,
        clip_norm: float | None = None,
        precision: str = "float32",
        **kwargs: Any,
    ):
        super().__init__(module, criterion, train_split=None, **kwargs)
        self.clip_norm = clip_norm
        self.precision = precision
        self.stopped_ = False

    @property
    def _default_callbacks(self) -> list[tuple[str, Callback]]:
        return [("epoch_timer", EpochTimer())] + [("print_log", PrintLog())] * bool(self.verbose)

    def run(
        self,
        train: SequenceData,
        valid: SequenceData | None = None,
        *,
        epochs: int,
        callbacks: Sequence[tuple[str, Callback]] = (),
    ) -> None:
        """Train for some epochs, or until a callback stops it.

        Parameters
        ----------
        train, valid : SequenceData
            Rows to learn from, and to report ``valid_loss`` and ``valid_score`` on.
        epochs : int
            Passes over `train`.
        callbacks : sequence of (str, Callback)
            Watch this run only, besides the net's own.

        Raises
        ------
        ValueError
            If the loss is no longer a finite number.
        """
        own = self.callbacks_
        self.callbacks_ = [*own, *callbacks]
        try:
            self.notify("on_train_begin", X=train, y=train.y)
            self.fit_loop((train, valid), epochs=epochs)
            self.notify("on_train_end", X=train, y=train.y)
        finally:
            self.callbacks_ = own

    def fit_loop(
        self, X: Any, y: Any = None, epochs: int | None = None, **fit_params: Any
    ) -> SequenceNet:
        """Go through the epochs; `X` is the training data, or a pair with the validation data."""
        train, valid = X if isinstance(X, tuple) else (X, None)
        data = {"dataset_train": train, "dataset_valid": valid}
        self._watched = any(watches_batches(callback) for _, callback in self.callbacks_)
        self.stopped_ = False
        for _ in range(self.max_epochs if epochs is None else epochs):
            self.notify("on_epoch_begin", **data)
            self._run_epoch(self.get_iterator(train, training=True), training=True)
            if valid is not None:
                self._run_epoch(self.get_iterator(valid), training=False)
            try:
                self.notify("on_epoch_end", **data)
            except KeyboardInterrupt:  # how skorch's own EarlyStopping says stop
                break
            if self.stopped_:
                break
        return self

    def get_iterator(
        self, dataset: SequenceData, training: bool = False
    ) -> Iterable[tuple[Batch, Tensor]]:
        """Give the batches of one pass."""
        if training:
            return TrainingBatches(
                dataset, self.batch_size, self.module_.randomness.generator("cpu")
            )
        return EvaluationBatches(dataset)

    def infer(self, x: Batch, **fit_params: Any) -> Tensor:
        """Give the module's output for a batch, in float32."""
        if self.precision == "float32":
            return self.module_(x)  # type: ignore[no-any-return]
        with torch.autocast(x.values.device.type, dtype=torch.bfloat16):
            return self.module_(x).float()  # type: ignore[no-any-return]

    def get_loss(
        self, y_pred: Tensor, y_true: Tensor, X: Batch, training: bool = False, **kwargs: Any
    ) -> Tensor:
        """Give the mean loss of the rows, weighted by the batch's weights."""
        losses = self.criterion_(y_pred, y_true)  # (B,)
        if X.weights is None:
            return losses.mean()  # type: ignore[no-any-return]
        tiny = torch.finfo(losses.dtype).tiny  # all rows of a batch may weigh nothing
        return (losses * X.weights).sum() / X.weights.sum().clamp(min=tiny)  # type: ignore[no-any-return]

    def train_step(self, batch: tuple[Batch, Tensor], **fit_params: Any) -> dict[str, Tensor]:
        """Take one step of the optimizer."""
        x, y = batch
        step: dict[str, Tensor] = {}

        def closure() -> Tensor:
            self.optimizer_.zero_grad()
            outputs = self.infer(x)
            loss = self.get_loss(outputs, y, X=x, training=True)
            loss.backward()  # type: ignore[no-untyped-call]
            if self.clip_norm is not None:
                nn.utils.clip_grad_norm_(self.module_.parameters(), self.clip_norm)
            if self._watched:
                parameters = list(self.get_all_learnable_params())
                self.notify("on_grad_computed", named_parameters=parameters, batch=batch)
            # Some optimizers call this more than once; the first loss is the step's.
            step.setdefault("loss", loss.detach())
            step.setdefault("y_pred", outputs.detach())
            return loss

        self.optimizer_.step(closure)
        return step

    @torch.no_grad()
    def validation_step(self, batch: tuple[Batch, Tensor], **fit_params: Any) -> dict[str, Tensor]:
        """Give loss and outputs of one batch."""
        x, y = batch
        outputs = self.infer(x)
        return {"loss": self.get_loss(outputs, y, X=x), "y_pred": outputs}

    @torch.inference_mode()
    def outputs(self, data: SequenceData) -> Tensor:
        """Give the module's outputs for all rows, in their order, on the CPU."""
        if not len(data):
            return torch.empty(0, self.module_.n_outputs)
        self._set_training(False)
        ordered, rows = data.by_length()
        parts = [self.infer(x).cpu() for x, _ in EvaluationBatches(ordered)]
        joined = torch.cat(parts)
        result = torch.empty_like(joined)
        result[torch.from_numpy(rows)] = joined
        return result

    def predict(self, X: SequenceData) -> np.ndarray[Any, np.dtype[Any]]:
        """Give the criterion's decision for each row; skorch's scoring callbacks ask for it."""
        decided = [self.criterion_.decide(outputs) for outputs in self.forward_iter(X)]
        return torch.cat(decided).numpy()

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        if state["module"] is self.__dict__.get("module_"):  # made ready: save it once
            state["module"] = None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self.module is None:
            self.module = self.module_

    def _run_epoch(self, batches: Iterable[tuple[Batch, Tensor]], *, training: bool) -> None:
        """Pass over the batches once; record the mean loss of their rows, and their score."""
        prefix = "train" if training else "valid"
        step_fn = self.train_step if training else self.validation_step
        tally = _Tally(keep_outputs=not training)
        self._set_training(training)
        for batch in batches:
            if self._watched:
                self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch)
            if self._watched:
                self._end_batch(batch, step, prefix, training)
            tally.add(batch, step)
        loss = tally.loss()
        if not math.isfinite(loss):
            raise ValueError(
                f"the {prefix} loss of epoch {len(self.history)} is {loss}: lower "
                "learning_rate_init or clip_norm, or scale the input."
            )
        self.history.record(f"{prefix}_loss", loss)
        self.history.record(f"{prefix}_batch_count", len(tally.losses))
        if not training:
            self.history.record("valid_score", self.criterion_.score(*tally.rows()))

    def _end_batch(
        self, batch: tuple[Batch, Tensor], step: dict[str, Tensor], prefix: str, training: bool
    ) -> None:
        self.history.record_batch(f"{prefix}_loss", step["loss"].item())
        self.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
        self.notify("on_batch_end", batch=batch, training=training, **step)


class _Tally:
    """What one pass over batches came to; nothing is read off the device before its end."""

    def __init__(self, *, keep_outputs: bool):
        self.keep_outputs = keep_outputs
        self.losses: list[Tensor] = []
        self.masses: list[Tensor | int] = []
        self.kept: list[tuple[Tensor, Tensor, Tensor]] = []

    def add(self, batch: tuple[Batch, Tensor], step: dict[str, Tensor]) -> None:
        x, y = batch
        self.losses.append(step["loss"])
        self.masses.append(len(x) if x.weights is None else x.weights.sum())
        if self.keep_outputs:
            weights = torch.ones(len(x), device=y.device) if x.weights is None else x.weights
            self.kept.append((step["y_pred"], y, weights))

    def loss(self) -> float:
        """Give the mean loss of all rows, weighted."""
        masses = torch.as_tensor(self.masses, dtype=torch.float64)
        losses = torch.stack(self.losses).double().cpu()
        return float((losses * masses).sum() / masses.sum())

    def rows(self) -> tuple[Tensor, Tensor, Tensor]:
        """Give outputs, targets and weights of all rows."""
        outputs, y, weights = (torch.cat(part) for part in zip(*self.kept, strict=True))
        return outputs, y, weights
