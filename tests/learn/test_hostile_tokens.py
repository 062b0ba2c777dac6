"""What a notebook shows of hostile tokens: nothing of them is markup, runs, or steers the page."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest

from tests.learn.notebooks import execute

nbformat = pytest.importorskip("nbformat", reason="a notebook is written by nbformat")

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table><h1>out",
    "\"' onmouseover='alert(1)",
    "&lt;b&gt;&#60;i&#62;",
    "\u202eturned\u202c",
    "\u2067isolated",
    "nul\0nul",
    "\x1b[2Jcleared\r\n",
    "long" * 20_000,
    "$x$ `code` **bold** [a](javascript:alert(1))",
    "กบ🐸\ud800",
]
CELL = """
import numpy as np
from textvec import *
from textvec import Ragged
words = {words!r}
encodable = [w for w in words if w.isprintable() or all(not 0xD800 <= ord(c) < 0xE000 for c in w)]
table = WordVectors(encodable, np.random.default_rng(0).normal(size=(len(encodable), 3)))
tokens = Tokens.from_lists([encodable, encodable[:2]])
shown = [
    tokens, tokens.vocabulary, table, Ragged.from_rows([[1], []]),
    table.nearest(encodable[0], k=None), table.analogy(encodable[:2], encodable[2], k=3),
    table.coverage(Tokens.from_lists([["missing " + w for w in encodable]])),
    hashing_report(tokens), EmbeddingVectorizer(table).fit_transform(tokens),
    TokenSaliency(
        [encodable], Ragged.from_rows([np.linspace(-1, 1, len(encodable))]),
        np.array(encodable[:1]), np.array(encodable[:1]), np.array([0.5]), "occlusion",
    ),
]
for item in shown:
    display(item)
"""
TAGS = {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td", "span"}


class Page(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    cell = nbformat.v4.new_code_cell(CELL.format(words=HOSTILE))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    outputs = execute(notebook, tmp_path_factory.mktemp("notebook")).cells[0].outputs
    assert [o.output_type for o in outputs] == ["display_data"] * 10
    return [o.data["text/html"] for o in outputs]


@pytest.mark.parametrize("number", range(10))
def test_page_is_a_plain_table(pages, number):
    page = Page()
    page.feed(pages[number])
    assert page.tags <= TAGS
    assert page.attributes <= {"style", "title"}
    assert len(pages[number]) < 100_000
    controls = {c for c in page.text if unicodedata.category(c) in ("Cc", "Cs")} - {"\n"}
    assert not controls
    assert not {"\u202e", "\u2067"} & set(page.text)


def test_tokens_are_readable_as_they_are(pages):
    page = Page()
    page.feed(pages[1])  # the vocabulary
    assert "<script>alert(1)</script>" in page.text
    assert "\\x00" in page.text
    assert "\\u202e" in page.text
