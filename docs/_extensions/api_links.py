"""Links from the guide to the API, and back."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from docutils import nodes
from numpydoc.xref import DEFAULT_LINKS
from sphinx import addnodes
from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
NAMES = re.compile(r"^   ((?:\w+\.)*\w+)$", re.MULTILINE)
# A name in code, in no string and of no other object; a call or all of the code, but for classes.
NAME = re.compile(r"(?<![\w.\"'])(?:textvec\.)?((?:\w+\.)*\w+)(?![\w\"'])")
IMPORT = re.compile(r"from (?!textvec)\w")
# In the type of a parameter, a name that ends in an underscore is an attribute, and no link.
ATTRIBUTE = re.compile(r"(?<![\w`])([a-z]\w*_)(?![\w`])")
TYPE = re.compile(r"^\s*(?:[\w*, ]+ : |\S.*\bof shape \()")
CONSTANT = re.compile(r"(?<==)_[A-Z_]+(?=[,)])")  # a default that is named in its module alone
PRIVATE = re.compile(r"[(,] ?_\w")  # a parameter
INITIAL = re.compile(r"^(\s*)(?=[IVXLCDM]\. )")  # of an author, which is no number of a list
MOST_PAGES = 6  # of the guide, that a page of the API links to
# How types of other projects are called.
TYPES = {
    "DataFrame": "pandas.DataFrame",
    "Module": "torch.nn.Module",
    "RandomState": "numpy.random.RandomState",
    "ndarray": "numpy.ndarray",
}
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
def full_names() -> dict[str, str]:
    """Return the public names by what text calls them: also without the module that has them."""
    short = {name.rpartition(".")[2]: name for name in public_names() if "." in name}
    kept = {k: name for k, name in short.items() if k[0].isupper() or name.startswith("datasets.")}
    return kept | {name: name for name in public_names()}


def type_aliases() -> dict[str, str]:
    """Return what names in the types of parameters link to; the names of Python to themselves."""
    ours = {name: f"textvec.{full}" for name, full in full_names().items()}
    return {name: name for name in DEFAULT_LINKS} | TYPES | ours


@cache
def guide_pages() -> dict[str, Counter[str]]:
    """Return the pages of the guide, each with the number of times that it has an identifier."""
    _, *sections = (DOCS / "user_guide.md").read_text("utf-8").split("\n## ")
    pages = re.findall(r"\]\(([\w/]+)\.md\)", "".join(sections))
    return {p: Counter(re.findall(r"\w+", (DOCS / f"{p}.md").read_text("utf-8"))) for p in pages}


def quote_types(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Mark what text holds of markup: names of attributes and backslashes in types, initials."""
    for row, line in enumerate(lines):
        lines[row] = INITIAL.sub(r"\1\\", line)
        if TYPE.match(line):
            head, colon, rest = line.partition(" : ") if " : " in line else ("", "", line)
            quoted = ATTRIBUTE.sub(r"`\1`", rest.replace("\\", "\\\\"))
            lines[row] = head + colon + quoted


def add_pages(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Add to an object's page the pages of the guide that use it most."""
    short = name.removeprefix("textvec.")
    if short not in public_names():
        return
    uses = {page: words[short.rpartition(".")[2]] for page, words in guide_pages().items()}
    pages = sorted((p for p in uses if uses[p]), key=uses.__getitem__, reverse=True)[:MOST_PAGES]
    if pages:
        links = ", ".join(f":doc:`/{p}`" for p in pages)
        lines += ["", ".. rubric:: In the guide", "", links, ""]


def show_defaults(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returned: Any
) -> tuple[str, Any] | None:
    """Show the values of defaults that are private constants.

    What protocols take, and results that their own function makes of private parts, is not shown.
    """
    if getattr(obj, "_is_protocol", False) or PRIVATE.search(signature or ""):
        return "", returned
    if signature is None or not CONSTANT.search(signature):
        return None
    module = sys.modules[inspect.unwrap(obj).__module__]

    def value(found: re.Match[str]) -> str:
        return repr(np.asarray(getattr(module, found[0])).tolist())

    return CONSTANT.sub(value, signature), returned


def is_inherited(
    app: Sphinx, what: str, name: str, obj: Any, skip: bool, options: Any
) -> bool | None:
    """Return whether a member is another project's, whose documentation has it."""
    source = getattr(obj, "fget", obj)
    module = getattr(source, "__module__", None) or getattr(type(source), "__module__", "")
    return None if str(module).startswith("textvec") else True


def linked_name(text: str, found: re.Match[str]) -> str | None:
    """Return the public name that a name in code means, with its attribute; None for no name."""
    name, _, attribute = found[1].partition(".")
    if found[1] in public_names():  # of a module: datasets.read_text
        name, attribute = found[1], ""
    if name not in full_names():
        return None
    is_used = name[0].isupper() or text[found.end() :][:1] == "(" or found[0] == text
    return ".".join(filter(None, ["textvec", full_names()[name], attribute])) if is_used else None


def is_elsewhere(literal: nodes.literal, page: str) -> bool:
    """Return whether code is in a title, in a link, or another library's: of a left column."""
    owner = literal.parent
    while owner is not None:
        if isinstance(owner, nodes.title | nodes.reference | addnodes.pending_xref):
            return True
        is_first = isinstance(owner, nodes.entry) and owner.parent.index(owner) == 0
        if is_first and page.startswith("coming_from/"):
            return True
        owner = owner.parent
    return bool(IMPORT.match(literal.astext()))


def link_names(app: Sphinx, document: nodes.document) -> None:
    """Make public names in code font links to their pages."""
    for literal in list(document.findall(nodes.literal)):
        if is_elsewhere(literal, app.env.docname):
            continue
        text, end = literal.astext(), 0
        parts: list[nodes.Node] = []
        for found in NAME.finditer(text):
            if name := linked_name(text, found):
                link = addnodes.pending_xref(
                    refdomain="py", reftype="obj", reftarget=name, refexplicit=True
                )
                link += nodes.inline("", found[0])
                parts += [nodes.Text(text[end : found.start()]), link]
                end = found.end()
        if len(parts) == 2 and link.astext() == text:  # all of it
            literal.replace_self(link)
            link[0].replace_self(literal)
        elif parts:
            literal.children = []
            literal += [*parts, nodes.Text(text[end:])]


def find_here(app: Sphinx, env: Any, node: addnodes.pending_xref, content: nodes.Element) -> Any:
    """Return a link to the page of a class for its attribute, and of a name without its module."""
    target = node.get("reftarget", "").removeprefix("textvec.")
    owner = target.rpartition(".")[0]
    name = full_names().get(target) or (owner if owner in public_names() else None)
    if node.get("refdomain") != "py" or name is None or node["reftarget"] == f"textvec.{name}":
        return None
    domain = env.domains["py"]
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, "obj", f"textvec.{name}", node, content
    )


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
    app.connect("autodoc-process-signature", show_defaults, priority=900)  # after numpydoc
    app.connect("autodoc-process-docstring", quote_types, priority=100)
    app.connect("autodoc-process-docstring", add_pages, priority=900)
    app.connect("autodoc-skip-member", is_inherited)
    app.connect("doctree-read", link_names)
    app.connect("missing-reference", find_here)
    app.connect("missing-reference", find_elsewhere)
    return {"parallel_read_safe": True}
