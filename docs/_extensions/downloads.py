"""The files of a page, such as its script and its notebook, to download at its side."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


class Download(NamedTuple):
    """A file that a page links to: where it is in the site, and its name."""

    path: str
    name: str


def downloads_of(tree: nodes.document) -> list[Download]:
    """Return the files that a page has to download: scripts, then notebooks, then archives."""
    paths = {link.get("filename", "") for link in tree.findall(addnodes.download_reference)} - {""}
    found = [Download(f"_downloads/{path}", Path(path).name) for path in paths]
    kinds = [".py", ".ipynb"]
    return sorted(
        found,
        key=lambda file: (
            (*kinds, Path(file.name).suffix).index(Path(file.name).suffix),
            file.name.startswith("_"),  # a module that the script imports
            file.name,
        ),
    )


def add_notebook(app: Sphinx, document: nodes.document) -> None:
    """End a page that is written as a notebook with a link to its file."""
    source = Path(document["source"])
    if source.suffix == ".ipynb":
        link = addnodes.download_reference(
            "", "", nodes.literal("", source.name), reftarget=source.name, refdoc=app.env.docname
        )
        document[0] += nodes.paragraph("", "This page as a notebook: ", link)


def show_at_the_side(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Name the files for the template of the bar at the side."""
    context["downloads"] = downloads_of(tree) if tree is not None else []


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add_notebook, priority=400)  # before Sphinx copies such files
    app.connect("html-page-context", show_at_the_side)
    return {"parallel_read_safe": True}
