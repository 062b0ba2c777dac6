"""The states of a trained network as features."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import Tags, get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._compat import _fit_context
from .._containers._ragged import Ragged, offsets_from_lengths
from .._estimators._constraints import HasMethods
from .._estimators._estimator_mixin import EstimatorMixin
from .._estimators._model_steps import model_steps
from .._inputs._items import materialized
from ..nn import (
    Batch,
    DocumentData,
    EvaluationBatches,
    LastPooling,
    LayerTable,
    RecurrentStack,
    SequenceData,
    SequenceNet,
    plain_torch,
)
from ._recurrent_estimator import RecurrentEstimator
from ._rnn_language_model import RNNLanguageModel
from ._seq2seq import Seq2Seq

State = tuple[NDArray[np.float32], ...]


class RNNEncoder(EstimatorMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Transform sequences to the hidden states of a recurrent network, for each row or each step.

    Features that a network has learned for its own task, for another: another model, a
    nearest-neighbour search, a plot.

    Parameters
    ----------
    estimator : estimator
        A recurrent estimator, such as :class:`RNNClassifier` or :class:`RNNLanguageModel`, a
        Pipeline that ends with one, or a search for one. A copy of it is fitted; one that is
        fitted already is used as it is if it comes as
        ``sklearn.frozen.FrozenEstimator(estimator)``, and `fit` need not be called.
    return_sequences : bool, default=False
        Whether to return the hidden state after each step. If not, the vector that the estimator's
        head reads: its `pooling` of the hidden states, which is the last one by default; of an
        estimator without pooling, the last one.

    Attributes
    ----------
    estimator_ : estimator
        The fitted estimator.

    See Also
    --------
    SequencePadder : Makes one array of rows of hidden states.

    Notes
    -----
    The hidden states of a plain layer are ``h_t = tanh(x_t W + h_(t-1) U + b)``, where ``x_t`` is
    the embedding of the id at step t, or the vector there; a bidirectional layer's are those of
    both directions, concatenated. A language model reads BOS before each row, as in training.

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from textvec import Ragged, RNNClassifier, RNNEncoder
    >>> X = Ragged.from_rows([[2, 3, 4], [5, 2], [4, 4, 4, 3]])
    >>> model = RNNClassifier(cell="gru", hidden_size=8, random_state=0).fit(X, [0, 1, 0])
    >>> RNNEncoder(FrozenEstimator(model)).transform(X).shape
    (3, 16)
    >>> RNNEncoder(FrozenEstimator(model), return_sequences=True).transform(X)
    Ragged(3 rows, 9 items x 16 of float32)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods("fit")],
        "return_sequences": ["boolean"],
    }

    def __init__(self, estimator: Any, *, return_sequences: bool = False):
        self.estimator = estimator
        self.return_sequences = return_sequences

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Self:
        """Fit a copy of the estimator.

        Parameters
        ----------
        X : as the estimator takes it
            Sequences; of a pipeline that begins with text, documents.
        y : as the estimator takes it
            Targets.
        **fit_params : dict
            For the estimator's `fit`, such as ``sample_weight``; with metadata routing enabled,
            what it has requested.

        Returns
        -------
        RNNEncoder
            Self.

        Raises
        ------
        TypeError
            If the estimator is not a recurrent one.
        """
        _check_recurrent(model_steps(self.estimator)[-1])
        if get_config()["enable_metadata_routing"]:
            fit_params = process_routing(self, "fit", **fit_params).estimator.fit
        context = self._init_callback_context(max_subtasks=1)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        estimator = clone(self.estimator)
        with context.subcontext(task_name="fit-estimator").propagate_callback_context(estimator):
            estimator.fit(X, y, **fit_params)
        self.estimator_ = estimator
        context.call_on_fit_task_end(estimator=self, X=X, y=y)
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Return where metadata goes: to the estimator's `fit`, what it has requested of it.

        Returns
        -------
        MetadataRouter
            The requests of this object and of its estimator.
        """
        # scikit-learn 1.9.0 does not look for `fit` in what `fit_transform` takes.
        mapping = MethodMapping().add(caller="fit", callee="fit")
        mapping.add(caller="fit_transform", callee="fit")
        return MetadataRouter(owner=self).add(estimator=self.estimator, method_mapping=mapping)

    def summary(self, X: Any = None, y: Any = None) -> None:
        """Print the layers that are read, their output shapes and parameters.

        Parameters
        ----------
        X, y : as the estimator takes them, default=None
            As for :meth:`RNNClassifier.summary`: the network is the fitted one, or that which `fit`
            would make of these.

        Raises
        ------
        NotFittedError
            If the encoder is not fitted, and these do not settle the network.
        """
        print(f'Model: "{type(self).__name__}"\n{self._layer_table(X, y)}')

    def _layer_table(self, X: Any = None, y: Any = None) -> LayerTable:
        is_fitted = X is None and y is None and self.__sklearn_is_fitted__()
        *steps, model = self._fitted_steps() if is_fitted else model_steps(self.estimator)
        _check_recurrent(model)
        for step in steps if X is not None else ():
            X = clone(step).fit_transform(X, y)
        table: LayerTable = model._layer_table(X, y)
        return table.encoder(pooled=not self.return_sequences)

    @available_if(lambda self: not self.return_sequences)
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name of each feature; rows of hidden states are no table, and have none.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (n_features_out,), object
            The name of the class and a number.
        """
        names: NDArray[np.object_] = super().get_feature_names_out(input_features)
        return names

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Fit a copy of the estimator, and transform the same rows, which are read once.

        Parameters
        ----------
        X : as the estimator takes it
            As in `fit`.
        y : as the estimator takes it
            As in `fit`.
        **fit_params : dict
            As in `fit`.

        Returns
        -------
        ndarray or Ragged
            As in `transform`.
        """
        return super().fit_transform(materialized(X), y, **fit_params)

    def transform(self, X: Any) -> NDArray[np.float32] | Ragged:
        """Transform sequences to hidden states.

        Parameters
        ----------
        X : as the estimator takes it
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_features_out), or Ragged of items of that width, float32
            A vector for each row, or one for each of its steps, padding left out.
        """
        model, data = self._rows_to_predict(X)
        module, n_before = model.net_.module_, _n_before(data)
        if self.return_sequences:

            def steps(batch: Batch) -> Any:
                return module.steps(batch)[n_before:]

            states: NDArray[np.float32] = model.net_.by_step(data, steps).float().numpy()
            return Ragged(states, offsets_from_lengths(data.lengths_cpu))
        net: SequenceNet = model.net_
        if hasattr(module, "pool"):
            return net.by_row(data, module.pool).float().numpy()
        last = LastPooling(module.body)

        def pool(batch: Batch) -> Any:
            return last(module.steps(batch), batch.lengths)

        return net.by_row(data, pool).float().numpy()

    def partial_transform(
        self, X: Any, state: State | None = None
    ) -> tuple[NDArray[np.float32] | Ragged, State]:
        """Transform a piece of each row, continuing where the last piece ended.

        Pieces one after the other have the hidden states of the whole rows::

            states, state = encoder.partial_transform(first)
            more, state = encoder.partial_transform(second, state)

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            The next piece of each row. Zeros at its ends are padding, as ever: series in
            arrays that hold zeros need ``mask_value=None``.
        state : tuple of ndarrays of shape (num_layers, n_samples, hidden_size), default=None
            Returned by the call before; None begins anew. An LSTM has two, hidden state and cell
            state.

        Returns
        -------
        states : ndarray of shape (n_samples, n_features_out) or Ragged
            As of :meth:`transform`, but without `return_sequences` always the last state.
        state : tuple of ndarrays of shape (num_layers, n_samples, hidden_size)
            To continue from. A row without steps in this piece keeps its own.

        Raises
        ------
        ValueError
            If the network is bidirectional, or the state is that of another number of rows.
        """
        model, data = self._rows_to_predict(X)
        body: RecurrentStack = model.net_.module_.body
        before = None if state is None else _state_of(state, body, len(data))
        if state is not None and isinstance(data, DocumentData):
            data = data.without_bos()
        steps, after = _continued(model, data, before)
        if self.return_sequences:
            return Ragged(steps, offsets_from_lengths(data.lengths_cpu)), after
        return after[0][-1], after

    @property
    def _n_features_out(self) -> int:
        module = self._fitted_steps()[-1].net_.module_
        width = module.encoder.output_size
        pooled = not self.return_sequences and hasattr(module, "pool")
        return getattr(module.pooling, "output_size", width) if pooled else width  # type: ignore[no-any-return]

    def _rows_to_predict(self, X: Any) -> tuple[Any, SequenceData]:
        """Return the fitted network's estimator, and the rows that it reads."""
        *steps, model = self._fitted_steps()
        for step in steps:
            X = step.transform(X)
        return model, model._rows_to_predict(X)

    def _fitted_steps(self) -> list[Any]:
        check_is_fitted(self)
        steps = model_steps(getattr(self, "estimator_", self.estimator))
        _check_recurrent(steps[-1])
        check_is_fitted(steps[-1])
        return steps

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimator_") or isinstance(self.estimator, FrozenEstimator)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = get_tags(self.estimator).target_tags.required
        tags.input_tags.three_d_array = True
        return tags


@plain_torch()
@torch.inference_mode()
def _continued(
    model: Any, data: SequenceData, state: tuple[torch.Tensor, ...] | None
) -> tuple[NDArray[np.float32], State]:
    """Return the hidden states of all steps, row after row, and the state after each row."""
    module = model.net_.evaluating()
    body: RecurrentStack = module.body
    after = [
        torch.zeros(body.num_layers, len(data), body.hidden_size, dtype=torch.float32)
        for _ in range(body.n_states)
    ]
    if state is not None:
        after = [part.clone() for part in state]
    steps = np.zeros((int(data.lengths_cpu.sum()), body.output_size), np.float32)
    begin = item = 0
    for batch, _ in EvaluationBatches(data):
        rows = slice(begin, begin + len(batch))
        before = tuple(part[:, rows].to(data.device) for part in after)
        outputs, reached = body.forward_from(module.encoder.vectors(batch), batch.lengths, before)
        outputs = outputs[_n_before(data) :]
        for part, new in zip(after, reached, strict=True):
            part[:, rows] = new.cpu()
        real = torch.arange(len(outputs)) < torch.tensor(data.lengths_cpu[rows])[:, None]
        piece = outputs.transpose(0, 1).cpu()[real]  # (n_steps, H), row after row
        steps[item : item + len(piece)] = piece.float().numpy()
        item += len(piece)
        begin = rows.stop
    return steps, tuple(part.numpy() for part in after)


def _state_of(state: Any, body: RecurrentStack, n_rows: int) -> tuple[torch.Tensor, ...]:
    parts = tuple(torch.tensor(np.asarray(part, dtype=np.float32)) for part in state)
    shape = (body.num_layers, n_rows, body.hidden_size)
    if len(parts) != body.n_states or any(part.shape != shape for part in parts):
        raise ValueError(
            f"state must be a tuple of {body.n_states} array(s) of shape {shape}, got "
            f"{[tuple(part.shape) for part in parts]}."
        )
    return parts


def _n_before(data: SequenceData) -> int:
    """Return the number of steps before a row's own: of documents, BOS."""
    return int(isinstance(data, DocumentData))


def _check_recurrent(estimator: Any) -> None:
    if not isinstance(estimator, (RecurrentEstimator, RNNLanguageModel, Seq2Seq)):
        raise TypeError(
            "RNNEncoder takes a recurrent estimator, such as RNNClassifier, a Pipeline that ends "
            f"with one, or a search for one, got {type(estimator).__name__}."
        )
