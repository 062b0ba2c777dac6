"""The dtypes of sparse matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array


def check_sparse_dtype(dtype: Any) -> None:
    """Raise a ValueError if SciPy has no sparse matrices of a dtype."""
    try:
        csr_array(np.ones((1, 1), dtype=dtype)).sum_duplicates()
        fits = np.dtype(dtype).kind in "biufc" and np.dtype(dtype) != np.float16
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(
            f"dtype={dtype!r} is none of SciPy's sparse matrices, which hold booleans, integers, "
            "floats of 32 bits or more and complex numbers."
        )
