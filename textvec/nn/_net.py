"""The net: skorch's callbacks, history, parameters and saving, round the loop of ``_loop.py``."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import numpy as np
import torch
from skorch.callbacks import Callback, EpochTimer, LRScheduler
from torch import Tensor, nn

from ..checkpoint import restore, snapshot
from ._averaging import WeightAverage, averaged
from ._batches import Batch, EvaluationBatches, SequenceData, TrainingPass
from ._callbacks import alike, schedules_going_on
from ._criteria import Criterion
from ._errors import PLAIN_ADVICE, Advice, CurrentBatch, out_of_memory
from ._forward_plan import ForwardPlan
from ._groups import end_schedule
from ._lazy_optimizer import LazyOptimizerNet
from ._loop import (
    EpochLoss,
    Learner,
    evaluate,
    forward,
    mean_loss,
    metric_sums,
    total_score,
    train_epoch,
)
from ._prediction import in_batches, threads_of
from ._processes import begin_together, end_together, from_first, order_generator
from ._regression import RegressionCriterion
from ._run import Run
from ._schedules import RateSchedule, ScheduledRates
from ._torch_state import PlainInference
from ._torch_threads import computes_here
from ._wide_fit import fit_wide


class SequenceNet(LazyOptimizerNet):
    """A skorch net whose data sets are :class:`SequenceData`.

    It is trained by :meth:`run`. Of skorch's own methods only those are overridden that say what
    a batch is and what is computed of it (`get_iterator`, `infer`, `get_loss`, `predict`), and
    copying and pickling, so that the module is saved once.

    Parameters
    ----------
    module : torch.nn.Module
        A module, ready-made, as :class:`Learner` takes it; its ``randomness`` draws the order of
        rows.
    criterion : Criterion
        Loss, prediction and score.
    clip_norm : float or None, default=None
        Greatest norm of all gradients together; None: not clipped.
    precision : {"float32", "bfloat16"}, default="float32"
        What the module computes in.
    advice : Advice, default=PLAIN_ADVICE
        What errors say.
    **kwargs : dict
        Of ``skorch.NeuralNet``.

    Notes
    -----
    The history is skorch's: a row for each epoch with ``train_loss``, ``train_loss_best`` and
    ``train_batch_count`` and, with validation data, ``valid_...`` of the same and ``valid_score``.
    ``"batches"`` holds the rows of batches of the last epoch, and of earlier ones the last row
    only: a run of many epochs would hold, and write to each checkpoint, little else. If a
    callback has a hook for batches, all rows stay.
    """

    # Rows of the embedding that optimizer and average are held for; None: all.
    embedding_rows_: Tensor | None = None

    def __init__(
        self,
        module: nn.Module,
        criterion: Criterion,
        *,
        clip_norm: float | None = None,
        precision: str = "float32",
        advice: Advice = PLAIN_ADVICE,
        **kwargs: Any,
    ):
        super().__init__(module, criterion, train_split=None, **kwargs)
        self.clip_norm = clip_norm
        self.precision = precision
        self.advice = advice
        self.stopped_ = False
        self.average_: dict[str, Any] | None = None

    @property
    def _default_callbacks(self) -> list[tuple[str, Callback]]:
        return [("epoch_timer", EpochTimer())]

    def run(
        self,
        train: SequenceData,
        valid: SequenceData | None = None,
        *,
        epochs: int,
        callbacks: Sequence[tuple[str, Callback]] = (),
        resume: dict[str, Any] | None = None,
        save: Callable[[dict[str, Any]], None] | None = None,
        schedule: RateSchedule | None = None,
        average: bool = False,
    ) -> None:
        """Train for some epochs, or until a callback stops it.

        Parameters
        ----------
        train, valid : SequenceData
            Rows to learn from, and to report ``valid_loss`` and ``valid_score`` on.
        epochs : int
            Passes over `train`.
        callbacks : sequence of (str, Callback)
            Watch this run only, after the net's own.
        resume : dict, default=None
            State of a run like this one to go on from, as `save` got it; its epochs count.
        save : callable, default=None
            Called with the state of the run (see ``snapshot``) after each whole epoch.
        schedule : RateSchedule, default=None
            Of the learning rates over all epochs; None: they stay, but for what callbacks do. In
            the end they are again what they were.
        average : bool, default=False
            Whether the moving average of the weights takes their place after each epoch: for the
            validation, for callbacks, and in the end.

        Raises
        ------
        ValueError
            If the loss is not finite.
        MemoryError
            If a batch does not fit.
        KeyboardInterrupt
            If interrupted: the net then stands at the end of the last whole epoch, as if that
            had been the last; ``history`` has the rows of whole epochs only.
        """
        computes_here()
        run = Run(self, [*self.callbacks_, *callbacks])
        data = {"X": train, "y": train.targets}
        with schedules_going_on(self, run.callbacks):
            run.notify("on_train_begin", **data)
        self.stopped_, n_before = False, len(self.history)
        if resume is not None:
            restore(self, run.callbacks, resume)
        begin_together(self.module_, self.module_.randomness)
        averaged = self._weight_average(average)
        last = resume  # what an interrupted epoch goes back to
        made = len(self.history) - n_before
        rates = None
        if schedule is not None:
            rates = ScheduledRates(self.optimizer_, schedule, epochs=epochs, made=made)
        try:
            while not self.stopped_ and len(self.history) < n_before + epochs:
                self._epoch(run, train, valid, rates, averaged)
                if save is not None:
                    last = snapshot(self, run.callbacks, strict=True)
                    save(last)
                elif not self.stopped_ and len(self.history) < n_before + epochs:
                    last = snapshot(self, run.callbacks)
        except KeyboardInterrupt:
            del self.history[n_before:]
            if last is not None:
                restore(self, run.callbacks, last)
                run.notify("on_train_end", **data)
            raise
        finally:
            if schedule is not None:
                end_schedule(self.optimizer_)
        run.notify("on_train_end", **data)
        end_together(self.module_, self.module_.randomness)

    def fit_wide(self, train: SequenceData) -> None:
        """Fit the linear path of the module, if it has one; what else is trained goes on.

        Where that would take too much memory, the path is trained with the network; that of
        numbers, which would overfit, stays at zero.
        """
        wide, before = self.module_.wide_path, averaged(self.module_)
        if wide is None:
            return
        if not fit_wide(wide, train, self.criterion_):
            if wide.is_fitted or not isinstance(self.criterion_, RegressionCriterion):
                return
            wide.is_fitted, wide.network_share = True, 1.0
        if self.average_ is None:
            return
        own = {id(tensor) for tensor in averaged(self.module_)}
        kept = zip(self.average_["trained"], before, strict=True)
        self.average_["trained"] = [value for value, tensor in kept if id(tensor) in own]

    def use_criterion(self, criterion: Criterion) -> None:
        """Go on with another criterion of the same kind."""
        self.criterion = criterion
        self.criterion_ = criterion.to(self.device)

    def use_callbacks(self, callbacks: list[Any], *, verbose: int) -> None:
        """Go on with callbacks; those that are here with the same parameters go on as well."""
        before = dict(self.callbacks_)
        self.callbacks, self.verbose = callbacks, verbose
        self.initialize_callbacks()
        self.callbacks_ = [
            (name, before[name] if alike(before.get(name), callback) else callback)
            for name, callback in self.callbacks_
        ]
        kept = [callback for _, callback in self.callbacks_]
        if any(isinstance(c, LRScheduler) and c not in kept for c in before.values()):
            end_schedule(self.optimizer_)

    def optimizer_options(self) -> dict[str, Any]:
        """Return the optimizer's own options, but for its weight decay and parameter groups."""
        begin = "optimizer__"
        options = {n.removeprefix(begin): v for n, v in vars(self).items() if n.startswith(begin)}
        return {n: v for n, v in options.items() if n not in ("weight_decay", "param_groups")}

    def _weight_average(self, wanted: bool) -> WeightAverage | None:
        """Return the average of the weights that an earlier run has begun, or a new one."""
        if not wanted:
            self.average_ = None
            return None
        average = WeightAverage(self.module_)
        if self.average_ is not None:
            average.restore(self.average_)
        return average

    def _epoch(
        self,
        run: Run,
        train: SequenceData,
        valid: SequenceData | None,
        rates: ScheduledRates | None,
        average: WeightAverage | None,
    ) -> None:
        """Train for one epoch, and evaluate."""
        data = {"dataset_train": train, "dataset_valid": valid}
        learner = Learner(
            self.module_,
            self.criterion_,
            self.optimizer_,
            self.clip_norm,
            self.precision,
            rates,
            average,
        )
        run.epoch_begins(**data)
        training_pass = self._training_pass(train)
        if rates is not None:
            rates.begin_epoch(training_pass.part)
        if average is not None:
            average.begin_epoch()
        batches = CurrentBatch(training_pass)
        message = partial(self._memory_error, batches, training=True)
        with out_of_memory(message), threads_of(self.module_):
            losses = train_epoch(learner, batches, run.hooks("train"))
        if average is not None:
            average.end_epoch()
            self.average_ = average.state()
        self._record(run, "train", losses)
        if valid is not None:
            batches = CurrentBatch(self.get_iterator(valid))
            message = partial(self._memory_error, batches, training=False)
            with out_of_memory(message), threads_of(self.module_):
                losses, score = evaluate(learner, batches, run.hooks("valid"))
            self._record(run, "valid", losses)
            self.history.record("valid_score", score)
        if run.epoch_ends(**data):
            self.stopped_ = True
        self.stopped_ = from_first(lambda: self.stopped_)

    def _record(self, run: Run, prefix: str, losses: EpochLoss) -> None:
        loss = losses.mean()
        if not math.isfinite(loss):
            raise ValueError(
                f"the {prefix} loss of epoch {len(self.history)} is {loss}: {self.advice.loss}"
            )
        run.record(prefix, losses, loss)

    def _memory_error(self, batches: CurrentBatch, *, training: bool) -> str:
        phase = "training" if training else "validation"
        advice = self.advice.training_memory if training else self.advice.validation_memory
        advice = advice.format(batch_size=self.batch_size)
        return f"not enough memory on {self.device} for {batches} in {phase}: {advice}"

    def get_iterator(
        self, dataset: SequenceData, training: bool = False
    ) -> Iterable[tuple[Batch, Any]]:
        """Return the batches of one pass."""
        return self._training_pass(dataset) if training else EvaluationBatches(dataset)

    def _training_pass(self, dataset: SequenceData) -> TrainingPass:
        generator = order_generator(self.module_.randomness)
        return dataset.training_batches(self.batch_size, generator)

    def infer(self, x: Batch, y: Any = None, **fit_params: Any) -> Any:
        """Return the module's outputs for a batch, in float32."""
        is_prediction = y is None and torch.is_inference_mode_enabled()
        if is_prediction and self.precision == "float32":
            return self._plan().run(x)
        return forward(self.module_, x, y, self.precision)

    def _plan(self) -> ForwardPlan:
        plan: ForwardPlan | None = vars(self).get("_forward_plan")
        if plan is None or not plan.holds_for(self.module_):
            plan = vars(self)["_forward_plan"] = ForwardPlan(self.module_)
        return plan

    def get_loss(
        self, y_pred: Any, y_true: Any, X: Batch, training: bool = False, **kwargs: Any
    ) -> Tensor:
        """Return the mean loss of a batch."""
        return mean_loss(self.criterion_, y_pred, X, y_true)[0]

    def predict(self, X: SequenceData) -> np.ndarray[Any, np.dtype[Any]]:
        """Return what the criterion predicts for each target; skorch's scoring callbacks use it."""
        criterion = self.criterion_
        predicted = [criterion.decide_scored(outputs).cpu() for outputs in self.forward_iter(X)]
        return np.asarray(criterion.original(torch.cat(predicted)))

    def _get_predict_nonlinearity(self) -> Callable[[Any], Any]:
        """Return what makes probabilities of outputs; skorch's scoring callbacks use it."""
        return self.criterion_.proba_scored  # type: ignore[no-any-return]

    def outputs(self, data: SequenceData) -> Tensor:
        """Return the module's outputs for all rows, in their order, on the CPU."""
        return self.by_row(data, self.infer)

    def score_of(self, data: SequenceData) -> float:
        """Return the score of rows with their targets, as that of validation rows."""
        with out_of_memory(self._prediction_memory), self._predicting(), threads_of(self.module_):
            batches = EvaluationBatches(data)
            sums = [metric_sums(self.criterion_, batch, self.infer(*batch)) for batch in batches]
            return total_score(self.criterion_, sums)

    def by_row(self, data: SequenceData, function: Callable[[Batch], Tensor]) -> Tensor:
        """Return the results of a function of batches, (B, ...), for all rows in their order.

        The result is on the CPU. The function is called without gradients, the module in
        evaluation.
        """
        with out_of_memory(self._prediction_memory), self._predicting():
            n_rows = len(data)
            if not n_rows:
                return function(data.padding()).cpu()[:0]
            if n_rows == 1:
                return function(data.single(0)).cpu()
            ordered, rows = data.by_length()
            joined = torch.cat(in_batches(self.module_, ordered, lambda x, _: function(x).cpu()))
            result = torch.empty_like(joined)
            result[torch.from_numpy(rows)] = joined
            return result

    def by_step(self, data: SequenceData, function: Callable[[Batch], Tensor]) -> Tensor:
        """Return the results of a function of batches, (T, B, ...), for the steps of all rows.

        The result, (n_steps, ...), is on the CPU and has no padding: row after row, in the order
        of the rows.
        """
        with out_of_memory(self._prediction_memory), self._predicting():
            ordered, rows = data.by_length()
            lengths = torch.tensor(data.lengths_cpu)
            starts = (lengths.cumsum(0) - lengths)[torch.from_numpy(rows)]
            like = function(data.padding()).cpu()
            result = like.new_empty(int(lengths.sum()), *like.shape[2:])

            def write(x: Batch, part: slice) -> None:
                outputs = function(x).cpu()  # (T, B, ...)
                steps = torch.arange(len(outputs))[:, None]  # (T, 1)
                real = steps < torch.tensor(ordered.lengths_cpu[part])  # (T, B)
                result[(starts[part] + steps)[real]] = outputs[real]

            in_batches(self.module_, ordered, write)
            return result

    def _predicting(self) -> PlainInference:
        """Set the net to evaluation, and return the context in which it predicts."""
        computes_here()
        self.evaluating()
        return PlainInference()

    def evaluating(self) -> Any:
        """Set the net to evaluation, and return its module."""
        if self.module_.training or self.criterion_.training:
            # The parts first: another thread that finds the module set goes on with it.
            for part in self.module_.children():
                part.eval()
            self._set_training(False)
        return self.module_

    def _prediction_memory(self) -> str:
        return f"not enough memory to predict: {self.advice.prediction_memory}"

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy what the net holds where it is; skorch's own way would pickle every tensor."""
        new = self.__class__.__new__(self.__class__)
        memo[id(self)] = new
        held = {name: value for name, value in vars(self).items() if name != "_forward_plan"}
        vars(new).update(copy.deepcopy(held, memo))
        return new

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()
        state.pop("_forward_plan", None)  # functions, made again on first use
        if state["module"] is self.__dict__.get("module_"):  # made ready: save it once
            state["module"] = None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self.module is None:
            self.module = self.module_
