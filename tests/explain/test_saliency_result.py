"""Scores of tokens as HTML, and as text with and without colours."""

from __future__ import annotations

import io
import re

import numpy as np

from textvec import Ragged, TokenSaliency

HOSTILE = ["<script>alert(1)</script>", 'a"b', "\x1b[2Jgone", "\u202eturned", "กบ🐸", "&amp;"]
SHOWN = TokenSaliency(
    tokens=[HOSTILE, []],
    scores=Ragged.from_rows([[1.0, -0.5, 0.1, 0.0, -1.0, 0.4], []], dtype=np.float32),
    predictions=np.array(["<b>", "no"]),
    targets=np.array(["<b>", "no"]),
    values=np.array([0.9, 0.5]),
    method="occlusion",
)


def test_html_is_escaped_and_coloured():
    page = SHOWN._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</span>" in page
    assert "a&quot;b" in page
    assert "&amp;amp;" in page
    assert "<b>&lt;b&gt; 0.90</b>" in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert 'rgba(31,119,180,0.65);border-radius:.2em" title="+1">' in page
    assert 'rgba(255,127,14,0.33);border-radius:.2em" title="-0.5">' in page
    assert page.count("<span") == page.count("</span>") == len(HOSTILE) + 2


def test_terminals_with_and_without_colours(monkeypatch, capsys):
    colored = SHOWN.terminal(color=True)
    assert colored.count("\x1b[0m") == 4
    plain = SHOWN.terminal(color=False)
    assert plain.splitlines() == [
        '<b> 0.90: [<script>alert(1)</script> +1] [a"b -0.5] \\x1b[2Jgone \\u202eturned '
        "[กบ🐸 -1] [&amp; +0.4]",
        "no 0.50: ",
    ]
    assert re.sub(r"\x1b\[[\d;]*m", "", colored).splitlines()[0] == (
        "<b> 0.90: " + " ".join(HOSTILE).replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    )
    print(SHOWN)
    assert capsys.readouterr().out == plain + "\n"

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout", Terminal())
    assert str(SHOWN) == colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert str(SHOWN) == plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert str(SHOWN) == plain


def test_many_rows_are_cut_short():
    n = 60
    many = TokenSaliency(
        tokens=[["x"]] * n,
        scores=Ragged.from_rows([[0.0]] * n),
        predictions=np.arange(n),
        targets=np.arange(n),
        values=np.ones(n),
        method="occlusion",
    )
    assert str(many).endswith("\nand 10 more")
    assert "and 10 more" in many.html()
    assert "<p>Class, its probability, and tokens: " in many.html()
    assert repr(many) == "TokenSaliency(60 rows, 60 tokens, 'occlusion')"
    assert many.strongest() == [[("x", 0.0)]] * n


def test_the_strongest_come_first_whatever_their_sign():
    assert SHOWN.strongest(2) == [[(HOSTILE[0], 1.0), (HOSTILE[4], -1.0)], []]


def test_a_column_of_a_regression_is_named_if_there_are_several():
    options = {
        "tokens": [["a"]],
        "scores": Ragged.from_rows([[0.5]]),
        "targets": np.array([1]),
        "values": np.array([1234.5678]),
        "method": "occlusion",
    }
    several = TokenSaliency(predictions=np.array([[0.5, 1234.5678]]), **options)
    assert "<p>Prediction, and tokens: " in several.html()
    assert str(several) == "column 1: 1235: [a +0.5]"
    assert str(TokenSaliency(predictions=np.array([1234.5678]), **options)) == "1235: [a +0.5]"


def test_frame_has_a_row_for_each_token():
    frame = SHOWN.to_frame()
    assert frame["token"].tolist() == HOSTILE
    assert frame["position"].tolist() == [*range(6)]
    assert frame["score"].tolist() == SHOWN.scores.values.tolist()
    assert set(frame["row"]) == {0}
    assert set(frame["target"]) == {"<b>"}
    empty = TokenSaliency(
        [],
        SHOWN.scores[:0],
        SHOWN.predictions[:0],
        SHOWN.targets[:0],
        SHOWN.values[:0],
        "occlusion",
    )
    assert list(empty.to_frame().columns) == list(frame.columns)
    assert len(empty.to_frame()) == 0
