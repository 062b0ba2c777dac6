"""A fitted estimator as an ONNX file."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import sklearn.feature_extraction.text
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._inputs._named_arguments import naming_arguments
from .._inputs._paths import checked_path
from .._storage._files import replacing
from ..networks._sequence_estimator import SequenceEstimator
from ..tokenizers import WordTokenizer
from ..tokenizers._base_tokenizer import BaseTokenizer
from ..vectorizers import CountVectorizer, TfidfVectorizer
from ._bag_nodes import Bag, add_bag
from ._graph import Graph
from ._network_nodes import INPUT
from ._prediction_nodes import VARIABLE
from ._refusals import refusal
from ._sequence_nodes import add_sequence_pipeline
from ._sklearn_nodes import add_sklearn
from ._step_rows import first_rows, row_count, some_rows
from ._text_nodes import WAY_OUT, some_texts

_NOTHING = (None, "passthrough")
_BAGS = (CountVectorizer, TfidfVectorizer)
_INSIDE = (
    "Put the vectorizer before it, as make_pipeline(TfidfVectorizer(), VotingClassifier(...)), or "
    "export the estimators in it one by one."
)
_REFIT = "Set refit=True, or fit an estimator with its best_params_ and export that."
_PACKAGE = __name__.partition(".")[0]


@naming_arguments()
def to_onnx(estimator: Any, path: str | os.PathLike[str]) -> None:
    """Write a fitted network, or a pipeline from texts to predictions, as an ONNX file.

    Parameters
    ----------
    estimator : estimator
        One of these, fitted:

        - RNNClassifier, RNNRegressor, RNNTagger, SequenceCNNClassifier or SequenceMLPClassifier,
          with any of their parameters;
        - a Pipeline of one of them behind SequenceVectorizer or EmbeddingVectorizer, with or
          without a tokenizer before and a SequencePadder or SequenceTruncator after it;
        - CountVectorizer or TfidfVectorizer of words, alone or before estimators of scikit-learn
          that skl2onnx converts, or these alone.

        Of a search, its best estimator is taken.
    path : str or path
        The file to write.

    Raises
    ------
    TypeError
        If a part has no counterpart in ONNX; the message names it, and the way out.
    ValueError
        If the weights take more than the 2 GiB that an ONNX file holds.
    NotFittedError
        If the estimator is not fitted.
    ImportError
        If the packages of the extra ``onnx`` are missing.

    See Also
    --------
    to_sklearn : Puts scikit-learn's own vectorizers in the place of ours, for other converters.

    Notes
    -----
    The input is called ``X``: texts (n,), ids (n, length) of int64, padded with 0 at either end,
    vectors (n, length, n_features) or series (n, n_columns) of float32; any number of rows, and
    of steps. The outputs are called as by skl2onnx: ``label`` and ``probabilities`` of a
    classifier, ``variable`` of a regressor, (n, n_outputs), or of a vectorizer alone. A tagger's
    ``label`` and ``probabilities`` have a step of each row without its padding at its front, and
    ``lengths`` says how many there are.

    Texts are tokenized by operators of onnxruntime (``com.microsoft``), which other runtimes may
    lack. Tokens are equal for every text without `lowercase`, and with it for every text without
    capitals beyond ASCII, and most others: the page "Export" of the guide says for which.

    Networks compute in float32, whatever `precision` was.

    Examples
    --------
    >>> import os
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> import onnxruntime
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec import RNNClassifier, SequenceVectorizer, to_onnx
    >>> documents = ["good film", "a good plot", "bad film", "a bad, bad plot"]
    >>> network = RNNClassifier(learning_rate_init=0.05, random_state=0)
    >>> model = make_pipeline(SequenceVectorizer(), network)
    >>> model = model.fit(documents, ["yes", "yes", "no", "no"])
    >>> with TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.onnx")
    ...     to_onnx(model, path)
    ...     session = onnxruntime.InferenceSession(path)
    >>> session.run(["label"], {"X": np.array(["good", "a bad plot"], dtype=object)})
    [array(['yes', 'no'], dtype=object)]
    """
    steps = _steps_of(estimator)
    if not steps:
        raise TypeError("to_onnx takes a fitted estimator, got a pipeline without steps.")
    graph = Graph()
    if isinstance(steps[-1][1], SequenceEstimator):
        add_sequence_pipeline(graph, [step for _, step in steps])
    else:
        _add_table_pipeline(graph, list(steps))
    model = graph.model(f"{type(steps[-1][1]).__name__} of textvec")
    with replacing(checked_path(path, "path"), example="model.onnx") as file:
        file.write(model.SerializeToString())


def _add_table_pipeline(graph: Graph, steps: list[tuple[str, Any]]) -> None:
    """Add a bag of words and estimators of scikit-learn, or one of both."""
    _check_steps([step for _, step in steps])
    has_tokenizer = isinstance(steps[0][1], WordTokenizer)
    tokenizer = steps.pop(0)[1] if has_tokenizer else None
    if isinstance(steps[0][1], CountVectorizer):
        vectorizer = steps.pop(0)[1]
        bag = Bag.of(vectorizer, tokenizer)
        texts = graph.input(INPUT, object, ["n"])
        n_rows = row_count(graph, texts)
        features = add_bag(graph, bag, some_texts(graph, texts, n_rows))
        n_features = len(vectorizer.vocabulary_)
    else:
        n_features = steps[0][1].n_features_in_
        table = graph.input(INPUT, np.float32, ["n", n_features])
        n_rows, features = row_count(graph, table), some_rows(graph, table)
    if steps:
        add_sklearn(graph, steps, features, n_features, n_rows)
    else:
        graph.output(VARIABLE, first_rows(graph, features, n_rows), np.float32, ["n", n_features])


def _check_steps(steps: list[Any]) -> None:
    """Raise an error that names a step which has no counterpart in ONNX, and the way out."""
    n_text = 1 if type(steps[0]) is WordTokenizer and len(steps) > 1 else 0
    way_out = WAY_OUT if len(steps) > 1 else ""
    if type(steps[n_text]) in _BAGS:
        steps = steps[n_text + 1 :]
    elif isinstance(steps[0], BaseTokenizer) and len(steps) > 1 and type(steps[1]) in _BAGS:
        raise refusal(type(steps[0]).__name__, "this tokenizer before counts", way_out)
    elif not _is_ours(steps[0]):
        _check_input(steps[0], way_out)
    for step in reversed(steps):
        if _is_ours(step):
            way_out = "" if step is steps[-1] else way_out
            raise refusal(type(step).__name__, "an estimator of this kind", way_out)


def _check_input(step: Any, way_out: str) -> None:
    """Raise an error if an estimator of scikit-learn reads anything but a table of numbers."""
    name = type(step).__name__
    if type(step).__module__ == sklearn.feature_extraction.text.__name__:
        raise refusal(
            name, "its tokenization", f"Use textvec.{name} in its place: its results are the same."
        )
    if not hasattr(step, "n_features_in_") or isinstance(step, ColumnTransformer):
        raise refusal(name, "a step that reads anything but a table of numbers", way_out or _INSIDE)


def _is_ours(step: Any) -> bool:
    return type(step).__module__.startswith(f"{_PACKAGE}.")


def _steps_of(estimator: Any) -> list[tuple[str, Any]]:
    """Return the steps of a pipeline and of those in it, without those that do nothing."""
    if isinstance(estimator, FrozenEstimator):
        return _steps_of(estimator.estimator)
    if hasattr(estimator, "best_estimator_"):
        return _steps_of(estimator.best_estimator_)
    if hasattr(estimator, "best_params_"):
        raise refusal(type(estimator).__name__, "a search with refit=False", _REFIT)
    if isinstance(estimator, Pipeline):
        steps = [(name, step) for name, step in estimator.steps if step not in _NOTHING]
        return [
            (f"{name}_{i}", inner)
            for name, step in steps
            for i, (_, inner) in enumerate(_steps_of(step))
        ]
    if not isinstance(estimator, BaseEstimator):
        raise TypeError(f"to_onnx takes a fitted estimator, got {estimator!r:.60}.")
    if getattr(estimator, "vocabulary", None) is None:  # with a given one, no fit is needed
        check_is_fitted(estimator)
    return [("estimator", estimator)]
