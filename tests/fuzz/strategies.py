"""Strategies of what users pass: right and wrong items, in every container."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.sparse import csr_array

from textvec import Ragged, Tokens, Vocabulary

from ..containers import (
    ANY_ITEMS,
    COLUMNS,
    OF_INT,
    OF_STR,
    ROWS,
    ROWS_OF_INT,
    TABLES,
    TABLES_OF_INT,
)

ANYWHERE = [
    "",
    "a",
    "the frog",
    "The Frog.",
    "\0",
    "\ud800",
    "İstanbul",
    "🐸 กบ",
    "x" * 300,
    "  \t\n",
]
ODD = [None, float("nan"), pd.NA, b"bytes", True, 1.5, -1, 10**30, [], {}, "", (), np.int8(3), 2j]

texts = st.one_of(st.sampled_from(ANYWHERE), st.text(max_size=12))
small_ids = st.integers(0, 9)
numbers = st.one_of(st.integers(-3, 2**40), st.floats(width=32))
odd_values = st.sampled_from(ODD)


def held_by(items, *tables):
    """Return containers of items; what a library can't hold is drawn again."""
    ways = [hold for table in tables for hold in table.values()]

    def hold(drawn):
        contents, way = drawn
        try:
            return way(contents)
        except Exception:  # of the other library
            assume(False)

    return st.tuples(items, st.sampled_from([*ways, list, list])).map(hold)


def lists_of(items, *, min_size=0, max_size=5):
    return st.lists(items, min_size=min_size, max_size=max_size)


documents = held_by(lists_of(texts), ANY_ITEMS, COLUMNS, OF_STR)
token_rows = held_by(lists_of(lists_of(texts)), ROWS)
mixed = held_by(lists_of(st.one_of(texts, odd_values, small_ids)), ANY_ITEMS, COLUMNS)
rows_of_ids = held_by(lists_of(lists_of(small_ids)), ROWS, ROWS_OF_INT, TABLES, TABLES_OF_INT)
three_rows = held_by(
    st.lists(lists_of(small_ids, min_size=1), min_size=3, max_size=3), ROWS, ROWS_OF_INT
)
rows_of_numbers = held_by(lists_of(lists_of(numbers)), ROWS, TABLES)
rows_of_anything = held_by(lists_of(lists_of(st.one_of(texts, odd_values, numbers))), ROWS, TABLES)
labels = held_by(
    lists_of(st.one_of(st.sampled_from(["a", "b"]), st.integers(0, 2)), min_size=2),
    ANY_ITEMS,
    OF_INT,
    OF_STR,
)
arrays = npst.arrays(
    st.one_of(npst.scalar_dtypes(), npst.unicode_string_dtypes(max_len=3)),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
sparse = npst.arrays(np.float64, (3, 4), elements=st.integers(-1, 3)).map(csr_array)
ours = st.sampled_from(
    [
        Ragged([2, 3, 4], [0, 2, 2, 3], n_ids=5),
        Ragged([0.5, np.nan], [0, 1, 2]),
        Ragged.from_rows([]),
        Tokens.from_lists([["a", "frog"], [], ["b"]]),
        Tokens.from_lists([]),
        Vocabulary(["a", "frog"]),
    ]
)
anything = st.one_of(
    documents,
    token_rows,
    mixed,
    rows_of_ids,
    three_rows,
    rows_of_numbers,
    rows_of_anything,
    labels,
    arrays,
    sparse,
    ours,
    odd_values,
    texts,
)
