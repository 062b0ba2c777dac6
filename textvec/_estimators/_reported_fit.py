"""Fits that callbacks of scikit-learn see as one task, such as those of a Pipeline's steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import getattr_static
from types import FunctionType
from typing import Any

from sklearn.callback import with_callbacks

from .._compat import CALLBACKS_OF_ESTIMATORS, CONTEXT_OF_FIT
from .._inputs._blocks import fills_blocks
from .._reporting._progress_bars import counting_documents
from ._estimator_mixin import EstimatorMixin

_METHODS, _DATA = ("fit", "fit_transform"), ("X", "y")
_PERCENTS = 100  # steps of a fit of many documents


class ReportedFit(EstimatorMixin):
    """Mixin of estimators whose `fit` and `fit_transform` have no steps that callbacks see.

    A progress bar that is set on a Pipeline, or on the estimator itself, counts each as one task.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in _METHODS:
            method = getattr_static(cls, name, None)
            # What is there on a condition, by `available_if`, stays as it is.
            if isinstance(method, FunctionType) and not hasattr(method, "_is_reported"):
                setattr(cls, name, _reported(method))


def _reported(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a method: where callbacks are set, they see it begin and end."""

    @wraps(method)
    def fit(estimator: Any, /, *args: Any, **kwargs: Any) -> Any:
        own = vars(estimator)
        if not any(name in own for name in CALLBACKS_OF_ESTIMATORS):
            return method(estimator, *args, **kwargs)
        return _as_one_task(estimator, method, args, kwargs)

    fit._is_reported = True  # type: ignore[attr-defined]
    return fit


@with_callbacks
def _as_one_task(
    estimator: Any, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    data = {name: value for name, value in kwargs.items() if name in _DATA}
    data.update(zip(_DATA, args))
    steps = DocumentSteps(estimator, data.get("X"))
    context = steps.context
    context.call_on_fit_task_begin(estimator=estimator, **data)
    with _unseen(estimator), counting_documents(steps.advance):
        result = method(estimator, *args, **kwargs)
    context.call_on_fit_task_end(estimator=estimator, reconstruction_attributes=dict, **data)
    return result


class DocumentSteps:
    """The steps of a fit that reads documents block by block: percents of their number.

    Parameters
    ----------
    estimator : estimator
        That fits.
    documents : object
        What its `fit` was given. A fit of a few of them, or of what has no number, is one step.
    """

    def __init__(self, estimator: Any, documents: Any):
        self._estimator, self._n_read, self._n_done = estimator, 0, 0
        texts = _listed(documents)
        self._n_documents = len(texts)
        is_long = self._n_documents >= _PERCENTS and fills_blocks(texts)
        # One more, as a vocabulary is selected, and ids are made, when all are read.
        self._n_steps = _PERCENTS if is_long else 0
        self.context = estimator._init_callback_context(max_subtasks=self._n_steps + is_long)

    def advance(self, n_documents: float) -> None:
        """Report that so many more documents are read."""
        self._n_read += int(n_documents)
        share = self._n_read / self._n_documents if self._n_steps else 0
        while self._n_done < min(self._n_steps, int(share * self._n_steps)):
            task = self.context.subcontext(task_name="documents")
            task.call_on_fit_task_begin(estimator=self._estimator)
            task.call_on_fit_task_end(estimator=self._estimator)
            self._n_done += 1


def _listed(documents: Any) -> list[Any]:
    """Return the documents of a list, a Series or an array; none of anything else."""
    if isinstance(documents, list):
        return documents
    is_column = getattr(documents, "ndim", 0) == 1 and hasattr(documents, "tolist")
    return list(documents.tolist()) if is_column else []


@contextmanager
def _unseen(estimator: Any) -> Iterator[None]:
    """Hide the callbacks from what an estimator calls of itself, such as `fit`."""
    own = vars(estimator)
    names = [name for name in (*CALLBACKS_OF_ESTIMATORS, CONTEXT_OF_FIT) if name in own]
    hidden = {name: own.pop(name) for name in names}
    try:
        yield
    finally:
        vars(estimator).update(hidden)
