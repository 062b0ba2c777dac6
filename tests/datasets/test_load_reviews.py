"""The corpus that ships with the package: the file, its data sheet, its loader."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from textvec.datasets import load_reviews

DOMAINS = ("film", "restaurant", "product")
SHEET = load_reviews.__doc__ or ""


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def five_grams(text: str) -> set[tuple[str, ...]]:
    tokens = words(text)
    return set(zip(*(tokens[i:] for i in range(5)), strict=False))


@pytest.fixture(scope="module")
def everything():
    return load_reviews(subset="all")


@pytest.fixture(scope="module")
def pairs(everything):
    """Rows whose words are the same: lists of row numbers."""
    rows = defaultdict(list)
    for row, text in enumerate(everything.data):
        rows[tuple(sorted(words(text)))].append(row)
    return [same for same in rows.values() if len(same) > 1]


@pytest.fixture(scope="module")
def correct_on_test():
    """Which test reviews a linear model on counts of words gets right."""
    train, test = load_reviews(subset="train"), load_reviews(subset="test")
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    return model.fit(train.data, train.target).predict(test.data) == test.target


@pytest.mark.parametrize(("subset", "n_samples"), [("train", 630), ("test", 210), ("all", 840)])
def test_counts_and_types(subset, n_samples):
    reviews = load_reviews(subset=subset)
    assert isinstance(reviews.data, list)
    assert {type(text) for text in reviews.data} == {str}
    assert len(reviews.data) == n_samples
    assert reviews.target.shape == reviews.domain.shape == (n_samples,)
    assert reviews.target.dtype == np.int64
    assert reviews.domain.dtype.kind == "U"
    assert reviews.target_names == ["negative", "positive"]
    assert reviews.frame is None


@pytest.mark.parametrize(("subset", "each"), [("train", 105), ("test", 35)])
def test_balanced_within_every_domain(subset, each):
    reviews = load_reviews(subset=subset)
    counts = Counter(zip(reviews.domain.tolist(), reviews.target.tolist()))
    assert counts == {(domain, label): each for domain in DOMAINS for label in (0, 1)}


def test_all_is_train_then_test_and_they_are_disjoint(everything):
    train, test = load_reviews(subset="train"), load_reviews(subset="test")
    assert everything.data == train.data + test.data
    assert np.array_equal(everything.target, np.r_[train.target, test.target])
    assert np.array_equal(everything.domain, np.r_[train.domain, test.domain])
    assert not {" ".join(words(text)) for text in train.data} & {
        " ".join(words(text)) for text in test.data
    }


def test_rows_are_shuffled(everything):
    for column in (everything.target[:630], everything.domain[:630]):
        changes = (column[1:] != column[:-1]).mean()
        assert 0.4 < changes < 0.8


def test_no_review_twice(everything):
    assert len({" ".join(words(text)) for text in everything.data}) == 840


def test_no_near_duplicates(everything, pairs):
    deliberate = {row for pair in pairs for row in pair}
    grams = {
        row: five_grams(text) for row, text in enumerate(everything.data) if row not in deliberate
    }
    rows_of = defaultdict(list)
    for row, found in grams.items():
        for gram in found:
            rows_of[gram].append(row)
    shared = {(a, b) for rows in rows_of.values() for a in rows for b in rows if a < b}
    jaccard = [len(grams[a] & grams[b]) / len(grams[a] | grams[b]) for a, b in shared]
    assert max(jaccard) < 0.1


def test_texts_are_clean(everything):
    for text in everything.data:
        assert text == " ".join(text.split())
        assert text.isprintable()


def test_pairs_have_the_same_words_and_opposite_labels(everything, pairs):
    assert len(pairs) == 48
    for first, second in pairs:
        assert everything.target[first] != everything.target[second]
        assert everything.domain[first] == everything.domain[second]
        assert (first < 630) == (second < 630)  # in the same split
    assert sum(first < 630 for first, _ in pairs) == 36


def test_lengths_do_not_tell_the_label(everything):
    lengths = np.array([len(text.split()) for text in everything.data])
    negative, positive = lengths[everything.target == 0], lengths[everything.target == 1]
    assert abs(negative.mean() - positive.mean()) < 0.05 * lengths.mean()
    assert abs(np.median(negative) - np.median(positive)) <= 1


@pytest.mark.parametrize("mark", ["!", "?", ",", ";", ":", ".", '"', "'"])
def test_punctuation_does_not_tell_the_label(everything, mark):
    has = np.array([mark in text for text in everything.data])
    # of 420 reviews of a label: twice the standard error of a difference is 0.07 or less
    negative, positive = has[everything.target == 0].mean(), has[everything.target == 1].mean()
    assert abs(negative - positive) < 0.07


def test_words_are_learnable_and_pairs_are_not(correct_on_test, pairs):
    assert 0.7 <= correct_on_test.mean() <= 0.85
    in_pairs = np.array([row for pair in pairs for row in pair if row >= 630]) - 630
    assert correct_on_test[in_pairs].mean() == 0.5


@pytest.mark.skipif(not SHEET, reason="docstrings are stripped")
def test_data_sheet_states_what_the_file_holds(everything, pairs, correct_on_test):
    sheet = " ".join(SHEET.split())
    lengths = sorted(len(text.split()) for text in everything.data)
    n_train = len(load_reviews(subset="train").data)
    in_pairs = 2 * len(pairs)
    for figures in (
        f"Samples total {len(lengths)} ",
        f"Samples per class {n_train // 2} train, {(840 - n_train) // 2} test",
        f"The {n_train} training reviews, the {len(lengths) - n_train} test reviews",
        f"{len(lengths)} short reviews",
        f"{len(lengths) // len(DOMAINS)} each of films",
        f"{lengths[0]} to {lengths[-1]} words, {np.median(lengths):.0f} at the median",
        "600 are plain. 144 are hard:",
        f"The other {in_pairs} are {len(pairs)} pairs",
        f"({n_train // 6} negative and {n_train // 6} positive of each domain)",
        f"{len(lengths) - n_train} for testing (35 and 35)",
        f"{sum(first < n_train for first, _ in pairs)} pairs for training",
        f"{sum(first >= n_train for first, _ in pairs)} for testing. Rows are shuffled",
    ):
        assert figures in sheet
    assert 600 + 144 + in_pairs == len(lengths)
    stated = float(re.search(r"an accuracy of ([\d.]+) on the test", sheet)[1])
    assert correct_on_test.mean() == pytest.approx(stated, abs=0.015)


def test_short_description_states_what_the_file_holds(everything, pairs):
    lengths = [len(text.split()) for text in everything.data]
    for figures in (
        ":Reviews: 630 for training, 210 for testing",
        "280 reviews of each",
        f"and {len(pairs)} pairs of reviews",
        f":Text: {min(lengths)} to {max(lengths)} words",
        "BSD-3-Clause",
    ):
        assert figures in everything.DESCR


def test_file_is_plain_csv(everything):
    raw = Path(everything.filename).read_bytes()
    assert raw.startswith(b"text,label,domain,split\n")
    assert raw.endswith(b"\n")
    assert b"\r" not in raw
    rows = list(csv.reader(raw.decode("utf-8").splitlines()))
    assert {len(row) for row in rows} == {4}
    assert [row[0] for row in rows[1:]] == everything.data


def test_return_X_y():
    X, y = load_reviews(subset="test", return_X_y=True)
    reviews = load_reviews(subset="test")
    assert reviews.data == X
    assert np.array_equal(y, reviews.target)


def test_as_frame():
    pandas = pytest.importorskip("pandas")
    reviews, plain = load_reviews(subset="all", as_frame=True), load_reviews(subset="all")
    assert reviews.frame.columns.to_list() == ["text", "label", "domain", "split"]
    assert reviews.frame["split"].value_counts().to_dict() == {"train": 630, "test": 210}
    assert reviews.frame["domain"].to_list() == plain.domain.tolist()
    for column in (reviews.data, reviews.target, reviews.domain):
        assert isinstance(column, pandas.Series)  # which print a few rows
    assert reviews.data.to_list() == plain.data
    assert reviews.target.dtype == np.int64
    assert reviews.target.to_list() == plain.target.tolist()

    X, y = load_reviews(subset="all", return_X_y=True, as_frame=True)
    pandas.testing.assert_series_equal(X, reviews.data)
    pandas.testing.assert_series_equal(y, reviews.target)


def test_as_frame_without_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"load_reviews\(as_frame=True\) needs .*'pandas'"):
        load_reviews(as_frame=True)


def test_calls_do_not_share_data():
    first = load_reviews()
    first.data.clear()
    first.target[:] = 7
    second = load_reviews()
    assert len(second.data) == 630
    assert set(second.target.tolist()) == {0, 1}


@pytest.mark.parametrize("subset", ["dev", "Train", None, 3, ["train"]])
def test_wrong_subset(subset):
    message = r"The 'subset' parameter of load_reviews must be a str among \{.*\}\. Got .* instead"
    with pytest.raises(ValueError, match=message):
        load_reviews(subset=subset)


@pytest.mark.parametrize("name", ["return_X_y", "as_frame"])
def test_wrong_flag(name):
    message = f"The '{name}' parameter of load_reviews must be an instance of 'bool'"
    with pytest.raises(ValueError, match=message):
        load_reviews(**{name: "yes"})


def test_parameters_go_by_name():
    with pytest.raises(TypeError, match="positional"):
        load_reviews("train")
