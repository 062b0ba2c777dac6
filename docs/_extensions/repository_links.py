"""Links between files of the repository lead somewhere on the site, too.

A page links to what it means as it lies in the repository: ``../examples/01_quickstart.py``. On the
site, examples are pages of the gallery; texts of the root and other files get pages of their own.
"""

from __future__ import annotations

import re
from os.path import relpath
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent
# Where the texts of the root are read on the site: those of the first kind are copied there.
COPIED = {"CHANGES.md": "changes.md", "CONTRIBUTING.md": "contributing.md"}
KNOWN = {
    **COPIED,
    "README.md": "index.md",
    "benchmarks": "benchmarks.md",
    "examples": "examples/index.rst",
}
SOURCES = DOCS / "sources"

FENCED = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)$)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:|#|/)([^)\s#]+)")


def page_of(path: Path) -> Path | None:
    """Return the source of the page that shows a file of the repository."""
    name = path.relative_to(ROOT).as_posix()
    if name in KNOWN:
        return DOCS / KNOWN[name]
    if path.parent == ROOT / "examples" and re.match(r"\d\d_\w+\.py$", path.name):
        return DOCS / "examples" / f"{path.stem}.rst"
    if path.parent == ROOT / "examples" and path.suffix == ".ipynb":
        return DOCS / "examples" / path.name
    if path.is_file() and not path.is_relative_to(DOCS):
        return SOURCES / f"{name}.rst"
    return None


def follow(text: str, folder: Path, page: Path) -> str:
    """Return the text, which lies in a folder, with links as they are from a page of the site."""

    def link(match: re.Match[str]) -> str:
        path = (folder / match[1]).resolve()
        if not path.is_relative_to(ROOT):
            return match[0]
        return f"]({relpath(page_of(path) or path, page.parent)}"

    parts = FENCED.split(text)
    parts[::2] = [LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)


def rewrite_links(app: Sphinx, docname: str, source: list[str]) -> None:
    page = Path(app.env.doc2path(docname))
    if page.suffix == ".ipynb":  # a copy of an example
        source[0] = follow(source[0], ROOT / "examples", page)
    elif page.suffix == ".md" and page.name not in COPIED.values():
        source[0] = follow(source[0], page.parent, page)


def linked_files() -> set[Path]:
    """Return the files that pages link to."""
    texts = [ROOT / name for name in COPIED]
    texts += [p for p in DOCS.rglob("*.md") if "_build" not in p.parts]
    links = {(p.parent / t).resolve() for p in texts for t in LINK.findall(p.read_text("utf-8"))}
    return {path for path in links if path.is_relative_to(ROOT)}


def write(path: Path, text: str) -> None:
    """Write a file if it would change, so that an unchanged page is not built again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def write_pages(app: Sphinx) -> None:
    """Write the pages of files that lie outside of the folder of documents."""
    for name, page in COPIED.items():
        write(DOCS / page, follow((ROOT / name).read_text("utf-8"), ROOT, DOCS / page))
    pages = {path: page_of(path) for path in linked_files()}
    for left in set(SOURCES.rglob("*.rst")) - set(pages.values()):
        left.unlink()  # of a file that no page links to any more
    for path, page in pages.items():
        if page is not None and page.is_relative_to(SOURCES):
            name = path.relative_to(ROOT).as_posix()
            source = relpath(path, page.parent)
            language = {".py": "python", ".md": "markdown"}.get(path.suffix, "text")
            title = f":orphan:\n\n{name}\n{'=' * len(name)}\n\n"
            write(page, f"{title}.. literalinclude:: {source}\n   :language: {language}\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", write_pages)
    app.connect("source-read", rewrite_links)
    return {"parallel_read_safe": True}
