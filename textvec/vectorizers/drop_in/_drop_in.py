"""What the three drop-ins do differently from scikit-learn."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Self

from ..._versioned_state import VersionedState


class DropIn(VersionedState):
    """Mixin of the drop-ins: clearer errors for data-frame output and `ngram_range`."""

    ngram_range: tuple[int, int]

    def set_output(self, *, transform: str | None = None) -> Self:
        """Accept the default output; a data frame can't hold a sparse matrix.

        Parameters
        ----------
        transform : {"default", None}

        Returns
        -------
        self

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

    def _validate_ngram_range(self) -> None:
        given: Any = self.ngram_range
        if len(given) != 2 or not all(isinstance(n, Integral) for n in given):
            raise ValueError(f"ngram_range must be two integers, got {given!r}.")
        super()._validate_ngram_range()  # type: ignore[misc]
