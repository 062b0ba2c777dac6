"""Trees of pages, made of the lists of links that readers see; sessions without their last line."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
PAGE = re.compile(r"\]\(([\w/]+)\.md\)")


def add_trees(app: Sphinx, docname: str, source: list[str]) -> None:
    """Add a tree of the pages that each section of the user guide links to."""
    if docname != "user_guide":
        return
    for title, text in SECTION.findall(source[0]):
        pages = "\n".join(PAGE.findall(text))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n"


def trim_sessions(app: Sphinx, document: nodes.document) -> None:
    """Take off the empty line behind the last output of a session, which doctest needs."""
    for block in document.findall(nodes.literal_block):
        if block.get("language") == "pycon":
            block.rawsource = block.astext().rstrip("\n")
            block.clear()
            block += nodes.Text(block.rawsource)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", trim_sessions)
    app.connect("source-read", add_trees)
    return {"parallel_read_safe": True}
