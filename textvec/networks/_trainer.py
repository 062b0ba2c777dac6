"""The training of any network: it knows plans and settings, and no estimator."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from skorch.callbacks import Callback
from skorch.exceptions import SkorchException

from .._compat import import_whole
from .._containers._ragged import Ragged, row_of_item
from ..checkpoint import CheckpointFolder, training_fingerprint
from ..nn import (
    EarlyStopping,
    GradualUnfreezing,
    Randomness,
    SequenceData,
    SequenceNet,
    Share,
    TagCriterion,
    check_same,
    depth_groups,
    device_of,
    from_first,
    hold_all_rows,
    out_of_memory,
    resolve_device,
    resolve_optimizer,
    rows_in_use,
    set_dropout,
    set_rates,
)
from ..nn._advice import ADVICE, TOO_LARGE
from ._progress import EpochLines, EpochTasks, FitProgress, own_callbacks
from ._records import Examples, FineTuning, Fitted, SequenceExamples, TrainingPlan
from ._training_settings import TrainingSettings

_OTHER_ROWS = (
    "every process of a group fits with the same rows, of which it computes its share: "
    "(rows, items) must be equal"
)


class Trainer:
    """Trains the network of a plan.

    Parameters
    ----------
    settings : TrainingSettings
        How.
    progress : FitProgress
        Told of the training and of its epochs.
    """

    def __init__(self, settings: TrainingSettings, progress: FitProgress):
        self.settings = settings
        self.schedule = settings.schedule  # checked before anything is made
        self.progress = progress

    def train(self, plan: TrainingPlan, epochs: int, previous: SequenceNet | None = None) -> Fitted:
        """Train a new network, or a copy of a trained one.

        Parameters
        ----------
        plan : TrainingPlan
            What is to be trained.
        epochs : int
            Passes over the examples, at most.
        previous : SequenceNet, default=None
            The net that training continues from; it is left as it is.

        Returns
        -------
        Fitted
            With an ``interruption`` if a KeyboardInterrupt ended the training after its first
            whole epoch.

        Raises
        ------
        ValueError
            If the examples can't be split as `early_stopping` asks, the loss becomes infinite, or
            the folder `checkpoint` holds something else.
        MemoryError
            If the network, the examples or a batch do not fit.
        KeyboardInterrupt
            If interrupted before the end of the first epoch.
        """
        import_whole("torch._dynamo")  # the compiler, which torch imports with its first optimizer
        folder, draws = self._random_numbers()
        with out_of_memory(lambda: TOO_LARGE):
            if previous is None:
                net = self._new_net(plan, Randomness(int(draws.randint(2**31 - 1))))
            else:
                net = self._continued_net(plan, previous)
            data = plan.examples.on(device_of(net.module_))
            given = None if plan.validation is None else plan.validation.on(data.device)
        check_same((len(data), int(data.lengths_cpu.sum())), _OTHER_ROWS)
        if folder is not None:
            fingerprint = self._fingerprint(data, given, net, folder)
            from_first(lambda: folder.claim(fingerprint))
        train, valid = self._split(plan, data, given, draws)
        plan.before_training(net, train)
        return self._run(plan, net, train, valid, epochs, folder)

    def _random_numbers(self) -> tuple[CheckpointFolder | None, np.random.RandomState]:
        """Open the checkpoint, if there is one, which may hold where the generator stood."""
        settings = self.settings
        draws = from_first(lambda: check_random_state(settings.random_state))
        if settings.checkpoint is None:
            return None, draws
        path = settings.checkpoint
        folder = from_first(lambda: CheckpointFolder(path, settings.random_state, draws))
        return folder, folder.draws

    @property
    def _verbose(self) -> int:
        return int(self.settings.verbose) if Share.own().is_first else 0

    def _new_net(self, plan: TrainingPlan, randomness: Randomness) -> SequenceNet:
        settings, module = self.settings, plan.build(randomness)
        device = resolve_device(settings.device)
        if device.type == "meta":
            raise ValueError("device='meta' holds no numbers to train with: pass device='auto'.")
        optimizer, options = resolve_optimizer(
            settings.optimizer, device, weight_decay=settings.weight_decay
        )
        net = SequenceNet(
            module,
            plan.criterion,
            clip_norm=settings.clip_norm,
            precision=settings.precision,
            advice=ADVICE,
            optimizer=optimizer,
            lr=settings.learning_rate_init,
            max_epochs=settings.max_iter,
            batch_size=settings.batch_size,
            device=str(device),
            callbacks=own_callbacks(settings.callbacks or ()),
            verbose=self._verbose,
            optimizer__param_groups=depth_groups(module) if _by_layer(plan.fine_tuning) else [],
            **{f"optimizer__{name}": value for name, value in options.items()},
        )
        net.initialize()
        self._set_rates(net, plan.fine_tuning)
        return net

    def _continued_net(self, plan: TrainingPlan, previous: SequenceNet) -> SequenceNet:
        """Copy a net, which then trains by the settings of now."""
        _check_same_kind(plan, previous)
        settings = self.settings
        optimizer, options = resolve_optimizer(
            settings.optimizer, device_of(previous.module_), weight_decay=settings.weight_decay
        )
        _check_same_optimizer(optimizer, options, previous)
        net = _copied(previous)
        net.lr = settings.learning_rate_init
        # A copy of an optimizer has its state, but not what its constructor sets besides.
        state = net.optimizer_.state_dict()
        net.initialize_optimizer()
        net.optimizer_.load_state_dict(state)
        hold_all_rows(net)
        if "weight_decay" in options:
            net.set_params(optimizer__weight_decay=settings.weight_decay)
        net.set_params(
            batch_size=settings.batch_size,
            clip_norm=settings.clip_norm,
            precision=settings.precision,
        )
        net.use_criterion(plan.criterion)
        net.use_callbacks(own_callbacks(settings.callbacks or ()), verbose=self._verbose)
        set_dropout(
            net.module_,
            settings.dropout,
            of_input=settings.embedding_dropout,
            of_tokens=settings.token_dropout,
        )
        self._set_rates(net, plan.fine_tuning)
        return net

    def _set_rates(self, net: SequenceNet, fine_tuning: FineTuning | None) -> None:
        decay = 1.0 if fine_tuning is None else fine_tuning.rate_decay
        set_rates(net.optimizer_, self.settings.learning_rate_init, decay)

    def _fingerprint(
        self,
        data: SequenceData,
        validation: SequenceData | None,
        net: SequenceNet,
        folder: CheckpointFolder,
    ) -> dict[str, Any]:
        settings = self.settings
        return training_fingerprint(
            settings.estimator,
            settings.parameters,
            data,
            net,
            folder.initial_draws,
            validation=validation,
        )

    def _split(
        self,
        plan: TrainingPlan,
        data: SequenceData,
        given: SequenceData | None,
        draws: np.random.RandomState,
    ) -> tuple[SequenceData, SequenceData | None]:
        """Take the validation rows that are given, or hold some out for early stopping."""
        counts = _rows_that_count(plan, data, plan.examples)
        if not counts.any():
            raise ValueError("sample_weight leaves no row with a label a weight above 0.")
        if plan.validation is not None and given is not None:
            _check_any(_rows_that_count(plan, given, plan.validation), "validate on")
            return data, given.by_length()[0]
        if not self.settings.early_stopping:
            return data, None
        if plan.hold_out is None:
            train, valid = self._random_split(len(data), plan.strata, draws)
        else:
            train, valid = plan.hold_out(len(data), self.settings.validation_fraction)
        _check_any(counts[train], "train on")
        _check_any(counts[valid], "validate on")
        return data.take(train), data.take(valid).by_length()[0]

    def _random_split(
        self, n_rows: int, strata: NDArray[Any] | None, draws: np.random.RandomState
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        fraction = self.settings.validation_fraction
        try:
            train, valid = train_test_split(
                np.arange(n_rows), test_size=fraction, stratify=strata, random_state=draws
            )
        except ValueError as error:
            of_each = "" if strata is None else ", some of each class"
            raise ValueError(
                f"early_stopping=True holds out validation_fraction={fraction} of the {n_rows} "
                f"rows{of_each}: {error}"
            ) from error
        return train, valid

    def _run(
        self,
        plan: TrainingPlan,
        net: SequenceNet,
        train: SequenceData,
        valid: SequenceData | None,
        epochs: int,
        folder: CheckpointFolder | None,
    ) -> Fitted:
        n_before = len(net.history)
        resume = None if folder is None else self._newest(folder, n_before + epochs)
        n_done = 0 if resume is None else len(resume["history"]) - n_before
        context = self.progress.begin(epochs - n_done)

        def result(interruption: KeyboardInterrupt | None = None) -> Fitted:
            attributes = {**plan.attributes, **plan.after_training(net)}
            return Fitted(net, n_before, valid is not None, attributes, interruption)

        tasks = EpochTasks(context, self.progress, lambda: result().as_attributes())
        watchers = [*self._watchers(plan, n_before + epochs), ("tasks", tasks)]
        # States in a checkpoint are of the whole embedding.
        embedding = rows_in_use(net, train) if folder is None else nullcontext()
        try:
            with embedding:
                net.run(
                    train,
                    valid,
                    epochs=epochs,
                    callbacks=watchers,
                    resume=resume,
                    save=None if folder is None else _kept_by_first(folder),
                    schedule=self.schedule,
                    average=self.settings.average,
                )
        except (KeyError, SkorchException) as error:
            if "not found in history" not in str(error):
                raise
            raise ValueError(_unknown_figure(error, net, validated=valid is not None)) from error
        except KeyboardInterrupt as interruption:
            if len(net.history) == n_before:
                raise
            return result(interruption)  # the net has gone back to its last whole epoch
        return result()

    def _watchers(self, plan: TrainingPlan, n_epochs: int) -> list[tuple[str, Callback]]:
        """Return the callbacks that settings and plan ask for."""
        stopping = EarlyStopping(
            self.settings.tol,
            self.settings.n_iter_no_change,
            validated=self.settings.early_stopping,
        )
        watchers: list[tuple[str, Callback]] = [("early_stopping", stopping)]
        if plan.fine_tuning is not None and plan.fine_tuning.unfreeze:
            watchers.append(("unfreezing", GradualUnfreezing()))
        if self._verbose:
            watchers.append(("lines", EpochLines(self.settings.estimator, n_epochs, stopping)))
        return watchers

    def _newest(self, folder: CheckpointFolder, most: int) -> dict[str, Any] | None:
        """Return the state at the end of the last saved epoch; None if there is none."""
        state = from_first(folder.newest)
        if state is not None and len(state["history"]) > most:
            raise ValueError(
                f"the training in checkpoint={str(self.settings.checkpoint)!r} has made "
                f"{len(state['history'])} epochs, more than max_iter={self.settings.max_iter}: "
                "raise it, or name another folder."
            )
        return state


def _by_layer(fine_tuning: FineTuning | None) -> bool:
    """Return whether the optimizer has to know the layers apart."""
    return fine_tuning is not None and (fine_tuning.unfreeze or fine_tuning.rate_decay != 1.0)


def _kept_by_first(folder: CheckpointFolder) -> Callable[[dict[str, Any]], None]:
    def keep(state: dict[str, Any]) -> None:
        if Share.own().is_first:
            folder.keep(state)

    return keep


def _unknown_figure(error: BaseException, net: SequenceNet, *, validated: bool) -> str:
    """Return the message for a callback that watches what is not in the history."""
    if not validated and "valid_" in str(error):
        return (
            f"a callback watches a validation score, but there is none ({error}): set "
            "early_stopping=True, which holds validation rows out."
        )
    figures = ", ".join(name for name in net.history[-1] if name.startswith(("train_", "valid_")))
    return (
        f"a callback watches what is not recorded ({error}): these are: {figures}; before it in "
        'callbacks, skorch.callbacks.EpochScoring("f1_macro", name="valid_f1", '
        "lower_is_better=False) adds another."
    )


def _copied(net: SequenceNet) -> SequenceNet:
    """Copy a net; it shares the callbacks that cannot be copied."""
    try:
        return copy.deepcopy(net)
    except TypeError:
        shared = {id(c): c for _, c in net.callbacks_ if not _can_be_copied(c)}
        return copy.deepcopy(net, shared)


def _can_be_copied(callback: Callback) -> bool:
    try:
        copy.deepcopy(callback)
    except TypeError:
        return False
    return True


def _check_same_kind(plan: TrainingPlan, previous: SequenceNet) -> None:
    """Check that a network can go on with the targets and the loss of a plan.

    Raises
    ------
    ValueError
        If it was trained with another criterion, or for another number of outputs.
    """
    now, before = plan.criterion, previous.criterion_
    if type(now) is type(before) and now.n_outputs == before.n_outputs:
        return
    raise ValueError(
        f"the network was trained with {type(before).__name__} on {before.n_outputs} output(s), "
        f"and cannot go on with {type(now).__name__} on {now.n_outputs}: y and the loss must be "
        "of the same kind as in the first fit. For others, fit anew, with warm_start=False."
    )


def _check_same_optimizer(
    optimizer: type[torch.optim.Optimizer], options: dict[str, Any], previous: SequenceNet
) -> None:
    """Check that a network's optimizer is what the settings say; its state goes on.

    Raises
    ------
    ValueError
        If it is another, or has other options.
    """
    now = {name: value for name, value in options.items() if name != "weight_decay"}
    before = previous.optimizer_options()
    if optimizer is not previous.optimizer or now != before:
        raise ValueError(
            f"optimizer={optimizer.__name__} with {now}, but the network was trained with "
            f"{previous.optimizer.__name__} with {before}, whose state goes on: set it back, or "
            "fit anew, with warm_start=False."
        )


def _rows_that_count(
    plan: TrainingPlan, data: SequenceData, examples: Examples
) -> NDArray[np.bool_]:
    """Return which rows have a weight above 0 and, where steps have labels, a label."""
    counts = np.ones(len(data), bool) if data.weights is None else (data.weights > 0).cpu().numpy()
    if not isinstance(plan.criterion, TagCriterion):
        return counts
    labels = cast("SequenceExamples", examples).targets
    assert isinstance(labels, Ragged)
    weights = plan.criterion.step_weights(torch.tensor(labels.values)).numpy()
    labelled = row_of_item(labels.lengths)[weights > 0]
    return counts & np.isin(np.arange(len(labels)), labelled)


def _check_any(counts: NDArray[np.bool_], what: str) -> None:
    if not counts.any():
        raise ValueError(
            f"there are {len(counts)} rows to {what}, all of weight 0 or without a label: check "
            "sample_weight, class_weight and y, or with early_stopping choose another "
            "validation_fraction or random_state."
        )
