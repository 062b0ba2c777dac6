"""Numbers that no machine type holds, for every parameter of every estimator."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import pytest
from sklearn.base import clone

from textvec import (
    ConformalForecaster,
    CountVectorizer,
    HashingSequenceVectorizer,
    HashingVectorizer,
    NaiveForecaster,
    Ragged,
    RNNClassifier,
    RNNEncoder,
    RNNForecaster,
    Seq2Seq,
    SequenceCNNClassifier,
    SequenceMLPClassifier,
    SequenceVectorizer,
    SubwordTokenizer,
    WordTokenizer,
)
from textvec._estimators._constraints import (
    N_JOBS,
    POSITIVE,
    POSITIVE_INT,
    Interval,
    OpenInterval,
    bounded,
)

from ..saving.models import MODELS

HUGE = 10**400
DOCUMENTS = ["the frog sat", "a toad", "the log frog"]
IDS, LABELS = Ragged.from_rows([[2, 3, 4], [3, 2], [4]]), [0, 1, 0]
CASES = {type(case.estimator): case for case in MODELS.values()}
NUMERIC = [
    pytest.param(CASES[cls], name, id=f"{cls.__name__}-{name}")
    for cls in CASES
    for name, allowed in getattr(cls, "_parameter_constraints", {}).items()
    if not isinstance(allowed, str) and any(isinstance(c, OpenInterval) for c in allowed)
]


def is_of_ours(case, name):
    """Return whether a parameter is a number, and no bool, that scikit-learn does not have."""
    allowed = type(case.estimator)._parameter_constraints[name]
    return "boolean" not in allowed and any(type(c) is Interval for c in allowed)


@pytest.mark.parametrize("value", [HUGE, -HUGE], ids=["huge", "-huge"])
@pytest.mark.parametrize(("case", "name"), NUMERIC)
def test_numbers_beyond_all_types_are_refused_by_name(case, name, value):
    model = clone(case.estimator).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {type(model).__name__}"):
        model.fit(case.X, case.y)


def test_the_message_says_what_fits():
    with pytest.raises(ValueError, match=r"must be an int in the range \[1, 2\*\*63\)"):
        RNNClassifier(hidden_size=2**63).fit(IDS, LABELS)
    with pytest.raises(ValueError, match=r"must be a float in the range \(0.0, inf\)"):
        RNNClassifier(learning_rate_init=HUGE).fit(IDS, LABELS)
    with pytest.raises(ValueError, match=r"'n_jobs' parameter .* in the range \(-2\*\*63, 4096\]"):
        CountVectorizer(n_jobs=10**30).fit(DOCUMENTS)
    with pytest.raises(ValueError, match=r"'vocab_size' parameter .* in the range \[2, 16777216\]"):
        SubwordTokenizer(vocab_size=2**40).fit(DOCUMENTS)
    # That of a drop-in is scikit-learn's, word by word.
    with pytest.raises(ValueError, match=r"'max_features' parameter .* \[1, inf\)"):
        CountVectorizer(max_features=0).fit(DOCUMENTS)


@pytest.mark.parametrize(("case", "name"), [p for p in NUMERIC if is_of_ours(*p.values)])
def test_a_bool_is_no_number(case, name):
    model = clone(case.estimator).set_params(**{name: True})
    with pytest.raises(ValueError, match=f"'{name}' parameter of {type(model).__name__} .* True"):
        model.fit(case.X, case.y)


def test_a_bool_is_a_number_to_the_parameters_of_scikit_learn():
    assert CountVectorizer(min_df=True, max_features=True).fit_transform(DOCUMENTS).shape == (3, 1)


@pytest.mark.parametrize("one", [1, np.int8(1)])
def test_one_may_be_any_integer(one):
    series = np.arange(9.0)
    assert NaiveForecaster(season_length=one).fit(y=series).predict(horizon=1) == [8]
    conformal = ConformalForecaster(NaiveForecaster(), horizon=one, n_windows=one)
    assert conformal.fit(y=series).errors_.tolist() == [[[1.0]]]


@pytest.mark.parametrize("value", [Fraction(1, 2), Decimal("0.5")], ids=repr)
def test_a_share_is_a_float(value):
    # scikit-learn's interval asks NumPy whether they are NaN, and it does not know them.
    for model in (SequenceVectorizer(min_df=value), RNNClassifier(dropout=value)):
        with pytest.raises(ValueError, match="parameter of .* must be .*a float in the range"):
            model.fit(IDS if isinstance(model, RNNClassifier) else DOCUMENTS, LABELS)


@pytest.mark.parametrize(
    "model",
    [RNNClassifier(pooling=np.array(3)), SequenceCNNClassifier(kernel_sizes=np.array("x"))],
    ids=repr,
)
def test_an_array_of_one_value_is_that_value(model):
    with pytest.raises(ValueError, match=r"pooling must be one of|'kernel_sizes' parameter of Seq"):
        model.fit(IDS, LABELS)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (RNNEncoder(RNNClassifier), "estimator"),
        (RNNClassifier(init=RNNClassifier), "init"),
        (ConformalForecaster(NaiveForecaster), "forecaster"),
        (Seq2Seq(target_tokenizer=WordTokenizer), "target_tokenizer"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_class_is_no_object(model, name):
    with pytest.raises(ValueError, match=f"The '{name}' parameter .* an object implementing"):
        model.fit(IDS, LABELS)


def test_intervals():
    assert 2**63 - 1 in POSITIVE_INT
    assert 2**63 not in POSITIVE_INT
    assert np.int64(5) in POSITIVE_INT
    assert 10**300 in POSITIVE
    assert 10**309 not in POSITIVE
    assert -(10**30) not in N_JOBS[0]
    assert -(10**9) in N_JOBS[0]
    assert np.nan not in POSITIVE
    both = bounded({"a": [OpenInterval(Integral, 0, 5, closed="both"), None], "b": "no_validation"})
    assert isinstance(both["a"][0], Interval)
    assert both["a"][1] is None
    assert both["b"] == "no_validation"


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (
            lambda: SequenceMLPClassifier(hidden_layer_sizes=(4, HUGE)).fit(IDS, LABELS),
            "'hidden_layer_sizes' parameter .* must list positive integers",
        ),
        (
            lambda: SequenceCNNClassifier(kernel_sizes=[HUGE]).fit(IDS, LABELS),
            "'kernel_sizes' parameter .* must list positive integers",
        ),
        (
            lambda: RNNForecaster(differences=(HUGE,)).fit(y=np.arange(30.0)),
            "'differences' parameter .* must list positive integers",
        ),
        (
            lambda: RNNClassifier(class_weight={0: HUGE, 1: 1}).fit(IDS, LABELS),
            "class_weight of 0 must be a finite number",
        ),
        (
            lambda: NaiveForecaster().fit(y=np.arange(9.0)).predict(horizon=HUGE),
            r"horizon must be at least 1, and below 2\*\*31, got 1000",
        ),
    ],
    ids=["hidden_layer_sizes", "kernel_sizes", "differences", "class_weight", "horizon"],
)
def test_numbers_in_lists_and_calls(fit, message):
    with pytest.raises(ValueError, match=message):
        fit()


@pytest.mark.parametrize("size", [2**62, 2**63 - 1])
def test_networks_too_large_for_any_memory(size):
    with pytest.raises(MemoryError, match="not enough memory"):
        RNNClassifier(hidden_size=size, embedding_dim=3, max_iter=1).fit(IDS, LABELS)


def test_n_grams_longer_than_any_document_end():
    for least, most, n_rows in ((1, 3, [6, 3, 6]), (1, HUGE, [6, 3, 6]), (HUGE, HUGE, [0, 0, 0])):
        ngram_range = (least, most)
        hashed = HashingSequenceVectorizer(ngram_range=ngram_range).transform(DOCUMENTS)
        assert hashed.lengths.tolist() == n_rows
        assert (HashingVectorizer(ngram_range=ngram_range).transform(DOCUMENTS).nnz > 0) == (
            least == 1
        )
    rows = SequenceVectorizer(ngram_range=(1, HUGE)).fit_transform(DOCUMENTS)
    assert rows == SequenceVectorizer(ngram_range=(1, 3)).fit_transform(DOCUMENTS)
    counts = CountVectorizer(ngram_range=(1, HUGE)).fit_transform(DOCUMENTS)
    assert counts.shape == CountVectorizer(ngram_range=(1, 3)).fit_transform(DOCUMENTS).shape


def test_a_half_is_compared_to_ends_that_it_could_not_hold():
    assert np.float16(0.5) in Interval(Real, 0, 1e100, closed="both")  # warnings are errors
    assert np.float32(0.5) not in Interval(Real, 1e40, 1e100, closed="both")
