"""The base of every estimator on a network: parameters of training, and one hook."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from .._compat import HasMethods, StrOptions, _check_feature_names
from .._estimators._constraints import FRACTION, NOT_NEGATIVE, POSITIVE, POSITIVE_INT, Interval
from .._estimators._estimator_mixin import EstimatorMixin
from .._estimators._fitted_state import fitted_names, replace_fitted
from ..nn import (
    DECAYS,
    OPTIMIZERS,
    LayerTable,
    OptimizerLike,
    Randomness,
    SequenceNet,
    device_of,
    plain_torch,
    resolve_device,
)
from ..saving._plain_state import PlainState
from ._parameters import DeclaredParameters, fitted, with_plain_parameters
from ._progress import FitProgress
from ._records import (
    FitData,
    TrainingPlan,
    as_it_is,
    as_planned,
    errors_of_validation,
    materialized_data,
)
from ._trainer import Trainer
from ._training_settings import TrainingSettings
from .inputs._input_spec import InputSpec


class NetworkEstimator(PlainState, EstimatorMixin, BaseEstimator, metaclass=DeclaredParameters):
    """Base of estimators that train a network by gradient descent.

    A subclass says what is to be trained, by :meth:`_plan`; its `fit` calls :meth:`_fit`.

    Parameters
    ----------
    dropout : float, default=0.0
        Fraction of the inputs of every layer, the head included, that is dropped in training, in
        [0, 1); a unit is dropped for all steps of a row. Against overfitting, begin with 0.3 to
        0.5.
    optimizer : {"adam", "adamw", "rmsprop", "sgd"}, class or partial, default="adam"
        A name, or a subclass of ``torch.optim.Optimizer``. Its own options, but the learning rate
        and the weight decay, are the keywords of a ``functools.partial``:
        ``partial(torch.optim.SGD, momentum=0.9)``. Begin with ``"adam"``.
    learning_rate_init : float, default=0.001
        Learning rate, above 0; the largest one, where `learning_rate` changes it. Begin with 1e-3
        to 1e-2 for small networks.
    learning_rate : {"constant", "linear", "cosine", "onecycle"}, default="constant"
        Course of the learning rate over the steps of `max_iter` epochs: constant; falling to 0 in a
        line, or by half a cosine (Loshchilov and Hutter, 2017); or rising by half a cosine for 0.3
        of the steps, or `warmup`, and then falling so (Smith and Topin, 2019). Every `fit` begins
        anew; `partial_fit` trains at a constant rate. Other schedules are callbacks:
        ``skorch.callbacks.LRScheduler``.
    warmup : float, default=0.0
        Part of the training in which the learning rate first rises from 0, in [0, 1). Begin with
        0.1 where the first epoch does harm, as it may to pretrained weights.
    weight_decay : float, default=0.0
        Penalty on large weights, at least 0, as the optimizer defines it: an L2 penalty for
        ``"adam"``, decoupled from the gradient for ``"adamw"``. Begin with 0.01 for ``"adamw"``.
        Not every optimizer has one.
    clip_norm : float or None, default=1.0
        Greatest norm of all gradients together, above 0; larger gradients are scaled down to it,
        against the exploding gradients of long rows (Pascanu, Mikolov and Bengio, 2013). None: not
        clipped.
    max_iter : int, default=10
        Passes over the data (epochs), at least 1. Reaching it raises no warning.
    batch_size : int, default=32
        Rows of a batch, at least 1. Larger batches train faster, and may need a larger learning
        rate.
    average : bool, default=False
        Whether the weights after each epoch, which validation, callbacks and predictions use, are
        the moving average of those of the last fifth of all steps, at most of an epoch (Polyak and
        Juditsky, 1992; Izmailov et al., 2018). Training itself goes on from its own weights. Try
        it where the learning rate is constant.
    early_stopping : bool, default=False
        Whether to hold validation rows out, unless `fit` is given some, score the network on them
        after every epoch, and restore the weights of the best epoch in the end.
    validation_fraction : float, default=0.1
        Fraction of the rows that `early_stopping` holds out, in (0, 1); of a classifier's, the
        fraction of each class.
    n_iter_no_change : int, default=3
        Training stops after more than this many epochs, at least 1, without an improvement by
        `tol`: of the validation score with `early_stopping`, of the training loss without.
    tol : float, default=1e-4
        Least improvement that counts, at least 0.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the last fit. A schedule of the learning rate
        goes on, as do all callbacks whose parameters are as they were. What made the network, such
        as `hidden_size`, the optimizer and the device must stay as they were, all else may change;
        vocabulary and tokenizer, and the network in `init`, are those of the first fit.
    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of rows, dropout and the validation split. With
        an int, results on one CPU are equal bit by bit; torch's global generator is never touched,
        NumPy's only with None, as everywhere in scikit-learn.
    device : str or torch.device, default="auto"
        Where to compute; ``"auto"`` takes CUDA where it is available, else the CPU.
    precision : {"float32", "bfloat16"}, default="float32"
        Type of the factors of matrix products; weights are always float32. On a CPU, recurrent
        layers stay in float32, but for the training of LSTMs where it has instructions for
        bfloat16 (AVX-512 BF16 or Intel's AMX). Try it where layers have hundreds of units.
    callbacks : list of skorch callbacks, default=None
        Instances, which `fit` copies, classes, (name, callback) pairs, or for a callback that
        cannot be copied a function without arguments that makes it. Callbacks of scikit-learn
        (progress bars, monitors) are set by `set_callbacks` instead.
    checkpoint : str or path, default=None
        Folder that `fit` saves its state to after every epoch. Called again with the same
        parameters and data, by another process as well, it resumes after the last whole epoch and
        ends as if it had never been interrupted. None: nothing is saved.
    verbose : int, default=0
        Whether to print a line after every epoch, and at the end why training stopped early and
        which weights were restored, to the standard output.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net: ``net_.module_`` is the torch module, ``net_.history`` has a row for each
        epoch.
    n_iter_ : int
        Epochs made, those of warm starts and `partial_fit` included.
    loss_curve_ : list of float, length n_iter_
        Mean training loss of each epoch.
    validation_losses_ : list of float or None
        Mean loss on the validation rows after each epoch; None where there are none.
    validation_scores_ : list of float or None
        The score on the validation rows after each epoch; None where there are none.
    best_validation_score_ : float or None
        The largest of them.

    Examples
    --------
    Linear regression on vectors, which are rows of one step:

    >>> from dataclasses import dataclass
    >>> import numpy as np
    >>> import torch
    >>> from textvec.networks.custom import FitData, NetworkEstimator, SequenceExamples
    >>> from textvec.networks.custom import TrainingPlan, pooled_output, row_pooling
    >>> from textvec.nn import IdentityBody, REGRESSION_LOSSES, SequenceEncoder
    >>> @dataclass
    ... class Steps:
    ...     values: np.ndarray
    ...     starts: np.ndarray
    ...     lengths: np.ndarray
    ...     table: None = None
    >>> def steps(X):
    ...     return Steps(X.astype(np.float32), np.arange(len(X)), np.ones(len(X), np.int64))
    >>> class LinearRegressor(NetworkEstimator):
    ...     def fit(self, X, y):
    ...         return self._fit(FitData(X, y))
    ...
    ...     def predict(self, X):
    ...         data = SequenceExamples(steps(X), np.zeros(len(X))).on(torch.device("cpu"))
    ...         return self.net_.criterion_.original(self.net_.outputs(data))
    ...
    ...     def _plan(self, data, previous):
    ...         def build(randomness):
    ...             body = IdentityBody(data.X.shape[1], randomness=randomness)
    ...             encoder, pooling = SequenceEncoder(None, body), row_pooling("mean")
    ...             return pooled_output(encoder, 1, randomness, pooling=pooling, dropout=0.0)
    ...
    ...         loss = REGRESSION_LOSSES["squared_error"].of(data.y, None)
    ...         examples = SequenceExamples(steps(data.X), loss.scaled(data.y))
    ...         return TrainingPlan(examples, loss, build)
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> model = LinearRegressor(learning_rate_init=0.05, device="cpu", random_state=0)
    >>> bool(np.allclose(model.fit(X, X @ [3, -1]).predict(X), X @ [3, -1], atol=0.3))
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "dropout": [FRACTION],
        "optimizer": [StrOptions(set(OPTIMIZERS)), type, partial],
        "learning_rate_init": [POSITIVE],
        "learning_rate": [StrOptions(set(DECAYS))],
        "warmup": [FRACTION],
        "weight_decay": [NOT_NEGATIVE],
        "clip_norm": [POSITIVE, None],
        "max_iter": [POSITIVE_INT],
        "batch_size": [POSITIVE_INT],
        "average": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [POSITIVE_INT],
        "tol": [NOT_NEGATIVE],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "device": [str, torch.device],
        "precision": [StrOptions({"float32", "bfloat16"})],
        # One alone is refused where callbacks are read, which knows the way out.
        "callbacks": [
            list,
            tuple,
            None,
            HasMethods("on_train_begin"),
            HasMethods("on_fit_task_begin"),
        ],
        "checkpoint": [str, os.PathLike, None],
        "verbose": ["verbose"],
    }

    dropout: float = 0.0
    optimizer: OptimizerLike = "adam"
    learning_rate_init: float = 1e-3
    learning_rate: str = "constant"
    warmup: float = 0.0
    weight_decay: float = 0.0
    clip_norm: float | None = 1.0
    max_iter: int = 10
    batch_size: int = 32
    average: bool = False
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

    net_: SequenceNet = fitted()
    n_iter_: int = fitted()
    loss_curve_: list[float] = fitted()
    validation_losses_: list[float] | None = fitted()
    validation_scores_: list[float] | None = fitted()
    best_validation_score_: float | None = fitted()
    _made_with: dict[str, Any] = fitted()

    # Parameters that make the network, besides those of the bases: they cannot change later.
    _of_network: ClassVar[tuple[str, ...]] = ("device",)

    @abstractmethod
    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        """Read and check what `fit` was given, and say what is to be trained.

        Parameters
        ----------
        data : FitData
            The arguments of `fit`.
        previous : SequenceNet or None
            The net that training continues from: then `data.known` has all fitted attributes, and
            what they settled stays. Else all is read anew, whatever an earlier fit has left.
        """

    def __sklearn_is_fitted__(self) -> bool:
        return "net_" in vars(self)

    def summary(self, X: Any = None, y: Any = None) -> None:
        """Print the layers of the network, their output shapes and parameters.

        In a shape, None stands for the number of rows, then of steps. Recurrent layers have two
        biases, as in torch, where Keras has one or two. Pretrained vectors that are not trained are
        counted as such.

        Parameters
        ----------
        X, y : as for `fit`, default=None
            With these, the network is that which `fit` would make of them; without, the fitted one.
            Before `fit`, what they would settle is printed as "?" where it is left out: of an
            estimator on sequences whose `n_tokens` or `init` is set, `X` or both may be, and `y`
            may be one label of each class.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted, and these do not settle the network.
        """
        print(f'Model: "{type(self).__name__}"\n{self._layer_table(X, y)}')

    def _layer_table(self, X: Any = None, y: Any = None) -> LayerTable:
        """Return the layers of the fitted network, or of that which `fit` would make of data."""
        if X is None and y is None and "net_" in vars(self):
            return layers_of(self.net_.module_, vars(self))
        self._validate_params()
        return with_plain_parameters(self)._planned_layers(materialized_data(FitData(X, y)))

    @plain_torch()
    def _planned_layers(self, data: FitData) -> LayerTable:
        if data.X is None and data.y is None:
            raise NotFittedError(
                f"this {type(self).__name__} is not fitted: call fit, or pass summary the X and y "
                "that the network is for."
            )
        plan = self._plan(data, None)
        model = as_planned(plan.build(Randomness(0)), plan.before_training)
        return layers_of(model, plan.attributes)

    def _fit(self, data: FitData) -> Self:
        """Train for `max_iter` epochs: a new network, or with `warm_start` the last one."""
        return self._train(data, self.max_iter, self._previous() if self.warm_start else None)

    def _partial_fit(self, data: FitData) -> Self:
        """Train the last network, or a new one if there is none, for one epoch."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        if self.checkpoint is not None:
            raise ValueError("partial_fit does not support checkpoint: save its state yourself.")
        return self._train(replace(data, is_part=True), 1, self._previous())

    def _previous(self) -> SequenceNet | None:
        return getattr(self, "net_", None)

    @plain_torch()
    def _train(self, data: FitData, epochs: int, previous: SequenceNet | None) -> Self:
        """Train by the plan; the estimator changes in the end, as a whole."""
        data = materialized_data(data)
        if previous is not None:
            data = replace(data, known={name: vars(self)[name] for name in fitted_names(self)})
            _check_names(self, data.known, data.X)
        plain = with_plain_parameters(self)
        made_with = {name: _plain(getattr(plain, name)) for name in _network_parameters(self)}
        if previous is not None:
            _check_same_network(made_with, data.known.get("_made_with", {}), previous)
        plan = plain._plan(data, previous)
        plan = replace(plan, attributes={**data.known, **plan.attributes, "_made_with": made_with})
        if data.validation is not None:
            with errors_of_validation():
                _check_names(self, plan.attributes, data.validation.X)
        progress = FitProgress(self, data)
        settings = TrainingSettings.of(plain)
        if data.is_part:
            settings = replace(settings, learning_rate="constant", warmup=0.0)
            plan = replace(plan, before_training=as_it_is)
        result = Trainer(settings, progress).train(plan, epochs, previous)
        replace_fitted(self, result.as_attributes())
        if result.interruption is not None:
            raise result.interruption
        progress.end()
        return self


def layers_of(model: torch.nn.Module, attributes: Mapping[str, Any]) -> LayerTable:
    """Return the layers of a network of an estimator with such fitted attributes."""
    inputs = attributes.get("_inputs")
    return inputs.layer_table(model) if isinstance(inputs, InputSpec) else LayerTable.of(model)


def _check_names(estimator: NetworkEstimator, known: Mapping[str, Any], X: Any) -> None:
    """Check that columns of a frame are those which are known, if they are."""
    if X is not None and "feature_names_in_" in known:
        named = object.__new__(type(estimator))  # before a fit is over, the estimator has no names
        vars(named)["feature_names_in_"] = known["feature_names_in_"]
        _check_feature_names(named, X, reset=False)


def _network_parameters(estimator: NetworkEstimator) -> list[str]:
    """Return the names of the parameters that make an estimator's network."""
    names = [n for base in type(estimator).__mro__ for n in vars(base).get("_of_network", ())]
    return sorted(set(names))


def _plain(value: Any) -> Any:
    """Return a value that compares and is saved as what it says: no device, array or list."""
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return tuple(value) if isinstance(value, list) else value


def _is_on(net: SequenceNet, device: str) -> bool:
    here, there = device_of(net.module_), resolve_device(device)
    return (here.type, here.index or 0) == (there.type, there.index or 0)


def _check_same_network(now: dict[str, Any], before: dict[str, Any], previous: SequenceNet) -> None:
    """Check that no parameter has changed that made the network which training continues from.

    A network of another machine may be elsewhere than its `device` said: it stays where it is.

    Raises
    ------
    ValueError
        If one has; the message names it.
    """
    for name, value in before.items():
        if name == "device" and _is_on(previous, now[name]):
            continue
        if now[name] != value:
            raise ValueError(
                f"{name}={now[name]!r}, but the network was made with {name}={value!r}, which "
                "cannot change where training continues: set it back, or fit anew, with "
                "warm_start=False."
            )
