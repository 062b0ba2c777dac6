"""Every code block of the README and the user guide runs and shows what it gives."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.DOTALL | re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_code_blocks_of(page, tmp_path, monkeypatch):
    text = page.read_text(encoding="utf-8")
    assert "```python" not in text, "a block of Python is a session, with its output: ```pycon"
    # The text between the blocks goes, its lines stay, so that a failure names the line.
    session, end = "", 0
    for block in BLOCK.finditer(text):
        session += "\n" * text.count("\n", end, block.start(1)) + block[1] + "\n"
        end = block.end(1) + 1
    test = doctest.DocTestParser().get_doctest(session, {}, page.name, str(page), 0)
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)
