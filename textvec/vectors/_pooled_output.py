"""The output of transformers that pool the vectors of a document into one row."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.metaestimators import available_if

from ._document_pooling import Pooling


def _pools(estimator: PooledOutput) -> bool:
    return estimator.pooling is not None


class PooledOutput(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Mixin of transformers with a parameter `pooling`: columns are named if it is not None.

    An estimator defines ``_n_features_out``, the width of a row, once it is fitted.
    """

    pooling: Pooling | None

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose the container of pooled rows.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None
            None leaves the choice as it is.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        ValueError
            If a frame is chosen without `pooling`: it can't hold sequences.
        """
        if self.pooling is not None:
            super().set_output(transform=transform)
        elif transform not in (None, "default"):
            raise ValueError(
                f"{type(self).__name__}(pooling=None) returns sequences of vectors, which no "
                f'{transform} frame can hold: set pooling, such as pooling="mean", for one row a '
                "document, or leave the output as it is."
            )
        return self

    @available_if(_pools)
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns of pooled rows; not available without `pooling`.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of shape (embedding_dim,), object
            The name of the class in lower case, and a number from 0.
        """
        return super().get_feature_names_out(input_features)
