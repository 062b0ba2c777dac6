"""Networks as plots of their layers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from textvec import (
    ConformalForecaster,
    EmbeddedSequences,
    LearningCurveDisplay,
    NetworkDisplay,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    RNNRegressor,
    SequenceCNNClassifier,
    SequenceVectorizer,
)

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

ROWS = Ragged.from_rows([[2, 3, 4], [5], [4, 2]])
SMALL = {"hidden_size": 3, "embedding_dim": 2, "max_iter": 1, "random_state": 0}


def arrows_of(display):
    return [text for text in display.ax_.texts if text.arrow_patch is not None]


def test_the_boxes_are_the_rows_of_the_summary(capsys):
    model = RNNClassifier(n_tokens=9, num_layers=2, **SMALL)
    display = NetworkDisplay.from_estimator(model)
    model.summary()
    lines = capsys.readouterr().out.splitlines()[3:-4]
    texts = [box.get_text().replace("\n", " ") for box in display.boxes_]
    for line, text in zip(lines, texts, strict=True):
        name, kind, *_, count = line.split()
        assert text.startswith(f"{name} {kind}")
        assert "no parameters" in text if count == "0" else f"{count} parameters" in text
    assert len(arrows_of(display)) == len(lines) - 1
    heights = [box.xy[1] for box in display.boxes_]
    assert heights == sorted(heights, reverse=True)
    assert all(text in display.alt_text_ for text in texts)


def test_what_reads_the_same_stands_side_by_side():
    display = NetworkDisplay.from_estimator(SequenceCNNClassifier(n_tokens=9), y=["a", "b"])
    assert [box.xy[1] for box in display.boxes_] == [0, -1, -1, -1, -2, -3]
    assert len(arrows_of(display)) == 3 + 3 + 1
    wide = NetworkDisplay.from_estimator(RNNClassifier(n_tokens=9, wide=2, **SMALL))
    assert wide.boxes_[-1].xy[1] == wide.boxes_[-2].xy[1]
    assert len(arrows_of(wide)) == 3  # none leads to what reads the ids itself


def test_vectors_that_are_not_trained_have_a_colour_of_their_own():
    table = np.vstack([np.zeros(2), np.ones((8, 2))]).astype(np.float32)
    display = NetworkDisplay.from_estimator(
        RNNClassifier(**SMALL), EmbeddedSequences(ROWS, table), ["a", "b", "a"]
    )
    colors = [box.get_bbox_patch().get_facecolor() for box in display.boxes_]
    assert len(set(colors)) == 3


def test_fitted_ones_inside_of_others():
    texts, labels = ["a b", "c", "b"] * 2, [0, 1, 0, 1, 0, 1]
    pipeline = make_pipeline(SequenceVectorizer(), RNNClassifier(**SMALL))
    fitted = NetworkDisplay.from_estimator(pipeline.fit(texts, labels))
    search = GridSearchCV(pipeline, {"rnnclassifier__hidden_size": [3]}, cv=2).fit(texts, labels)
    found = NetworkDisplay.from_estimator(search)
    assert found.layers == fitted.layers == pipeline[-1]._layer_table().rows
    encoder = NetworkDisplay.from_estimator(RNNEncoder(RNNClassifier(n_tokens=9, **SMALL)))
    assert [layer.name for layer in encoder.layers] == ["embedding", "lstm", "pooling"]
    series = NetworkDisplay.from_estimator(RNNForecaster(), y=np.arange(30.0))
    assert series.layers[0].name == "lstm"


FORECASTER = RNNForecaster(hidden_size=3, n_lags=2, max_iter=1, random_state=0)
IN_LOGS = {"func": np.log, "inverse_func": np.exp, "check_inverse": False}
OF_OTHERS = {
    "encoder": lambda: RNNEncoder(RNNClassifier(**SMALL)).fit(ROWS, ["a", "b", "a"]),
    "logarithms": lambda: TransformedTargetRegressor(
        RNNRegressor(**SMALL), func=np.log, inverse_func=np.exp
    ).fit(ROWS, [1.0, 2.0, 3.0]),
    "intervals": lambda: ConformalForecaster(
        TransformedTargetRegressor(
            FORECASTER, func=np.log, inverse_func=np.exp, check_inverse=False
        ),
        n_windows=2,
        refit=True,
    ).fit(y=np.arange(1.0, 20.0)),
}


@pytest.mark.parametrize("name", OF_OTHERS)
def test_estimators_that_fit_another(name):
    model = OF_OTHERS[name]()
    assert "lstm" in {layer.name for layer in NetworkDisplay.from_estimator(model).layers}
    (losses,) = LearningCurveDisplay.from_estimator(model).losses.values()
    assert len(losses) == 1


def test_curves_are_not_those_of_what_was_passed_to_be_fitted_anew():
    fitted = RNNClassifier(**SMALL).fit(ROWS, ["a", "b", "a"])
    model = CalibratedClassifierCV(fitted, cv=2).fit([[2, 3], [3, 2]] * 4, [0, 1] * 4)
    with pytest.raises(TypeError, match="CalibratedClassifierCV has no loss_curve_"):
        LearningCurveDisplay.from_estimator(model)


def test_options_reach_the_boxes_and_axes_are_taken():
    ax = matplotlib.figure.Figure().subplots()
    display = NetworkDisplay.from_estimator(RNNClassifier(n_tokens=9), ax=ax, fontsize=5)
    assert display.ax_ is ax
    assert {box.get_fontsize() for box in display.boxes_} == {5}


def test_mistakes():
    with pytest.raises(NotFittedError, match="n_tokens"):
        NetworkDisplay.from_estimator(RNNClassifier())
    with pytest.raises(TypeError, match="LogisticRegression has no network"):
        NetworkDisplay.from_estimator(LogisticRegression())
    assert NetworkDisplay(layers=[]).plot().boxes_ == []
