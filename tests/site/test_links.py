"""Every link of the site leads to a page and an anchor; nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

SIGNATURE = re.compile(r'<dt class="sig sig-object py" id="([^"]+)">(.*?)</dt>', re.DOTALL)


class Page(HTMLParser):
    """The anchors of a page, its links, and the files it loads."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded = {"", "top"}, [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag in ("img", "script", "source", "iframe") and found.get("src"):
            self.loaded.append(found["src"])
        if tag == "link" and found.get("href") and found.get("rel") != "canonical":
            self.loaded.append(found["href"])


def test_links_and_anchors(site, pages):
    parsed = {path: Page(path) for path in pages}
    dead = []
    for path, page in parsed.items():
        for link in page.links + page.loaded:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            known = parsed.get(target)
            if not target.exists() or (known and unquote(parts.fragment) not in known.anchors):
                dead.append(f"{path.relative_to(site)}: {link}")
    assert not dead, "\n".join(dead)


def test_nothing_is_loaded_from_elsewhere(site, pages):
    loaded = {(p.name, link) for p in pages for link in Page(p).loaded}
    assert not {item for item in loaded if urlsplit(item[1]).scheme not in ("", "data")}


def test_names_of_pages_differ_by_more_than_case(pages):
    """Two pages that do not are one file on Windows and macOS."""
    names = Counter(str(page).lower() for page in pages)
    assert [name for name, times in names.items() if times > 1] == []


def test_signatures_link_to_their_source(pages):
    found = {
        name: "viewcode-link" in signature
        for page in pages
        for name, signature in SIGNATURE.findall(page.read_text(encoding="utf-8"))
    }
    assert len(found) > 100
    assert [name for name, has_link in found.items() if not has_link] == []
