"""What estimators on sequences have in common: parameters, inputs, training."""

from __future__ import annotations

import copy
from abc import abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.callback import CallbackSupportMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted
from skorch.callbacks import Callback
from torch import Tensor, nn

from .._compat import (
    Interval,
    StrOptions,
    _check_feature_names,
    _check_sample_weight,
    _fit_context,
    _get_feature_names,
)
from .._ragged import Ragged
from ..nn import (
    OPTIMIZERS,
    Criterion,
    EncoderModel,
    InputSpec,
    Plateau,
    Randomness,
    SequenceData,
    SequenceEncoder,
    SequenceNet,
    Sequences,
    device_of,
    given_embedding,
    learned_embedding,
    on_device,
    read_sequences,
    resolve_optimizer,
    summary_text,
)
from ._parameters import declares_parameters
from ._tasks import EpochTasks

POSITIVE_INT = Interval(Integral, 1, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="left")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
POSITIVE = Interval(Real, 0, None, closed="neither")


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
class BaseNetwork(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """Inputs and training of estimators that learn from sequences.

    A subclass gives the network's body, by :meth:`_body`; what stands on it, by
    :meth:`_module`; and what is learned, by :meth:`_read_task`. Its ``fit`` calls
    :meth:`_train`.

    Parameters
    ----------
    dropout : float, default=0.0
        Fraction of the inputs of every layer, the head included, that is dropped in training;
        a unit is dropped for all steps of a row.
    embedding_dim : int, default=64
        Width of the learned embedding of ids. Not used for vectors.
    n_tokens : int, default=None
        Rows of the embedding of ids. None takes what the input knows (``Ragged.n_ids``, set
        by SequenceVectorizer), and for plain arrays the largest id in `fit` plus 1; only in
        that last case, larger ids at prediction read as unknown (1). Else they are an error.
    fine_tune : bool, default=False
        Whether the table of EmbeddedSequences is learned further. If not, the vectors are
        mere input, and the fitted network doesn't hold them.
    mask_value : float or None, default=0.0
        In three-dimensional arrays, steps at either end of a row in which all features have
        this value are padding. None: every step is real.
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
    n_features_in_ : int
        Columns of a two-dimensional array, else width of the vectors; absent for Ragged ids.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, if `fit` saw a data frame.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "dropout": [FRACTION],
        "embedding_dim": [POSITIVE_INT],
        "n_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "fine_tune": ["boolean"],
        "mask_value": [Real, None],
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
        "verbose": ["verbose"],
    }

    dropout: float = 0.0
    embedding_dim: int = 64
    n_tokens: int | None = None
    fine_tune: bool = False
    mask_value: float | None = 0.0
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

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the network to sequences and what belongs to them.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences; see :class:`RNNClassifier` for what each form means.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes: labels of any type, or a column of 0 and 1 for each label of which a row
            may have any number. Regression: numbers. Tagging: a row of labels for each row,
            as Ragged or list of lists.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss and in the validation score.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If the input is not of a known form, holds NaN or infinity or negative ids, has
            only one class, or cannot be split as `early_stopping` asks; or if the loss
            becomes infinite.
        """
        state = self._continued() if self.warm_start else {}
        return self._train(X, y, sample_weight, epochs=self.max_iter, state=state)

    @abstractmethod
    def _body(self, width: int, randomness: Randomness) -> nn.Module:
        """Make what reads vectors of such width; see :class:`SequenceEncoder`."""

    @abstractmethod
    def _module(
        self, encoder: SequenceEncoder, n_outputs: int, randomness: Randomness
    ) -> EncoderModel:
        """Put the head of so many outputs on an encoder."""

    @abstractmethod
    def _read_task(
        self,
        y: Any,
        sample_weight: NDArray[np.floating] | None,
        sequences: Sequences,
        state: dict[str, Any],
    ) -> Task:
        """Check targets, and say what is to be learned.

        `state` holds the fitted attributes known so far, with ``net_`` if training goes on,
        and takes those of the targets.
        """

    def _train(
        self, X: Any, y: Any, sample_weight: Any, *, epochs: int, state: dict[str, Any]
    ) -> Self:
        """Fit, or go on from the ``net_`` in `state`; nothing of self changes before the end."""
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self)
        state |= _shape_attributes(X, sequences.n_columns or sequences.width)
        weights = _row_weights(sample_weight, X)
        check_consistent_length(sequences, y, weights)
        task = self._read_task(y, weights, sequences, state)
        draws = check_random_state(self.random_state)
        if "net_" not in state:
            state["_inputs"] = InputSpec.of(
                sequences,
                n_tokens=self.n_tokens,
                embedding_dim=self.embedding_dim,
                tuned=self.fine_tune,
            )
            randomness = Randomness(int(draws.randint(2**31 - 1)))
            state["net_"] = self._build(
                state["_inputs"], sequences.table, task.criterion, randomness
            )
        sequences = state["_inputs"].conform(sequences, type(self).__name__)
        device = device_of(state["net_"].module_)
        data = SequenceData.on(device, sequences, task.targets, task.weights)
        train, valid = self._split(data, task.strata, draws)
        given = {"X": X, "y": y, "metadata": _metadata(sample_weight)}
        self._run(train, valid, epochs, state, given)
        return self

    def _build(
        self,
        inputs: InputSpec,
        table: NDArray[np.float32] | None,
        criterion: Criterion,
        randomness: Randomness,
    ) -> SequenceNet:
        """Make a fresh net for such inputs."""
        device = on_device(self.device)
        optimizer, options = resolve_optimizer(self.optimizer, device)
        net = SequenceNet(
            self._module(self._encoder(inputs, table, randomness), criterion.n_outputs, randomness),
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

    def _encoder(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        embedding = None
        if inputs.kind == "ids" and table is not None:
            embedding = given_embedding(torch.tensor(table), trainable=True)
        elif inputs.kind == "ids":
            generator = randomness.generator("cpu")
            embedding = learned_embedding(inputs.size, self.embedding_dim, generator)
        width = inputs.size if embedding is None else embedding.embedding_dim
        return SequenceEncoder(embedding, self._body(width, randomness), longest=inputs.longest)

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

    def _continued_in_part(self) -> dict[str, Any]:
        """Give the same for ``partial_fit``."""
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        return self._continued()

    def _data(self, X: Any) -> SequenceData:
        """Read rows to predict from, as `fit` read its own, to the network's device."""
        check_is_fitted(self)
        _check_feature_names(self, X, reset=False)
        sequences = read_sequences(X, mask_value=self.mask_value, estimator=self, min_rows=0)
        sequences = self._inputs.conform(sequences, type(self).__name__)
        return SequenceData.on(device_of(self.net_.module_), sequences)

    def _outputs(self, X: Any) -> Tensor:
        """Give the network's outputs for each row of `X`, on the CPU."""
        data = self._data(X)
        return self.net_.outputs(data)  # type: ignore[no-any-return]


def positive_sizes(estimator: BaseNetwork, parameter: str, *, at_least: int = 0) -> list[int]:
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


def _fitted_names(estimator: BaseNetwork) -> list[str]:
    names = [n for n in vars(estimator) if n.endswith("_") and not n.startswith("_")]
    return names + ["_inputs"] * ("_inputs" in vars(estimator))
