"""The map of attention as a plot."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from textvec import AttentionDisplay, RNNClassifier, Seq2Seq

SOURCE = ["der $rote$ frosch", "die kröte", ""]
TARGET = ["the red frog", "the toad", ""]


@pytest.fixture(scope="module")
def model():
    given = {"hidden_size": 8, "max_iter": 3, "random_state": 0}
    return Seq2Seq(**given).fit(SOURCE, TARGET)


def labels(ticks):
    return [label.get_text() for label in ticks]


def test_rows_are_tokens_written_and_columns_tokens_read(model):
    display = AttentionDisplay.from_estimator(model, SOURCE[0], TARGET[0])
    assert labels(display.ax_.get_xticklabels()) == ["der", "rote", "frosch"]
    assert labels(display.ax_.get_yticklabels()) == ["the", "red", "frog", "[END]"]
    (expected,) = model.attention_maps(SOURCE[:1], TARGET[:1])
    np.testing.assert_allclose(display.image_.get_array(), expected.weights)
    display.figure_.canvas.draw()


def test_follows_what_is_written_and_plots_where_told(model):
    _, ax = plt.subplots()
    display = AttentionDisplay.from_estimator(model, [SOURCE[1]], ax=ax, cmap="Blues")
    assert display.ax_ is ax
    assert display.image_.get_cmap().name == "Blues"
    written = model.predict(SOURCE[1:2])[0].split()
    assert labels(ax.get_yticklabels()) == [*written, "[END]"]


def test_a_row_without_tokens(model):
    display = AttentionDisplay.from_estimator(model, "", "")
    assert display.weights.shape == (1, 0)
    display.figure_.canvas.draw()


def test_tokens_are_no_formulas():
    display = AttentionDisplay(weights=[[1.0]], source=["$x$"], target=["$_$ $"]).plot()
    display.figure_.canvas.draw()
    assert labels(display.ax_.get_xticklabels()) == ["$x$"]
    assert not display.ax_.get_xticklabels()[0].get_parse_math()


def test_mistakes_are_named(model):
    with pytest.raises(TypeError, match="RNNClassifier has no attention_maps"):
        AttentionDisplay.from_estimator(RNNClassifier(), "a")
    with pytest.raises(ValueError, match="must hold one row to plot, got 2"):
        AttentionDisplay.from_estimator(model, SOURCE[:2])
    with pytest.raises(NotFittedError):
        AttentionDisplay.from_estimator(Seq2Seq(), "a")
    with pytest.raises(ValueError, match=r"shape \(n_target, n_source\) = \(1, 2\), got"):
        AttentionDisplay(weights=[[1.0]], source=["a", "b"], target=["c"]).plot()
