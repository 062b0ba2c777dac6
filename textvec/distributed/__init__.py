"""Dask: estimators that take lazy collections, and work on their partitions.

It knows no estimator. A method that is given a collection calls :func:`mapped`, which calls the
same method with each partition, on any machine; a `fit` calls :func:`learn`, or :func:`counted`.
Without Dask nothing of it is imported.
"""

from .._inputs._dask_collections import is_dask, refuse_dask
from ._learned import counted, learn
from ._mapped import mapped

__all__ = ["counted", "is_dask", "learn", "mapped", "refuse_dask"]
