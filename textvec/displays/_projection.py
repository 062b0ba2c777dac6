"""Projection of word vectors to a plane."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..vectors import WordVectors
from ..vectors._reduction import principal_components

Method = Literal["pca", "tsne"]


def vectors_of(estimator: Any) -> WordVectors:
    """Return the vectors that an estimator has learned.

    Raises
    ------
    TypeError
        If it has none.
    """
    vectors = getattr(estimator, "vectors_", None)
    if not isinstance(vectors, WordVectors):
        raise TypeError(
            f"{type(estimator).__name__} holds no word vectors as vectors_: fit a learner of "
            "word vectors, or use from_vectors."
        )
    return vectors


def project(vectors: NDArray[Any], method: Method, random_state: Any) -> NDArray[np.float64]:
    """Project vectors (n, D) to a plane (n, 2)."""
    if method not in ("pca", "tsne"):
        raise ValueError(f"method must be 'pca' or 'tsne', got {method!r}.")
    if method == "pca" or len(vectors) < 3:  # t-SNE needs neighbours
        plane = np.zeros((len(vectors), 2))  # one vector, or one dimension, has fewer components
        n_components = min(2, *vectors.shape)
        components = principal_components(vectors, n_components, 0)
        plane[:, :n_components] = components.apply(vectors)
        return plane
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(vectors) - 1) / 3)
    projection = TSNE(perplexity=perplexity, init="pca", random_state=random_state)
    return projection.fit_transform(vectors).astype(np.float64)
