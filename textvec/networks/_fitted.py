"""What a training gives: a record that an estimator takes on whole, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..nn import SequenceNet


@dataclass(frozen=True)
class Fitted:
    """The result of a training.

    Parameters
    ----------
    net : SequenceNet
        Trained; its history has a row for each epoch.
    n_before : int
        Epochs that the net had made before this training.
    validated : bool
        Whether rows were held out.
    attributes : mapping of str to object
        The fitted attributes that the plan settled.
    interruption : KeyboardInterrupt or None
        What ended the training early; it is to be raised once the estimator has taken this on.
    """

    net: SequenceNet
    n_before: int
    validated: bool
    attributes: Mapping[str, Any]
    interruption: KeyboardInterrupt | None = None

    @property
    def loss_curve(self) -> list[float]:
        """Mean training loss of each epoch."""
        return self.net.history[:, "train_loss"]  # type: ignore[no-any-return]

    @property
    def validation_scores(self) -> list[float] | None:
        """Validation score of each epoch."""
        return self.net.history[:, "valid_score"] if self.validated else None

    @property
    def best_validation_score(self) -> float | None:
        """The largest validation score of this training's epochs."""
        scores = self.validation_scores
        return max(scores[self.n_before - len(scores) :]) if scores else None

    def as_attributes(self) -> dict[str, Any]:
        """Return the fitted attributes of an estimator, by name."""
        return {
            **self.attributes,
            "net_": self.net,
            "n_iter_": len(self.net.history),
            "loss_curve_": self.loss_curve,
            "validation_scores_": self.validation_scores,
            "best_validation_score_": self.best_validation_score,
        }
