"""HashingCollisionDisplay: what is plotted is what was counted."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import HashingCollisionDisplay, hashing_report

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

REPORT = hashing_report(["Data science rocks my socks off!"], n_features=[64, 4, 16])


def test_points_and_line_are_the_report():
    display = HashingCollisionDisplay.from_report(REPORT)
    assert display.points_.get_xdata().tolist() == [4, 16, 64]  # in order, to draw a line
    found = 100 / 6 * REPORT.n_collisions[[1, 2, 0]]
    assert np.allclose(display.points_.get_ydata(), found)
    assert np.allclose(display.line_.get_ydata(), 100 / 6 * REPORT.expected_collisions[[1, 2, 0]])
    assert display.ax_.get_xscale() == "log"
    assert display.figure_ is display.ax_.figure
    assert display.n_terms == 6


def test_axes_and_style_may_be_given():
    _, ax = plt.subplots()
    display = HashingCollisionDisplay.from_report(REPORT, ax=ax, color="red", label="bag")
    assert display.ax_ is ax
    assert display.points_.get_color() == "red"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["expected", "bag"]


def test_the_constructor_only_stores_and_plot_may_be_called_again():
    display = HashingCollisionDisplay(
        n_terms=0, n_features=[4], n_collisions=[0], expected_collisions=[0.0]
    )
    assert not hasattr(display, "ax_")
    first = display.plot().ax_
    assert display.plot().ax_ is not first
