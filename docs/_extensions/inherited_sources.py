"""Links of methods and properties to their source, wherever their class has them from."""

from __future__ import annotations

import inspect
from importlib import import_module

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

MODULES: dict[str, str] = {}  # of methods, by their names where they are defined


def definition(module: str, name: str) -> tuple[str, str] | None:
    """Return the module of a method, and its name there; None for what is no method."""
    owner, _, method = name.rpartition(".")
    found = getattr(import_module(module), owner, None) if owner else None
    value = getattr(found, method, None)
    function = inspect.unwrap(getattr(value, "fget", None) or value)
    known = getattr(function, "__qualname__", None)
    return (function.__module__, known) if known else None


def name_definitions(app: Sphinx, document: nodes.document) -> None:
    """Name the methods in signatures as they are where they are defined."""
    for signature in document.findall(addnodes.desc_signature):
        module, name = signature.get("module"), signature.get("fullname", "")
        if not module:
            continue
        if defined := definition(module, name):
            MODULES[defined[1]], name = defined
            signature["fullname"] = name
        # A source links back to the last page that shows it, in the words of the first.
        for id in (f"{module}.{name}", f"textvec.{name}"):
            if id not in signature["ids"]:
                signature["ids"].append(id)


def module_of(app: Sphinx, module: str, name: str) -> str | None:
    return MODULES.get(name)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", name_definitions, priority=400)  # before sphinx.ext.viewcode
    app.connect("viewcode-follow-imported", module_of)
    return {"parallel_read_safe": True}
