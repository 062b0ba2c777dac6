"""Fewer dimensions: principal components of vectors, without some of the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._inputs._plain_array import integer
from .queries._unit_vectors import blocks


@dataclass(frozen=True)
class Projection:
    """The mean of vectors, and the components they are projected on once it is subtracted."""

    mean: NDArray[np.float64]  # (D,)
    components: NDArray[np.float64]  # (d, D)

    def apply(self, vectors: NDArray[Any]) -> NDArray[Any]:
        """Project vectors (n, D); the result (n, d) is of their dtype."""
        dtype = vectors.dtype if vectors.dtype == np.float16 else np.dtype(np.float32)
        reduced = np.empty((len(vectors), len(self.components)), dtype)
        for rows in blocks(len(vectors), vectors.shape[1]):
            reduced[rows] = (vectors[rows] - self.mean) @ self.components.T
        return reduced


def principal_components(matrix: NDArray[Any], n_components: int, remove: int) -> Projection:
    """Find the principal components (n_components, D) that follow the first `remove`.

    Signs are scikit-learn's: the entry of largest magnitude is positive.

    Raises
    ------
    TypeError
        If a number of them is no integer.
    ValueError
        If there are fewer.
    """
    n_rows, width = matrix.shape
    n_components, remove = integer(n_components, "embedding_dim"), integer(remove, "remove")
    if n_components < 1 or remove < 0:
        raise ValueError(
            f"embedding_dim must be at least 1 and remove at least 0, got {n_components} and "
            f"{remove}."
        )
    if n_components + remove > min(n_rows, width):
        raise ValueError(
            f"embedding_dim + remove must be at most {min(n_rows, width)} for {n_rows} vectors of "
            f"{width} dimensions, got {n_components} + {remove}."
        )
    mean = matrix.mean(axis=0, dtype=np.float64)  # (D,)
    covariance = np.zeros((width, width))
    for rows in blocks(n_rows, width):
        centred = matrix[rows] - mean  # (r, D), float64
        covariance += centred.T @ centred
    _, vectors = np.linalg.eigh(covariance)  # columns, by rising variance
    components = vectors.T[::-1][remove : remove + n_components]  # (d, D)
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return Projection(mean, components * signs[:, None])
