"""Objects on their way to where partitions are: once for all tasks."""

from __future__ import annotations

from copy import copy
from typing import Any

from sklearn.base import BaseEstimator


def shipped(value: Any) -> Any:
    """Return a Delayed of an object that tasks may depend on.

    It travels to each worker once, not with each task. Small ones are part of the graph, so
    that they outlive every worker; with a distributed client, large ones, of which Dask warns in
    graphs, are on all workers at once.
    """
    import dask

    client = _client()
    if client is not None and _pickled_size(value) > _largest_in_graph():
        value = client.scatter(value, broadcast=True, hash=False)
    return dask.delayed(value, name=None, pure=False, traverse=False)


def snapshot(estimator: Any) -> Any:
    """Return an estimator as it is now: what becomes of this one changes no lazy result."""
    taken = copy(estimator)
    for name, value in estimator.get_params(deep=False).items():
        if isinstance(value, BaseEstimator):
            setattr(taken, name, snapshot(value))
    return taken


def _client() -> Any:
    """Return the client of dask.distributed that computes; None if there is none."""
    from dask.base import get_scheduler

    owner = getattr(get_scheduler(), "__self__", None)
    return owner if hasattr(owner, "scatter") else None


def _largest_in_graph() -> int:
    import dask
    from dask.utils import parse_bytes

    threshold = dask.config.get("distributed.admin.large-graph-warning-threshold", "10 MB")
    return int(parse_bytes(threshold))


def _pickled_size(value: Any) -> int:
    """Return about how many bytes an object takes on its way, without copies of its arrays."""
    import cloudpickle

    sizes: list[int] = []

    def note(buffer: Any) -> None:
        sizes.append(buffer.raw().nbytes)

    return len(cloudpickle.dumps(value, protocol=5, buffer_callback=note)) + sum(sizes)
