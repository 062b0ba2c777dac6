"""Vectors learned from parts are those of one fit of all of them, in their order."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from textvec import (
    CharTokenizer,
    ConceptVectors,
    Dna2Vec,
    Doc2Vec,
    FastText,
    GloVe,
    NgramDoc2Vec,
    SequenceVectorizer,
    Word2Vec,
    WordTokenizer,
    load,
    save,
)

SMALL = {"embedding_dim": 3, "max_iter": 2, "random_state": 0}
WORDS = ["the", "frog", "toad", "and", "on", "owl", "sat"]
COUNTED = [  # whose documents are counted and forgotten
    GloVe(vocabulary=WORDS, window=3, **SMALL),
    GloVe(vocabulary=WORDS, weighting="flat", pooling="idf", **SMALL),
    ConceptVectors(embedding_dim=2, vocabulary=WORDS, random_state=0),
    ConceptVectors(embedding_dim=2, vocabulary=WORDS, window=2, smoothing=1, random_state=0),
    ConceptVectors("glove", vocabulary=WORDS, window=2, pooling=None, **SMALL),
]
LEARNERS = [
    GloVe(min_count=2, window=3, **SMALL),
    GloVe(min_count=1, max_tokens=5, pooling="idf", **SMALL),
    ConceptVectors(embedding_dim=2, min_count=1, random_state=0, tokenizer=WordTokenizer()),
    ConceptVectors(embedding_dim=2, min_count=1, window=2, smoothing=1, random_state=0),
    *COUNTED,
    Word2Vec(min_count=2, **SMALL),
    FastText(min_count=2, n_buckets=20, **SMALL),
    Doc2Vec(min_count=2, **SMALL),
    NgramDoc2Vec(min_count=2, **SMALL),
]
OF_COUNTS = [*LEARNERS[:2], *COUNTED]  # whose vectors do not depend on the order of the documents
each = pytest.mark.parametrize("learner", LEARNERS, ids=repr)
pytestmark = pytest.mark.filterwarnings("ignore:.* concepts have vectors of zeros")
DOCUMENTS = [
    "the frog sat on the log",
    "",
    "the toad sat on the log and the frog",
    "a newt",
    "the newt and the toad",
    "a frog and a toad",
]


def learned(learner):
    if isinstance(learner, (Doc2Vec, NgramDoc2Vec)):
        return learner.document_vectors_.tobytes(), learner.vectors_.matrix.tobytes()
    words, matrix = learner.vectors_.vocabulary.tokens, learner.vectors_.matrix.tobytes()
    return words, matrix, learner.transform(DOCUMENTS[:3]) if learner.pooling else None


def same(a, b):
    return all(np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y for x, y in zip(a, b))


def part(learner, documents):
    return clone(learner).partial_fit(documents)


@each
@given(cuts=st.lists(st.integers(0, len(DOCUMENTS)), max_size=3))
@settings(max_examples=8, deadline=None)
def test_any_parts_are_one_fit(learner, cuts):
    bounds = [0, *sorted(cuts), len(DOCUMENTS)]
    parts = [DOCUMENTS[a:b] for a, b in pairwise(bounds)]
    expected = learned(clone(learner).fit(DOCUMENTS))
    in_turn = clone(learner)
    for documents in parts:
        in_turn.partial_fit(documents)
    assert same(learned(in_turn), expected)
    first, *others = (part(learner, documents) for documents in parts)
    assert same(learned(first.merge(*others)), expected)


@pytest.mark.parametrize("learner", OF_COUNTS, ids=repr)
@given(parts=st.permutations([DOCUMENTS[:2], DOCUMENTS[2:3], [], DOCUMENTS[3:]]))
@settings(max_examples=8, deadline=None)
def test_counts_of_any_order_are_one_fit(learner, parts):
    a, b, c, d = (part(learner, documents) for documents in parts)
    expected = learned(clone(learner).fit(DOCUMENTS))
    assert same(learned(a.merge(b).merge(c.merge(d))), expected)
    assert same(learned(d.merge(a, c, b)), expected)


@each
def test_vectors_are_trained_when_they_are_needed(learner):
    learning = part(learner, DOCUMENTS[:3])
    assert "vectors_" not in vars(learning)
    learning.partial_fit(DOCUMENTS[3:])
    assert "vectors_" not in vars(learning)
    assert learning.transform(DOCUMENTS[:2]).shape[0] == 2
    assert learning.__dict__["vectors_"] is learning.vectors_
    with pytest.raises(AttributeError, match="has no attribute 'vector_'"):
        learning.vector_  # noqa: B018
    assert not hasattr(learning, "classes_")
    more = learning.partial_fit(DOCUMENTS)
    assert "vectors_" not in vars(more)
    assert same(learned(more), learned(clone(learner).fit(DOCUMENTS * 2)))


@each
def test_merging_changes_neither_and_files_go_on(learner, tmp_path):
    a, b = part(learner, DOCUMENTS[:3]), part(learner, DOCUMENTS[3:])
    expected = learned(clone(learner).fit(DOCUMENTS))
    before = set(vars(a)), set(vars(b))
    assert same(learned(a.merge(b)), expected)
    assert (set(vars(a)), set(vars(b))) == before
    save(a, tmp_path / "a")
    loaded = load(tmp_path / "a")
    assert same(learned(loaded.merge(pickle.loads(pickle.dumps(b)))), expected)
    assert same(learned(loaded.partial_fit(DOCUMENTS[3:])), expected)


@each
def test_what_cannot_be_merged_is_refused(learner):
    learning = part(learner, DOCUMENTS)
    with pytest.raises(NotFittedError, match="not fitted yet: call partial_fit"):
        learning.merge(clone(learner))
    with pytest.raises(ValueError, match="has learned by fit"):
        learning.merge(clone(learner).fit(DOCUMENTS))
    with pytest.raises(ValueError, match="partial_fit after fit would forget"):
        clone(learner).fit(DOCUMENTS).partial_fit(DOCUMENTS)
    for name, value in {"embedding_dim": 1, "tokenizer": CharTokenizer()}.items():
        with pytest.raises(ValueError, match=f"with other parameters: {name}="):
            learning.merge(part(clone(learner).set_params(**{name: value}), DOCUMENTS))
    with pytest.raises(ValueError, match="tokens were made with other parameters: tokenizer="):
        learning.set_params(tokenizer=CharTokenizer()).partial_fit(["a"])


@each
def test_what_training_refuses_leaves_the_parts(learner):
    learning = part(learner, [""])
    with pytest.raises(ValueError, match=r"no token|no tokens|no concept|empty"):
        learning.transform(["a"])
    learning.partial_fit(DOCUMENTS)
    assert same(learned(learning), learned(clone(learner).fit(["", *DOCUMENTS])))


@each
def test_a_fit_forgets_the_parts(learner):
    refitted = part(learner, ["an owl and an owl"]).fit(DOCUMENTS)
    assert same(learned(refitted), learned(clone(learner).fit(DOCUMENTS)))
    assert not hasattr(refitted, "_counts")


def test_parts_are_held_as_ids():
    documents = ["frog toad newt log"] * 2_000
    counts = GloVe()._part_counts(documents)
    assert len(pickle.dumps(counts)) < 4.5 * 8_000 + 8 * 2_000 + 2_000


@pytest.mark.parametrize("learner", COUNTED, ids=repr)
def test_counts_of_a_vocabulary_hold_no_documents(learner):
    few, many = (learner._part_counts(DOCUMENTS * n) for n in (1, 100))
    assert abs(len(pickle.dumps(many)) - len(pickle.dumps(few))) < 200
    a, b = learner._part_counts(DOCUMENTS[:2]), learner._part_counts(DOCUMENTS[2:])
    for merged in (a.merge(b), b.merge(a)):
        assert (merged.sums != few.sums).nnz == 0
        assert merged.n_documents == len(DOCUMENTS)
        assert merged.n_others == few.n_others > 0


@pytest.mark.parametrize(
    "learner",
    [
        GloVe(min_count=2, window=3, **SMALL),
        GloVe(min_count=2, max_tokens=6, pooling="idf", **SMALL),
        ConceptVectors("glove", min_count=2, window=3, **SMALL),
    ],
    ids=repr,
)
def test_the_vocabulary_of_a_first_pass_changes_nothing(learner):
    first = SequenceVectorizer(min_count=2, max_tokens=getattr(learner, "max_tokens", None))
    expected = clone(learner).fit(DOCUMENTS)
    with_words = clone(learner).set_params(vocabulary=first.fit(DOCUMENTS).vocabulary_)
    in_parts = clone(with_words).partial_fit(DOCUMENTS[:2]).partial_fit(DOCUMENTS[2:])
    streams = [clone(e).fit(Again(DOCUMENTS)) for e in (learner, with_words)]
    once = clone(with_words).fit(iter(DOCUMENTS))
    for each in (clone(with_words).fit(DOCUMENTS), in_parts, *streams, once):
        assert same(learned(each), learned(expected))
        assert each.vectorizer_.oov_rate_ == expected.vectorizer_.oov_rate_


class Again:
    """Documents that can be read again and again, and have no length."""

    def __init__(self, documents):
        self.documents = documents

    def __iter__(self):
        return iter(self.documents)


def test_a_stream_is_counted_and_not_held(monkeypatch):
    sizes = []
    count = GloVe._count
    monkeypatch.setattr(
        GloVe,
        "_count",
        lambda self, tokens, v: (sizes.append(len(tokens)), count(self, tokens, v))[1],
    )
    monkeypatch.setattr("textvec._inputs._blocks.CHARACTERS", 200)
    glove = GloVe(min_count=1, **SMALL).fit(Again(DOCUMENTS * 50))
    assert sum(sizes) == 300
    assert max(sizes) <= 64
    assert same(learned(glove), learned(GloVe(min_count=1, **SMALL).fit(DOCUMENTS * 50)))


def test_words_of_a_vocabulary_that_never_occur_have_no_vector():
    glove = GloVe(vocabulary=["owl", "frog", "the"], **SMALL).fit(DOCUMENTS)
    assert glove.vectors_.vocabulary.tokens == ["frog", "the"]
    with pytest.raises(ValueError, match="no token of the vocabulary occurs"):
        GloVe(vocabulary=["owl"], **SMALL).partial_fit(DOCUMENTS).transform(["owl"])
    for wrong, error, match in [
        ([], ValueError, "vocabulary is empty"),
        ("frog", TypeError, "vocabulary must be a sequence of str"),
        ([1], TypeError, "vocabulary must be str, got int"),
        (["a", "a"], ValueError, "tokens must be distinct"),
    ]:
        with pytest.raises(error, match=match):
            GloVe(vocabulary=wrong, **SMALL).fit(DOCUMENTS)
    with pytest.raises(ValueError, match='method="word2vec" takes no vocabulary'):
        ConceptVectors("word2vec", vocabulary=["frog"], **SMALL).fit(DOCUMENTS)


def test_a_vocabulary_cannot_come_between_parts():
    learning = part(GloVe(min_count=1, **SMALL), DOCUMENTS).set_params(vocabulary=["frog"])
    with pytest.raises(ValueError, match="made with other parameters: vocabulary="):
        learning.partial_fit(DOCUMENTS)
    learning = part(COUNTED[0], DOCUMENTS).set_params(pooling="sif")
    with pytest.raises(ValueError, match="made with other parameters: pooling="):
        learning.partial_fit(DOCUMENTS)


@each
def test_threads_that_need_a_result_first_at_once_all_have_it(learner):
    learning = part(learner, DOCUMENTS)
    start = Barrier(3)

    def result(_):
        start.wait()
        return learned(learning)

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(result, range(3)))
    assert all(same(one, learned(clone(learner).fit(DOCUMENTS))) for one in found)


def test_epochs_are_reported_where_they_are_run(capsys):
    learning = part(GloVe(min_count=1, verbose=1, **SMALL), DOCUMENTS)
    assert not capsys.readouterr().out
    assert learning.n_iter_ == 2
    assert capsys.readouterr().out.count("[GloVe] epoch") == 2
    assert len(learning.loss_curve_) == 2
    assert not capsys.readouterr().out


def test_fragments_of_sequences_are_no_parts():
    assert not hasattr(Dna2Vec(), "partial_fit")


@pytest.mark.parametrize("kind", [set, frozenset])
def test_a_set_of_words_has_one_order_in_every_process(kind):
    learner = GloVe(vocabulary=kind(WORDS), **SMALL).fit(DOCUMENTS)
    assert learner.vectors_.vocabulary.tokens == sorted(learner.vectors_.vocabulary.tokens)


def test_an_iterator_of_words_could_be_read_once():
    with pytest.raises(TypeError, match="vocabulary is an iterator .*pass a list"):
        GloVe(vocabulary=iter(WORDS), **SMALL).fit(DOCUMENTS)
