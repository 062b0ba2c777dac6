"""The state of an object as a dict, and the object of a state."""

from __future__ import annotations

import inspect
import sys
from dataclasses import fields, is_dataclass
from typing import Any

from sklearn.base import BaseEstimator

from .._compat import MetadataRequest, MethodMetadataRequest
from .._estimators._versioned_state import VERSION_KEY
from ..vectors import WordVectors

# A format that lasts has a version of its own; callbacks such as progress bars watch one process.
_CALLBACKS = {"_skl_callbacks", "_skl_callbacks_to_teardown"}
_LEFT_OUT = {VERSION_KEY, *_CALLBACKS, "_stop_words_id"}  # the last is a place in memory


def object_state(value: Any, *, training_state: bool) -> dict[str, Any]:
    """Return what an object is made of, which holds no code.

    With `training_state`, networks are saved with all that training continues from.

    Raises
    ------
    TypeError
        If its class keeps a state of its own kind.
    """
    if "torch" in sys.modules:
        from . import _network_state

        if _network_state.is_part(value):
            return _network_state.part_state(value, training_state=training_state)
    if isinstance(value, WordVectors):
        others = {n: v for n, v in value.__getstate__().items() if n not in ("matrix", "table")}
        return {**others, "table": value.lookup_table()}  # the matrix, and more
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return dict(value._asdict())
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    # Of estimators on networks, whose states are for skops.
    attributes = getattr(value, "_attributes_state", value.__getstate__)
    state = attributes()
    if not isinstance(state, dict):
        raise TypeError(f"{type(value).__name__} has no state that is a dict, and can't be saved.")
    if isinstance(value, (MetadataRequest, MethodMetadataRequest)):
        state = {**state, "owner": _name(state["owner"])}
    return {name: part for name, part in state.items() if name not in _LEFT_OUT}


def _name(owner: Any) -> str:
    """Return what messages call the owner of requests of metadata, which holds these in turn."""
    return owner if isinstance(owner, str) else type(owner).__name__


def object_from_state(cls: type, state: dict[str, Any]) -> Any:
    """Return an object of a class; classes of ours check what the state says."""
    if "torch" in sys.modules:
        from . import _network_state

        if _network_state.is_part_class(cls):
            return _network_state.part_from_state(cls, state)
    if (issubclass(cls, tuple) and hasattr(cls, "_fields")) or is_dataclass(cls):
        return cls(**state)
    make: Any = cls.__new__
    made = make(cls)
    if isinstance(made, BaseEstimator) and cls.__module__.startswith("textvec."):
        state = state | {n: v for n, v in _defaults(cls).items() if n not in state}
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
    else:
        vars(made).update(state)
    return made


def _defaults(cls: type) -> dict[str, Any]:
    """Return the parameters that have defaults: those that files of earlier versions lack."""
    parameters = inspect.signature(cls).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}
