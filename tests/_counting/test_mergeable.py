"""What is learned by counting: in parts, in any order and grouping, and merged, as in one fit."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from textvec import (
    CharTokenizer,
    CountVectorizer,
    FunctionTokenizer,
    OneHotVectorizer,
    Ragged,
    SequenceVectorizer,
    TfidfVectorizer,
    WordTokenizer,
    load,
    save,
)
from textvec._counting._count_settings import described

DOCUMENTS = ["the frog sat", "", "the toad and the frog", "The log!", "a newt", "the the the toad"]
COUNTED = [
    CountVectorizer(keep_counts=True),
    CountVectorizer(ngram_range=(1, 2), min_df=2, keep_counts=True),
    CountVectorizer(max_df=0.5, max_features=3, binary=True, keep_counts=True),
    CountVectorizer(analyzer="char_wb", ngram_range=(1, 3), min_df=0.3, keep_counts=True),
    CountVectorizer(tokenizer=CharTokenizer(), token_pattern=None, keep_counts=True),
    CountVectorizer(vocabulary=["toad", "frog", "owl"], keep_counts=True),
    TfidfVectorizer(keep_counts=True),
    TfidfVectorizer(min_df=2, max_df=0.9, sublinear_tf=True, keep_counts=True, dtype=np.float32),
    TfidfVectorizer(vocabulary=["toad", "frog", "owl"], smooth_idf=False, keep_counts=True),
    SequenceVectorizer(),
    SequenceVectorizer(min_count=2, max_tokens=5, max_df=0.8),
    SequenceVectorizer(ngram_range=(1, 2), bos_token="<s>", min_df=2),
    SequenceVectorizer(vocabulary=["toad", "frog", "owl"]),
    OneHotVectorizer(tokenizer=CharTokenizer(), max_tokens=6),
]
each_counted = pytest.mark.parametrize("estimator", COUNTED, ids=repr)
# Given terms need not be in any document.
pytestmark = [
    pytest.mark.filterwarnings("ignore:divide by zero encountered in divide"),
    pytest.mark.filterwarnings("ignore:invalid value encountered in divide"),
]


def cut(text, at=" "):
    return text.split(at)


def cutting_at(at):
    return lambda text: text.split(at)


def learned(estimator):
    """Return what an estimator has learned, in a form that compares."""
    assert estimator.vocabulary_ is not None  # of parts, it is learned when it is read
    names = set(vars(estimator)) - set(estimator.get_params()) - {"_counts", "_stop_words_id"}
    found = {name: getattr(estimator, name) for name in names}
    weights = found.pop("_tfidf", None)
    found |= {} if weights is None else {"idf_": weights.idf_}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value):
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.tobytes()
    return list(value.items()) if hasattr(value, "items") else value


def fitted(estimator, documents):
    """Return what one fit learns, or None if there is nothing to learn."""
    try:
        return learned(clone(estimator).fit(documents))
    except ValueError:
        return None


def of_part(estimator, documents):
    return clone(estimator).partial_fit(documents)


words = st.sampled_from(["the", "frog", "toad", "newt", "a", "Log", "zoë", "🐸"])
documents_of = st.lists(st.lists(words, max_size=5).map(" ".join), min_size=1, max_size=8)


@st.composite
def partitions(draw):
    """Draw documents, and the same in parts, some of them empty, in any order."""
    documents = draw(documents_of)
    n_parts = draw(st.integers(1, 4))
    part_of = draw(st.lists(st.integers(0, n_parts - 1), min_size=len(documents)))
    parts = [[d for d, p in zip(documents, part_of) if p == part] for part in range(n_parts)]
    return documents, draw(st.permutations(parts))


def merged_in_a_tree(draw, estimators):
    """Merge neighbours, or any two, until one is left."""
    left = list(estimators)
    while len(left) > 1:
        first = left.pop(draw(st.integers(0, len(left) - 1)))
        second = left.pop(draw(st.integers(0, len(left) - 1)))
        left.append(first.merge(second))
    return left[0]


@each_counted
@given(partition=partitions(), data=st.data())
@settings(max_examples=12)
def test_any_partition_is_one_fit(estimator, partition, data):
    documents, parts = partition
    expected = fitted(estimator, documents)
    if expected is None:
        return
    in_order = clone(estimator)
    for part in parts:
        in_order.partial_fit(part)
    assert learned(in_order) == expected
    of_parts = [of_part(estimator, part) for part in parts]
    assert learned(of_parts[0].merge(*of_parts[1:])) == expected
    assert learned(merged_in_a_tree(data.draw, of_parts)) == expected


@each_counted
@given(documents=documents_of)
@settings(max_examples=6)
def test_rows_one_by_one_are_one_fit(estimator, documents):
    expected = fitted(estimator, documents)
    if expected is None:
        return
    first, *more = (of_part(estimator, [document]) for document in documents)
    assert learned(first.merge(*more)) == expected


@each_counted
@given(parts=st.lists(documents_of, min_size=3, max_size=3))
@settings(max_examples=6)
def test_merging_is_associative_and_commutative(estimator, parts):
    a, b, c = (of_part(estimator, part) for part in parts)
    expected = learned(a.merge(b, c))
    assert learned(a.merge(b).merge(c)) == expected
    assert learned(a.merge(b.merge(c))) == expected
    assert learned(c.merge(a).merge(b)) == expected


@each_counted
def test_merging_changes_neither(estimator):
    a, b = (of_part(estimator, part) for part in (DOCUMENTS[:3], DOCUMENTS[3:]))
    before = [(learned(e), pickle.dumps(e)) for e in (a, b)]
    merged = a.merge(b)
    merged.partial_fit(["an owl and another owl"])
    assert [(learned(e), pickle.dumps(e)) for e in (a, b)] == before
    assert learned(a.merge()) == learned(a)
    assert a.merge() is not a


@each_counted
def test_learning_goes_on_after_merge_pickle_and_file(estimator, tmp_path):
    expected = fitted(estimator, DOCUMENTS)
    a, b, c = (of_part(estimator, DOCUMENTS[i::3]) for i in range(3))
    save(a, tmp_path / "a")
    save(b.merge(pickle.loads(pickle.dumps(c))), tmp_path / "rest")
    assert learned(load(tmp_path / "rest").merge(load(tmp_path / "a"))) == expected
    assert learned(load(tmp_path / "rest").partial_fit(DOCUMENTS[::3])) == expected


@each_counted
def test_what_cannot_be_merged_is_refused(estimator):
    part = of_part(estimator, DOCUMENTS)
    with pytest.raises(NotFittedError, match="not fitted yet: call partial_fit"):
        part.merge(clone(estimator))
    with pytest.raises(NotFittedError, match="not fitted yet: call partial_fit"):
        clone(estimator).merge(part)
    with pytest.raises(TypeError, match=f"of the same class, {type(part).__name__}, got Word"):
        part.merge(WordTokenizer())
    with pytest.raises(ValueError, match=r"ngram_range=.* here, ngram_range=\[?\(?2, 3"):
        part.merge(of_part(clone(estimator).set_params(ngram_range=(2, 3)), DOCUMENTS))
    of_fit = clone(estimator).fit(DOCUMENTS)
    if estimator.vocabulary is None and not hasattr(of_fit, "_counts"):
        with pytest.raises(ValueError, match="has learned by fit"):
            part.merge(of_fit)


@pytest.mark.parametrize(
    ("estimator", "name", "here", "there"),
    [
        (CountVectorizer(), "lowercase", True, False),
        (CountVectorizer(token_pattern=None), "tokenizer", cut, CharTokenizer()),
        (CountVectorizer(), "stop_words", "english", ["a"]),
        (CountVectorizer(), "min_df", 1, 2),
        (CountVectorizer(), "vocabulary", ["a"], ["a", "b"]),
        (TfidfVectorizer(), "strip_accents", None, "unicode"),
        (TfidfVectorizer(), "sublinear_tf", True, False),
        (SequenceVectorizer(), "tokenizer", CharTokenizer(), CharTokenizer(lowercase=True)),
        (SequenceVectorizer(), "tokenizer", str.split, FunctionTokenizer(str.split)),
        (SequenceVectorizer(), "tokenizer", str.split, lambda text: text.split(",")),
        (SequenceVectorizer(), "tokenizer", lambda text: text.split("|"), lambda text: [text]),
        (SequenceVectorizer(), "ngram_range", (1, 2), (1, 1)),
        (SequenceVectorizer(), "max_tokens", 10, None),
        (SequenceVectorizer(), "bos_token", "<s>", None),
        (OneHotVectorizer(), "oov", "drop", "index"),
    ],
)
def test_the_parameter_that_differs_is_named(estimator, name, here, there):
    a, b = (of_part(clone(estimator).set_params(**{name: v}), ["a b"]) for v in (here, there))
    with pytest.raises(ValueError, match=f"with other parameters: {name}=.* here, {name}=.* there"):
        a.merge(b)


def test_threads_are_no_difference():
    a, b = (of_part(CountVectorizer(n_jobs=n), ["a frog"]) for n in (1, 2))
    assert a.merge(b).n_documents_ == 2
    tokenizers = [WordTokenizer(n_jobs=n) for n in (1, 2)]
    a, b = (of_part(SequenceVectorizer(tokenizer=t), ["a frog"]) for t in tokenizers)
    assert a.merge(b).n_documents_ == 2


@pytest.mark.parametrize(
    ("estimator", "name", "value"),
    [
        (CountVectorizer(), "lowercase", False),
        (CountVectorizer(), "binary", True),
        (TfidfVectorizer(), "ngram_range", (1, 2)),
        (SequenceVectorizer(), "tokenizer", CharTokenizer()),
        (OneHotVectorizer(), "ngram_range", (2, 2)),
    ],
    ids=str,
)
def test_foreign_counts_are_refused_by_name(estimator, name, value):
    ours, theirs = clone(estimator), clone(estimator).set_params(**{name: value})
    counts, foreign = ours._part_counts(["a frog"]), theirs._part_counts(["a frog"])
    with pytest.raises(ValueError, match=f"counts were made with other parameters: {name}="):
        counts.merge(foreign)
    with pytest.raises(ValueError, match=f"counts were made with other parameters: {name}="):
        ours._fit_from(foreign)
    learning = clone(estimator).partial_fit(["a frog"]).set_params(**{name: value})
    with pytest.raises(ValueError, match=f"counts were made with other parameters: {name}="):
        learning.partial_fit(["a toad"])


@each_counted
def test_parts_are_learned_from_when_a_result_is_needed(estimator, monkeypatch, tmp_path):
    learned_from = []
    fit_from = type(estimator)._fit_from
    monkeypatch.setattr(
        type(estimator), "_fit_from", lambda e, c: (learned_from.append(c), fit_from(e, c))[1]
    )
    learning = of_part(estimator, DOCUMENTS[:1]).merge(of_part(estimator, DOCUMENTS[1:3]))
    for document in DOCUMENTS[3:]:
        learning.partial_fit([document])
    check_is_fitted(learning)
    copied = pickle.loads(pickle.dumps(learning))
    save(learning, tmp_path / "model")
    if estimator.vocabulary is None:
        assert not learned_from
    expected = clone(estimator).fit(DOCUMENTS)
    for each in (learning, copied, load(tmp_path / "model")):
        result, wanted = each.transform(DOCUMENTS), expected.transform(DOCUMENTS)
        assert (result == wanted) if isinstance(result, Ragged) else not (result != wanted).nnz
    n_times = len(learned_from)
    assert learned(learning) == learned(expected)
    assert len(learned_from) == n_times


@each_counted
def test_parts_are_merged_as_in_a_tree(estimator):
    if estimator.vocabulary is not None and isinstance(estimator, SequenceVectorizer):
        return  # learns nothing
    learning = clone(estimator)
    for _ in range(13):
        learning.partial_fit(DOCUMENTS)
    assert [n for n, _ in learning._counts.waiting] == [8, 4, 1]
    assert learned(learning) == learned(clone(estimator).fit(DOCUMENTS * 13))
    learning.partial_fit(["an owl"])
    assert "vocabulary_" not in vars(learning)
    assert learned(learning) == learned(clone(estimator).fit([*DOCUMENTS * 13, "an owl"]))


def test_threads_that_need_the_result_at_once_see_all_of_it():
    text = [" ".join(f"w{i}" for i in range(n, n + 50)) for n in range(300)]
    expected = TfidfVectorizer(min_df=2).fit(text).transform(text[:5])
    for _ in range(5):
        learning = of_part(TfidfVectorizer(min_df=2), text)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda _: learning.transform(text[:5]), range(4)))  # noqa: B023
        assert all((result != expected).nnz == 0 for result in results)


def test_a_subclass_keeps_its_own_attributes():
    class Named(CountVectorizer):
        name_: str = "mine"
        other_: str

    learning = Named().partial_fit(["a frog"])
    assert learning.name_ == "mine"
    assert not hasattr(learning, "other_")
    assert list(learning.vocabulary_) == ["frog"]


@pytest.mark.parametrize("estimator", [CountVectorizer(), SequenceVectorizer()], ids=repr)
def test_limits_may_change_between_parts(estimator):
    learning = of_part(estimator, ["frog toad"]).set_params(min_df=2).partial_fit(["frog newt"])
    assert list(learning.vocabulary_) == ["frog"]


@pytest.mark.parametrize("estimator", [CountVectorizer(), SequenceVectorizer()], ids=repr)
def test_counts_are_small(estimator):
    rng = np.random.default_rng(0)
    names = [f"w{i}" for i in range(20_000)]
    text = " ".join(names + [names[i] for i in rng.zipf(1.3, 100_000) if i < 20_000])
    counts = estimator._part_counts([text])
    n_tokens, n_bytes = len(counts.vocabulary), len(counts.vocabulary.buffer)
    assert n_tokens == 20_000
    assert len(pickle.dumps(counts)) < n_bytes + 3.1 * n_tokens + 2_000
    copied = pickle.loads(pickle.dumps(counts))
    assert copied.vocabulary == counts.vocabulary
    assert copied.occurrences.dtype == copied.documents.dtype == np.int64
    np.testing.assert_array_equal(copied.occurrences, counts.occurrences)
    np.testing.assert_array_equal(copied.documents, counts.documents)
    assert counts.occurrences.max() > 10_000
    assert copied[3:] == counts[3:]


def test_counts_of_bytes_and_more_survive_pickle():
    for n in (1, 254, 255, 256, 70_000):
        counts = SequenceVectorizer()._part_counts(["frog " * n, "toad"])
        copied = pickle.loads(pickle.dumps(counts))
        assert copied.occurrences.tolist() == [n, 1]


def test_parts_of_an_iterator_are_forgotten_as_they_are_read():
    whole = CountVectorizer(keep_counts=True).fit(DOCUMENTS)
    parts = CountVectorizer().partial_fit(iter(DOCUMENTS[:2])).partial_fit(iter(DOCUMENTS[2:]))
    assert parts.vocabulary_ == whole.vocabulary_
    np.testing.assert_array_equal(parts.token_counts_, whole.token_counts_)


def test_a_given_vocabulary_alone_is_counted():
    counts = CountVectorizer(vocabulary=["frog", "owl"])._part_counts(DOCUMENTS)
    assert counts.vocabulary.tokens == ["frog", "owl"]
    assert counts.documents.tolist() == [2, 0]
    assert SequenceVectorizer(vocabulary=["frog"])._part_counts(DOCUMENTS).n_documents == 0


@pytest.mark.parametrize(
    "estimator",
    [
        CountVectorizer(keep_counts=True, ngram_range=(1, 2)),
        CountVectorizer(keep_counts=True, binary=True, dtype=np.int32),
        CountVectorizer(keep_counts=True, min_df=2, vocabulary=["toad", "frog", "owl"]),
        TfidfVectorizer(keep_counts=True),
        TfidfVectorizer(keep_counts=True, analyzer="char", sublinear_tf=True),
    ],
    ids=repr,
)
@pytest.mark.parametrize("read", [list, iter], ids=["list", "iterator"])
def test_learning_goes_on_after_a_fit_that_keeps_all_counts(estimator, read, tmp_path):
    expected = learned(clone(estimator).fit(DOCUMENTS))
    first = clone(estimator).fit(read(DOCUMENTS[:3]))
    rest = clone(estimator).fit(read(DOCUMENTS[3:]))
    save(pickle.loads(pickle.dumps(first)), tmp_path / "first")
    for merged in (first.merge(rest), rest.merge(load(tmp_path / "first"))):
        assert learned(merged) == expected
    assert learned(first.partial_fit(read(DOCUMENTS[3:]))) == expected
    assert learned(first.fit(DOCUMENTS[3:])) == learned(rest)


@pytest.mark.parametrize(
    "options", [{"min_df": 1.0}, {"max_df": 6}, {"max_features": 99}, {"dtype": np.int8}, {}]
)
def test_a_fit_that_left_counts_out_does_not_go_on(options):
    vectorizer = CountVectorizer(keep_counts=bool(options), **options)
    vectorizer.fit(["frog toad", "frog toad"]).fit(["a frog"])
    with pytest.raises(ValueError, match="partial_fit after fit would forget"):
        vectorizer.partial_fit(["toad"])
    with pytest.raises(ValueError, match="where there are no limits, by fit with keep_counts=True"):
        vectorizer.merge(vectorizer)


def test_tfidf_does_not_forget_what_fit_learned():
    vectorizer = TfidfVectorizer(vocabulary=["frog"]).fit(["frog", "toad"])
    with pytest.raises(ValueError, match="partial_fit after fit would forget"):
        vectorizer.partial_fit(["toad"])


def test_no_weights_of_before_are_left_where_no_term_is_in_the_limits():
    vectorizer = TfidfVectorizer(min_df=0.6).partial_fit(["frog"])
    assert vectorizer.idf_.shape == (1,)
    vectorizer.partial_fit(["toad", "newt"])
    with pytest.raises(NotFittedError):
        vectorizer.idf_  # noqa: B018
    with pytest.raises(ValueError, match="no term is within the limits so far"):
        vectorizer.transform(["frog"])


# --- descriptions of parameters --------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (1, 2),
        (True, 1),
        ("a", "b"),
        ((1, 2), (2, 1)),
        (["a"] * 100, ["a"] * 101),
        ({"a": 1}, {"a": 2}),
        ({"a", "b"}, {"a", "c"}),
        (np.arange(3), np.arange(3.0)),
        (np.arange(1000), np.arange(1001)),
        (str.split, str.strip),
        (cut, cutting_at),
        (cutting_at(" "), cutting_at(",")),
        (partial(cut, at=" "), partial(cut, at=",")),
        ("a".split, "b".split),
        (WordTokenizer(), WordTokenizer("keras")),
        (FunctionTokenizer(cut), FunctionTokenizer(cutting_at(","))),
        (np.float32, np.float64),
    ],
)
def test_descriptions_differ_where_values_do(value, other):
    assert described(value) == described(value)
    assert described(value) != described(other)
    assert len(described(value)) < 130


def test_descriptions_are_equal_where_values_are():
    assert described(np.int64(2)) == described(2)
    assert described({"b": 1, "a": 2}) == described({"a": 2, "b": 1})
    assert described({"b", "a"}) == described({"a", "b"})
    assert described(cutting_at(",")) == described(cutting_at(","))
    assert described(WordTokenizer(n_jobs=2)) == described(WordTokenizer())
    fitted_twice = [clone(WordTokenizer(stop_words=["a"])).fit() for _ in range(2)]
    assert described(fitted_twice[0]) == described(fitted_twice[1])
    assert described(object()) == described(object())
