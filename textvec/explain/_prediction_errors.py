"""The rows that a classifier gets most wrong."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix
from sklearn.utils.validation import check_consistent_length

from .._containers._ragged import Ragged
from .._containers._tokens import Tokens
from .._estimators._model_steps import model_steps
from .._inputs._items import materialized
from .._inputs._named_arguments import naming_arguments
from .._inputs._plain_array import integer
from .._inputs._target_arrays import read_targets
from ..networks._sequence_estimator import SequenceEstimator
from ..nn import SequenceModel
from ._error_report import ErrorReport
from ._saliency import token_saliency


@naming_arguments()
def prediction_errors(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    n_errors: int = 10,
    method: Literal["gradient_input", "occlusion"] = "gradient_input",
) -> ErrorReport:
    """Find the rows that a classifier gets most wrong, and colour their tokens.

    Those whose true class has the least predicted probability come first: labels that are
    wrong, texts that are cut or empty, and what the model has not learned are among them.

    Parameters
    ----------
    estimator : fitted classifier, Pipeline or search
        With ``predict_proba``, such as a pipeline from texts to :class:`RNNClassifier` or to
        scikit-learn's LogisticRegression.
    X : as the estimator takes it
        Rows; for a pipeline that begins with text, documents.
    y : array-like of shape (n_rows,)
        Their true labels.
    n_errors : int, default=10
        Number of errors to return, at most, 0 or more.
    method : {"gradient_input", "occlusion"}, default="gradient_input"
        How the scores of tokens are computed; see :func:`token_saliency`.

    Returns
    -------
    ErrorReport
        The errors; printed, and in notebooks, coloured text, with ``to_frame()``.

    Raises
    ------
    TypeError
        If the estimator has no ``predict_proba``, or predicts a label for each step of a row.
    ValueError
        If `y` holds several labels a row, or one that the estimator has not learned.

    See Also
    --------
    token_saliency : The scores of tokens alone.
    sklearn.metrics.ConfusionMatrixDisplay : The confusion as a plot.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec import SequenceMLPClassifier, SequenceVectorizer, prediction_errors
    >>> model = make_pipeline(
    ...     SequenceVectorizer(),
    ...     SequenceMLPClassifier(learning_rate_init=0.05, random_state=0),
    ... )
    >>> documents = ["good film", "a good plot", "bad film", "a bad, bad plot"]
    >>> model = model.fit(documents, ["yes", "yes", "no", "no"])
    >>> report = prediction_errors(model, ["a good story", "bad"], ["yes", "yes"])
    >>> report.rows.tolist(), report.saliency.tokens
    ([1], [['bad']])
    """
    if not hasattr(estimator, "predict_proba"):
        raise TypeError(
            f"prediction_errors takes a classifier with predict_proba, got "
            f"{type(estimator).__name__}."
        )
    most = integer(n_errors, "n_errors")
    if most < 0:
        raise ValueError(f"n_errors must be 0 or more, got {n_errors}.")
    X = materialized(X)
    proba, classes = estimator.predict_proba(X), np.asarray(estimator.classes_)
    if isinstance(proba, Ragged):
        raise TypeError(
            "prediction_errors takes a classifier of rows, got one of their steps: compare "
            "predict(X) with y."
        )
    labels = read_targets(materialized(y))
    truth = _numbers(labels, classes)
    check_consistent_length(proba, truth)
    predicted = proba.argmax(axis=1)
    of_truth = proba[np.arange(len(truth)), truth]
    wrong = np.flatnonzero(predicted != truth)
    rows = wrong[np.argsort(of_truth[wrong], kind="stable")][:most]
    chosen = _taken(X, rows)
    guess = classes[predicted[rows]]
    saliency = None
    if len(rows) and _is_network(estimator):
        saliency = token_saliency(estimator, chosen, method=method, target=guess)
    return ErrorReport(
        rows=rows,
        y_true=classes[truth[rows]],
        y_pred=guess,
        true_probabilities=of_truth[rows],
        probabilities=proba[rows, predicted[rows]],
        texts=_texts(chosen) if saliency is None else _joined(saliency.tokens, saliency.separator),
        saliency=saliency,
        classes=classes,
        confusion=confusion_matrix(truth, predicted, labels=np.arange(len(classes))),
    )


def _numbers(labels: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the position of each label among the classes."""
    if labels.ndim != 1:
        raise ValueError(
            f"y must hold one label for each row, got shape {labels.shape}: of several labels a "
            "row, or one-hot labels, no prediction is the most wrong."
        )
    known = {label: number for number, label in enumerate(classes.tolist())}
    for row, label in enumerate(labels.tolist()):
        if label not in known:
            raise ValueError(f"the label {label!r} of row {row} is none of {list(known)[:10]}.")
    return np.array([known[label] for label in labels.tolist()], dtype=np.int64)


def _is_network(estimator: Any) -> bool:
    network = model_steps(estimator)[-1]
    is_one = isinstance(network, SequenceEstimator)
    return is_one and isinstance(network.net_.module_, SequenceModel)


def _taken(X: Any, rows: NDArray[np.int64]) -> Any:
    """Return some rows in the container of all."""
    if hasattr(X, "iloc"):
        return X.iloc[rows]
    if isinstance(X, (list, tuple)):
        return [X[row] for row in rows.tolist()]
    return X[rows] if hasattr(X, "__getitem__") and hasattr(X, "shape") else X.take(rows)


def _texts(chosen: Any) -> list[str]:
    if isinstance(chosen, Tokens):
        return _joined(chosen.to_list(), " ")
    rows = chosen if isinstance(chosen, list) else list(getattr(chosen, "values", chosen))
    is_row = (list, tuple, np.ndarray)
    return [" ".join(map(str, row)) if isinstance(row, is_row) else str(row) for row in rows]


def _joined(rows: list[list[str]], separator: str) -> list[str]:
    return [separator.join(row) for row in rows]
