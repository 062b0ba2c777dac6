"""An encoder that starts from what another estimator has learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError

from ...nn import (
    EncoderModel,
    Randomness,
    RecurrentStack,
    SequenceEncoder,
    TokenDropout,
    pretrained_embedding,
)
from ._input_spec import InputSpec
from ._sequences import Sequences


@dataclass(frozen=True)
class PretrainedEncoder:
    """A copy of the embedding and the recurrent layers of a fitted estimator.

    Parameters
    ----------
    init : estimator
        Fitted on ids, such as :class:`RNNLanguageModel`.
    dropout : float
        Fraction of the inputs of every layer that is dropped in training.
    embedding_dropout : float or None
        The same of the embedding; None: as `dropout`.
    token_dropout : float
        Fraction of the ids that are unknown in training.
    """

    init: Any
    dropout: float
    embedding_dropout: float | None = None
    token_dropout: float = 0.0

    def inputs(self, rows: Sequences) -> InputSpec:
        """Return what the pretrained network reads, if the rows can be that.

        Raises
        ------
        ValueError
            If the rows are not the ids of the estimator's own vectorizer.
        """
        inputs: InputSpec = self._model()._inputs
        if not rows.has_ids or rows.table is not None:
            raise ValueError("with init, X must hold ids: of the vectorizer_ of the model in init.")
        if rows.n_ids not in (None, inputs.size):
            raise ValueError(
                f"X has {rows.n_ids} ids, but the model in init has {inputs.size}: they must "
                "come from its vectorizer_."
            )
        return replace(inputs, longest=int(rows.lengths.max(initial=0)))

    def build(
        self, inputs: InputSpec, table: NDArray[np.float32] | None, randomness: Randomness
    ) -> SequenceEncoder:
        """Copy the encoder."""
        source: EncoderModel = self._model().net_.module_
        assert source.embedding is not None
        return SequenceEncoder(
            pretrained_embedding(source.embedding.weight.detach().cpu(), trainable=True),
            cast("RecurrentStack", source.body).copy_with(
                dropout=self.dropout,
                input_dropout=self.embedding_dropout,
                randomness=randomness,
            ),
            token_dropout=TokenDropout(self.token_dropout, randomness),
            longest=inputs.longest,
            is_pretrained=True,
        )

    def _model(self) -> Any:
        """Return the fitted estimator, checked.

        Raises
        ------
        NotFittedError
            If it is not fitted.
        ValueError
            If it is no recurrent estimator fitted on ids.
        """
        model = self.init
        name = type(model).__name__
        module = getattr(getattr(model, "net_", None), "module_", None)
        if module is None and hasattr(model, "_plan"):
            raise NotFittedError(
                f"the {name} in init is not fitted. Fit it first, and pass it as "
                "FrozenEstimator(model): else clone() makes a new one of it."
            )
        body = getattr(module, "body", None)
        if getattr(module, "embedding", None) is None or not isinstance(body, RecurrentStack):
            raise ValueError(
                "init must be a recurrent estimator fitted on ids, such as RNNLanguageModel, "
                f"got {name}."
            )
        return model
