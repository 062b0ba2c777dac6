"""The same items in every container that users bring, for the tests of all that reads them."""

from __future__ import annotations

import enum
import io
import tempfile
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

Holder = Callable[[list[Any]], Any]


class ListSubclass(list):
    """A list of another type, as libraries return."""


class TextSubclass(str):
    """A str of another type, whose `str()` is not its text."""

    def __str__(self):
        return "not the text"


def members(items):
    """Return members of an enumeration that are str."""
    names = [(f"M{i}", x) for i, x in enumerate(dict.fromkeys(items))]
    return list(map(enum.Enum("Members", names, type=str), items))


def objects(items):
    """Return a 1-d array of objects, whatever the objects are."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def mapped(array):
    """Return a memory map that holds an array."""
    with tempfile.NamedTemporaryFile() as file:
        found = np.memmap(file.name, array.dtype, mode="w+", shape=array.shape)
    found[...] = array
    return found


def every_second(array):
    """Return the array as every second item of another one."""
    return np.repeat(np.asarray(array), 2, axis=0)[::2]


def shuffled_index(n):
    return np.random.default_rng(0).permutation(n) + 7


# Of items of one kind: texts, words, labels.
ANY_ITEMS: dict[str, Holder] = {
    "tuple": tuple,
    "list subclass": ListSubclass,
    "generator": lambda items: (x for x in items),
    "iterator": iter,
    "map": lambda items: filter(lambda x: True, items),
    "deque": deque,
    "dict keys": lambda items: dict.fromkeys(items).keys(),
    "dict values": lambda items: dict(enumerate(items)).values(),
    "array": np.array,
    "array of objects": objects,
    "strided array": lambda items: every_second(np.array(items)),
    "masked array": lambda items: np.ma.array(objects(items)),
    "memory map": lambda items: mapped(np.array(items)),
    "Series": pd.Series,
    "Series of objects, other index": lambda items: pd.Series(
        items, dtype=object, index=shuffled_index(len(items))
    ),
    "categorical Series": lambda items: pd.Series(items, dtype="category"),
    "Index": pd.Index,
    "Categorical": pd.Categorical,
    "polars": pl.Series,
    "arrow": pa.array,
    "arrow dictionary": lambda items: pa.array(items).dictionary_encode(),
    "arrow chunks": lambda items: pa.chunked_array([pa.array(items[:1]), pa.array(items[1:])]),
}
# Of one column, which is its only one.
COLUMNS: dict[str, Holder] = {
    "frame": lambda items: pd.DataFrame({"x": items}),
    "frame, other index": lambda items: pd.DataFrame(
        {"x": items}, index=shuffled_index(len(items))
    ),
    "polars frame": lambda items: pl.DataFrame({"x": items}),
    "arrow table": lambda items: pa.table({"x": items}),
    "record batch": lambda items: pa.record_batch({"x": items}),
    "column": lambda items: np.array(items)[:, None],
    "Fortran column": lambda items: np.asfortranarray(objects(items)[:, None]),
}
OF_STR: dict[str, Holder] = {
    "str subclass": lambda items: list(map(TextSubclass, items)),
    "enum members": members,
    "np.str_": lambda items: list(map(np.str_, items)),
    "StringDType": lambda items: np.array(items, dtype=np.dtypes.StringDType()),
    "string Series": lambda items: pd.Series(items, dtype="string"),
    "python string Series": lambda items: pd.Series(items, dtype="string[python]"),
    "arrow string Series": lambda items: pd.Series(items, dtype=pd.ArrowDtype(pa.string())),
    "string array": lambda items: pd.array(items, dtype="string"),
    "polars categorical": lambda items: pl.Series(items, dtype=pl.Categorical),
    "large arrow strings": lambda items: pa.array(items, pa.large_string()),
    "arrow string view": lambda items: pa.array(items, pa.string_view()),
}
OF_INT: dict[str, Holder] = {
    "tensor": torch.tensor,
    "int32": lambda items: np.array(items, np.int32),
    "uint64": lambda items: np.array(items, np.uint64),
    "big endian": lambda items: np.array(items, ">i4"),
    "Int64 Series": lambda items: pd.Series(items, dtype="Int64"),
    "arrow Series": lambda items: pd.Series(items, dtype=pd.ArrowDtype(pa.int64())),
    "Int64 array": lambda items: pd.array(items, dtype="Int64"),
    "scalars": lambda items: list(map(np.int64, items)),
}
# Open files end each line with a line break, as a list of lines does.
FILES: dict[str, Holder] = {
    "text file": lambda lines: io.StringIO("".join(lines)),
}
# Rows of one length.
TABLES: dict[str, Holder] = {
    "tuples": lambda rows: tuple(map(tuple, rows)),
    "array": np.array,
    "Fortran array": lambda rows: np.asfortranarray(np.array(rows)),
    "strided array": lambda rows: every_second(np.array(rows)),
    "reversed array": lambda rows: np.array(rows)[::-1, ::-1].copy()[::-1, ::-1],
    "array of objects": lambda rows: np.array(rows, dtype=object),
    "masked array": lambda rows: np.ma.array(np.array(rows)),
    "memory map": lambda rows: mapped(np.array(rows)),
    "matrix": lambda rows: np.asarray(rows).view(np.matrix),
    "frame": pd.DataFrame,
    "frame, other index": lambda rows: pd.DataFrame(rows, index=shuffled_index(len(rows))),
    "frame of objects": lambda rows: pd.DataFrame(rows, dtype=object),
    "polars frame": lambda rows: pl.DataFrame(rows, orient="row"),
    "arrow table": lambda rows: pa.table({str(i): list(c) for i, c in enumerate(zip(*rows))}),
    "fixed-size polars": lambda rows: pl.Series(rows, dtype=pl.Array(pl.Int64, len(rows[0]))),
}
TABLES_OF_INT: dict[str, Holder] = {
    "tensor": torch.tensor,
    "Int64 frame": lambda rows: pd.DataFrame(rows, dtype="Int64"),
    "arrow frame": lambda rows: pd.DataFrame(rows, dtype=pd.ArrowDtype(pa.int64())),
    "frame of several integers": lambda rows: pd.DataFrame(rows).astype({0: "uint64"}),
    "polars of several integers": lambda rows: pl.DataFrame(rows, orient="row").with_columns(
        pl.col("column_0").cast(pl.UInt64)
    ),
    "categorical frame": lambda rows: pd.DataFrame(rows).astype("category"),
    "uint8": lambda rows: np.array(rows, np.uint8),
    "memoryview": lambda rows: memoryview(np.array(rows)),
}
# Rows of any length.
ROWS: dict[str, Holder] = {
    "tuples": lambda rows: tuple(map(tuple, rows)),
    "generator": lambda rows: (row for row in rows),
    "generators": lambda rows: [iter(row) for row in rows],
    "arrays": lambda rows: [np.array(row) for row in rows],
    "array of lists": objects,
    "array of arrays": lambda rows: objects([np.array(row) for row in rows]),
    "Series": pd.Series,
    "Series, other index": lambda rows: pd.Series(rows, index=shuffled_index(len(rows))),
    "Series of arrays": lambda rows: pd.Series([np.array(row) for row in rows]),
    "list of Series": lambda rows: [pd.Series(row, index=shuffled_index(len(row))) for row in rows],
    "list of polars": lambda rows: [pl.Series(row) for row in rows],
    "list of arrow": lambda rows: [pa.array(row) for row in rows],
    "frame": lambda rows: pd.DataFrame({"x": rows}),
    "polars": pl.Series,
    "polars frame": lambda rows: pl.DataFrame({"x": rows}),
    "arrow": pa.array,
    "arrow chunks": lambda rows: pa.chunked_array([pa.array(rows[:1]), pa.array(rows[1:])]),
    "arrow table": lambda rows: pa.table({"x": rows}),
    "arrow Series": lambda rows: pd.Series(rows, dtype=pd.ArrowDtype(pa.array(rows).type)),
    "large arrow lists": lambda rows: pa.array(rows, pa.large_list(pa.array(rows[0]).type)),
}
ROWS_OF_INT: dict[str, Holder] = {
    "tensors": lambda rows: [torch.tensor(row) for row in rows],
    "nested tensor": lambda rows: torch.nested.nested_tensor(
        [torch.tensor(row) for row in rows], layout=torch.jagged
    ),
    "Int64 rows": lambda rows: [pd.array(row, dtype="Int64") for row in rows],
    "uint8 rows": lambda rows: [np.array(row, np.uint8) for row in rows],
}


def holders(*tables: dict[str, Holder]) -> list[Any]:
    """Return the ways to hold items as parameters of pytest."""
    return [pytest.param(hold, id=name) for table in tables for name, hold in table.items()]
