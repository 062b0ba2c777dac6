"""What holds for every display: axes of any kind, on any backend, and the plot in words."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest

import textvec
from textvec import (
    AttentionDisplay,
    HashingCollisionDisplay,
    LearningCurveDisplay,
    NeighborsDisplay,
    NetworkDisplay,
    WordMapDisplay,
    WordPairsDisplay,
)
from textvec.nn import LayerRow

pyplot = pytest.importorskip("matplotlib.pyplot")
from matplotlib.figure import Figure  # noqa: E402

WORDS = ["frog", "toad", "$x$", "\u202eevil\n", "król"]
POINTS = np.arange(10.0).reshape(5, 2)
DISPLAYS = {
    AttentionDisplay: (
        {"weights": [[0.9, 0.1], [0.3, 0.7]], "source": ["der", "frosch"], "target": WORDS[:2]},
        "largest: frog on der, toad on frosch",
    ),
    HashingCollisionDisplay: (
        {
            "n_terms": 10,
            "n_features": [16, 4],
            "n_collisions": [1, 6],
            "expected_collisions": [1.5, 5.9],
        },
        "10 distinct terms .*60 % at 4 columns, 10 % at 16 columns",
    ),
    LearningCurveDisplay: (
        {
            "losses": {"RNN": [0.7, 0.2]},
            "validation_scores": {"RNN": [0.8, 0.6]},
        },
        "Training loss of RNN in 2 epochs: from 0.7 to 0.2; best validation score 0.8 in epoch 1",
    ),
    NeighborsDisplay: (
        {"word": "frog", "words": WORDS[1:], "scores": [0.9, 0.5, 0.2, 0.1]},
        "nearest to frog, .*toad 0.90",
    ),
    NetworkDisplay: (
        {"layers": [LayerRow("head", "Linear", (None, 2), 8)]},
        r"head \(Linear\) \(None, 2\), 8 parameters",
    ),
    WordMapDisplay: ({"words": WORDS, "points": POINTS}, "frog, toad"),
    WordPairsDisplay: (
        {"pairs": [("man", "woman"), ("king", "queen")], "points": POINTS[:4].reshape(2, 2, 2)},
        "man to woman, king to queen",
    ),
}
each = pytest.mark.parametrize("display", DISPLAYS, ids=lambda d: d.__name__)


@pytest.fixture(autouse=True)
def _closed():
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend("agg")


def test_every_display_is_here():
    names = {name for name in textvec._PUBLIC if name.endswith("Display")}
    assert {display.__name__ for display in DISPLAYS} == names


@each
def test_the_plot_in_words(display):
    options, words = DISPLAYS[display]
    text = display(**options).plot().alt_text_
    assert re.search(words, text)
    assert text.endswith(".")
    assert not set(text) & {"\n", "\u202e"}


@each
def test_the_last_line_of_a_cell_leaves_the_plot_in_words(display):
    made = display(**DISPLAYS[display][0])
    assert repr(made) == f"<{display.__name__}: not plotted>"
    assert repr(made.plot()) == f"<{display.__name__}: {made.alt_text_}>"


def test_the_word_itself_is_escaped():
    text = NeighborsDisplay(word="\u202eevil\n", words=["frog"], scores=[0.5]).plot().alt_text_
    assert "nearest to \\u202eevil\\n, by" in text


@each
@pytest.mark.parametrize("backend", ["agg", "svg", "pdf", "ps"])
def test_any_backend(display, backend):
    pyplot.switch_backend(backend)
    plotted = display(**DISPLAYS[display][0]).plot()
    plotted.figure_.savefig(io.BytesIO())


@each
def test_axes_of_others(display):
    ax = Figure().subplots()
    plotted = display(**DISPLAYS[display][0])
    assert plotted.plot(ax).ax_ is plotted.plot(ax=ax).ax_ is ax
    part = Figure(layout="constrained").subfigures(1, 2)[0].subplots()
    assert plotted.plot(part).figure_ is part.figure
    part.figure.figure.savefig(io.BytesIO())
    assert not pyplot.get_fignums()
