"""Tables of the pages "Coming from": their rows, run as the code that they are, and compared."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.sparse import issparse

PAGES = Path(__file__).parents[2] / "docs" / "coming_from"
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|$", re.MULTILINE)


class Row(NamedTuple):
    """A call of another library, and what it is here."""

    theirs: str
    ours: str


def rows_of(page: str) -> list[Row]:
    """Return the rows of all tables of a page; every line of a table is one."""
    text = (PAGES / page).read_text(encoding="utf-8")
    rows = [
        Row(*(cell.replace(r"\|", "|") for cell in found.groups())) for found in ROW.finditer(text)
    ]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    headers = [line for line in lines if line.startswith("| --- ")]
    assert len(lines) == len(rows) + 2 * len(headers), "a cell is one piece of code"
    assert len({row.theirs for row in rows}) == len(rows), "a call stands in one row"
    return rows


def each_row(page: str, checks: Mapping[str, Any]) -> pytest.MarkDecorator:
    """Run a test for each row of a page, all `checks` of which are in use."""
    rows = rows_of(page)
    unused = set(checks) - {row.theirs for row in rows}
    assert not unused, f"no rows of {page}: {unused}"
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.theirs)


def run(code: str, names: dict[str, Any]) -> Any:
    """Return the value of a cell; of statements, None."""
    tree = ast.parse(code)
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return eval(compile(code, "cell", "eval"), names)
    exec(compile(code, "cell", "exec"), names)
    return None


Check = Callable[[Any, Any], None]


def equal(theirs: Any, ours: Any) -> None:
    """Check that both sides of a row have the same value, whatever holds it."""
    one, other = plain(theirs), plain(ours)
    if isinstance(one, np.ndarray) and one.dtype.kind in "fiub":
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-6)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(other, one)
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for part, counterpart in zip(one, other, strict=True):
            equal(part, counterpart)
    else:
        assert other == one


def same_words(theirs: Any, ours: Any) -> None:
    assert set(theirs) == set(ours)


def same_columns(theirs: Any, ours: Any) -> None:
    """Columns of one-hot rows follow the frequency of the words, those of counts the alphabet."""
    assert sorted(ours.toarray().T.tolist()) == sorted(theirs.toarray().T.tolist())


def plain(value: Any) -> Any:
    """Return a value as NumPy's and Python's own types."""
    if hasattr(value, "to_list"):  # Ragged, Tokens
        return value.to_list()
    if isinstance(value, Mapping):
        return dict(value)
    if issparse(value):
        return value.toarray()
    if isinstance(value, np.generic | float):
        return np.asarray(value)
    if hasattr(value, "words") and hasattr(value, "scores"):  # Neighbors
        return list(value)
    return value
