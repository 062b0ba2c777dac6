"""What a notebook shows: every container and report as a table, and no token as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from textvec import (
    EmbeddedSequences,
    Ragged,
    Vocabulary,
    WordTokenizer,
    WordVectors,
    hashing_report,
)
from textvec._reporting._html_tables import html_table, shortened

HOSTILE = ["<script>alert(1)</script>", "a\x00\x1b[31m", "\u202eevil", "x" * 10_000, "&amp;", "🐸"]
VECTORS = WordVectors([*HOSTILE, "frog"], np.arange(14.0, dtype=np.float32).reshape(7, 2) + 1)
ROWS = Ragged.from_rows([range(30), [], [1], [2, 3], [4], [5], [6]])


class Cells(HTMLParser):
    """Read the tags, and the text of the cells."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.cells = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.tags[-1] in ("td", "th"):
            self.cells[-1] += data


SHOWN = {
    "Ragged": ROWS,
    "Ragged of vectors": Ragged(np.ones((4, 3)), [0, 1, 4]),
    "no rows": Ragged.from_rows([]),
    "Tokens": WordTokenizer("whitespace").transform([" ".join(HOSTILE), "", "a b"]),
    "Vocabulary": Vocabulary(HOSTILE * 1),
    "EmbeddedSequences": EmbeddedSequences(
        ROWS, np.arange(90.0).reshape(30, 3) * (np.arange(30) > 0)[:, None]
    ),
    "WordVectors": VECTORS,
    "Neighbors": VECTORS.nearest("frog", k=6),
    "CoverageReport": WordVectors(["frog"], [[1.0]]).coverage([" ".join(HOSTILE)]),
    "HashingReport": hashing_report([" ".join(HOSTILE)], n_features=[4, 1024]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_every_container_and_report_is_a_table(name):
    text = SHOWN[name]._repr_html_()
    read = Cells(text)
    assert set(read.tags) <= {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td"}
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert len(text) < 4000


def test_rows_are_numbered_and_counted():
    cells = Cells(ROWS._repr_html_()).cells
    assert cells[:6] == ["row", "length", "items", "0", "30", cells[5]]
    assert cells[5].startswith("0 · 1 · 2 · ")
    assert cells[5].endswith("… 18 more")
    assert cells[-1] == "2 more rows"


def test_tokens_are_text():
    cells = Cells(SHOWN["Tokens"]._repr_html_()).cells
    assert cells[5].startswith("<script>alert(1)</script> · a\\x00\\x1b[31m · \\u202eevil · xxx")
    assert shortened("x" * 41) == "x" * 40 + "…"


def test_numbers_have_separators():
    cells = Cells(html_table("a<b", ["n", "x"], [(12345, 0.123456)])).cells
    assert cells == ["n", "x", "12,345", "0.1235"]


def test_reports_are_printed_as_tables():
    found = VECTORS.nearest("frog", k=2)
    assert repr(found) == str(found)
    report = SHOWN["HashingReport"]
    assert repr(report) == str(report)
    assert report.to_frame()["n_features"].tolist() == [4, 1024]
    coverage = WordVectors(["frog"], [[1.0]]).coverage(["a frog a b"])
    assert coverage.to_frame().to_dict("list") == {"word": ["a", "b"], "count": [2, 1]}
