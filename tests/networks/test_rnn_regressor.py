"""RNNRegressor: units, several targets, weights, early stopping."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score, train_test_split

from textvec import Ragged, RNNRegressor
from textvec.nn import _wide_fit

RNG = np.random.default_rng(0)
ROWS = [RNG.uniform(-1, 1, size=RNG.integers(1, 7)) for _ in range(150)]
X = Ragged.from_rows(ROWS)
Y = np.array([1e6 + 1e4 * row[-1] for row in ROWS])
SMALL = {"cell": "gru", "hidden_size": 8, "learning_rate_init": 0.02, "random_state": 0}


def small(**options):
    return RNNRegressor(**{**SMALL, **options})


def test_learns_targets_of_any_size():
    model = small().fit(X[:100], Y[:100])
    assert model.score(X[100:], Y[100:]) > 0.9
    tiny = small().fit(X[:100], (Y[:100] - 1e6) * 1e-9)
    np.testing.assert_allclose(tiny.loss_curve_, model.loss_curve_, rtol=1e-3)
    assert model.predict(X[:3]).dtype == np.float64
    assert model.predict(X[:0]).shape == (0,)


def test_several_targets():
    y = np.column_stack([Y, -Y / 1e3, np.full(150, 4.5)])
    model = small(early_stopping=True).fit(X, y)
    assert model.predict(X).shape == (150, 3)
    np.testing.assert_allclose(model.predict(X)[:, 2], 4.5, atol=0.5)
    assert small().fit(X, Y[:, None]).predict(X).shape == (150, 1)
    one, column = small().fit(X, Y), small().fit(X, Y[:, None])
    np.testing.assert_array_equal(one.predict(X), column.predict(X)[:, 0])


FORMS = {
    "list": Y.tolist(),
    "objects": Y.astype(object),
    "big-endian": Y.astype(">f8"),
    "matrix": Y[:, np.newaxis].view(np.matrix),
    "Series": pd.Series(Y, index=np.arange(150)[::-1], dtype="Float64"),
    "polars": pl.Series(Y),
    "tensor": torch.tensor(Y),
    "tensor with a gradient": torch.tensor(Y, requires_grad=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_targets_of_any_form_are_fitted_and_scored(form):
    model = small(max_iter=2).fit(X, FORMS[form])
    expected = r2_score(Y, model.predict(X).ravel())
    assert model.score(X, FORMS[form]) == pytest.approx(expected)


def test_a_score_names_the_row_without_a_target():
    model = small(max_iter=1).fit(X, Y)
    with pytest.raises(ValueError, match="row 3 is missing"):
        model.score(X[:4], [*Y[:3].tolist(), None])


def test_the_absolute_error_leads_to_the_median():
    y = np.where(np.arange(150) % 5 == 0, 100.0, 1.0)
    blind = Ragged.from_rows([[2]] * 150)
    options = {"max_iter": 60, "tol": 0, "n_iter_no_change": 60}
    absolute = small(loss="absolute_error", **options).fit(blind, y).predict(blind)[0]
    squared = small(loss="squared_error", **options).fit(blind, y).predict(blind)[0]
    assert absolute == pytest.approx(1.0, abs=4)
    assert squared == pytest.approx(y.mean(), abs=4)


def test_weights_of_rows():
    half = np.arange(150) < 75
    weighted = small(max_iter=3).fit(X, Y, sample_weight=half)
    assert weighted.net_.criterion_.mean == pytest.approx(Y[:75].mean())
    ones = small(max_iter=3).fit(X, Y, sample_weight=np.ones(150))
    np.testing.assert_allclose(ones.predict(X), small(max_iter=3).fit(X, Y).predict(X), rtol=1e-6)


def test_early_stopping_scores_r2_of_the_rows_held_out():
    model = small(early_stopping=True, max_iter=6, validation_fraction=0.2).fit(X, Y)
    assert model.best_validation_score_ == max(model.validation_scores_)
    draws = np.random.RandomState(0)
    draws.randint(2**31 - 1)
    _, valid = train_test_split(np.arange(150), test_size=0.2, random_state=draws)
    assert model.score(X[valid], Y[valid]) == pytest.approx(model.best_validation_score_, abs=1e-4)


def test_a_network_that_begins_by_parts_has_no_linear_path():
    rows, y = [[3, 4], [5, 4], [3, 6], [5, 6]], [0.0, 1.0, 0.0, 1.0]
    parts = small(n_tokens=40, max_iter=1).partial_fit(rows, y)
    assert parts.net_.module_.wide_path is None
    assert parts.wide == "auto"
    alone = small(n_tokens=40, max_iter=1, wide=0).fit(rows, y)
    np.testing.assert_array_equal(parts.predict(rows), alone.predict(rows))
    parts.partial_fit(rows, y)  # a parameter that made the network is as it was
    with pytest.raises(ValueError, match="wide=2 is a linear model.* begin by fit"):
        small(n_tokens=40, wide=2).partial_fit(rows, y)
    fitted = small(n_tokens=40, wide=2, max_iter=1).fit(rows, y)
    before = fitted.net_.module_.wide_path.weight.clone()
    path = fitted.partial_fit(rows, y[::-1]).net_.module_.wide_path
    torch.testing.assert_close(path.weight, before, rtol=0, atol=0)


@pytest.mark.parametrize("limit", ["_MOST_NGRAMS", "MOST_WIDE_WEIGHTS"])
def test_a_linear_path_that_cannot_be_fitted_is_not_trained_with_the_network(limit, monkeypatch):
    rows, y = [[3, 4], [5, 4], [3, 6], [5, 6]], [0.0, 1.0, 0.0, 1.0]
    model = small(n_tokens=40, wide=2, max_iter=3, warm_start=True)
    alone = small(n_tokens=40, wide=0, max_iter=3, warm_start=True)
    with monkeypatch.context() as patch:
        patch.setattr(_wide_fit, limit, 3)
        for _ in range(2):
            expected = alone.fit(rows, y).predict(rows)
            np.testing.assert_array_equal(model.fit(rows, y).predict(rows), expected)
    expected = alone.partial_fit(rows, y).predict(rows)
    np.testing.assert_array_equal(model.partial_fit(rows, y).predict(rows), expected)
    assert model.fit(rows, y).net_.module_.wide_path.weight.any()  # where it can be, it is


def test_partial_fit_and_warm_start_keep_the_units():
    whole = small(max_iter=2).fit(X, Y)
    parts = small().partial_fit(X, Y).partial_fit(X, Y)
    warm = small(max_iter=1, warm_start=True).fit(X, Y).fit(X, Y)
    for other in (parts, warm):
        np.testing.assert_array_equal(other.predict(X), whole.predict(X))
    before = parts.net_.criterion_.mean
    assert parts.partial_fit(X, Y * 2).net_.criterion_.mean == before
    with pytest.raises(ValueError, match=r"y has shape \(150, 2\), but RNNRegressor was fitted"):
        parts.partial_fit(X, np.column_stack([Y, Y]))
    with pytest.raises(ValueError, match="does not support early_stopping"):
        small(early_stopping=True).partial_fit(X, Y)


def test_copies_predict_the_same_and_cross_validation_runs():
    model = small(max_iter=2).fit(X, Y)
    for other in (pickle.loads(pickle.dumps(model)), clone(model).fit(X, Y)):
        np.testing.assert_array_equal(other.predict(X), model.predict(X))
    assert len(cross_val_score(small(max_iter=1), X, Y, cv=2)) == 2
    assert not torch.isnan(model.net_.module_.head.weight).any()


def test_bad_targets():
    with pytest.raises(ValueError, match="Input y contains NaN"):
        small().fit(X, np.where(np.arange(150) == 3, np.nan, Y))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        small().fit(X, Y[:-1])
    with pytest.raises(ValueError, match="the target y is None"):
        small().fit(X, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.where(np.arange(150) == 3, -np.inf, Y), r"infinity.*: the number of row 3 is -inf"),
        (np.arange(150).astype("M8[D]"), r"y holds datetime64\[D\], expected numbers"),
        (np.arange(150).astype("m8[s]"), r"y holds timedelta64\[s\], expected numbers"),
        ([[1.0]] * 149 + [[1.0, 2.0]], "y has rows of unequal length: pass a number for each row"),
        (Ragged.from_rows([[1.0]] * 149 + [[1.0, 2.0]]), "y has rows of unequal length"),
    ],
)
def test_targets_that_are_no_numbers_of_rows(given, message):
    with pytest.raises(ValueError, match=message):
        small().fit(X, given)


def test_validation_targets_are_in_the_units_of_training():
    rows = Ragged.from_rows([[i % 7 + 0.5, 1.0] for i in range(60)])
    y = np.array([100.0 * (i % 7) for i in range(60)])
    model = RNNRegressor(cell="gru", hidden_size=4, max_iter=3, random_state=0)
    model.fit(rows[:40], y[:40], X_val=rows[40:], y_val=y[40:])
    assert model.validation_scores_[-1] == pytest.approx(model.score(rows[40:], y[40:]), rel=1e-4)
