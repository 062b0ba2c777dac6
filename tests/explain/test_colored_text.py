"""Tokens in colours, one by one."""

from __future__ import annotations

import numpy as np
import pytest

from textvec._reporting._html_tables import escaped
from textvec.explain._colored_text import ansi_text, html_text, plain_text, relative


def test_scores_are_relative_to_the_strongest():
    np.testing.assert_array_equal(relative(np.float32([2, -4, 0])), [0.5, -1, 0])
    np.testing.assert_array_equal(relative(np.float32([0, 0])), [0, 0])
    assert len(relative(np.float32([]))) == 0


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("plain กบ 🐸", "plain กบ 🐸"),
        ("a\nb\t\x1b[2J", "a\\nb\\t\\x1b[2J"),
        ("\u202e\u2066", "\\u202e\\u2066"),
        ("\ud800", "\\ud800"),
        ("\x9b", "\\x9b"),
    ],
    ids=ascii,
)
def test_control_characters_are_escaped(token, expected):
    assert escaped(token) == expected


def test_terminal_colours_have_four_levels_and_the_weakest_fifth_has_none():
    scores = np.float32([1, 3, 5, 7, 10, -1, -3, -5, -7, -10])
    parts = ansi_text(["x"] * 10, scores, "|").split("|")
    plain, *levels = parts[:5]
    assert plain == "x"
    assert [part[7:10] for part in levels] == ["189", "153", "111", "75m"]
    assert [part[7:10] for part in parts[6:]] == ["230", "223", "216", "208"]
    assert all(part.endswith("mx\x1b[0m") for part in levels)


def test_brackets_stand_around_a_third_of_the_strongest_and_more():
    scores = np.float32([3, 1, 0.9, -1.5])
    assert plain_text(list("abcd"), scores, "") == "[a +3][b +1]c[d -1.5]"


def test_html_tells_the_score_by_opacity_and_tooltip():
    page = html_text(["a", "<"], np.float32([-2, 1]), " ")
    assert page == (
        '<span style="background:rgba(255,127,14,0.65);border-radius:.2em" title="-2">a</span> '
        '<span style="background:rgba(31,119,180,0.33);border-radius:.2em" title="+1">&lt;</span>'
    )
