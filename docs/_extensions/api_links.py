"""Links from the guide to the API, and back."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
NAMES = re.compile(r"^   ((?:\w+\.)*\w+)$", re.MULTILINE)
LITERAL = re.compile(r"(?:textvec\.)?((?:\w+\.)*\w+)(?:\(.*\))?")
# In the type of a parameter, a name that ends in an underscore is an attribute, and no link.
ATTRIBUTE = re.compile(r"(?<![\w`])([a-z]\w*_)(?![\w`])")
TYPE = re.compile(r"^\s*(?:[\w*, ]+ : |\S.*\bof shape \()")
# Where names of other projects are documented.
REFERENCES = {
    "matplotlib": "https://matplotlib.org/stable/api/_as_gen/{}.html",
    "numpy": "https://numpy.org/doc/stable/reference/generated/{}.html",
    "pandas": "https://pandas.pydata.org/docs/reference/api/{}.html",
    "scipy": "https://docs.scipy.org/doc/scipy/reference/generated/{}.html",
    "sklearn": "https://scikit-learn.org/stable/modules/generated/{}.html",
    "torch": "https://docs.pytorch.org/docs/stable/generated/{}.html",
}


@cache
def public_names() -> frozenset[str]:
    """Return the names on the page of the API, as they follow ``textvec.``."""
    return frozenset(NAMES.findall((DOCS / "api" / "index.rst").read_text("utf-8")))


@cache
def guide_pages() -> dict[str, set[str]]:
    """Return the pages of the guide, in its order, each with the identifiers in it."""
    pages = re.findall(r"\]\(([\w/]+)\.md\)", (DOCS / "user_guide.md").read_text("utf-8"))
    return {p: set(re.findall(r"\w+", (DOCS / f"{p}.md").read_text("utf-8"))) for p in pages}


def quote_attributes(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    for row, line in enumerate(lines):
        if TYPE.match(line):
            head, colon, rest = line.partition(" : ") if " : " in line else ("", "", line)
            lines[row] = head + colon + ATTRIBUTE.sub(r"`\1`", rest)


def add_pages(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Add to an object's page the pages of the guide and the examples that use it."""
    short = name.removeprefix("textvec.")
    if short not in public_names():
        return
    last = short.rpartition(".")[2]
    pages = [f":doc:`/{p}`" for p, words in guide_pages().items() if last in words]
    if pages:
        lines += ["", ".. rubric:: In the guide", "", ", ".join(pages)]
    lines += ["", f".. minigallery:: {name}", "   :add-heading: Examples of the gallery", ""]


def is_inherited(
    app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any
) -> bool | None:
    """Return whether a member is another project's, whose documentation has it."""
    source = getattr(obj, "fget", obj)
    module = getattr(source, "__module__", None) or getattr(type(source), "__module__", "")
    return None if str(module).startswith("textvec") else True


def link_names(app: Sphinx, document: nodes.document) -> None:
    """Make public names in code font links to their pages."""
    for literal in list(document.findall(nodes.literal)):
        found = LITERAL.fullmatch(literal.astext())
        owner = literal.parent
        while owner is not None and not isinstance(owner, nodes.title | nodes.reference):
            owner = None if isinstance(owner, addnodes.pending_xref) else owner.parent
        if not found or owner is not None or isinstance(literal.parent, addnodes.pending_xref):
            continue
        name = found[1]
        if name in public_names() or name.rpartition(".")[0] in public_names():
            link = addnodes.pending_xref(
                refdomain="py", reftype="obj", reftarget=f"textvec.{name}", refexplicit=True
            )
            literal.replace_self(link)
            link += literal


def find_elsewhere(
    app: Sphinx, env: Any, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.reference | None:
    """Return a link to the documentation of another project."""
    target = node.get("reftarget", "")
    template = REFERENCES.get(target.partition(".")[0])
    if template is None or node.get("refdomain") != "py" or "." not in target:
        return None
    link = nodes.reference("", "", refuri=template.format(target), internal=False)
    link += content
    return link


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", quote_attributes, priority=100)
    app.connect("autodoc-process-docstring", add_pages, priority=900)
    app.connect("autodoc-skip-member", is_inherited)
    app.connect("doctree-read", link_names)
    app.connect("missing-reference", find_elsewhere)
    return {"parallel_read_safe": True}
