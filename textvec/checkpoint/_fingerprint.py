"""Fingerprints: whether two trainings have the same parameters, data and first weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from skorch.callbacks import Callback

from .._containers._ragged import Ragged
from .._counting._count_settings import described
from ._state_file import digest

# Parameters that do not change what is computed in an epoch.
_IGNORED = ("checkpoint", "max_iter", "verbose", "warm_start", "n_jobs")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_PARTS_OF_DATA = {"targets": "y", "weights": "sample_weight"}  # all other fields belong to X


@runtime_checkable
class Identified(Protocol):
    """Data that say themselves what identifies them."""

    def identity(self) -> Any:
        """Return arrays, tensors and lists of them, as :func:`digest` takes them."""
        ...


def training_fingerprint(
    name: str,
    parameters: Mapping[str, Any],
    data: Any,
    net: Any,
    initial_draws: dict[str, Any],
    *,
    validation: Any = None,
) -> dict[str, Any]:
    """Return the fingerprint of a training, as JSON holds it.

    Parameters
    ----------
    name : str
        Name of the estimator's class.
    parameters : mapping
        Its parameters, as of ``get_params(deep=False)``.
    data : dataclass
        Rows and targets.
    net : SequenceNet
        Before the first step.
    initial_draws : dict
        State of the generator, from :func:`saved_draws`, before anything was drawn.
    validation : dataclass or None
        Validation rows of their own.

    Returns
    -------
    dict
        Equal for equal trainings, in every process.
    """
    described = {n: _described(v) for n, v in parameters.items() if n not in _IGNORED}
    if parameters.get("learning_rate", "constant") != "constant" or parameters.get("warmup"):
        described["max_iter"] = parameters["max_iter"]  # the length of the course
    if isinstance(parameters["random_state"], np.random.RandomState):
        described["random_state"] = f"RandomState {digest(initial_draws)}"
    digests = _data_digests(data)
    if validation is not None:
        digests |= {f"{part}_val": value for part, value in _data_digests(validation).items()}
    described["device"] = torch.device(net.device).type
    return {
        "estimator": name,
        "parameters": described,
        "data": digests,
        "first weights": digest(net.module_.state_dict(), len(net.history)),
    }


def differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return what differs between the fingerprints of two trainings; nothing if none does.

    First weights are compared where nothing else differs that would explain them.
    """
    found = list(_differences(here, there))
    if not found and here["first weights"] != there["first weights"]:
        return ["the first weights"]
    return found


def _differences(here: Mapping[str, Any], there: Mapping[str, Any]) -> Iterator[str]:
    if here["estimator"] != there["estimator"]:
        yield f"the estimator (there {there['estimator']})"
        return
    ours, theirs = here["parameters"], there["parameters"]
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            yield f"{name} (there {theirs.get(name)!r}, here {ours.get(name)!r})"
    for name in sorted({*here["data"], *there["data"]}):
        if here["data"].get(name) != there["data"].get(name):
            yield f"the data {name}"


def _data_digests(data: Any) -> dict[str, str]:
    parts: dict[str, list[Any]] = {}
    for field in fields(data):
        parts.setdefault(_PARTS_OF_DATA.get(field.name, "X"), []).append(
            _parts_of(getattr(data, field.name))
        )
    return {name: digest(found) for name, found in parts.items()}


def _parts_of(value: Any) -> Any:
    """Return a value as :func:`digest` takes it: lists in place of dataclasses and containers."""
    if isinstance(value, Identified):
        return value.identity()
    if is_dataclass(value) and not isinstance(value, type):
        return [_parts_of(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, Ragged):
        return [value.values, value.offsets]
    if isinstance(value, (list, tuple)):
        return [_parts_of(item) for item in value]
    return value


def _described(value: Any) -> Any:
    """Return a short description of a parameter: the same in every process, and after JSON."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float, str, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [_described(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _described(item) for key, item in value.items()}
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, (BaseEstimator, Callback)):
        inner = value.get_params(deep=False)
        return {"is": name} | {n: _described(v) for n, v in inner.items()}
    if isinstance(value, (np.ndarray, torch.Tensor)) and value.dtype != object:
        return f"{name} {tuple(value.shape)} {digest(value)}"
    if callable(value):
        return described(value)
    return _ADDRESS.sub("", repr(value))


def saved_draws(draws: np.random.RandomState) -> dict[str, Any]:
    """Return the state of a generator of random numbers, as JSON holds it."""
    state: dict[str, Any] = draws.get_state(legacy=False)
    key: NDArray[np.uint32] = state["state"]["key"]
    return state | {"state": state["state"] | {"key": key.tolist()}}


def draws_from(saved: dict[str, Any]) -> np.random.RandomState:
    """Return a generator of random numbers with that state."""
    draws = np.random.RandomState()
    key = np.array(saved["state"]["key"], dtype=np.uint32)
    draws.set_state(saved | {"state": saved["state"] | {"key": key}})
    return draws
