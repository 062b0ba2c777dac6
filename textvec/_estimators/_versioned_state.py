"""Pickles of estimators, with the version that wrote them."""

from __future__ import annotations

from typing import Any

from sklearn.exceptions import InconsistentVersionWarning

from .._reporting._caller_warnings import warn_caller
from .._version import __version__

VERSION_KEY = "_textvec_version"


class InconsistentTextvecWarning(InconsistentVersionWarning):
    """Warn of an estimator that another version of textvec has pickled."""

    def __str__(self) -> str:
        return (
            f"Trying to unpickle estimator {self.estimator_name} from textvec "
            f"{self.original_sklearn_version} when using textvec {self.current_sklearn_version}. "
            "This might lead to breaking code or invalid results. Files of textvec.save are read "
            "by all later versions."
        )


class VersionedState:
    """Mixin of estimators whose pickles carry textvec's version, and warn if it differs."""

    def __getstate__(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return {**state, VERSION_KEY: __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        plain = {name: value for name, value in state.items() if name != VERSION_KEY}
        version = state.get(VERSION_KEY, __version__)
        if version != __version__:
            warn_caller(
                InconsistentTextvecWarning(
                    estimator_name=type(self).__name__,
                    current_sklearn_version=__version__,
                    original_sklearn_version=version,
                ),
            )
        super().__setstate__(plain)  # type: ignore[misc]
