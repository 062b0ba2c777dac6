"""The output of transformers that return sequences."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import TransformerMixin


class SequenceOutput(TransformerMixin):
    """Base of transformers whose sequences, padded or not, no data frame holds."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Leave the output as it is: sequences are no table of features.

        So that the other steps of a Pipeline or a ColumnTransformer can be set to return a frame.
        For a look at some padded rows, ``pandas.DataFrame(array)`` makes one.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None
            Ignored.

        Returns
        -------
        self
            The estimator.
        """
        return self
