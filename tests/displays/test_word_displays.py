"""Displays of word vectors: what is plotted is what the vectors say."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.decomposition import PCA

from textvec import (
    AttentionDisplay,
    NeighborsDisplay,
    WordMapDisplay,
    WordPairsDisplay,
    WordVectors,
)

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
plt = pytest.importorskip("matplotlib.pyplot")

WORDS = [f"w{i}" for i in range(12)]
VECTORS = WordVectors(WORDS, np.random.default_rng(0).standard_normal((12, 5)))
LEARNER = SimpleNamespace(vectors_=VECTORS)
PAIRS = [("w0", "w1"), ("w2", "w3"), ("w4", "w5")]


def test_neighbours_are_bars():
    display = NeighborsDisplay.from_vectors(VECTORS, "w3", k=4)
    expected = VECTORS.nearest("w3", 4)
    assert display.words == expected.words
    assert [bar.get_width() for bar in display.bars_] == expected.scores.tolist()
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == list(expected.words)
    assert display.ax_.yaxis_inverted()  # the nearest on top
    assert "w3" in display.ax_.get_title()


def test_map_of_principal_components():
    display = WordMapDisplay.from_vectors(VECTORS, WORDS)
    units = VECTORS.matrix / np.linalg.norm(VECTORS.matrix, axis=1, keepdims=True)
    np.testing.assert_allclose(display.points, PCA(2).fit_transform(units), atol=1e-5)
    assert [label.get_text() for label in display.labels_] == WORDS
    np.testing.assert_array_equal(display.points_.get_offsets(), display.points)


def test_map_by_tsne_takes_a_seed():
    one = WordMapDisplay.from_vectors(VECTORS, WORDS, method="tsne", random_state=3)
    two = WordMapDisplay.from_vectors(VECTORS, WORDS, method="tsne", random_state=3)
    np.testing.assert_array_equal(one.points, two.points)
    assert np.isfinite(one.points).all()


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("n_words", [1, 2, 3])
def test_maps_of_few_words(method, n_words):
    display = WordMapDisplay.from_vectors(VECTORS, WORDS[:n_words], method=method, random_state=0)
    assert display.points.shape == (n_words, 2)
    assert np.isfinite(display.points).all()


def test_arrows_go_from_the_first_to_the_second():
    display = WordPairsDisplay.from_vectors(VECTORS, zip(*zip(*PAIRS)))
    words = VECTORS.matrix[:6].astype(np.float64)
    np.testing.assert_allclose(display.points.reshape(6, 2), PCA(2).fit_transform(words), atol=1e-5)
    starts, ends = display.points[:, 0], display.points[:, 1]
    np.testing.assert_allclose(display.arrows_.get_offsets(), starts)
    np.testing.assert_allclose(
        np.column_stack([display.arrows_.U, display.arrows_.V]), ends - starts
    )
    assert [label.get_text() for label in display.labels_] == ["w0", "w2", "w4", "w1", "w3", "w5"]


@pytest.mark.parametrize(
    ("display", "asked"),
    [(NeighborsDisplay, "w0"), (WordMapDisplay, WORDS), (WordPairsDisplay, PAIRS)],
)
def test_from_estimator_and_axes(display, asked):
    _, ax = plt.subplots()
    shown = display.from_estimator(LEARNER, asked, ax=ax)
    assert shown.ax_ is ax
    assert shown.figure_ is ax.figure
    with pytest.raises(TypeError, match="SimpleNamespace holds no word vectors"):
        display.from_estimator(SimpleNamespace(), asked)


@pytest.mark.parametrize("display", [WordMapDisplay, WordPairsDisplay])
def test_labels_do_not_cover_one_another(display):
    asked = WORDS if display is WordMapDisplay else PAIRS
    boxes = [label.get_window_extent() for label in display.from_vectors(VECTORS, asked).labels_]
    for i, box in enumerate(boxes):
        assert box.count_overlaps(boxes[i + 1 :]) == 0


HOSTILE = ["$a$", "\ud800", "a\nb", "$b"]
SHOWN = ["$a$", r"\ud800", r"a\nb", "$b"]


def test_words_are_shown_as_they_are():
    # Not as mathematics; and a surrogate has no glyph of any font.
    vectors = WordVectors(HOSTILE, np.eye(4))
    words = WordMapDisplay.from_vectors(vectors, HOSTILE)
    bars = NeighborsDisplay.from_vectors(vectors, "$a$", k=3)
    maps = AttentionDisplay(weights=np.eye(4), source=HOSTILE, target=HOSTILE).plot()
    axes = bars.ax_, maps.ax_
    assert [text.get_text() for text in words.ax_.texts] == SHOWN
    assert {text.get_text() for text in bars.ax_.get_yticklabels()} == set(SHOWN[1:])
    assert [text.get_text() for text in maps.ax_.get_xticklabels()] == SHOWN
    shown = [words.ax_.texts, [bars.ax_.title], *(ax.get_yticklabels() for ax in axes)]
    assert not any(text.get_parse_math() for texts in shown for text in texts)
    for display in (words, bars, maps):
        display.figure_.savefig(io.BytesIO(), dpi=20)


def test_bad_input():
    with pytest.raises(KeyError, match="newt"):
        NeighborsDisplay.from_vectors(VECTORS, "newt")
    with pytest.raises(ValueError, match="method must be 'pca' or 'tsne', got 'umap'"):
        WordMapDisplay.from_vectors(VECTORS, WORDS, method="umap")
    with pytest.raises(ValueError, match="at least one word"):
        WordMapDisplay.from_vectors(VECTORS, [])
    with pytest.raises(ValueError, match="at least one pair"):
        WordPairsDisplay.from_vectors(VECTORS, [])
    with pytest.raises(ValueError, match="got 'w1' at 1"):
        WordPairsDisplay.from_vectors(VECTORS, [("w0", "w1"), "w1"])
