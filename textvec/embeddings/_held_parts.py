"""Learning vectors from documents that come in parts: held as ids until they are trained on."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

from .._compat import _fit_context
from .._containers._tokens import Tokens
from .._counting._count_settings import Settings, check_same_settings, settings_of
from .._counting._mergeable import LearnsLater
from .._estimators._fitted_state import atomic_fit
from ..blocks import learn_part
from ..distributed import counted, is_dask
from ..tokenizers import as_tokenizer
from ._vector_learner import VectorLearner


class HeldDocuments(NamedTuple):
    """The tokens of documents as ids, four bytes each, part by part."""

    parts: tuple[Tokens, ...]
    settings: Settings = ()

    def merge(self, *others: HeldDocuments) -> HeldDocuments:
        """Return these documents followed by others."""
        for other in others:
            check_same_settings(self.settings, other.settings, "tokens were made")
        return self._replace(parts=sum((other.parts for other in others), self.parts))

    def tokens(self) -> Tokens:
        """Return all documents, in their order."""
        first, *others = self.parts
        return first.concat(*others) if others else first


class LearnsFromParts(LearnsLater, VectorLearner):
    """Base of learners that take documents in parts, and train on all of them.

    Which tokens are frequent enough is known only of all parts together, and rarer ones are
    dropped before windows are cut: so the parts are held, and trained on when a result is needed.
    """

    _held = "tokens"

    @atomic_fit
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Take in documents that come in parts.

        The vectors are those that one `fit` of all parts learns, in their order. They are
        trained when they are first needed, by `transform` or by an attribute such as `vectors_`;
        a part that comes later makes them be trained anew. Until then the documents are held as
        ids: four bytes a token, and no text; of learners with a `vocabulary`, which is that of a
        first pass, only counts are held. A `fit` forgets the parts before.

        Parameters
        ----------
        X : documents or Tokens
            As in `fit`.
        y : None
            Ignored.

        Returns
        -------
        self
            The estimator, which has learned from these documents as well.
        """
        learn_part(self, X)
        return self

    def _fit(self, X: Any, y: Any) -> Tokens:
        # Of a collection of Dask, the tokens come here as ids: training is on one machine.
        return super()._fit(counted(self, X).tokens() if is_dask(X) else X, y)

    def _part_counts(self, X: Any, y: Any = None) -> HeldDocuments:
        return HeldDocuments((self._tokens(X),), self._settings())

    def _settings(self) -> Settings:
        return settings_of({"tokenizer": as_tokenizer(self.tokenizer)})

    def _fit_from_all(self, counts: HeldDocuments) -> None:
        self._fit(counts.tokens(), None)

    @_fit_context(prefer_skip_nested_validation=True)
    def _fit_from(self, counts: HeldDocuments) -> None:
        vars(self).pop("_counts", None)  # callbacks see no parts to train on
        self._fit_from_all(counts)
        self._counts = counts
