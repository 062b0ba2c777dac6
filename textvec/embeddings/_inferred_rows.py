"""Inference of vectors of documents, block by block in threads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray

from .._reporting._progress_bars import tracked

_ROWS_PER_TASK = 64  # few enough to balance the threads, enough to make a task's cost negligible


def inferred_rows(
    infer: Callable[[int, int], NDArray[np.float32]],
    n_rows: int,
    embedding_dim: int,
    n_jobs: int | None,
) -> NDArray[np.float32]:
    """Infer the vectors of documents, whatever the number of threads.

    Parameters
    ----------
    infer : callable
        Returns the vectors of the rows from a first to a last, exclusive; threads call it.
    n_rows : int
    embedding_dim : int
    n_jobs : int or None
        Number of threads, by joblib's convention.

    Returns
    -------
    ndarray of shape (n_rows, embedding_dim), float32
    """
    starts = range(0, n_rows, _ROWS_PER_TASK)
    parts = Parallel(n_jobs=effective_n_jobs(n_jobs), backend="threading")(
        delayed(infer)(start, min(start + _ROWS_PER_TASK, n_rows))
        for start in tracked(starts, "inferring", "blocks of documents")
    )
    return np.concatenate([np.empty((0, embedding_dim), np.float32), *parts])
