"""Names of columns of transformers that return sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._sequence_output import SequenceOutput


class SequenceNames(SequenceOutput):
    """Base of transformers whose rows are sequences: a column of them keeps its name."""

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
