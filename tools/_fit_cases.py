"""Cases of what may happen to a fit: parts, warm starts, interruptions, checkpoints."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from inspect import signature
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from _inputs import WAVES
from _networks import ALL, TAGS, fitted, report
from sklearn.base import clone
from skorch.callbacks import Callback

Case = tuple[str, Callable[[], Any]]


class Interruption(Callback):  # type: ignore[misc]
    """Raise an error in the middle of an epoch, while one is set."""

    error: type[BaseException] | None = None
    epoch = 2

    def on_batch_end(self, net: Any, training: bool = False, **kwargs: Any) -> None:
        if self.error is not None and len(net.history) == self.epoch and training:
            raise self.error("interrupted")


def _first(X: Any, n: int = 20) -> Any:
    return None if X is None else X[:n]


def _plain(model: Any, X: Any, y: Any) -> dict[str, Any]:
    return fitted(model, X, y)


def _refit(model: Any, X: Any, y: Any) -> dict[str, Any]:
    n = 2 if y is WAVES else 20
    return report(model.fit(_first(X), _first(y, n)).fit(X, y), X, y)


def _warm(model: Any, X: Any, y: Any) -> dict[str, Any]:
    model.set_params(warm_start=True).fit(X, y)
    return report(model.set_params(learning_rate_init=0.005, batch_size=16).fit(X, y), X, y)


def in_parts(model: Any, X: Any, y: Any) -> dict[str, Any]:
    options = {}
    if "classes" in signature(model.partial_fit).parameters:
        options["classes"] = np.unique(np.concatenate(y) if y is TAGS else y)
    model.partial_fit(X, y, **options).partial_fit(_first(X), _first(y))
    return report(model.partial_fit(X, y), X, y)


def _early(model: Any, X: Any, y: Any) -> dict[str, Any]:
    return fitted(model.set_params(early_stopping=True, max_iter=5), X, y)


def _pickled(model: Any, X: Any, y: Any) -> dict[str, Any]:
    again = pickle.loads(pickle.dumps(model.fit(X, y)))
    return report(again.set_params(warm_start=True).fit(X, y), X, y)


def killed(model: Any, X: Any, y: Any) -> dict[str, Any]:
    """Kill a fit in the second epoch, and let another go on from its checkpoint."""
    with TemporaryDirectory() as folder:
        model.set_params(checkpoint=folder, max_iter=3, callbacks=[Interruption()])
        state = _interrupt(model, X, y, RuntimeError)
        again = clone(model).fit(X, y)
        longer = clone(model).set_params(max_iter=4).fit(X, y)
        return {
            "fitted before": state,
            "again": report(again, X, y),
            "longer": report(longer, X, y),
        }


def _stopped(model: Any, X: Any, y: Any) -> dict[str, Any]:
    """Press Ctrl-C in the second epoch: the first is kept."""
    model.set_params(max_iter=3, callbacks=[Interruption()])
    _interrupt(model, X, y, KeyboardInterrupt)
    return report(model, X, y)


def _interrupt(model: Any, X: Any, y: Any, error: type[BaseException]) -> list[str]:
    Interruption.error = error
    try:
        model.fit(X, y)
    except error:
        return sorted(name for name in vars(model) if name.endswith("_"))
    finally:
        Interruption.error = None
    raise AssertionError("the fit was not interrupted")


def _summary(model: Any, X: Any, y: Any) -> dict[str, Any]:
    with redirect_stdout(io.StringIO()) as printed:
        model.fit(X, y).summary()
    return {"summary names": printed.getvalue()}


EVENTS: dict[str, Callable[[Any, Any, Any], dict[str, Any]]] = {
    "plain": _plain,
    "refit": _refit,
    "warm start": _warm,
    "partial_fit": in_parts,
    "early stopping": _early,
    "pickle": _pickled,
    "killed": killed,
    "ctrl-c": _stopped,
    "summary": _summary,
}


def cases() -> Iterator[Case]:
    for name, (model, X, y) in ALL.items():
        for event, happens in EVENTS.items():
            if event == "partial_fit" and not hasattr(model, "partial_fit"):
                continue
            yield f"fits/{name}/{event}", lambda h=happens, m=model, X=X, y=y: h(clone(m), X, y)
