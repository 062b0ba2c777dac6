"""Tables: a cell of figures stays on one line, and a wide table scrolls."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 24  # characters: "27.4 s, 197 MB, 1.5 ms"
FIGURE = re.compile(r"\d")


def mark_figures(app: Sphinx, document: nodes.document) -> None:
    """Add the class of the style sheet to cells of figures."""
    for cell in document.findall(nodes.entry):
        text = cell.astext()
        if len(text) <= LONGEST and FIGURE.search(text):
            cell["classes"].append("figures")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", mark_figures)
    return {"parallel_read_safe": True}
