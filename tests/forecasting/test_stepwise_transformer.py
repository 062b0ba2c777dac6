"""StepwiseTransformer: against the transformer on the steps, in every form that series have."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn import config_context
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, StandardScaler

from textvec import (
    EmbeddedSequences,
    Ragged,
    RNNClassifier,
    SequencePadder,
    SequenceVectorizer,
    StepwiseTransformer,
    WordTokenizer,
)

RNG = np.random.default_rng(0)
SERIES = [RNG.normal(50, 5, size=(n, 3)) * [1, 10, 100] for n in (4, 1, 7, 2)]
NUMBERS = [series[:, 0] for series in SERIES]
STEPS = np.concatenate(SERIES)
OTHERS = [series + 1 for series in SERIES[::-1]]
SMALL = {"hidden_size": 3, "max_iter": 1, "random_state": 0}


@pytest.mark.parametrize("transformer", [StandardScaler(), MinMaxScaler(), PCA(2)], ids=repr)
def test_it_is_the_transformer_of_all_steps(transformer):
    expected = clone(transformer).fit(STEPS)
    model = StepwiseTransformer(transformer).fit(SERIES)
    rows = model.transform(OTHERS)
    assert isinstance(rows, Ragged)
    for row, other in zip(rows, OTHERS, strict=True):
        np.testing.assert_array_equal(row, expected.transform(other))
    assert not hasattr(transformer, "n_features_in_")
    assert model.n_features_in_ == 3
    assert pickle.loads(pickle.dumps(model)).transform(OTHERS) == rows
    back = model.inverse_transform(rows)
    np.testing.assert_array_equal(
        back[0], expected.inverse_transform(expected.transform(OTHERS[0]))
    )


def test_series_stay_of_their_kind():
    model = StepwiseTransformer(StandardScaler())
    ragged = Ragged.from_rows(SERIES)
    assert model.fit_transform(ragged) == model.fit_transform(SERIES) == model.transform(ragged)
    assert model.fit_transform(iter(SERIES)) == model.transform(SERIES)
    array = np.stack([series[:1] for series in SERIES])  # (4, 1, 3)
    scaled = model.transform(array)
    assert scaled.shape == (4, 1, 3)
    np.testing.assert_array_equal(
        scaled[:, 0], np.stack([row[0] for row in model.transform(SERIES)])
    )
    single = model.transform(np.float32(array))
    assert single.dtype == np.float32
    np.testing.assert_array_equal(model.transform(torch.tensor(array))[1], scaled[1])


def test_series_of_single_numbers():
    model = StepwiseTransformer(StandardScaler()).fit(NUMBERS)
    rows = model.transform(NUMBERS)
    assert rows.values.shape == (14,)
    assert model.n_features_in_ == 1
    table = np.array([[1.0, 3.0], [5.0, 7.0]])
    expected = (table - table.mean()) / table.std()
    np.testing.assert_allclose(model.fit_transform(table), expected)
    np.testing.assert_allclose(model.fit_transform(pd.DataFrame(table)).to_padded(), expected)
    np.testing.assert_allclose(model.inverse_transform(expected), table)
    both = StepwiseTransformer(FunctionTransformer(lambda steps: np.hstack([steps, -steps])))
    assert both.fit_transform(NUMBERS).values.shape == (14, 2)
    assert both.transform(table).shape == (2, 2, 2)


def test_rows_without_steps():
    model = StepwiseTransformer(PCA(2)).fit(SERIES)
    assert model.transform([]).values.shape == (0, 2)
    assert model.transform([[], []]).lengths.tolist() == [0, 0]
    assert model.transform(np.zeros((0, 5, 3))).shape == (0, 5, 2)
    assert model.inverse_transform([[]]).values.shape == (0, 3)
    assert model.transform([*SERIES, np.zeros((0, 3))]).lengths.tolist() == [4, 1, 7, 2, 0]
    for nothing in ([], [[], []], np.zeros((3, 0, 2))):
        with pytest.raises(ValueError, match="there are no steps to learn from"):
            StepwiseTransformer(PCA(2)).fit(nothing)


@pytest.mark.parametrize(
    ("transformer", "width", "other"),
    [(StandardScaler(), 3, 2), (StandardScaler(), 1, 3), (PCA(2), 3, 3), (MinMaxScaler(), 3, 1)],
)
def test_steps_of_another_width_are_not_returned(transformer, width, other):
    model = StepwiseTransformer(transformer).fit([series[:, :width] for series in SERIES])
    with pytest.raises(ValueError, match=f"X, of {other} features a step, must be as transform"):
        model.inverse_transform([np.ones((5, other))])


def test_steps_in_a_pipeline():
    series, y = SERIES * 3, [0, 1, 0, 1] * 3
    model = make_pipeline(StepwiseTransformer(StandardScaler()), RNNClassifier(**SMALL))
    by_hand = StandardScaler().fit(STEPS)
    expected = RNNClassifier(**SMALL).fit([by_hand.transform(row) for row in series], y)
    assert model.fit(series, y)[-1].loss_curve_ == pytest.approx(expected.loss_curve_)
    assert len(cross_val_score(model, series, y, cv=2)) == 2
    grid = {"stepwisetransformer__transformer": [StandardScaler(), MinMaxScaler()]}
    assert GridSearchCV(model, grid, cv=2).fit(series, y).best_estimator_.predict(series[:1]).shape
    grid = {"stepwisetransformer__transformer__with_std": [True, False]}
    assert GridSearchCV(model, grid, cv=2).fit(series, y).predict(series[:1]).shape == (1,)


def test_a_transformer_that_is_fitted_already_stays():
    fitted = StandardScaler().fit(STEPS)
    model = StepwiseTransformer(FrozenEstimator(fitted)).fit(OTHERS)
    np.testing.assert_array_equal(model.transform(SERIES)[0], fitted.transform(SERIES[0]))


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_frames_of_the_transformer_are_read(output):
    model = StepwiseTransformer(StandardScaler()).set_output(transform=output)
    expected = model.fit_transform(SERIES)
    with config_context(transform_output=output):
        assert model.fit_transform(SERIES) == expected


def test_padding_by_nan_stays_padding():
    padder = SequencePadder(8, value=np.nan)
    scaled = StepwiseTransformer(StandardScaler()).fit_transform(padder.fit_transform(SERIES))
    expected = StepwiseTransformer(StandardScaler()).fit_transform(SERIES)
    np.testing.assert_allclose(scaled, padder.transform(expected))


def test_padding_by_zeros_is_warned_of():
    for side in ("pre", "post"):
        padded = SequencePadder(7, padding=side).fit_transform(SERIES)
        with pytest.warns(UserWarning, match="3 of 4 series in X begin or end with steps of zeros"):
            StepwiseTransformer(StandardScaler()).fit(padded)
    StepwiseTransformer(StandardScaler()).fit(padded[:, :, :1])  # a zero may be a measurement


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (SequenceVectorizer().fit_transform(["a b", "c"]), "X holds integers, one a step, .* ids"),
        ([[3, 1], [2]], "integers, .* as floats, or in the shape"),
        (np.array([[3, 1], [2, 2]]), "integers, .* as floats, or in the shape"),
        (WordTokenizer().transform(["a b"]), "Tokens hold numbers of this call alone"),
        (
            EmbeddedSequences(Ragged.from_rows([[1], [1]]), np.eye(2) - [[1, 0], [0, 0]]),
            "EmbeddedSequences, .* transform the vectors before",
        ),
        ([["a"], ["b", "c"]], "dtype <U1, expected numbers"),
        ([[1.5, None], [2.5]], "dtype object, expected numbers"),
        (["a b"], "row 0 is str .* texts need SequenceVectorizer"),
        (np.zeros((2, 3, 4, 5)), r"steps of shape \(4, 5\) in X of shape \(2, 3, 4, 5\)"),
        ([np.zeros((2, 3, 4))], r"steps of shape \(3, 4\)\."),
        ([np.zeros((2, 3)), np.zeros((2, 4))], r"row 1 holds items of shape \(4,\)"),
    ],
)
def test_what_is_no_series(X, message):
    with pytest.raises((TypeError, ValueError), match=message):
        StepwiseTransformer(StandardScaler()).fit(X)


def test_steps_of_another_width():
    with pytest.raises(ValueError, match="X has 2 features, but StandardScaler is expecting 3"):
        StepwiseTransformer(StandardScaler()).fit(SERIES).transform([row[:, :2] for row in SERIES])


def test_what_is_no_transformer_of_steps():
    with pytest.raises(TypeError, match="a sparse matrix, .* sparse_output=False"):
        StepwiseTransformer(OneHotEncoder()).fit(SERIES).transform(SERIES)
    half = StepwiseTransformer(FunctionTransformer(lambda steps: steps[::2]))
    with pytest.raises(ValueError, match=r"shape \(7, 3\) of 14 steps: it must return one row"):
        half.fit_transform(SERIES)
    with pytest.raises(ValueError, match="'transformer' parameter of StepwiseTransformer"):
        StepwiseTransformer(StandardScaler).fit(SERIES)
    with pytest.raises(NotFittedError):
        StepwiseTransformer(StandardScaler()).transform(SERIES)
    no_way_back = StepwiseTransformer(OneHotEncoder(sparse_output=False)).fit(SERIES)
    assert hasattr(no_way_back, "inverse_transform")
    assert not hasattr(StepwiseTransformer(SequencePadder()), "inverse_transform")


def test_a_refit_that_fails_leaves_the_fit_before():
    model = StepwiseTransformer(PCA(3)).fit(SERIES)
    expected = model.transform(SERIES)
    with pytest.raises(ValueError, match="n_components=3"):
        model.fit([series[:, :2] for series in SERIES])
    assert model.transform(SERIES) == expected
