"""Losses of numbers, standardized: every target has mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ._criteria import Criterion
from ._float64 import in_float64


class RegressionCriterion(Criterion):
    """Base of losses of numbers: the standardization of targets, and R2 as score.

    The loss of a row is the mean over its targets.

    Parameters
    ----------
    mean, scale : ndarray of shape () or (n_outputs,), float64
        A target is learned as ``(y - mean) / scale``.
    """

    score_name = "R2"

    def __init__(self, mean: NDArray[np.float64], scale: NDArray[np.float64]):
        super().__init__()
        self.n_outputs = mean.size
        self.mean = mean
        self.scale = scale

    @classmethod
    def of(cls, y: NDArray[np.float64], weights: NDArray[np.floating] | None) -> Self:
        """Standardize by the targets of the training rows, (n,) or (n, n_outputs).

        A constant target is only centred.

        Raises
        ------
        ValueError
            If targets are so large that their squares overflow.
        """
        with np.errstate(over="ignore", invalid="ignore"):  # is named below
            mean = np.asarray(np.average(y, axis=0, weights=weights))
            scale = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=weights))
        if not np.isfinite(scale).all():
            raise ValueError(
                f"y holds numbers up to {np.abs(y).max():.3g}, whose squares overflow: divide y "
                "by a constant, or learn its logarithm by TransformedTargetRegressor."
            )
        return cls(mean, scale_of(mean, scale))

    @classmethod
    def unchanged(cls, n_outputs: int) -> Self:
        """Take targets as they are."""
        return cls(np.zeros(n_outputs), np.ones(n_outputs))

    def scaled(self, y: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return standardized targets, (n, n_outputs)."""
        scaled = ((y - self.mean) / self.scale).astype(np.float32)
        return scaled.reshape(len(y), self.n_outputs)

    def original(self, values: Tensor) -> NDArray[np.float64]:
        """Return outputs in the units of the targets, of their shape: (B,) or (B, n_outputs)."""
        rows = values.detach().cpu().double().numpy().reshape(-1, *self.mean.shape)
        return rows * self.scale + self.mean

    def decide(self, outputs: Tensor) -> Tensor:
        """Return the predicted targets, standardized, (B, n_outputs)."""
        return outputs

    def metric_sums(self, outputs: Tensor, y: Tensor, weights: Tensor) -> Tensor:
        """Return the weighted sums of 1, y, y ** 2 and the squared error, (4 n_outputs,)."""
        y, outputs, weights = (in_float64(x) for x in (y, outputs, weights))
        parts = torch.stack([torch.ones_like(y), y, y**2, (y - outputs) ** 2])  # (4, B, n)
        return (parts * weights[:, None]).sum(dim=1).flatten()

    def score(self, sums: Tensor) -> float:
        """Return the mean R2 of all targets; 0 of one that is constant, 1 if it is also hit."""
        weight, total, squares, error = sums.view(4, -1)
        spread = squares - total**2 / weight
        constant = spread <= 1e-12 * weight
        r2 = torch.where(constant, (error == 0).double(), 1 - error / spread)
        return float(r2.mean())


class SquaredError(RegressionCriterion):
    """Half the squared error, which is least for the mean."""

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of outputs (B, n_outputs)."""
        return F.mse_loss(outputs, y, reduction="none").mean(dim=1) / 2


class AbsoluteError(RegressionCriterion):
    """The absolute error, which is least for the median."""

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, (B,), of outputs (B, n_outputs)."""
        return F.l1_loss(outputs, y, reduction="none").mean(dim=1)


REGRESSION_LOSSES: dict[str, type[RegressionCriterion]] = {
    "squared_error": SquaredError,
    "absolute_error": AbsoluteError,
}


def scale_of(mean: NDArray[np.float64], deviation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scale of numbers: their deviation, or 1 where they are constant."""
    # Of equal numbers the mean may be off by a last bit, and the deviation not quite zero.
    constant = deviation <= 10 * np.finfo(float).eps * np.abs(mean)
    return np.where(constant, 1.0, deviation)
