"""The output of transformers that return sparse matrices."""

from __future__ import annotations

from typing import Self


class SparseOutput:
    """Mixin of transformers whose sparse matrices no data frame holds well."""

    def set_output(self, *, transform: str | None = None) -> Self:
        """Accept the default output; a data frame can't hold a sparse matrix.

        Parameters
        ----------
        transform : {"default", None}

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        ValueError
            For ``"pandas"`` and ``"polars"``.
        """
        if transform not in (None, "default"):
            raise ValueError(
                f"{type(self).__name__} returns a sparse matrix, which no {transform} frame holds "
                "well: leave its output as it is, or make a frame of a later, dense step. For a "
                "look at a few rows, pandas.DataFrame.sparse.from_spmatrix(X) makes one."
            )
        return self
