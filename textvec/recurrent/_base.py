"""What recurrent estimators have in common: parameters, inputs, training."""

from __future__ import annotations

import copy
from abc import abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from skorch.callbacks import Callback
from torch import Tensor

from .._compat import (
    Interval,
    StrOptions,
    _check_feature_names,
    _check_sample_weight,
    _get_feature_names,
)
from ..nn import (
    CELLS,
    OPTIMIZERS,
    POOLINGS,
    ClassCriterion,
    InputSpec,
    Plateau,
    Randomness,
    RecurrentStack,
    SequenceData,
    SequenceModel,
    SequenceNet,
    given_embedding,
    learned_embedding,
    on_device,
    read_sequences,
    resolve_optimizer,
    summary_text,
)
from ._tasks import EpochTasks

_POSITIVE_INT = Interval(Integral, 1, None, closed="left")
_FRACTION = Interval(Real, 0, 1, closed="left")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")


class BaseRNN(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """Body and training of recurrent estimators; a subclass says what it learns.

    A subclass gives :meth:`_read_targets` and, if it validates in another way,
    :meth:`_strata`.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "cell": [StrOptions(set(CELLS))],
        "hidden_size": [_POSITIVE_INT],
        "num_layers": [_POSITIVE_INT],
        "bidirectional": ["boolean"],
        "pooling": [StrOptions(set(POOLINGS))],
        "dropout": [_FRACTION],
        "embedding_dim": [_POSITIVE_INT],
        "n_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "fine_tune": ["boolean"],
        "mask_value": [Real, None],
        "optimizer": [StrOptions(set(OPTIMIZERS)), type],
        "learning_rate_init": [_POSITIVE],
        "weight_decay": [_NOT_NEGATIVE],
        "clip_norm": [_POSITIVE, None],
        "max_iter": [_POSITIVE_INT],
        "batch_size": [_POSITIVE_INT],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [_POSITIVE_INT],
        "tol": [_NOT_NEGATIVE],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "device": [str, torch.device],
        "precision": [StrOptions({"float32", "bfloat16"})],
        "callbacks": [list, tuple, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        cell: str = "lstm",
        hidden_size: int = 64,
        num_layers: int = 1,
        bidirectional: bool = False,
        pooling: str = "last",
        dropout: float = 0.0,
        embedding_dim: int = 64,
        n_tokens: int | None = None,
        fine_tune: bool = False,
        mask_value: float | None = 0.0,
        optimizer: str | type[torch.optim.Optimizer] = "adam",
        learning_rate_init: float = 1e-3,
        weight_decay: float = 0.0,
        clip_norm: float | None = 1.0,
        max_iter: int = 10,
        batch_size: int = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 3,
        tol: float = 1e-4,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        device: str | torch.device = "auto",
        precision: str = "float32",
        callbacks: list[Any] | tuple[Any, ...] | None = None,
        verbose: int | bool = 0,
    ):
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.dropout = dropout
        self.embedding_dim = embedding_dim
        self.n_tokens = n_tokens
        self.fine_tune = fine_tune
        self.mask_value = mask_value
        self.optimizer = optimizer
        self.learning_rate_init = learning_rate_init
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.random_state = random_state
        self.device = device
        self.precision = precision
        self.callbacks = callbacks
        self.verbose = verbose

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

    @abstractmethod
    def _read_targets(
        self, y: Any, sample_weight: NDArray[np.floating] | None, state: dict[str, Any]
    ) -> tuple[NDArray[Any], NDArray[np.floating] | None, Any]:
        """Check targets; give them as the loss takes them, the rows' weights, and the loss.

        `state` holds the fitted attributes known so far, and takes those of the targets.
        """

    def _strata(self, y: NDArray[Any]) -> NDArray[Any] | None:
        """Give what a validation split keeps in proportion, of the targets; None: nothing."""
        return None

    def _train(
        self, X: Any, y: Any, sample_weight: Any, *, epochs: int, state: dict[str, Any]
    ) -> Self:
        """Fit, or go on from the ``net_`` in `state`; nothing of self changes before the end."""
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self)
        state |= _shape_attributes(X, sequences.n_columns or sequences.width)
        weights = _row_weights(sample_weight, X)
        check_consistent_length(sequences, y, weights)
        targets, weights, criterion = self._read_targets(y, weights, state)
        draws = check_random_state(self.random_state)
        if "net_" not in state:
            state["_inputs"] = InputSpec.of(
                sequences,
                n_tokens=self.n_tokens,
                embedding_dim=self.embedding_dim,
                tuned=self.fine_tune,
            )
            randomness = Randomness(int(draws.randint(2**31 - 1)))
            state["net_"] = self._build(state["_inputs"], sequences.table, criterion, randomness)
        sequences = state["_inputs"].conform(sequences, type(self).__name__)
        data = SequenceData.on(_device_of(state["net_"]), sequences, targets, weights)
        train, valid = self._split(data, targets, draws)
        self._run(
            train, valid, epochs, state, {"X": X, "y": y, "metadata": _metadata(sample_weight)}
        )
        return self

    def _build(
        self,
        inputs: InputSpec,
        table: NDArray[np.float32] | None,
        criterion: ClassCriterion,
        randomness: Randomness,
    ) -> SequenceNet:
        """Make a fresh net for such inputs."""
        device = on_device(self.device)
        optimizer, options = resolve_optimizer(self.optimizer, device)
        net = SequenceNet(
            self._module(inputs, table, criterion.n_outputs, randomness),
            criterion,
            clip_norm=self.clip_norm,
            precision=self.precision,
            optimizer=optimizer,
            lr=self.learning_rate_init,
            max_epochs=self.max_iter,
            batch_size=self.batch_size,
            device=str(device),
            callbacks=[copy.deepcopy(callback) for callback in self.callbacks or ()],
            verbose=int(self.verbose),
            optimizer__weight_decay=self.weight_decay,
            **{f"optimizer__{name}": value for name, value in options.items()},
        )
        net.initialize()
        return net

    def _module(
        self,
        inputs: InputSpec,
        table: NDArray[np.float32] | None,
        n_outputs: int,
        randomness: Randomness,
    ) -> SequenceModel:
        generator = randomness.generator("cpu")
        embedding = None
        if inputs.kind == "ids" and table is not None:
            embedding = given_embedding(torch.tensor(table), trainable=True)
        elif inputs.kind == "ids":
            embedding = learned_embedding(inputs.size, self.embedding_dim, generator)
        body = RecurrentStack(
            self.cell,
            inputs.size if embedding is None else embedding.embedding_dim,
            self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
            randomness=randomness,
        )
        return SequenceModel(
            embedding, body, self.pooling, n_outputs, dropout=self.dropout, randomness=randomness
        )

    def _split(
        self, data: SequenceData, targets: NDArray[Any], draws: np.random.RandomState
    ) -> tuple[SequenceData, SequenceData | None]:
        """Hold validation rows out, where early stopping needs them."""
        if not self.early_stopping:
            return data, None
        try:
            train, valid = train_test_split(
                np.arange(len(data)),
                test_size=self.validation_fraction,
                stratify=self._strata(targets),
                random_state=draws,
            )
        except ValueError as error:
            raise ValueError(
                f"early_stopping=True holds out validation_fraction={self.validation_fraction} "
                f"of the {len(data)} rows, some of each class: {error}"
            ) from error
        return data.take(train), data.take(valid).by_length()[0]

    def _run(
        self,
        train: SequenceData,
        valid: SequenceData | None,
        epochs: int,
        state: dict[str, Any],
        given: dict[str, Any],
    ) -> None:
        """Train the net in `state` and, when that is done, take on the state."""
        net: SequenceNet = state["net_"]
        n_before = len(net.history)
        context = self._init_callback_context(max_subtasks=epochs)
        context.call_on_fit_task_begin(estimator=self, **given)

        def fitted() -> dict[str, Any]:
            return state | _curves(net, n_before, validated=valid is not None)

        watchers: list[tuple[str, Callback]] = [
            ("plateau", Plateau(self.tol, self.n_iter_no_change)),
            ("tasks", EpochTasks(context, self, given, fitted)),
        ]
        net.run(train, valid, epochs=epochs, callbacks=watchers)
        self._become(fitted())
        context.call_on_fit_task_end(estimator=self, reconstruction_attributes=dict, **given)

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
        state = {name: getattr(self, name) for name in _fitted_names(self)}
        return state | {"net_": net}

    def _outputs(self, X: Any) -> Tensor:
        """Give the network's outputs for each row of `X`, on the CPU."""
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self, min_rows=0)
        sequences = self._inputs.conform(sequences, type(self).__name__)
        net: SequenceNet = self.net_
        return net.outputs(SequenceData.on(_device_of(net), sequences))


def _row_weights(sample_weight: Any, X: Any) -> NDArray[np.floating] | None:
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, X, ensure_non_negative=True)  # type: ignore[no-any-return]


def _metadata(sample_weight: Any) -> dict[str, Any] | None:
    return None if sample_weight is None else {"sample_weight": sample_weight}


def _shape_attributes(X: Any, width: int | None) -> dict[str, Any]:
    """Give ``n_features_in_`` and ``feature_names_in_``, where `X` has such."""
    state: dict[str, Any] = {} if width is None else {"n_features_in_": width}
    names = _get_feature_names(X)
    return state if names is None else state | {"feature_names_in_": names}


def _curves(net: SequenceNet, n_before: int, *, validated: bool) -> dict[str, Any]:
    """Give what a net's history says, as fitted attributes."""
    scores = net.history[:, "valid_score"] if validated else None
    return {
        "n_iter_": len(net.history),
        "loss_curve_": net.history[:, "train_loss"],
        "validation_scores_": scores,
        "best_validation_score_": max(scores[-(len(net.history) - n_before) :]) if scores else None,
    }


def _fitted_names(estimator: BaseRNN) -> list[str]:
    names = [n for n in vars(estimator) if n.endswith("_") and not n.startswith("_")]
    return names + ["_inputs"] * ("_inputs" in vars(estimator))


def _device_of(net: SequenceNet) -> torch.device:
    """Give the device of a net's weights: after unpickling, not always the one it was made on."""
    weight: Tensor = next(net.module_.parameters())
    return weight.device
