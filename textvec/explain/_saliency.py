"""Scores of tokens: how much each contributes to a prediction."""

from __future__ import annotations

from typing import Any, Literal

from sklearn.utils.validation import check_is_fitted

from .._containers._ragged import Ragged, offsets_from_lengths
from .._inputs._named_arguments import naming_arguments
from ..networks._sequence_estimator import SequenceEstimator
from ..nn import SequenceModel
from ._explained_outputs import explained_columns, explained_values
from ._gradient_input import gradient_input
from ._occlusion import occlusion
from ._saliency_result import TokenSaliency
from ._token_trace import row_tokens, trace_tokens

_METHODS = ("gradient_input", "occlusion")


@naming_arguments()
def token_saliency(
    estimator: Any,
    X: Any,
    *,
    method: Literal["gradient_input", "occlusion"] = "gradient_input",
    target: Any = None,
) -> TokenSaliency:
    """Compute how much each token of a row contributes to a prediction.

    Parameters
    ----------
    estimator : fitted estimator, search, Pipeline or FrozenEstimator
        A network that makes one prediction for each row, such as :class:`RNNClassifier` or
        :class:`RNNRegressor`; a pipeline that ends with one, or a search for one.
    X : as the estimator takes it
        Rows; for a pipeline that begins with text, documents.
    method : {"gradient_input", "occlusion"}, default="gradient_input"
        ``"gradient_input"``: the gradient of the target's logit at the vector of each step,
        times that vector [1]_ [2]_. It takes one forward and one backward pass; the scores of a
        linear network add up to the logit less the bias. ``"occlusion"``: the probability of
        the target, less that of the row without the step [3]_ [4]_. It takes as many forward
        passes as there are steps, but it measures the network itself, not its slope. For a
        regression, both explain the prediction, in the units of `y`. Begin with
        ``"gradient_input"``, and check surprising rows by ``"occlusion"``.
    target : label or array-like of shape (n_rows,), default=None
        The class to explain, of all rows or of each. None: the predicted class; with a target of
        several columns, the most probable label. For a regression, the number of the column;
        required if there are several.

    Returns
    -------
    TokenSaliency
        The scores; printed, it is coloured text.

    Raises
    ------
    TypeError
        If the estimator is not such a network.
    ValueError
        If the target is unknown, or `method` is.

    See Also
    --------
    TokenSaliency : Its result.
    prediction_errors : The documents that a classifier got most wrong.

    Notes
    -----
    Scores show what the network uses, not what is true of the world. If tokens work together
    ("not bad"), one number for each cannot show it.

    References
    ----------
    .. [1] K. Simonyan, A. Vedaldi and A. Zisserman (2014). Deep inside convolutional networks:
       visualising image classification models and saliency maps. ICLR workshop.
    .. [2] J. Li, X. Chen, E. Hovy and D. Jurafsky (2016). Visualizing and understanding neural
       models in NLP. NAACL.
    .. [3] M. Zeiler and R. Fergus (2014). Visualizing and understanding convolutional networks.
       ECCV.
    .. [4] J. Li, W. Monroe and D. Jurafsky (2016). Understanding neural networks through
       representation erasure. arXiv:1612.08220.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from textvec import SequenceMLPClassifier, SequenceVectorizer, token_saliency
    >>> model = make_pipeline(
    ...     SequenceVectorizer(),
    ...     SequenceMLPClassifier(learning_rate_init=0.05, random_state=0),
    ... )
    >>> documents = ["good film", "a good plot", "bad film", "a bad, bad plot"]
    >>> model = model.fit(documents, ["yes", "yes", "no", "no"])
    >>> saliency = token_saliency(model, ["a good story"], method="occlusion")
    >>> saliency.predictions
    array(['yes'], dtype='<U3')
    >>> saliency.tokens, saliency.strongest(1)[0][0][0]
    ([['a', 'good', 'story']], 'good')
    """
    if method not in _METHODS:
        raise ValueError(f"method must be 'gradient_input' or 'occlusion', got {method!r}.")
    network, rows, trace = trace_tokens(estimator, X)
    _check_explainable(network)
    net, classes = network.net_, getattr(network, "classes_", None)
    data = network._rows_to_predict(rows)
    outputs = net.outputs(data)
    columns = explained_columns(net.criterion_, outputs, target, classes, type(network).__name__)
    values = explained_values(net.criterion_, outputs, columns)
    scores = (
        gradient_input(net, data, columns)
        if method == "gradient_input"
        else occlusion(net, data, columns, values)
    )
    return TokenSaliency(
        tokens=row_tokens(data, trace),
        scores=Ragged(scores, offsets_from_lengths(data.lengths_cpu)),
        predictions=network._head().decided(net.criterion_, outputs, vars(network)),
        targets=columns if classes is None else classes[columns],
        values=values,
        method=method,
        separator=" " if trace is None else trace.separator,
    )


def _check_explainable(network: Any) -> None:
    if isinstance(network, type):
        raise TypeError(
            f"token_saliency takes a fitted network, got the class {network.__name__} itself."
        )
    if isinstance(network, SequenceEstimator):
        check_is_fitted(network)
        if isinstance(network.net_.module_, SequenceModel):
            return
    raise TypeError(
        "token_saliency takes a network that makes one prediction for each row, such as "
        f"RNNClassifier, or a pipeline that ends with one, got {type(network).__name__}"
        f"{_way_out(network)}."
    )


def _way_out(other: Any) -> str:
    if hasattr(other, "coef_"):
        return ": its coef_ are the weights of the columns that get_feature_names_out() names"
    if hasattr(other, "estimators_"):
        return ": pass the network in it, one of its estimators_"
    return ""
