"""Weights learned in parts, in any order and grouping, are those of one fit."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from textvec import BM25Transformer, NBLogCountRatio, load, save

WEIGHTS = [
    BM25Transformer(),
    BM25Transformer(k1=0.5, b=0.2),
    NBLogCountRatio(),
    NBLogCountRatio(0.5, binarize=False),
]
each = pytest.mark.parametrize("estimator", WEIGHTS, ids=repr)
X = np.array([[2, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 9], [3, 0, 0], [0, 0, 0]])
Y = np.array(["pos", "neg", "neutral", "neg", "pos", "neg"])


def learned(estimator):
    names = set(vars(estimator)) - set(estimator.get_params()) - {"_counts"}
    found = {name: np.asarray(getattr(estimator, name)) for name in names}
    return {
        name: (str(v.dtype), v.tolist() if v.dtype == object else v.tobytes())
        for name, v in found.items()
    }


def part(estimator, X, y):
    return clone(estimator).partial_fit(X, y)


@st.composite
def cuts(draw):
    """Draw rows, labels, and the rows of parts, some of which are empty."""
    n_rows = draw(st.integers(2, 8))
    counts = draw(arrays(np.float64, (n_rows, 3), elements=st.integers(0, 300)))
    y = np.array(draw(st.lists(st.integers(1, 3), min_size=n_rows, max_size=n_rows)))
    part_of = np.array(draw(st.lists(st.integers(0, 3), min_size=n_rows, max_size=n_rows)))
    return counts, y, [np.flatnonzero(part_of == p) for p in draw(st.permutations(range(4)))]


@each
@given(cut=cuts(), as_sparse=st.booleans(), dtype=st.sampled_from([np.float32, np.float64]))
@settings(max_examples=40, deadline=None)
def test_any_partition_is_one_fit(estimator, cut, as_sparse, dtype):
    counts, y, rows = cut
    if len(set(y)) < 2:
        return
    counts = csr_array(counts.astype(dtype)) if as_sparse else counts.astype(dtype)
    whole = clone(estimator).fit(counts, y)
    parts = [part(estimator, counts[r], y[r]) for r in rows]
    in_turn = clone(estimator)
    for r in rows:
        in_turn.partial_fit(counts[r], y[r])
    a, b, c, d = parts
    for merged in (in_turn, a.merge(b, c, d), d.merge(c).merge(b.merge(a)), b.merge(a).merge(d, c)):
        assert learned(merged) == learned(whole)
    on = clone(estimator).fit(counts, y).partial_fit(counts[rows[0]], y[rows[0]])
    assert learned(on) == learned(whole.merge(a))


@each
def test_merging_changes_neither(estimator):
    a, b = part(estimator, X[:3], Y[:3]), part(estimator, X[3:], Y[3:])
    before = pickle.dumps(a), pickle.dumps(b)
    a.merge(b).partial_fit(X, Y)
    assert (pickle.dumps(a), pickle.dumps(b)) == before


@each
def test_learning_goes_on_after_pickle_and_file(estimator, tmp_path):
    save(part(estimator, X[:3], Y[:3]), tmp_path / "a")
    b = pickle.loads(pickle.dumps(part(estimator, X[3:], Y[3:])))
    expected = learned(clone(estimator).fit(X, Y))
    assert learned(load(tmp_path / "a").merge(b)) == expected
    assert learned(load(tmp_path / "a").partial_fit(X[3:], Y[3:])) == expected


@each
def test_frames_keep_their_names(estimator):
    frame = pd.DataFrame(X, columns=["frog", "toad", "newt"])
    whole = clone(estimator).fit(frame, Y)
    merged = part(estimator, frame[:3], Y[:3]).merge(part(estimator, frame[3:], Y[3:]))
    assert merged.feature_names_in_.tolist() == ["frog", "toad", "newt"]
    assert learned(merged) == learned(whole)
    other = part(estimator, frame[["toad", "frog", "newt"]], Y)
    with pytest.raises(ValueError, match="features of other names"):
        merged.merge(other)


@each
def test_what_cannot_be_merged_is_refused(estimator):
    learning = part(estimator, X, Y)
    with pytest.raises(NotFittedError, match="not fitted yet: call partial_fit"):
        learning.merge(clone(estimator))
    with pytest.raises(ValueError, match="parts have 3 and 2 features"):
        learning.merge(part(estimator, X[:, :2], Y))
    with pytest.raises(ValueError, match="X has 2 features, but .* is expecting 3"):
        learning.partial_fit(X[:, :2], Y)
    is_bm25 = isinstance(estimator, BM25Transformer)
    with pytest.raises(TypeError, match="of the same class"):
        learning.merge(part(NBLogCountRatio() if is_bm25 else BM25Transformer(), X, Y))
    name = "k1" if is_bm25 else "alpha"
    with pytest.raises(ValueError, match=f"with other parameters: {name}=.* here, {name}=9"):
        learning.merge(part(clone(estimator).set_params(**{name: 9}), X, Y))


def test_binarized_counts_do_not_add_to_others():
    a, b = (NBLogCountRatio(binarize=b)._part_counts(X, Y) for b in (True, False))
    with pytest.raises(ValueError, match="binarize=True here, binarize=False there"):
        a.merge(b)


def test_one_class_so_far():
    ratio = NBLogCountRatio().partial_fit(X[:2], ["neg", "neg"])
    with pytest.raises(ValueError, match="y holds one class: 'neg'"):
        ratio.transform(X)
    ratio.partial_fit(X[2:], ["pos", "neg", "pos", "neg"])
    expected = NBLogCountRatio().fit(X, ["neg", "neg", "pos", "neg", "pos", "neg"])
    assert learned(ratio) == learned(expected)


def test_classes_of_other_parts_are_told():
    ratio = NBLogCountRatio().partial_fit(X[:1], ["pos"], classes=["pos", "neg", "neutral"])
    assert ratio.transform(X).shape == (6, 9)
    assert learned(ratio.partial_fit(X[1:], Y[1:])) == learned(NBLogCountRatio().fit(X, Y))
    with pytest.raises(ValueError, match=r"y holds \['odd'\], which are not among classes=\['neg'"):
        ratio.partial_fit(X[:1], ["odd"], classes=["pos", "neg"])
    with pytest.raises(ValueError, match="labels are str in one part and numbers in another"):
        ratio.partial_fit(X[:1], [1])


def test_sample_weights_add_up():
    weights = np.array([1.0, 2.0, 0.0, 3.0, 1.0, 1.0])
    whole = NBLogCountRatio().fit(X, Y, sample_weight=weights)
    ratio = NBLogCountRatio()
    for rows in (slice(0, 2), slice(2, 6)):
        ratio.partial_fit(X[rows], Y[rows], sample_weight=weights[rows])
    assert learned(ratio) == learned(whole)


@each
def test_counts_are_small(estimator):
    rng = np.random.default_rng(0)
    counts = csr_array((rng.random((2_000, 5_000)) < 0.01) * 1.0)
    y = np.arange(2_000) % 3
    record = estimator._part_counts(counts, y)
    assert len(pickle.dumps(record)) < 3 * 5_000 + 2_000
    copied = pickle.loads(pickle.dumps(record))
    assert type(copied) is type(record)
    assert all(np.array_equal(a, b) for a, b in zip(copied, record))


def test_a_file_of_before_has_no_counts_to_add_to():
    older = BM25Transformer().fit(X)
    del older._counts
    with pytest.raises(ValueError, match="partial_fit after fit would forget"):
        older.partial_fit(X)
    with pytest.raises(ValueError, match="has learned by fit"):
        older.merge(BM25Transformer().fit(X))
