"""The gallery in sections, by what examples are about; the modules that they share, to download.

Pages of the guide end with the examples that go on from there, and these with links back.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx

# The numbers of the examples of each section.
SECTIONS = {
    "First steps": (1, 5, 2, 3),
    "Text to numbers": (6, 7, 8, 9),
    "Word vectors": (10, 11, 12, 13, 25),
    "Networks": (4, 16, 17, 18, 19, 20, 22, 26, 30),
    "Sequences other than text": (14, 15, 21, 23, 24),
    "Large data and serving": (29, 28, 27),
}
# The numbers of the examples at the end of a page of the guide, the first to see first.
ENDS = {
    "tokens": (9, 14),
    "sequences": (1, 9),
    "padding": (2, 24),
    "bags": (6, 7, 8, 5),
    "large_data": (29,),
    "vectors": (3, 10),
    "queries": (10,),
    "pooling": (12, 13, 3),
    "learning_vectors": (12, 11, 13, 14, 15),
    "sentence_vectors": (25,),
    "recurrent": (2, 5, 26, 30),
    "training": (22, 28),
    "tuning": (4, 9),
    "heads": (16, 17, 24),
    "language_models": (18, 19),
    "translation": (20, 21),
    "series": (23, 24),
    "choosing": (5, 30),
    "serving": (27,),
    "how_to/csv": (1, 5),
    "how_to/notebook": (22, 10),
    "how_to/service": (27,),
    "how_to/dna": (14,),
    "how_to/codes": (15,),
    "how_to/tags": (16, 17),
    "how_to/rare_classes": (4, 30),
    "how_to/similar": (13, 12),
}
OPEN, CLOSE = ".. thumbnail-parent-div-open\n", ".. thumbnail-parent-div-close\n"
START = re.compile(
    r'(?=^\.\. raw:: html\n\n    <div class="sphx-glr-thumbcontainer")', re.MULTILINE
)
NUMBER = re.compile(r":doc:`/examples/(\d\d)_")
SHARED = re.compile(r"^ {4,}from (_\w+) import ", re.MULTILINE)
EXAMPLE = re.compile(r"examples/(\d\d)_")
FOOT = ".. _sphx_glr_download_examples_"
DOWNLOAD = "\n    .. container:: sphx-glr-download sphx-glr-download-python\n"


def in_sections(index: str) -> str:
    """Return the text of the gallery's page, its thumbnails under headings."""
    before, _, rest = index.partition(OPEN)
    thumbnails, _, after = rest.partition(CLOSE)
    by_number = {}
    for thumbnail in START.split(thumbnails):
        if found := NUMBER.search(thumbnail):
            by_number[int(found[1])] = thumbnail
    # What opens and closes a group of thumbnails.
    head, _, opening = before.rpartition(".. raw:: html\n")
    closing = after[: after.index("</div>") + len("</div>\n")]
    parts = [head]
    for title, numbers in SECTIONS.items():
        parts += [f"{title}\n{'-' * len(title)}\n\n.. raw:: html\n", opening]
        parts += [by_number.pop(number) for number in numbers]
        parts += [closing, "\n"]
    if by_number:
        raise ValueError(f"examples in no section of the gallery: {sorted(by_number)}")
    return "".join(parts) + after[len(closing) :]


def with_shared_modules(example: str) -> str:
    """Return the text of an example's page, with downloads of the modules that it imports."""
    before, download, after = example.partition(DOWNLOAD)
    modules = sorted({name for name in SHARED.findall(before) if name != "__future__"})
    links = [
        f"{DOWNLOAD}\n      :download:`Download the module it imports: {name}.py "
        f"<../../examples/{name}.py>`\n"
        for name in modules
    ]
    return before + "".join(links) + download + after


def with_examples(page: str, numbers: tuple[int, ...]) -> str:
    """Return the text of a page of the guide, with thumbnails of examples at its end."""
    files = " ".join(f"../examples/{number:02}_*.py" for number in numbers)
    return f"{page}\n## Examples\n\n```{{eval-rst}}\n.. minigallery:: {files}\n```\n"


def with_guide(example: str, number: int) -> str:
    """Return the text of an example's page, with links to the guide's pages that end with it."""
    pages = ", ".join(f":doc:`/{page}`" for page, numbers in ENDS.items() if number in numbers)
    before, foot, after = example.partition(FOOT)
    return f"{before}**In the guide:** {pages}\n\n{foot}{after}"


def complete(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname in ENDS:
        source[0] = with_examples(source[0], ENDS[docname])
    elif docname == "examples/index":
        source[0] = in_sections(source[0])
    elif found := EXAMPLE.match(docname):
        source[0] = with_guide(with_shared_modules(source[0]), int(found[1]))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", complete)
    return {"parallel_read_safe": True}
