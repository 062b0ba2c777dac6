"""Estimators that predict something of each sequence: a class, numbers, a class for each step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import NotFittedError
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._compat import _check_feature_names, _fit_context
from .._containers._embedded_sequences import EmbeddedSequences
from .._containers._ragged import Ragged
from .._estimators._constraints import FRACTION, POSITIVE_INT, Interval
from ..nn import LayerTable, Randomness, SequenceData, SequenceNet, device_of, plain_torch
from ._estimator import NetworkEstimator
from ._parameters import fitted, with_plain_parameters
from ._parts import (
    BodyBuilder,
    NewEncoder,
    Parts,
    built,
    planned,
    with_validation,
)
from ._records import FitData, TrainingPlan, as_planned, validation_rows
from ._sample_rows import sample_rows
from .heads._class_head import announced_classes
from .heads._head import Head
from .inputs._input_spec import InputSpec
from .inputs._input_warnings import warn_of_meaning
from .inputs._sequences import Sequences, read_sequences, shape_attributes

# Containers whose columns have no names.
_NAMELESS = (np.ndarray, Ragged, EmbeddedSequences)


def _head_has(method: str) -> Callable[[SequenceEstimator], bool]:
    def check(estimator: SequenceEstimator) -> bool:
        return hasattr(estimator._head(), method)

    return check


class SequenceEstimator(NetworkEstimator):
    """Base of estimators on sequences of ids or vectors.

    A subclass says what it is made of, by :meth:`_parts`, and adds scikit-learn's
    ``ClassifierMixin`` or ``RegressorMixin``.

    Parameters
    ----------
    embedding_dim : int, default=64
        Width of the learned embedding of ids, at least 1; 32 to 128 are good to begin with. Not
        used for vectors.
    n_tokens : int, default=None
        Number of rows of the embedding of ids, at least 2. With None, SequenceVectorizer tells it
        the network (``Ragged.n_ids``); for plain arrays it is the largest id in `fit` plus 1, and
        larger ids at prediction, which rare tokens may have, are read as unknown (1), with a
        warning if most are larger. In all other cases they are an error.
    fine_tune : bool, default=False
        Whether training changes the vectors of EmbeddedSequences, too: those of ids that occur in
        `fit`. If not, the vectors are inputs only, and the fitted network does not hold them.
    mask_value : float or None, default=0.0
        In arrays of floats, steps at either end of a row in which all features have this value are
        padding, and are ignored. NaN, as of ``SequencePadder(value=np.nan)``, is the safe choice,
        as 0 may be measured. None: no step is padding.
    embedding_dropout : float or None, default=None
        Fraction of the units of the embedding, or of the vectors, that is dropped in training, in
        [0, 1). None: as `dropout`. Of pretrained vectors that are not fine-tuned, begin with 0.
    token_dropout : float, default=0.0
        Fraction of the ids that are read as unknown in training, in [0, 1), or of the steps of
        vectors as zeros. Against overfitting to rare words; begin with 0.1 to 0.2.

    Attributes
    ----------
    n_features_in_ : int
        Columns of a two-dimensional array, else width of the vectors; absent for Ragged ids.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, if `fit` saw a data frame.

    Examples
    --------
    The mean of learned word vectors, and a dense layer:

    >>> from functools import partial
    >>> from sklearn.base import ClassifierMixin
    >>> from textvec import Ragged
    >>> from textvec.networks.custom import ClassHead, Parts, SequenceEstimator
    >>> from textvec.networks.custom import fitted, pooled_output, row_pooling
    >>> from textvec.nn import IdentityBody
    >>> class MeanClassifier(ClassifierMixin, SequenceEstimator):
    ...     classes_: object = fitted()
    ...
    ...     def _parts(self):
    ...         output = partial(pooled_output, pooling=row_pooling("mean"), dropout=self.dropout)
    ...         return Parts(self._encoder(IdentityBody), output, ClassHead())
    >>> X = Ragged.from_rows([[2, 3], [4, 5, 3], [2], [4]] * 10)
    >>> y = ["a", "b", "a", "b"] * 10
    >>> MeanClassifier(learning_rate_init=0.05, random_state=0).fit(X, y).score(X, y)
    1.0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "embedding_dim": [POSITIVE_INT],
        "n_tokens": [Interval(Integral, 2, None, closed="left"), None],
        "fine_tune": ["boolean"],
        "mask_value": [Interval(Real, None, None, closed="both"), np.nan, None],
        "embedding_dropout": [FRACTION, None],
        "token_dropout": [FRACTION],
    }
    _of_network: ClassVar[tuple[str, ...]] = ("embedding_dim", "n_tokens", "fine_tune")

    embedding_dim: int = 64
    n_tokens: int | None = None
    fine_tune: bool = False
    mask_value: float | None = 0.0
    embedding_dropout: float | None = None
    token_dropout: float = 0.0

    n_features_in_: int = fitted()
    feature_names_in_: NDArray[np.object_] = fitted()
    _inputs: InputSpec = fitted()

    @abstractmethod
    def _parts(self) -> Parts:
        """Return what the estimator is made of, by its parameters."""

    def _head(self) -> Head:
        """Return the head of :meth:`_parts`, which alone a prediction needs."""
        return with_plain_parameters(self)._parts().head

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Fit the network to sequences and their targets.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences; see :class:`RNNClassifier` for what each form means.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes: labels of any type, or a column of 0 and 1 for each label of which a row
            may have any number. Regression: numbers. Tagging: a row of labels for each row,
            as Ragged or list of lists.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row in the loss and in the validation score.
        X_val, y_val : as `X` and `y`, default=None
            Validation rows, which are scored after every epoch: ``validation_losses_`` and
            ``validation_scores_``. With `early_stopping` they take the place of those held out.
        sample_weight_val : array-like of shape (n_samples,), default=None
            Their weights.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            If the input is not of a known form, holds NaN or infinity or negative ids, has
            only one class, or cannot be split as `early_stopping` asks; if the loss becomes
            infinite; or if the folder `checkpoint` holds something else.
        MemoryError
            If the network, the rows or a batch do not fit; the message says what to lower.
        KeyboardInterrupt
            If interrupted. In this case self is as if `max_iter` had been the number of
            epochs that were whole; before the end of the first, as it was.
        """
        validation = validation_rows(X_val, y_val, sample_weight_val)
        return self._fit(FitData(X, y, sample_weight, validation=validation))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: Any,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Continue training, by one epoch over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call. An embedding keeps the number of rows of
            that call: pass `n_tokens` to the constructor if larger ids may follow.
        y : array-like of shape (n_samples,) or (n_samples, n_labels), Ragged or list of lists
            Targets, as for `fit`.
        classes : array-like of shape (n_classes,), default=None
            All labels there can be; needed on the first call. With a target of several columns,
            their numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row in the loss.

        Returns
        -------
        estimator
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; if `classes` is missing on the first call or differs from it later; or if
            `early_stopping` or `checkpoint` is set.
        """
        classes = announced_classes(classes, getattr(self, "classes_", None))
        return self._partial_fit(FitData(X, y, sample_weight, {"classes_": classes}))

    def predict(self, X: Any) -> Any:
        """Predict the targets of sequences.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs), or Ragged
            As `y` was: the most likely class, or 1 for each label that is likelier than not; of
            RNNRegressor the numbers, float64; of RNNTagger a row of labels for each row.
        """
        return self._predict("predict", X)

    @available_if(_head_has("predict_proba"))
    def predict_proba(self, X: Any) -> Any:
        """Predict the probability of each class.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), or Ragged of items of that shape, float32
            Columns in the order of ``classes_``; with a target of several columns, of each label
            for itself. Of RNNTagger, at each step; with `crf`, over all sequences of labels: the
            most likely label of a step need not be part of the most likely sequence.
        """
        return self._predict("predict_proba", X)

    @available_if(_head_has("predict_log_proba"))
    def predict_log_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
            Columns in the order of ``classes_``; with a target of several columns, of each label
            for itself.
        """
        log_proba: NDArray[np.float32] = self._predict("predict_log_proba", X)
        return log_proba

    def _encoder(self, body: BodyBuilder) -> NewEncoder:
        """Return a new encoder of such a body, by the parameters of the embedding."""
        return NewEncoder(
            body,
            self.embedding_dim,
            self.n_tokens,
            self.fine_tune,
            token_dropout=self.token_dropout,
        )

    def _plan(self, data: FitData, previous: SequenceNet | None) -> TrainingPlan:
        parts, name = self._parts(), type(self).__name__
        read = partial(read_sequences, mask_value=self.mask_value, estimator=self)
        rows = read(data.X)
        inputs = None if previous is None else self._inputs
        if inputs is None:
            warn_of_meaning(rows)
        plan = planned(parts, data, rows, inputs=inputs, previous=previous, name=name)
        plan = with_validation(plan, parts, data.validation, read, name)
        shape = shape_attributes(data.X, rows.n_columns or rows.width)
        return replace(plan, attributes={**shape, **plan.attributes})

    @plain_torch()
    def _planned_layers(self, data: FitData) -> LayerTable:
        is_whole = data.X is not None and data.y is not None
        if is_whole or type(self)._plan is not SequenceEstimator._plan:
            return super()._planned_layers(data)
        if data.X is None and self.n_tokens is None and getattr(self, "init", None) is None:
            raise NotFittedError(
                f"this {type(self).__name__} is not fitted: call fit, set n_tokens, or pass "
                "summary the X that the network is for."
            )
        X = sample_rows(data.y) if data.X is None else data.X
        rows = read_sequences(X, mask_value=self.mask_value)
        # What is otherwise in a network of more outputs, or for longer rows, is not known yet.
        smaller = self._layers_on(rows, data.y, n_outputs=2)
        larger = self._layers_on(rows, data.y, n_outputs=3, n_more_steps=int(data.X is None))
        return smaller.unknown_unless_in(larger)

    def _layers_on(
        self, rows: Sequences, y: Any, *, n_outputs: int, n_more_steps: int = 0
    ) -> LayerTable:
        """Return the layers of a network for such rows; targets settle its number of outputs."""
        parts, randomness = self._parts(), Randomness(0)
        if y is not None:
            name = type(self).__name__
            targets = parts.head.read(y, None, rows, known={}, criterion=None, name=name)
            n_outputs = targets.criterion.n_outputs
        inputs = parts.encoder.inputs(rows)
        inputs = replace(inputs, longest=inputs.longest + n_more_steps)
        model = built(parts, inputs, rows.table, n_outputs, randomness)
        return inputs.layer_table(as_planned(model, parts.before_training))

    def _rows_to_predict(self, X: Any) -> SequenceData:
        fitted = vars(self)
        if "net_" not in fitted:
            check_is_fitted(self)
        if not isinstance(X, _NAMELESS) or "feature_names_in_" in fitted:
            _check_feature_names(self, X, reset=False)
        rows = read_sequences(X, mask_value=self.mask_value, estimator=self, min_rows=0)
        rows = self._inputs.conform(rows, type(self).__name__)
        return SequenceData.on(device_of(self.net_.module_), rows)

    def _predict(self, method: str, X: Any) -> Any:
        """Return what a method of the head makes of rows."""
        data = self._rows_to_predict(X)
        return getattr(self._head(), method)(self.net_, data, vars(self))
