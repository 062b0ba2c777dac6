"""Every notebook runs from the first cell to the last, and shows a picture with a description."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.learn.notebooks import execute

jupytext = pytest.importorskip("jupytext", reason="notebooks are read by jupytext")

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in (ROOT / "docs" / "learn").glob("*.md") if p.name != "index.md")
NOTEBOOKS = [*PAGES, ROOT / "examples" / "lecture.ipynb"]


def outputs(notebook):
    return [
        (cell, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_without_a_warning(path, tmp_path, monkeypatch):
    monkeypatch.delenv("TEXTVEC_DATA", raising=False)  # on what ships with the package
    shown = outputs(execute(jupytext.read(path), tmp_path))
    assert not [o.text for _, o in shown if o.output_type == "stream" and o.name == "stderr"]
    pictures = [cell for cell, o in shown if "image/png" in o.get("data", {})]
    assert pictures
    for cell in pictures:
        assert cell.metadata["mystnb"]["image"]["alt"], cell.source


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_ends_with_what_to_try_and_its_notebook(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n## What to try next\n") == 1
    assert f"{{nb-download}}`{path.stem}.ipynb`" in text.partition("\n## What to try next\n")[2]
