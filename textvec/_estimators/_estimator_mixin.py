"""What every estimator has, whatever it does."""

from __future__ import annotations

from typing import Any, Self

from sklearn.callback import CallbackSupportMixin

from .._inputs._constructor_calls import NamedParameters
from .._inputs._peer_attributes import PeerNames
from ._documentation_links import DocumentationLink
from ._versioned_state import VersionedState


class EstimatorMixin(
    VersionedState, DocumentationLink, PeerNames, CallbackSupportMixin, metaclass=NamedParameters
):
    """Mixin of all estimators.

    Their pickles carry textvec's version, their diagrams link to the documentation, errors name
    what other libraries call a parameter, a method or a callback, and callbacks of scikit-learn
    watch their `fit`.
    """

    def set_callbacks(self, *callbacks: Any) -> Self:
        """Set the callbacks of scikit-learn that watch `fit`; without any, take them off.

        Parameters
        ----------
        *callbacks : callbacks of scikit-learn
            Such as ``sklearn.callback.ProgressBar()``.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        TypeError
            If one is no such callback.
        """
        for callback in callbacks:
            if isinstance(callback, type):
                raise TypeError(f"{callback.__name__} is a class: write {callback.__name__}().")
            if hasattr(callback, "on_train_begin"):
                raise TypeError(
                    f"{type(callback).__name__} is a callback of skorch: networks take it as the "
                    "parameter callbacks=[...]."
                )
        super().set_callbacks(*callbacks)
        return self
