"""Training by gradient descent: what every estimator on a network has in common."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from numbers import Real
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from skorch.callbacks import Callback
from torch import nn

from .._compat import Interval, StrOptions
from .._constraints import FRACTION, NOT_NEGATIVE, POSITIVE, POSITIVE_INT
from .._ragged import Ragged
from ..checkpoint import CheckpointFolder, training_fingerprint
from ..nn import (
    OPTIMIZERS,
    Criterion,
    EarlyStopping,
    Randomness,
    SequenceData,
    SequenceNet,
    device_of,
    out_of_memory,
    resolve_device,
    resolve_optimizer,
    summary_text,
)
from ._advice import ADVICE, TOO_LARGE
from ._parameters import declares_parameters
from ._progress import EpochTasks


class Task(NamedTuple):
    """What a head asks the network to learn.

    Parameters
    ----------
    targets : ndarray of shape (n_rows, ...) or Ragged
        As the criterion takes them: one a row, or one a step.
    criterion : Criterion
        Loss, decision and score.
    weights : ndarray of shape (n_rows,) or None
        What each row counts in loss and score.
    strata : ndarray of shape (n_rows,) or None
        What a validation split keeps in proportion; None: nothing.
    """

    targets: NDArray[Any] | Ragged
    criterion: Criterion
    weights: NDArray[np.floating] | None
    strata: NDArray[Any] | None = None


@declares_parameters
class TrainedNetwork(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """Training of a network, whatever it reads and gives.

    A subclass reads its input in ``fit``, and calls :meth:`_learn`.

    Parameters
    ----------
    dropout : float, default=0.0
        Fraction of the inputs of every layer, the head included, that is dropped in training;
        a unit is dropped for all steps of a row.
    optimizer : {"adam", "adamw", "rmsprop", "sgd"} or class, default="adam"
        A name, or a subclass of ``torch.optim.Optimizer``.
    learning_rate_init : float, default=0.001
        Learning rate. A schedule is a callback: ``skorch.callbacks.LRScheduler``.
    weight_decay : float, default=0.0
        As the optimizer defines it.
    clip_norm : float or None, default=1.0
        Greatest norm of all gradients together, against the exploding gradients of long
        rows (Pascanu, Mikolov and Bengio, 2013). None: not clipped.
    max_iter : int, default=10
        Passes over the data. It is a budget: using it up gives no warning.
    batch_size : int, default=32
        Rows of a batch.
    early_stopping : bool, default=False
        Whether to hold rows out, score the network on them after every pass, and give it
        back the weights of the best pass in the end.
    validation_fraction : float, default=0.1
        Part of the rows that `early_stopping` holds out; of a classifier's, part of each class.
    n_iter_no_change : int, default=3
        Training stops after more than this many passes without an improvement by `tol`: of
        the validation score with `early_stopping`, of the training loss without.
    tol : float, default=1e-4
        What counts as an improvement.
    warm_start : bool, default=False
        Whether `fit` goes on from the last fit's weights. The network's shape and its
        optimizer then stay; learning rate, weight decay and batch size may change.
    random_state : int, RandomState instance or None, default=None
        Of weights, order of rows, dropout and validation split. With an int, results on
        one CPU are equal bit by bit; torch's global generator is never touched, NumPy's
        only with None, as everywhere in scikit-learn.
    device : str or torch.device, default="auto"
        Where to compute; ``"auto"`` takes CUDA where there is one, else the CPU.
    precision : {"float32", "bfloat16"}, default="float32"
        What the network computes in; weights are always float32. On a CPU the recurrent
        layers stay in float32 all the same, for most CPUs lack the instructions.
    callbacks : list of skorch callbacks, default=None
        Instances, classes or (name, callback) pairs; copied in `fit`. Callbacks of
        scikit-learn (progress bars, monitors) go through `set_callbacks` instead.
    checkpoint : str or path, default=None
        Folder that `fit` saves its state to after every pass. Called again with the same
        parameters and data, by another process as well, it goes on after the last whole pass
        and ends as if it had never been interrupted. None: nothing is saved.
    verbose : int, default=0
        Whether to print a line after every pass.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net: ``net_.module_`` is the torch module, ``net_.history`` has a row
        for each pass.
    n_iter_ : int
        Passes made, those of warm starts and `partial_fit` included.
    loss_curve_ : list of float, length n_iter_
        Mean training loss of each pass.
    validation_scores_ : list of float or None
        The score on the held-out rows after each pass; None without `early_stopping`.
    best_validation_score_ : float or None
        The largest of them.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "dropout": [FRACTION],
        "optimizer": [StrOptions(set(OPTIMIZERS)), type],
        "learning_rate_init": [POSITIVE],
        "weight_decay": [NOT_NEGATIVE],
        "clip_norm": [POSITIVE, None],
        "max_iter": [POSITIVE_INT],
        "batch_size": [POSITIVE_INT],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [POSITIVE_INT],
        "tol": [NOT_NEGATIVE],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "device": [str, torch.device],
        "precision": [StrOptions({"float32", "bfloat16"})],
        "callbacks": [list, tuple, None],
        "checkpoint": [str, os.PathLike, None],
        "verbose": ["verbose"],
    }

    dropout: float = 0.0
    optimizer: str | type[torch.optim.Optimizer] = "adam"
    learning_rate_init: float = 1e-3
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    max_iter: int = 10
    batch_size: int = 32
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 3
    tol: float = 1e-4
    warm_start: bool = False
    random_state: int | np.random.RandomState | None = None
    device: str | torch.device = "auto"
    precision: str = "float32"
    callbacks: list[Any] | tuple[Any, ...] | None = None
    checkpoint: str | os.PathLike[str] | None = None
    verbose: int | bool = 0

    def summary(self) -> None:
        """Print the layers of the fitted network, their output shapes and parameters.

        In a shape, None stands for the number of rows, then of steps. Pretrained vectors
        that are not tuned are input, not part of the network.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted: the input shapes the network.
        """
        check_is_fitted(self)
        print(f'Model: "{type(self).__name__}"\n{summary_text(self.net_.module_)}')

    def _learn(
        self,
        task: Task,
        build: Callable[[Randomness], nn.Module],
        read: Callable[[torch.device], SequenceData],
        *,
        epochs: int,
        state: dict[str, Any],
        given: dict[str, Any],
    ) -> None:
        """Train a fresh network, or go on with the ``net_`` in `state`.

        Nothing of self changes before the end.

        Parameters
        ----------
        task : Task
            What is to be learned.
        build : callable
            Makes the module; called if there is no ``net_``.
        read : callable
            Puts the rows to learn from, with their targets, on a device.
        epochs : int
            Passes over the rows, at most.
        state : dict
            The fitted attributes known so far; takes the others.
        given : dict of X, y and metadata
            What `fit` was given, for callbacks.
        """
        folder, draws = None, check_random_state(self.random_state)
        if self.checkpoint is not None:
            folder = CheckpointFolder(self.checkpoint, self.random_state, draws)
            draws = folder.draws
        with out_of_memory(lambda: TOO_LARGE):
            if "net_" not in state:
                randomness = Randomness(int(draws.randint(2**31 - 1)))
                state["net_"] = self._net(build(randomness), task.criterion)
            data = read(device_of(state["net_"].module_))
        if folder is not None:
            parameters = self.get_params(deep=False)
            folder.claim(
                training_fingerprint(
                    type(self).__name__, parameters, data, state["net_"], folder.initial_draws
                )
            )
        train, valid = self._split(data, task.strata, draws)
        self._run(train, valid, epochs, state, given, folder)

    def _net(self, module: nn.Module, criterion: Criterion) -> SequenceNet:
        """Put a net round a module."""
        device = resolve_device(self.device)
        optimizer, options = resolve_optimizer(self.optimizer, device)
        net = SequenceNet(
            module,
            criterion,
            clip_norm=self.clip_norm,
            precision=self.precision,
            advice=ADVICE,
            optimizer=optimizer,
            lr=self.learning_rate_init,
            max_epochs=self.max_iter,
            batch_size=self.batch_size,
            device=str(device),
            callbacks=copy.deepcopy(list(self.callbacks or ())),  # at once: they may share parts
            verbose=int(self.verbose),
            optimizer__weight_decay=self.weight_decay,
            optimizer__param_groups=self._param_groups(module),
            **{f"optimizer__{name}": value for name, value in options.items()},
        )
        net.initialize()
        self._set_rates(net)
        return net

    def _param_groups(self, module: nn.Module) -> list[tuple[str, dict[str, int]]]:
        """Give the optimizer's groups of parameters, besides the one of all others."""
        return []

    def _set_rates(self, net: SequenceNet) -> None:
        """Set the learning rates of groups that have one of their own."""

    def _watchers(self) -> list[tuple[str, Callback]]:
        """Give callbacks that the estimator's own parameters ask for."""
        return [("plateau", EarlyStopping(self.tol, self.n_iter_no_change))]

    def _split(
        self, data: SequenceData, strata: NDArray[Any] | None, draws: np.random.RandomState
    ) -> tuple[SequenceData, SequenceData | None]:
        """Hold validation rows out, where early stopping needs them."""
        if not self.early_stopping:
            return data, None
        try:
            train, valid = train_test_split(
                np.arange(len(data)),
                test_size=self.validation_fraction,
                stratify=strata,
                random_state=draws,
            )
        except ValueError as error:
            raise ValueError(
                f"early_stopping=True holds out validation_fraction={self.validation_fraction} "
                f"of the {len(data)} rows{', some of each class' * (strata is not None)}: {error}"
            ) from error
        return data.take(train), data.take(valid).by_length()[0]

    def _run(
        self,
        train: SequenceData,
        valid: SequenceData | None,
        epochs: int,
        state: dict[str, Any],
        given: dict[str, Any],
        folder: CheckpointFolder | None,
    ) -> None:
        """Train the net in `state` and, when that is done, take on the state."""
        net: SequenceNet = state["net_"]
        n_before = len(net.history)
        resume = None if folder is None else self._newest(folder, n_before + epochs)
        n_done = 0 if resume is None else len(resume["history"]) - n_before
        context = self._init_callback_context(max_subtasks=epochs - n_done)
        context.call_on_fit_task_begin(estimator=self, **given)

        def fitted() -> dict[str, Any]:
            return state | _curves(net, n_before, validated=valid is not None)

        watchers: list[tuple[str, Callback]] = [
            *self._watchers(),
            ("tasks", EpochTasks(context, self, given, fitted)),
        ]
        save = None if folder is None else folder.keep
        try:
            net.run(train, valid, epochs=epochs, callbacks=watchers, resume=resume, save=save)
        except KeyboardInterrupt:
            if len(net.history) > n_before:  # it has gone back to its last whole epoch
                self._become(fitted())
            raise
        self._become(fitted())
        context.call_on_fit_task_end(estimator=self, reconstruction_attributes=dict, **given)

    def _newest(self, folder: CheckpointFolder, n_most: int) -> dict[str, Any] | None:
        """Give where a training has come to; None if it is to begin."""
        state = folder.newest()
        if state is not None and len(state["history"]) > n_most:
            raise ValueError(
                f"the training in checkpoint={str(self.checkpoint)!r} has made "
                f"{len(state['history'])} passes, more than max_iter={self.max_iter}: raise it, or "
                "name another folder."
            )
        return state

    def _become(self, state: dict[str, Any]) -> None:
        """Take on fitted attributes, and drop those of an earlier fit."""
        for name in _fitted_names(self):
            self.__dict__.pop(name)
        self.__dict__.update(state)

    def _continued(self) -> dict[str, Any]:
        """Give the fitted attributes with a copy of the net, to be trained on."""
        if not hasattr(self, "net_"):
            return {}
        net = copy.deepcopy(self.net_)
        net.set_params(
            lr=self.learning_rate_init,
            optimizer__weight_decay=self.weight_decay,
            batch_size=self.batch_size,
            clip_norm=self.clip_norm,
            precision=self.precision,
        )
        self._set_rates(net)
        state = {name: getattr(self, name) for name in _fitted_names(self)}
        return state | {"net_": net}

    def _continued_in_part(self) -> dict[str, Any]:
        """Give the same for ``partial_fit``."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        if self.checkpoint is not None:
            raise ValueError("partial_fit does not support checkpoint: save its state yourself.")
        return self._continued()


def positive_sizes(estimator: TrainedNetwork, parameter: str, *, at_least: int = 0) -> list[int]:
    """Give a parameter that lists positive integers, checked.

    Raises
    ------
    ValueError
        If it lists anything else, or fewer than `at_least`.
    """
    given = getattr(estimator, parameter)
    sizes = list(np.ravel(given))
    if len(sizes) < at_least or not all(isinstance(n, (int, np.integer)) and n > 0 for n in sizes):
        raise ValueError(
            f"The {parameter!r} parameter of {type(estimator).__name__} must list "
            f"positive integers{', at least one' * (at_least > 0)}. Got {given!r} instead."
        )
    return [int(n) for n in sizes]


def _curves(net: SequenceNet, n_before: int, *, validated: bool) -> dict[str, Any]:
    """Give what a net's history says, as fitted attributes."""
    scores = net.history[:, "valid_score"] if validated else None
    return {
        "n_iter_": len(net.history),
        "loss_curve_": net.history[:, "train_loss"],
        "validation_scores_": scores,
        "best_validation_score_": max(scores[-(len(net.history) - n_before) :]) if scores else None,
    }


def _fitted_names(estimator: TrainedNetwork) -> list[str]:
    names = [n for n in vars(estimator) if n.endswith("_") and not n.startswith("_")]
    return names + ["_inputs"] * ("_inputs" in vars(estimator))
