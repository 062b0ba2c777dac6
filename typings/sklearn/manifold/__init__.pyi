from typing import Any, Literal

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from ..base import BaseEstimator

class TSNE(BaseEstimator):
    def __init__(
        self,
        n_components: int = ...,
        *,
        perplexity: float = ...,
        init: Literal["random", "pca"] = ...,
        random_state: int | RandomState | None = ...,
    ) -> None: ...
    def fit_transform(self, X: Any, y: Any = ...) -> NDArray[np.float32]: ...
