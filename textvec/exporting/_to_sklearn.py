"""Estimators whose vectorizers are scikit-learn's own."""

from __future__ import annotations

from copy import copy
from typing import Any

from .._inputs._named_arguments import naming_arguments
from ..vectorizers import CountVectorizer, HashingVectorizer, TfidfVectorizer

# Where estimators of scikit-learn hold others: fitted attributes, and the parameters they show.
_HOLDERS = (
    *("steps", "transformer_list", "transformers", "transformers_", "estimators", "estimators_"),
    *("estimator", "estimator_", "best_estimator_", "final_estimator", "final_estimator_"),
    *("calibrated_classifiers_", "named_estimators_", "scorer_", "_estimator"),
)


@naming_arguments()
def to_sklearn(estimator: Any) -> Any:
    """Return a copy of an estimator in which scikit-learn's own vectorizers stand for ours.

    Parameters
    ----------
    estimator : estimator
        A fitted CountVectorizer, TfidfVectorizer or HashingVectorizer of this package, or one of
        scikit-learn's estimators that holds them at any depth: Pipeline, FeatureUnion,
        ColumnTransformer, a search, an ensemble.

    Returns
    -------
    estimator
        Predicts the same. Vectorizers are replaced by what their ``to_sklearn()`` returns; all
        else is shared with `estimator`, not copied.

    See Also
    --------
    to_onnx : Exports to another runtime.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec import TfidfVectorizer, to_sklearn
    >>> model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    >>> model = model.fit(["good film", "bad film"], ["yes", "no"])
    >>> plain = to_sklearn(model)
    >>> type(plain[0])
    <class 'sklearn.feature_extraction.text.TfidfVectorizer'>
    >>> plain.predict(["a good one"])
    array(['yes'], dtype='<U3')
    """
    if isinstance(estimator, (CountVectorizer, TfidfVectorizer, HashingVectorizer)):
        return estimator.to_sklearn()
    state = {} if isinstance(estimator, type) else getattr(estimator, "__dict__", {})
    held = {name: value for name, value in state.items() if name in _HOLDERS}
    if not held:
        return estimator
    replaced = copy(estimator)
    vars(replaced).update({name: _inside(value) for name, value in held.items()})
    return replaced


def _inside(value: Any) -> Any:
    """Replace the vectorizers in lists, tuples and dicts of estimators."""
    if isinstance(value, dict):
        return type(value)(**{name: _inside(part) for name, part in value.items()})
    if isinstance(value, (list, tuple)):
        return type(value)(_inside(part) for part in value)
    return to_sklearn(value)
