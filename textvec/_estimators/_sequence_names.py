"""Names of columns of transformers that return sequences."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class SequenceNames:
    """Mixin of transformers whose rows are sequences: a column of them keeps its name and form."""

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name of the column of sequences, for a Pipeline to pass on.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of what was given to `transform`; None is the name of the class.

        Returns
        -------
        ndarray of shape (1,), object
            The names that were given, or the name of the class in lower case.
        """
        if input_features is None:
            input_features = [type(self).__name__.lower()]
        return np.asarray(input_features, dtype=object)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Leave the output as it is: sequences fit no data frame.

        So that the other steps of a Pipeline or a ColumnTransformer can be set to return one.

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
