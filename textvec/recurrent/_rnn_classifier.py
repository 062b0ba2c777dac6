"""Classification of sequences by a recurrent network."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets

from .._compat import StrOptions, _fit_context
from ..nn import ClassCriterion
from ._base import BaseRNN


class RNNClassifier(ClassifierMixin, BaseRNN):  # type: ignore[misc]
    """Classifier of sequences: embedding, recurrent layers, pooling, dense head.

    Trained by gradient descent on the cross-entropy, in batches of rows of like length.
    The weights start as Keras' do.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}, default="lstm"
        Kind of recurrent cell [1]_ [2]_; ``"rnn"`` is the plain tanh cell.
    hidden_size : int, default=64
        Width of the state, of each direction.
    num_layers : int, default=1
        Recurrent layers, one over the other.
    bidirectional : bool, default=False
        Whether every layer also reads each row from its end.
    pooling : {"last", "mean", "max", "attention"}, default="last"
        How a row's states become one vector: the last one read (of each direction its
        own), their mean or maximum, or a mean weighted by a learned query.
    dropout : float, default=0.0
        Fraction of the inputs of every recurrent layer, and of the head's, that is dropped
        in training; a unit is dropped for all steps of a row.
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
        rows [3]_. None: not clipped.
    max_iter : int, default=10
        Passes over the data. It is a budget: using it up gives no warning.
    batch_size : int, default=32
        Rows of a batch.
    early_stopping : bool, default=False
        Whether to hold rows out, score the network on them after every pass, and give it
        back the weights of the best pass in the end.
    validation_fraction : float, default=0.1
        Part of each class that `early_stopping` holds out.
    n_iter_no_change : int, default=3
        Training stops after more than this many passes without an improvement by `tol`: of
        the validation score with `early_stopping`, of the training loss without.
    tol : float, default=1e-4
        What counts as an improvement.
    class_weight : dict, "balanced" or None, default=None
        What the rows of each class count; ``"balanced"`` makes all classes count alike.
        Multiplied with `sample_weight`.
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
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    net_ : skorch.NeuralNet
        The trained net: ``net_.module_`` is the torch module, ``net_.history`` has a row
        for each pass.
    n_iter_ : int
        Passes made, those of warm starts and `partial_fit` included.
    loss_curve_ : list of float, length n_iter_
        Mean training loss of each pass.
    validation_scores_ : list of float or None
        Accuracy on the held-out rows after each pass; None without `early_stopping`.
    best_validation_score_ : float or None
        The largest of them.
    n_features_in_ : int
        Columns of a two-dimensional array, else width of the vectors; absent for Ragged ids.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names, if `fit` saw a data frame.

    See Also
    --------
    SequenceVectorizer : Makes Ragged ids of documents.
    EmbeddingVectorizer : Makes EmbeddedSequences of documents.

    Notes
    -----
    What `X` may be, and what a row of it is:

    - Ragged of integers, or a two-dimensional array of integers: a sequence of ids, read
      through a learned embedding. Id 0 is padding and 1 unknown, by contract; zeros at
      either end of a row don't count as steps.
    - EmbeddedSequences, Ragged of floats (n_items, n_features), a three-dimensional array: a
      sequence of vectors.
    - Ragged of floats (n_items,), a two-dimensional array of floats: a series of numbers. The
      array's number of columns is checked at prediction; series of any length come as Ragged.

    Padding never changes a prediction: not its side, nor the rows that share a batch. A row
    without a step gets what the head says of a zero vector.

    Where only the words that occur matter and not their order, or with few documents, try
    a linear model on :class:`TfidfVectorizer` first: it trains in a second.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber (1997). Long short-term memory. Neural
       Computation 9(8).
    .. [2] K. Cho et al. (2014). Learning phrase representations using RNN encoder-decoder
       for statistical machine translation. EMNLP.
    .. [3] R. Pascanu, T. Mikolov and Y. Bengio (2013). On the difficulty of training
       recurrent neural networks. ICML.

    Examples
    --------
    Does 7 come before 9?

    >>> import numpy as np
    >>> from textvec import Ragged, RNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> rows = [rng.permutation(np.arange(2, rng.integers(11, 20))) for _ in range(300)]
    >>> y = ["yes" if list(r).index(7) < list(r).index(9) else "no" for r in rows]
    >>> X = Ragged.from_rows(rows)
    >>> model = RNNClassifier(cell="gru", hidden_size=32, learning_rate_init=0.01, random_state=0)
    >>> model.fit(X[:200], y[:200]).score(X[200:], y[200:])
    1.0
    >>> model.predict(X[200:203])
    array(['yes', 'no', 'yes'], dtype='<U3')
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseRNN._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
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
        class_weight: dict[Any, float] | str | None = None,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        device: str | torch.device = "auto",
        precision: str = "float32",
        callbacks: list[Any] | tuple[Any, ...] | None = None,
        verbose: int | bool = 0,
    ):
        super().__init__(
            cell=cell,
            hidden_size=hidden_size,
            num_layers=num_layers,
            bidirectional=bidirectional,
            pooling=pooling,
            dropout=dropout,
            embedding_dim=embedding_dim,
            n_tokens=n_tokens,
            fine_tune=fine_tune,
            mask_value=mask_value,
            optimizer=optimizer,
            learning_rate_init=learning_rate_init,
            weight_decay=weight_decay,
            clip_norm=clip_norm,
            max_iter=max_iter,
            batch_size=batch_size,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            tol=tol,
            warm_start=warm_start,
            random_state=random_state,
            device=device,
            precision=precision,
            callbacks=callbacks,
            verbose=verbose,
        )
        self.class_weight = class_weight

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the network to sequences and their labels.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences; see the class for what each form means.
        y : array-like of shape (n_samples,)
            Labels of any type.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss and in the validation score.

        Returns
        -------
        RNNClassifier
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

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Go on training, by one pass over these rows.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form of the first call. An embedding keeps the rows that call
            gave it: pass `n_tokens` to the constructor if larger ids may follow.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels there can be; needed on the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            What each row counts in the loss.

        Returns
        -------
        RNNClassifier
            Self. If anything is raised, self is as it was before.

        Raises
        ------
        ValueError
            As `fit`; if `classes` is missing on the first call or differs from it later; if
            `early_stopping` is set.
        """
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True.")
        state = self._continued()
        if classes is not None:
            given = np.unique(np.asarray(classes))
            if "classes_" in state and not np.array_equal(given, state["classes_"]):
                raise ValueError(
                    f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                    f"{state['classes_']!r}"
                )
            state["classes_"] = given
        elif "classes_" not in state:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return self._train(X, y, sample_weight, epochs=1, state=state)

    def predict_log_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict the logarithm of each class's probability.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
            Columns in the order of ``classes_``.
        """
        outputs = self._outputs(X)
        return self.net_.criterion_.log_proba(outputs).numpy()  # type: ignore[no-any-return]

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Predict each class's probability.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), float32
            Columns in the order of ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict the likeliest class.

        Parameters
        ----------
        X : Ragged, EmbeddedSequences or array-like of shape (n_samples, n_steps[, n_features])
            Sequences, of the form that `fit` saw.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        outputs = self._outputs(X)
        return self.classes_[self.net_.criterion_.decide(outputs).numpy()]  # type: ignore[no-any-return]

    def _read_targets(
        self, y: Any, sample_weight: NDArray[np.floating] | None, state: dict[str, Any]
    ) -> tuple[NDArray[Any], NDArray[np.floating] | None, ClassCriterion]:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        labels = column_or_1d(y, warn=True)
        assert_all_finite(labels, input_name="y", estimator_name=type(self).__name__)
        check_classification_targets(labels)
        classes = state.setdefault("classes_", np.unique(labels))
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least 2 classes, got one class: "
                f"{classes.tolist()[0]!r}."
            )
        unseen = np.setdiff1d(labels, classes)
        if len(unseen):
            raise ValueError(f"`y` has classes not in self.classes_: {unseen} not in {classes}.")
        criterion = ClassCriterion.of(len(classes))
        if self.class_weight is not None:
            balance = compute_sample_weight(self.class_weight, labels)
            sample_weight = balance if sample_weight is None else balance * sample_weight
        numbers = np.searchsorted(classes, labels)
        return numbers.astype(_numpy_dtype(criterion)), sample_weight, criterion

    def _strata(self, y: NDArray[Any]) -> NDArray[Any]:
        return y


def _numpy_dtype(criterion: ClassCriterion) -> np.dtype[Any]:
    return torch.empty(0, dtype=criterion.target_dtype).numpy().dtype
