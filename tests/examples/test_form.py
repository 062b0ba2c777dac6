"""Every example asks a question, prints and plots the answer, and says what to try next."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("[0-9][0-9]_*.py"))
ENDING = re.compile(r"\n# %%\n# What to try next\n# ----------------\n((?:# (?:- |  ).+\n)+)\Z")
# A service, and a script of which every process runs the lines.
WITHOUT_PLOT = {"27_serve", "28_several_processes"}

each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def test_examples_are_numbered_without_gaps():
    assert [int(path.stem[:2]) for path in EXAMPLES] == [*range(1, len(EXAMPLES) + 1)]


@each_example
def test_opens_with_the_question_that_it_answers(path):
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    title, rule, empty, *answer = text.split("\n")
    assert title.endswith("?")
    assert rule == "=" * len(title)
    assert empty == ""
    assert answer


@each_example
def test_ends_with_what_to_try_next(path):
    found = ENDING.search(path.read_text(encoding="utf-8"))
    assert found, "the last comment of a gallery block is a list under 'What to try next'"
    assert found[1].count("# - ") >= 3


@each_example
def test_prints_and_plots_the_answer(path):
    calls = [
        n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)
    ]
    names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
    assert "print" in names
    assert path.stem in WITHOUT_PLOT or {"show", "show_bars"} & set(names)
