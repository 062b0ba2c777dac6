"""What pages say of themselves to others: their title and summary, and where their source is.

The repository and the address of the site are ``Repository`` and ``Documentation`` of
``[project.urls]`` in ``pyproject.toml``, or what a workflow that publishes the site says in the
environment, ``TEXTVEC_REPOSITORY_URL`` and ``TEXTVEC_DOCUMENTATION_URL``; without them, pages have
no links to either.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import tomllib
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

import textvec

ROOT = Path(__file__).parents[2]
COPIED = {"changes": "CHANGES.md", "contributing": "CONTRIBUTING.md"}
LONGEST = 200  # characters of a summary
RELEASE = re.compile(r"v\d+(\.\d+)+")  # a folder of the site that holds an older one


def urls() -> dict[str, str]:
    """Return the addresses of the project, by their names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = dict(project.get("urls", {}))
    for name in ("Documentation", "Repository"):
        found[name] = os.environ.get(f"TEXTVEC_{name.upper()}_URL") or found.get(name, "")
    return {name: url.rstrip("/") for name, url in found.items() if url}


def source_of(page: str) -> str | None:
    """Return the file of the repository that a page is written in; None if there is none."""
    candidates = [COPIED.get(page, ""), f"docs/{page}.md", f"docs/{page}.rst"]
    if page.startswith("examples/"):
        candidates = [f"{page}.py", f"{page}.ipynb"]
    elif page.startswith("api/textvec."):
        thing: Any = textvec
        # "-function": of a function whose name differs from that of a class by case alone
        for name in page.removeprefix("api/textvec.").removesuffix("-function").split("."):
            thing = getattr(thing, name)
        candidates = [Path(inspect.getfile(inspect.unwrap(thing))).relative_to(ROOT).as_posix()]
    return next((name for name in candidates if name and (ROOT / name).is_file()), None)


def summary_of(tree: nodes.document) -> str:
    """Return the beginning of a page's first paragraph."""
    for paragraph in tree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if text and not any(isinstance(n, nodes.raw) for n in paragraph.findall()):
            return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " ..."
    return ""


def tags_of(title: str, summary: str, address: str) -> str:
    """Return the tags by which others show a link to a page."""
    values = {"og:title": title, "og:type": "website", "og:site_name": "textvec"}
    values |= {"og:description": summary, "og:url": address}
    return "".join(
        f'<meta property="{name}" content="{escape(value)}">\n'
        for name, value in values.items()
        if value
    )


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Add what a page says of itself."""
    site, repository = urls().get("Documentation", ""), urls().get("Repository", "")
    source = source_of(page) if tree is not None else None
    context["theme_use_edit_page_button"] = bool(repository and source)
    if repository and source:  # the theme wants the name of the page in it, which ours is not
        context["edit_page_url_template"] = f"{repository}/edit/main/{source}{{# file_name #}}"
    if tree is not None:
        title = re.sub(r"<[^>]+>", "", context.get("title", ""))
        address = f"{site}/{page}.html" if site else ""
        context["metatags"] += tags_of(title, summary_of(tree), address)
    if page == "404" and site:  # which a host shows in the place of a page in any folder
        context["metatags"] = f'<base href="{escape(site)}/">\n' + context["metatags"]


def write_versions(app: Sphinx, error: Exception | None) -> None:
    """Write the list of which the menu of versions is made: this one, and those in folders."""
    site = urls().get("Documentation", "")
    if error is not None or not site:
        return
    out = Path(app.outdir)
    folders = [path.name for path in out.iterdir() if RELEASE.fullmatch(path.name)]
    versions = [{"version": textvec.__version__, "url": f"{site}/", "preferred": True}]
    versions += [{"version": tag[1:], "url": f"{site}/{tag}/"} for tag in sorted(folders)[::-1]]
    (out / "_static" / "versions.json").write_text(json.dumps(versions, indent=2), "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_versions)
    return {"parallel_read_safe": True}
