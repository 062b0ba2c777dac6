"""The state of a training at the end of an epoch: all that the next one depends on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

# Values of a state, besides tensors, arrays, and containers of all these.
_PLAIN = (bool, int, float, str, type(None))


class NotPlainError(TypeError):
    """A value can't be kept without pickle."""


Callbacks = Sequence[tuple[str, Any]]


def snapshot(net: Any, callbacks: Callbacks, *, strict: bool = False) -> dict[str, Any]:
    """Copy a net's state to the CPU: weights, optimizer, generators, history, callbacks.

    A callback's attributes are part of it if their name ends in an underscore, scikit-learn's sign
    of what is learned, and they are numbers, text, arrays, tensors or containers of such, or have
    a ``state_dict()``.

    Parameters
    ----------
    net : SequenceNet
        Between two epochs.
    callbacks : sequence of (str, Callback)
        Of the run.
    strict : bool, default=False
        Whether a ``state_dict()`` that can't be kept without pickle is an error. If not, it is left
        out.

    Returns
    -------
    dict
        As ``write_state`` takes it.

    Raises
    ------
    TypeError
        If `strict`, and a callback's ``state_dict()`` can't be kept.
    """
    return {
        "module": copied(net.module_.state_dict()),
        "criterion": copied(net.criterion_.state_dict()),
        "optimizer": copied(net.optimizer_.state_dict()),
        "frozen": [n for n, p in net.module_.named_parameters() if not p.requires_grad],
        "generators": copied(net.module_.randomness.__getstate__()),
        # Rows of epochs that are over do not change, but for their batches: the list is copied.
        "history": list(net.history),
        "callbacks": {n: _callback_state(n, c, strict) for n, c in callbacks},
        "stopped": bool(net.stopped_),
        "average": copied(net.average_),
        "embedding_rows": copied(net.embedding_rows_),
    }


def restore(net: Any, callbacks: Callbacks, state: dict[str, Any]) -> None:
    """Set a net's state, after ``on_train_begin`` has made its callbacks ready.

    Parameters
    ----------
    net : SequenceNet
        Of the same network and optimizer.
    callbacks : sequence of (str, Callback)
        The same as those of the snapshot.
    state : dict
        From :func:`snapshot`.
    """
    net.module_.load_state_dict(state["module"])
    net.criterion_.load_state_dict(state["criterion"])
    frozen = set(state["frozen"])
    for name, parameter in net.module_.named_parameters():
        parameter.requires_grad_(name not in frozen)
    # The optimizer trains on the very tensors it loads; the state must not change with them.
    net.optimizer_.load_state_dict(copied(state["optimizer"]))
    net.module_.randomness.__setstate__(state["generators"])
    net.history[:] = state["history"]
    for name, callback in callbacks:
        for attribute, value in state["callbacks"].get(name, {}).items():
            _restore(callback, attribute, value)
    net.stopped_ = state["stopped"]
    # Of version 0.1's first months there are none.
    net.average_ = copied(state.get("average"))
    net.embedding_rows_ = copied(state.get("embedding_rows"))


def copied(value: Any) -> Any:
    """Copy plain values, tensors (to the CPU), arrays, and containers of them.

    Raises
    ------
    NotPlainError
        If there is anything else.
    """
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.copy()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {_key(key): copied(item) for key, item in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(map(copied, value))
    if isinstance(value, _PLAIN):
        return value
    raise NotPlainError(f"{type(value).__name__} can't be kept without pickle.")


def _key(key: Any) -> Any:
    plain = copied(key)
    if isinstance(plain, _PLAIN):
        return plain
    raise NotPlainError(f"a key of type {type(key).__name__} can't be kept without pickle.")


def _callback_state(name: str, callback: Any, strict: bool) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for attribute, value in vars(callback).items():
        if not attribute.endswith("_") or attribute.startswith("_"):
            continue
        has_state = hasattr(value, "state_dict") and not isinstance(value, type)
        try:
            if has_state:
                state[attribute] = {"state_dict": copied(value.state_dict())}
            else:
                state[attribute] = {"value": copied(value)}
        except NotPlainError as error:
            if has_state and strict:
                raise TypeError(f"callback {name!r} can't go on later: {error}") from error
    return state


def _restore(callback: Any, attribute: str, state: dict[str, Any]) -> None:
    if "state_dict" in state:
        getattr(callback, attribute).load_state_dict(copied(state["state_dict"]))
    else:
        setattr(callback, attribute, copied(state["value"]))
