"""Containers of whatever library, as lists and NumPy arrays of the same values."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, KeysView, Mapping, MappingView, Set, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._dask_collections import refuse_dask


def items_of(X: Any, name: str) -> list[Any] | NDArray[Any]:
    """Return the items of a container as a list or an array, without changing a value.

    No library but NumPy is imported: the others' containers are read by their own methods.

    Parameters
    ----------
    X : container
        A list, tuple, iterator or file (read once), an array of NumPy or torch, a Series, frame or
        arrow array or table. A frame of one column of lists holds a row in each.
    name : str
        Of the argument, for messages.

    Raises
    ------
    ValueError
        If it is a masked array in which something is masked.
    TypeError
        If it has no items in order, as a dict, or is lazy.
    """
    if type(X) is list:
        return X
    if isinstance(X, np.ndarray):
        return _from_array(X, name)
    _check_in_order(X, name)
    if is_tensor(X):
        return _from_tensor(X, name)
    if len(getattr(X, "shape", ())) == 2 and hasattr(X, "columns"):
        return _from_table(X)
    for method in ("to_pylist", "to_list"):  # of arrow; of pandas and polars
        if hasattr(X, method):
            # What pandas 2 calls to_list of a Categorical is deprecated.
            return list(getattr(X, "tolist" if hasattr(X, "categories") else method)())
    is_array = hasattr(X, "__array__") or isinstance(X, memoryview)
    return _from_array(np.asarray(X), name) if is_array else list(X)


def materialized(X: Any) -> Any:
    """Return what can be read once, or by iteration alone, as a list; anything else as it is."""
    if isinstance(X, (Iterator, deque)) or (isinstance(X, MappingView) and isinstance(X, Iterable)):
        return list(X)
    return X


def is_row(value: Any) -> bool:
    """Return whether a value is itself a row of others."""
    is_container = isinstance(value, (Sized, Iterator)) or hasattr(value, "to_pylist")
    is_value = (
        isinstance(value, (str, bytes, bytearray, Mapping)) or getattr(value, "shape", None) == ()
    )
    return is_container and not is_value


def _check_in_order(X: Any, name: str) -> None:
    refuse_dask(X, name)
    kind = type(X).__name__
    if hasattr(X, "collect"):
        way_out = (
            "; if it does not fit memory, write it by sink_parquet(path), and pass "
            'textvec.datasets.read_text(path, column="text")'
            if hasattr(X, "sink_parquet") and name == "documents"
            else ""
        )
        raise TypeError(f"{name} is a {kind}, which is lazy: pass {name}.collect(){way_out}.")
    if hasattr(X, "toarray"):
        raise TypeError(f"{name} is sparse: pass {name}.toarray().")
    if isinstance(X, Mapping):
        values = f"list({name}.values())" if name.isidentifier() else "its values as a list"
        raise TypeError(f"{name} is a {kind}, not items in order: pass {values}.")
    if isinstance(X, Set) and not isinstance(X, KeysView):
        raise TypeError(f"{name} is a {kind}, which has no order: pass a list, as sorted({name}).")
    is_iterable = isinstance(X, Iterable) or hasattr(X, "__getitem__") or hasattr(X, "__array__")
    if isinstance(X, (str, bytes, type)) or not is_iterable:
        raise TypeError(f"{name} must come as a list or an array, got {kind}: {X!r:.50}")


def _from_array(X: NDArray[Any], name: str) -> NDArray[Any]:
    if not X.ndim:
        raise TypeError(f"{name} must come as a list or an array, got one value: {X.item()!r:.50}")
    if isinstance(X, np.ma.MaskedArray):
        return _unmasked(X, name)
    return np.asarray(X)  # of memory maps, what they map


def _unmasked(X: np.ma.MaskedArray[Any, Any], name: str) -> NDArray[Any]:
    masked = np.ma.getmaskarray(X)
    if masked.any():
        row = int(np.argmax(masked.reshape(len(X), -1).any(axis=1)))
        raise ValueError(
            f"{name} has masked values in row {row}: fill them first, as .filled(0) does with "
            "padding, or leave them out, as in row.compressed()."
            if X.ndim > 1
            else f"{name} is masked at position {row}: fill it first, as .filled(0) does with "
            "padding, or leave masked items out, as in .compressed()."
        )
    return X.data


def is_tensor(X: Any) -> bool:
    """Return whether this is a tensor of torch, which is loaded if it is."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(X, torch.Tensor)


def _from_tensor(X: Any, name: str) -> list[Any] | NDArray[Any]:
    if X.is_nested:
        return [_from_tensor(row, name) for row in X.unbind()]
    try:
        X = X.detach().cpu().resolve_conj().resolve_neg()
        array: NDArray[Any] = X.float().numpy() if str(X.dtype) == "torch.bfloat16" else X.numpy()
    except (TypeError, NotImplementedError) as error:  # of a sparse, quantized or meta tensor
        raise TypeError(f"{name} is a tensor that holds no plain numbers: {error}") from error
    return _from_array(array, name)


def _from_table(X: Any) -> list[Any] | NDArray[Any]:
    if not hasattr(X, "to_numpy"):  # arrow
        columns = [column.to_pylist() for column in X.columns]
        if len(columns) != 1:
            return list(zip(*columns, strict=True))
        return columns[0] if columns[0] and is_row(columns[0][0]) else _objects(columns[0])[:, None]
    array: NDArray[Any] = X.to_numpy()
    if array.dtype.kind == "f" and _are_integers(X.dtypes) and not np.isnan(array).any():
        return array.astype(np.int64)  # of types with no integer in common
    if array.dtype == object and array.ndim == 2 and array.shape[1] == 1 and len(array):
        return list(array[:, 0]) if is_row(array[0, 0]) else array
    return array[:, 0] if array.ndim == 3 and X.shape[1] == 1 else array


def _objects(items: list[Any]) -> NDArray[Any]:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _are_integers(dtypes: Iterable[Any]) -> bool:
    """Return whether the columns of a frame of pandas or polars are of integers."""
    return all(
        dtype.is_integer() if hasattr(dtype, "is_integer") else getattr(dtype, "kind", "") in "iu"
        for dtype in dtypes
    )
