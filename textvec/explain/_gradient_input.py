"""Gradient times input: the slope of an output at each step's vector, times that vector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._containers._ragged import offsets_from_lengths
from ..nn import (
    Batch,
    BinaryCrossEntropy,
    Criterion,
    EvaluationBatches,
    RegressionCriterion,
    SequenceData,
    SequenceModel,
    SequenceNet,
    plain_torch,
)


@plain_torch()
def gradient_input(
    net: SequenceNet, data: SequenceData, columns: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return gradient times input of each step of all rows, (n_items,).

    Parameters
    ----------
    net : SequenceNet
        Its module is a SequenceModel.
    data : SequenceData
        The rows.
    columns : ndarray of shape (n_rows,)
        Number of the class, or of the predicted column, whose output is explained.
    """
    module: SequenceModel = net.evaluating()
    directions = torch.from_numpy(output_directions(net.criterion_, columns)).to(data.device)
    ordered, rows = replace(data, targets=directions).by_length()
    lengths = data.lengths_cpu
    offsets = offsets_from_lengths(lengths)
    scores = np.empty(offsets[-1], np.float32)
    start = 0
    for batch, direction in EvaluationBatches(ordered):
        products = _gradient_times_vectors(module, batch, direction).cpu().numpy()  # (T, B)
        for b, row in enumerate(rows[start : start + len(batch)]):
            scores[offsets[row] : offsets[row + 1]] = products[: lengths[row], b]
        start += len(batch)
    return scores


def output_directions(criterion: Criterion, columns: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the weights of the outputs in what is explained of each row, (n_rows, n_outputs)."""
    if isinstance(criterion, BinaryCrossEntropy):  # the one logit is that of class 1
        return np.where(columns == 1, 1.0, -1.0).astype(np.float32)[:, None]
    scales = np.ones(criterion.n_outputs)
    if isinstance(criterion, RegressionCriterion):
        scales = criterion.scale.reshape(-1)
    return np.diag(scales).astype(np.float32)[columns]


def _gradient_times_vectors(module: SequenceModel, batch: Batch, directions: Tensor) -> Tensor:
    """Return the vectors' products with the gradients of outputs @ directions, (T, B)."""
    vectors = module.encoder.vectors(batch).detach().requires_grad_()  # (T, B, D)
    # cuDNN computes gradients of recurrent layers in training mode only, where dropout is on.
    with torch.backends.cudnn.flags(enabled=False):
        steps = module.body(vectors, batch.lengths)  # (T, B, H)
        outputs = module.head(module.pooling(steps, batch.lengths))  # (B, n_outputs)
        explained = (module.network_share * outputs * directions).sum()
        (gradient,) = torch.autograd.grad(explained, vectors)
    products = (gradient * vectors.detach()).sum(dim=2)
    if module.wide_path is not None:  # linear in its weights: nothing to derive
        with torch.no_grad():
            products += module.wide_path.of_steps(batch, directions)
    return products
