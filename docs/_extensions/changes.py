"""The page of changes: the kind of each line is a badge."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

COLOURS = {"New": "success", "Changed": "warning", "Faster": "info", "Fixed": "secondary"}


def mark_kinds(app: Sphinx, document: nodes.document) -> None:
    """Make badges of the kinds, which the page has as strong text."""
    if app.env.docname != "changes":
        return
    for strong in document.findall(nodes.strong):
        if colour := COLOURS.get(strong.astext()):
            strong["classes"] += ["sd-badge", f"sd-bg-{colour}", f"sd-bg-text-{colour}"]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", mark_kinds)
    return {"parallel_read_safe": True}
