"""The training loop: a skorch net over batches that are ready on the device."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, EpochTimer, PrintLog
from torch import Tensor, nn

from ..checkpoint import restore, snapshot
from ._batches import Batch, EvaluationBatches, SequenceData
from ._callbacks import watches_batches
from ._memory import out_of_memory

_PREDICTION_ADVICE = (
    "not enough memory to predict: give fewer rows at a time, or cut long ones with "
    "SequencePadder(length=...)."
)


class SequenceNet(NeuralNet):
    """A skorch net whose data sets are :class:`SequenceData`.

    Skorch's callbacks, history, saving and loading work as ever. What differs: the module
    comes ready-made; batches come from our iterators; a hook is called at every batch only
    if a callback has one; a loss is weighted by the batch's weights; an interruption is not
    swallowed.

    Parameters
    ----------
    module : torch.nn.Module
        Takes a :class:`Batch`, and gives a tensor or a named tuple of tensors; its
        ``randomness`` draws the order of rows. If it says ``reads_targets = True``, it is
        called with the targets too while it learns (teacher forcing).
    criterion : Criterion
        Gives one loss a row, decides, and scores.
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
        resume: dict[str, Any] | None = None,
        save: Callable[[dict[str, Any]], None] | None = None,
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
        resume : dict, default=None
            State of a run like this one to go on from, as `save` got it; its epochs count.
        save : callable, default=None
            Called with the state of the run (see ``snapshot``) after each whole epoch.

        Raises
        ------
        ValueError
            If the loss is no longer a finite number.
        MemoryError
            If a batch does not fit.
        KeyboardInterrupt
            If interrupted: the net then stands at the end of the last whole epoch, as if that
            had been the last; ``history`` has the rows of whole epochs only.
        """
        own, n_before = self.callbacks_, len(self.history)
        self.callbacks_ = [*own, *callbacks]
        last = _LastEpoch(resume, save)
        given = {"X": train, "y": train.targets}
        try:
            self.notify("on_train_begin", **given)
            self.stopped_ = False
            if resume is not None:
                restore(self, resume)
            n_left = 0 if self.stopped_ else n_before + epochs - len(self.history)
            try:
                self.fit_loop((train, valid), epochs=n_left, last=last)
            except KeyboardInterrupt:
                del self.history[n_before:]
                if last.state is not None:
                    restore(self, last.state)
                    self.notify("on_train_end", **given)
                raise
            self.notify("on_train_end", **given)
        finally:
            self.callbacks_ = own

    def fit_loop(
        self, X: Any, y: Any = None, epochs: int | None = None, **fit_params: Any
    ) -> SequenceNet:
        """Go through the epochs; `X` is the training data, or a pair with the validation data."""
        train, valid = X if isinstance(X, tuple) else (X, None)
        data = {"dataset_train": train, "dataset_valid": valid}
        self._watched = any(watches_batches(callback) for _, callback in self.callbacks_)
        n_left = self.max_epochs if epochs is None else epochs
        self.stopped_ &= n_left == 0
        while n_left > 0 and not self.stopped_:
            n_left -= 1
            self.notify("on_epoch_begin", **data)
            self._run_epoch(self.get_iterator(train, training=True), training=True)
            if valid is not None:
                self._run_epoch(self.get_iterator(valid), training=False)
            try:
                self.notify("on_epoch_end", **data)
            except KeyboardInterrupt:  # how skorch's own EarlyStopping says stop
                self.stopped_ = True
            if "last" in fit_params:
                fit_params["last"].over(self, n_left=n_left)
        return self

    def get_iterator(
        self, dataset: SequenceData, training: bool = False
    ) -> Iterable[tuple[Batch, Any]]:
        """Give the batches of one pass."""
        if training:
            generator = self.module_.randomness.generator("cpu")
            return dataset.training_batches(self.batch_size, generator)
        return EvaluationBatches(dataset)

    def infer(self, x: Batch, y: Any = None, **fit_params: Any) -> Any:
        """Give the module's outputs for a batch, in float32."""
        given = (x, y) if getattr(self.module_, "reads_targets", False) else (x,)
        if self.precision == "float32":
            return self.module_(*given)
        with torch.autocast(x.values.device.type, dtype=torch.bfloat16):
            return _each(self.module_(*given), Tensor.float)

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Batch, training: bool = False, **kwargs: Any
    ) -> Tensor:
        """Give the mean loss of the rows' units, weighted by the batch's weights."""
        losses: Tensor = self.criterion_(y_pred, y_true)  # (B,)
        mass = self._masses(X, y_true)  # (B,)
        if mass is None:
            return losses.mean()
        if X.weights is not None:
            losses = losses * X.weights
        tiny = torch.finfo(losses.dtype).tiny  # all rows of a batch may weigh nothing
        return losses.sum() / mass.sum().clamp(min=tiny)

    def _masses(self, x: Batch, y: Any) -> Tensor | None:
        """Give what each row counts, (B,): its weight times its units; None: all one."""
        terms: Tensor | None = self.criterion_.n_terms(y)
        if terms is None:
            return x.weights
        return terms.float() if x.weights is None else terms * x.weights

    def train_step(self, batch: tuple[Batch, Any], **fit_params: Any) -> dict[str, Any]:
        """Take one step of the optimizer."""
        x, y = batch
        step: dict[str, Any] = {}

        def closure() -> Tensor:
            self.optimizer_.zero_grad()
            outputs = self.infer(x, y)
            loss = self.get_loss(outputs, y, X=x, training=True)
            loss.backward()  # type: ignore[no-untyped-call]
            if self.clip_norm is not None:
                nn.utils.clip_grad_norm_(self.module_.parameters(), self.clip_norm)
            if self._watched:
                parameters = list(self.get_all_learnable_params())
                self.notify("on_grad_computed", named_parameters=parameters, batch=batch)
            # Some optimizers call this more than once; the first loss is the step's.
            step.setdefault("loss", loss.detach())
            step.setdefault("y_pred", _each(outputs, Tensor.detach))
            return loss

        self.optimizer_.step(closure)
        return step

    @torch.no_grad()
    def validation_step(self, batch: tuple[Batch, Any], **fit_params: Any) -> dict[str, Any]:
        """Give loss and outputs of one batch."""
        x, y = batch
        outputs = self.infer(x, y)
        return {"loss": self.get_loss(outputs, y, X=x), "y_pred": outputs}

    def outputs(self, data: SequenceData) -> Tensor:
        """Give the module's outputs for all rows, in their order, on the CPU."""
        return self.by_row(data, self.infer)

    @out_of_memory(lambda: _PREDICTION_ADVICE)
    @torch.inference_mode()
    def by_row(self, data: SequenceData, function: Callable[[Batch], Tensor]) -> Tensor:
        """Give what a function gives for batches, (B, ...), for all rows in their order.

        The result is on the CPU. The function is called without gradients, the module in
        evaluation.
        """
        self._set_training(False)
        if not len(data):
            return function(data.padding()).cpu()[:0]
        ordered, rows = data.by_length()
        joined = torch.cat([function(x).cpu() for x, _ in EvaluationBatches(ordered)])
        result = torch.empty_like(joined)
        result[torch.from_numpy(rows)] = joined
        return result

    @out_of_memory(lambda: _PREDICTION_ADVICE)
    @torch.inference_mode()
    def by_step(self, data: SequenceData, function: Callable[[Batch], Tensor]) -> Tensor:
        """Give what a function gives for batches, (T, B, ...), for the steps of all rows.

        The result, (n_steps, ...), is on the CPU and holds the real steps only, row after
        row, in the order of the rows.
        """
        self._set_training(False)
        ordered, rows = data.by_length()
        lengths = torch.tensor(data.lengths_cpu)
        starts = (lengths.cumsum(0) - lengths)[torch.from_numpy(rows)]
        like = function(data.padding()).cpu()
        result = like.new_empty(int(lengths.sum()), *like.shape[2:])
        for positions, outputs in self._steps(ordered, starts, function):
            result[positions] = outputs
        return result

    @staticmethod
    def _steps(
        ordered: SequenceData, starts: Tensor, function: Callable[[Batch], Tensor]
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Give the real steps' places in the result, and what the function gives for them."""
        begin = 0
        for x, _ in EvaluationBatches(ordered):
            outputs = function(x).cpu()  # (T, B, ...)
            rows = slice(begin, begin + len(x))
            steps = torch.arange(len(outputs))[:, None]  # (T, 1)
            real = steps < torch.tensor(ordered.lengths_cpu[rows])  # (T, B)
            yield (starts[rows] + steps)[real], outputs[real]
            begin = rows.stop

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

    def _run_epoch(self, batches: Iterable[tuple[Batch, Any]], *, training: bool) -> None:
        """Pass over the batches once; record the mean loss of their rows, and their score."""
        prefix = "train" if training else "valid"
        tally = _Tally()
        self._set_training(training)
        with out_of_memory(lambda: self._memory_advice(tally, training)):
            self._pass_over(batches, tally, training=training)
        loss = tally.loss()
        if not math.isfinite(loss):
            raise ValueError(
                f"the {prefix} loss of epoch {len(self.history)} is {loss}: lower "
                "learning_rate_init or clip_norm, or scale the input."
            )
        self.history.record(f"{prefix}_loss", loss)
        self.history.record(f"{prefix}_batch_count", len(tally.losses))
        if not training:
            figures = torch.stack(tally.scores).sum(dim=0)
            self.history.record("valid_score", self.criterion_.score(figures.cpu()))

    def _pass_over(
        self, batches: Iterable[tuple[Batch, Any]], tally: _Tally, *, training: bool
    ) -> None:
        step_fn = self.train_step if training else self.validation_step
        for batch in batches:
            tally.shape = tuple(batch[0].values.shape)
            if self._watched:
                self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch)
            if self._watched:
                self._end_batch(batch, step, "train" if training else "valid", training)
            tally.losses.append(step["loss"])
            tally.masses.append(self._mass(*batch))
            if not training:
                tally.scores.append(self._score_figures(batch, step["y_pred"]))
            tally.shape = None

    def _memory_advice(self, tally: _Tally, training: bool) -> str:
        batch = "a batch"
        if tally.shape is not None:  # (T, B) or (T, B, D)
            batch += f" of {tally.shape[1]:,} rows x {tally.shape[0]:,} steps"
            batch += "".join(f" x {n:,}" for n in tally.shape[2:])
        lower = f"batch_size (now {self.batch_size}), or " if training else ""
        return (
            f"not enough memory on {self.device} for {batch} in {'training' * training}"
            f"{'validation' * (not training)}: lower {lower}what makes the network wide, such as "
            "hidden_size, or cut long rows with SequencePadder(length=...)."
        )

    def _mass(self, x: Batch, y: Any) -> Tensor | int:
        masses = self._masses(x, y)
        return len(x) if masses is None else masses.sum()

    def _score_figures(self, batch: tuple[Batch, Any], outputs: Any) -> Tensor:
        x, y = batch
        device = x.values.device
        weights = torch.ones(len(x), device=device) if x.weights is None else x.weights
        return self.criterion_.metric_sums(outputs, y, weights)  # type: ignore[no-any-return]

    def _end_batch(
        self, batch: tuple[Batch, Any], step: dict[str, Tensor], prefix: str, training: bool
    ) -> None:
        self.history.record_batch(f"{prefix}_loss", step["loss"].item())
        self.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
        self.notify("on_batch_end", batch=batch, training=training, **step)


class _LastEpoch:
    """The state at the end of the last whole epoch.

    Parameters
    ----------
    state : dict or None
        Of the epoch before the first.
    save : callable or None
        Called with the state of each.
    """

    def __init__(
        self, state: dict[str, Any] | None, save: Callable[[dict[str, Any]], None] | None
    ) -> None:
        self.state = state
        self.save = save

    def over(self, net: SequenceNet, *, n_left: int) -> None:
        """Take note that an epoch is over; there is nothing to go back to after the last."""
        if self.save is not None:
            self.state = snapshot(net, strict=True)
            self.save(self.state)
        elif n_left > 0 and not net.stopped_:
            self.state = snapshot(net)


class _Tally:
    """What one pass over batches came to; nothing is read off the device before its end."""

    def __init__(self) -> None:
        self.losses: list[Tensor] = []
        self.masses: list[Tensor | int] = []
        self.scores: list[Tensor] = []
        self.shape: tuple[int, ...] | None = None  # of the batch in hand

    def loss(self) -> float:
        """Give the mean loss of all rows' units, weighted."""
        masses = torch.as_tensor(self.masses, dtype=torch.float64)
        losses = torch.stack(self.losses).double().cpu()
        return float((losses * masses).sum() / masses.sum())


def _each(outputs: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """Apply a function to a tensor, or to those of a named tuple that hold floats."""
    if isinstance(outputs, Tensor):
        return function(outputs) if outputs.is_floating_point() else outputs
    return type(outputs)(*(_each(part, function) for part in outputs))
