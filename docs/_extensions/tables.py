"""Tables: figures stay on one line, code breaks between its parts, and a wide table scrolls."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 24  # characters on one line: "27.4 s, 197 MB, 1.5 ms"
PROSE = 40  # characters of a cell that wants the width of a telephone
FIGURE = re.compile(r"\d")
BREAK = re.compile(r"(?<=\()(?=[^)])|(?<=[\w)\]])(?=\.[a-z])|(?<=[a-z]/)")


def mark_figures(app: Sphinx, document: nodes.document) -> None:
    """Add the classes of the style sheet to cells of figures, and to tables of text."""
    for cell in document.findall(nodes.entry):
        text = cell.astext()
        if len(text) <= LONGEST and FIGURE.search(text):
            cell["classes"].append("figures")
    for table in document.findall(nodes.table):
        if any(len(cell.astext()) > PROSE for cell in table.findall(nodes.entry)):
            table["classes"].append("prose")


def break_code(app: Sphinx, document: nodes.document) -> None:
    """Keep short code in tables on one line; let browsers break long code between its parts."""
    for cell in document.findall(nodes.entry):
        for literal in cell.findall(nodes.literal):
            if len(literal.astext()) <= LONGEST:
                literal["classes"].append("short")
                continue
            for text in list(literal.findall(nodes.Text)):
                parts = [nodes.Text(part) for part in BREAK.split(text)]
                breaks = [nodes.raw("", "<wbr>", format="html") for _ in parts]
                pieces = [node for pair in zip(parts, breaks, strict=True) for node in pair]
                text.parent.replace(text, pieces[:-1])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", mark_figures)
    app.connect("doctree-read", break_code, priority=900)  # after names have become links
    return {"parallel_read_safe": True}
