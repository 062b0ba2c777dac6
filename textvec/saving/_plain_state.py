"""Estimators on networks in files of skops: of plain values and arrays, as in a saved model."""

from __future__ import annotations

import json
from copyreg import __newobj__  # type: ignore[attr-defined]
from typing import Any

import numpy as np

from .._estimators._versioned_state import VERSION_KEY
from .._version import __version__
from ._model_file import has_code
from ._node_reader import NodeReader
from ._node_writer import NodeWriter
from ._object_state import object_state
from ._trust import Trust

_MANIFEST, _ARRAYS = "_saved_manifest", "_saved_arrays"


class PlainState:
    """Mixin of estimators whose attributes skops does not know, or only as a pickle: networks.

    Pickles and copies take the attributes as they are. Whoever else wants a state, as skops does,
    gets what ``textvec.save(training_state=True)`` would write.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return __newobj__, (type(self),), self._attributes_state()

    def _attributes_state(self) -> dict[str, Any]:
        state: Any = super().__getstate__()
        return dict(state)

    def __getstate__(self) -> dict[str, Any]:
        state = object_state(self, training_state=True)
        writer = NodeWriter(state, Trust(), training_state=True)
        manifest = json.dumps(writer.manifest(), allow_nan=False)
        return {_MANIFEST: manifest, _ARRAYS: writer.arrays, VERSION_KEY: __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if _MANIFEST in state:
            state = _attributes(state) | {VERSION_KEY: state.get(VERSION_KEY, __version__)}
        super().__setstate__(state)  # type: ignore[misc]


def _attributes(state: dict[str, Any]) -> dict[str, Any]:
    """Return attributes from what a file of skops says, which anybody may have written."""
    arrays = dict(state[_ARRAYS])
    if not all(type(a) is np.ndarray and has_code(a.dtype) for a in arrays.values()):
        raise ValueError("the state of a network holds arrays of dtypes that none has")
    manifest = json.loads(state[_MANIFEST])
    found = NodeReader(manifest, arrays, Trust()).root()
    if not isinstance(found, dict):
        raise ValueError("the state of a network holds no attributes")
    return found
