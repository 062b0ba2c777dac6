"""Which tokens decided: gradients at the input, and rows with a token taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._ragged import Ragged, offsets_from_lengths
from ..networks._base import BaseNetwork
from ..nn import (
    Batch,
    BinaryCrossEntropy,
    ClassCriterion,
    Criterion,
    DeviceRows,
    EvaluationBatches,
    MultiLabelCrossEntropy,
    RegressionCriterion,
    SequenceData,
    SequenceModel,
)
from ._saliency_result import TokenSaliency
from ._token_trace import row_tokens, through

# Steps of the rows with a token taken out that are held at a time.
_STEPS_AT_ONCE = 2**18


def token_saliency(
    estimator: Any,
    X: Any,
    *,
    method: Literal["gradient_input", "occlusion"] = "gradient_input",
    target: Any = None,
) -> TokenSaliency:
    """Say what each token of a row contributes to a prediction.

    Parameters
    ----------
    estimator : fitted estimator or Pipeline
        A network that predicts something for each row, such as :class:`RNNClassifier` or
        :class:`RNNRegressor`, or a pipeline that ends with one.
    X : as the estimator takes it
        Rows; for a pipeline that begins with text, documents.
    method : {"gradient_input", "occlusion"}, default="gradient_input"
        ``"gradient_input"``: the gradient of the target's logit at the vector of each step,
        times that vector [1]_ [2]_. One pass forward and back; of a linear network the scores
        add up to the logit less the bias. ``"occlusion"``: the target's probability less that
        of the row without the step [3]_ [4]_. As many passes forward as there are steps, but
        the network itself is asked, not its slope. Of a regression both explain the
        prediction, in the units of `y`.
    target : label or array-like of shape (n_rows,), default=None
        The class to explain, of all rows or of each; None: what is predicted, and of several
        labels the likeliest. Of a regression, the number of the column; needed if it has
        several.

    Returns
    -------
    TokenSaliency
        Printed, it is coloured text.

    Raises
    ------
    TypeError
        If the estimator is no such network.
    ValueError
        If the target is unknown, or `method` is.

    Notes
    -----
    Scores tell what the network uses, not what is true of the world; and where tokens work
    together ("not bad"), no number for each can say all.

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
    if method not in ("gradient_input", "occlusion"):
        raise ValueError(f"method must be 'gradient_input' or 'occlusion', got {method!r}.")
    network, rows, read = through(getattr(estimator, "best_estimator_", estimator), X)
    _check_explainable(network)
    data = network._data(rows)
    outputs = network.net_.outputs(data)
    columns = _columns(network, outputs, target)
    explain = _gradient_input if method == "gradient_input" else _occlusion
    scores = explain(network, data, columns)
    return TokenSaliency(
        tokens=row_tokens(data, read),
        scores=Ragged(scores, offsets_from_lengths(data.lengths_cpu)),
        predictions=network.predict(rows),
        targets=_labels(network, columns),
        values=_values(network, outputs, columns),
        method=method,
        separator=" " if read is None else read.separator,
    )


def _check_explainable(network: Any) -> None:
    if isinstance(network, BaseNetwork):
        check_is_fitted(network)
        if isinstance(network.net_.module_, SequenceModel):
            return
    raise TypeError(
        "token_saliency takes a network that predicts something for each row, such as "
        f"RNNClassifier, or a pipeline that ends with one, got {type(network).__name__}."
    )


def _columns(network: Any, outputs: Tensor, target: Any) -> NDArray[np.int64]:
    """Give the number of the class, or the column, that is explained of each row."""
    n_rows, criterion = len(outputs), network.net_.criterion_
    if target is None:
        if isinstance(criterion, RegressionCriterion) and criterion.n_outputs > 1:
            raise ValueError(
                f"{type(network).__name__} predicts {criterion.n_outputs} columns: say which to "
                "explain, such as target=0."
            )
        if isinstance(criterion, MultiLabelCrossEntropy):
            return outputs.argmax(dim=1).numpy()
        if isinstance(criterion, ClassCriterion):
            return criterion.decide(outputs).numpy()
        return np.zeros(n_rows, np.int64)
    known = getattr(network, "classes_", np.arange(criterion.n_outputs))
    return _numbers(target, known, n_rows)


def _numbers(target: ArrayLike, known: NDArray[Any], n_rows: int) -> NDArray[np.int64]:
    given = np.asarray(target)
    if given.ndim > 1 or (given.ndim == 1 and len(given) != n_rows):
        raise ValueError(
            f"target must be one for all rows, or one for each of the {n_rows}, got shape "
            f"{given.shape}."
        )
    strange = given[~np.isin(given, known)]
    if len(strange):
        raise ValueError(f"target must be of {known.tolist()}, got {strange.tolist()[0]!r}.")
    return np.broadcast_to(np.searchsorted(known, given), n_rows)


def _labels(network: Any, columns: NDArray[np.int64]) -> NDArray[Any]:
    classes = getattr(network, "classes_", None)
    return columns if classes is None else classes[columns]


def _values(network: Any, outputs: Tensor, columns: NDArray[np.int64]) -> NDArray[np.floating]:
    """Give the probability of a class of each row, or its prediction of a column."""
    criterion: Criterion = network.net_.criterion_
    if isinstance(criterion, RegressionCriterion):
        all_columns = criterion.original(outputs).reshape(len(outputs), -1)
    else:
        assert isinstance(criterion, ClassCriterion)
        all_columns = criterion.log_proba(outputs).exp().numpy()
    return all_columns[np.arange(len(outputs)), columns]


def _gradient_input(
    network: Any, data: SequenceData, columns: NDArray[np.int64]
) -> NDArray[np.float32]:
    net = network.net_
    module = net.module_.eval()
    directions = torch.from_numpy(_directions(net.criterion_, columns)).to(data.device)
    ordered, rows = replace(data, targets=directions).by_length()
    offsets = offsets_from_lengths(data.lengths_cpu)
    scores = np.empty(offsets[-1], np.float32)
    begin = 0
    for batch, directions in EvaluationBatches(ordered):
        found = _times_gradient(module, batch, directions).cpu().numpy()  # (T, B)
        for b, row in enumerate(rows[begin : begin + len(batch)]):
            scores[offsets[row] : offsets[row + 1]] = found[: data.lengths_cpu[row], b]
        begin += len(batch)
    return scores


def _times_gradient(module: SequenceModel, batch: Batch, directions: Tensor) -> Tensor:
    """Give vectors times the gradients of the outputs in a direction (B, n_outputs), (T, B)."""
    vectors = module.encoder.vectors(batch).detach().requires_grad_()  # (T, B, D)
    # The recurrent kernels of cuDNN know no gradient but in training, where dropout is on.
    with torch.backends.cudnn.flags(enabled=False):
        steps = module.body(vectors, batch.lengths)  # (T, B, H)
        outputs = module.head(module.pooling(steps, batch.lengths))  # (B, n_outputs)
        explained = (outputs * directions).sum()
        (gradient,) = torch.autograd.grad(explained, vectors)
    return (gradient * vectors.detach()).sum(dim=2)


def _directions(criterion: Criterion, columns: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give the direction in which the outputs of each row speak for its target, (n, n_outputs)."""
    if isinstance(criterion, BinaryCrossEntropy):  # one logit, which speaks for class 1
        return np.where(columns == 1, 1.0, -1.0).astype(np.float32)[:, None]
    scales = np.ones(criterion.n_outputs)
    if isinstance(criterion, RegressionCriterion):
        scales = criterion.scale.reshape(-1)
    return np.diag(scales).astype(np.float32)[columns]


def _occlusion(network: Any, data: SequenceData, columns: NDArray[np.int64]) -> NDArray[np.float32]:
    net, lengths = network.net_, data.lengths_cpu
    whole = _values(network, net.outputs(data), columns)
    rows = np.repeat(np.arange(len(lengths)), lengths)  # of each step
    steps = np.arange(len(rows)) - np.repeat(offsets_from_lengths(lengths)[:-1], lengths)
    scores = np.empty(len(rows), np.float32)
    for part in _parts(lengths[rows]):
        less = net.outputs(_without(data, rows[part], steps[part]))
        of_row = rows[part]
        scores[part] = whole[of_row] - _values(network, less, columns[of_row])
    return scores


def _parts(lengths: NDArray[np.int64]) -> Iterator[slice]:
    """Cut rows of such lengths into parts that are not too long together."""
    ends = np.cumsum(lengths)
    start = 0
    while start < len(lengths):
        before = ends[start] - lengths[start]
        stop = max(start + 1, int(np.searchsorted(ends, before + _STEPS_AT_ONCE, side="right")))
        yield slice(start, stop)
        start = stop


def _without(data: SequenceData, rows: NDArray[np.int64], steps: NDArray[np.int64]) -> SequenceData:
    """Give row ``rows[i]`` without its step ``steps[i]``, for all i."""
    lengths = data.lengths_cpu[rows] - 1
    offsets = offsets_from_lengths(lengths)
    places = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)  # in the new row
    places += places >= np.repeat(steps, lengths)
    places += np.repeat(data.starts.cpu().numpy()[rows], lengths)
    pad = len(data.rows.values) - 1
    items = torch.from_numpy(np.append(places, pad)).to(data.device)
    return replace(
        data,
        rows=DeviceRows.of(data.rows.values[items], offsets[:-1], lengths),
        targets=torch.zeros(len(rows), device=data.device),
        weights=None,
    )
