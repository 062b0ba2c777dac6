"""Sequences from vectors."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from textvec import CharTokenizer, Ragged, SequenceGenerator

RNG = np.random.default_rng(0)
# Three features say of how many of which letter.
COUNTS = RNG.integers(0, 3, size=(160, 3))
X = COUNTS + RNG.normal(scale=0.1, size=COUNTS.shape)
TEXTS = ["a" * a + "b" * b + "c" * c for a, b, c in COUNTS]


def small(**options):
    given = {"cell": "gru", "hidden_size": 32, "learning_rate_init": 0.02, "random_state": 0}
    given |= {"target_tokenizer": CharTokenizer(), "metric": "exact", "max_iter": 12}
    return SequenceGenerator(**{**given, **options})


@pytest.fixture(scope="module")
def speller():
    return small().fit(X[:120], TEXTS[:120])


def test_learns_to_spell_vectors(speller):
    assert speller.score(X[120:], TEXTS[120:]) > 0.9
    assert "" in TEXTS
    beams = copy.deepcopy(speller).set_params(beam_width=3, length_penalty=0.0)
    assert beams.score(X[120:], TEXTS[120:]) > 0.9
    assert speller.n_features_in_ == 3
    assert not hasattr(speller, "feature_names_in_")


def test_rows_together_are_rows_alone_and_pickled(speller):
    together = speller.predict(X).tolist()
    assert [speller.predict(row[None])[0] for row in X] == together
    assert pickle.loads(pickle.dumps(speller)).predict(X).tolist() == together
    assert speller.predict(X[:0]).shape == (0,)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_writes_rows_of_labels(cell):
    rows = Ragged.from_rows([[10 * i for i in range(a)] for a, _, _ in COUNTS])
    model = small(cell=cell).fit(X, rows)
    assert model.score(X, rows) > 0.9
    written = model.predict(X)
    assert isinstance(written, Ragged)
    assert set(written.values.tolist()) == {0, 10}
    assert clone(model).fit(X, rows.to_list()).predict(X) == written


def test_the_vector_is_part_of_every_input(speller):
    decoder = speller.net_.module_.decoder
    assert decoder.join_context
    assert decoder.attention is None
    assert decoder.layers.forward_layers[0].input_size == 64 + 3


def test_is_a_step_of_a_pipeline_and_a_search():
    pipeline = make_pipeline(StandardScaler(), small(max_iter=2))
    grid = {"sequencegenerator__beam_width": [1, 2]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, np.array(TEXTS))
    assert search.predict(X).shape == (len(X),)


def test_goes_on_and_same_seed_same_bits():
    whole = small(max_iter=4, dropout=0.1).fit(X, TEXTS)
    warm = small(max_iter=2, dropout=0.1, warm_start=True).fit(X, TEXTS).fit(X, TEXTS)
    parts = small(dropout=0.1)
    for _ in range(4):
        parts.partial_fit(X, TEXTS)
    assert whole.loss_curve_ == warm.loss_curve_ == parts.loss_curve_
    refitted = clone(whole).fit(X[:5], TEXTS[:5]).fit(X, TEXTS)
    assert refitted.loss_curve_ == whole.loss_curve_


def test_columns_are_checked(speller):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = small(max_iter=1).fit(frame, TEXTS)
    assert model.feature_names_in_.tolist() == ["a", "b", "c"]
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[["b", "a", "c"]])
    with pytest.raises(ValueError, match="X has 2 features, but SequenceGenerator is expecting 3"):
        speller.predict(X[:, :2])
    warm = small(max_iter=1, warm_start=True).fit(X, TEXTS)
    with pytest.raises(ValueError, match="X has 2 features"):
        warm.fit(X[:, :2], TEXTS)


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (np.ma.masked_less(X, X.max()), ValueError, "X has masked values in row 0"),
        (pd.DataFrame(X).astype("Float64").replace(X[1, 1], pd.NA), ValueError, "contains NaN"),
        (csr_array(X), TypeError, r"X is sparse: pass X.toarray\(\)"),
        ({"a": 1}, TypeError, "X is a dict"),
        (None, TypeError, "X must come as a list or an array, got NoneType"),
        ([["a", "b"]] * len(X), ValueError, r"X must be numbers, got str_ at position \(0, 0\): a"),
        (X.astype("M8[s]"), ValueError, r"X must be numbers, got datetime64 at position \(0, 0\)"),
        ([[1.0], [1.0, 2.0]], ValueError, "X must be an array of numbers: .* inhomogeneous"),
    ],
    ids=["masked", "nullable", "sparse", "dict", "none", "texts", "dates", "unequal"],
)
def test_what_is_no_table_of_numbers(rows, error, message, speller):
    with pytest.raises(error, match=message):
        speller.predict(rows)
    with pytest.raises(error, match=message):
        small(max_iter=1).fit(rows, TEXTS)


def test_mistakes_are_named():
    model = small(max_iter=1)
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(ValueError, match="requires y"):
        model.fit(X, None)
    with pytest.raises(ValueError, match="NaN"):
        model.fit([[np.nan]], ["a"])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, TEXTS[1:])
    with pytest.raises(TypeError, match="row 1 is missing"):
        model.fit(X[:2], ["a", None])
    with pytest.raises(ValueError, match="minimum of 1 is required"):
        model.fit(X[:0], [])
    assert not [name for name in vars(model) if name.endswith("_")]


def test_n_best_lists(speller):
    lists = speller.predict_n_best(X[:6], n_best=4)
    wide = copy.deepcopy(speller).set_params(beam_width=4)
    assert [hypotheses[0].sequence for hypotheses in lists] == wide.predict(X[:6]).tolist()
    for hypotheses in lists:
        assert len({h.sequence for h in hypotheses}) == 4
        assert sorted(hypotheses, key=lambda h: -h.score) == hypotheses
