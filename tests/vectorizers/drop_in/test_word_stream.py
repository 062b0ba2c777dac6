"""Documents that are read block by block: the results of documents read at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction import text as sklearn_text

from textvec import CountVectorizer, HashingVectorizer, TfidfVectorizer
from textvec._inputs import _blocks
from textvec._kernels import _threads
from textvec.vectorizers.drop_in import _word_stream

KINDS = {
    "counts": CountVectorizer(),
    "pairs": CountVectorizer(ngram_range=(1, 2), min_df=2),
    "stop words": CountVectorizer(stop_words=["w1", "w8", "the"], ngram_range=(2, 3)),
    "accents": CountVectorizer(strip_accents="unicode", token_pattern=r"\w+"),
    "tf-idf": TfidfVectorizer(sublinear_tf=True),
    "hashing": HashingVectorizer(n_features=64),
    "hashed pairs": HashingVectorizer(
        n_features=64, ngram_range=(1, 2), norm="l1", dtype=np.float32, stop_words=["w1"]
    ),
    "hashed, binary": HashingVectorizer(n_features=64, binary=True),
    "characters": CountVectorizer(analyzer="char", ngram_range=(1, 2)),
}


@pytest.fixture(params=[None, 3])
def n_jobs(request, monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 500)
    monkeypatch.setattr(_blocks, "_FEW", 3)
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
    return request.param


@pytest.fixture
def texts():
    rng = np.random.default_rng(0)
    rows = [" ".join(f"w{i}" for i in rng.integers(0, n, size=n % 40)) for n in range(1, 200)]
    return [*rows, "", "Über the İstanbul", "x" * 40]


def assert_equal(X, Y):
    assert X.shape == Y.shape
    for part in ("data", "indices", "indptr"):
        assert getattr(X, part).dtype == getattr(Y, part).dtype
        np.testing.assert_array_equal(getattr(X, part), getattr(Y, part))


@pytest.mark.parametrize("kind", KINDS)
def test_streams_give_the_matrices_of_scikit_learn(kind, texts, n_jobs):
    ours = clone(KINDS[kind]).set_params(n_jobs=n_jobs)
    reference = getattr(sklearn_text, type(ours).__name__)
    params = {k: v for k, v in ours.get_params().items() if k in reference().get_params()}
    theirs = reference(**params)
    expected = theirs.fit_transform(texts)
    for documents in (list, iter):
        assert_equal(ours.fit_transform(documents(texts)), expected)
        assert_equal(ours.transform(documents(texts)), theirs.transform(texts))


def test_documents_are_forgotten_as_they_are_read(texts, n_jobs):
    """When a document is made, those some blocks before are gone."""
    alive = []

    class Text(str):
        __slots__ = ()

        def __del__(self):
            alive.pop()

    def documents():
        for text in texts:
            alive.append(True)
            assert len(alive) < 150
            yield Text(text)

    vectorizer = CountVectorizer(n_jobs=n_jobs)
    expected = CountVectorizer().fit_transform(texts)
    assert_equal(vectorizer.fit_transform(documents()), expected)


def test_errors_name_the_row_of_the_stream(texts, n_jobs):
    def documents() -> Iterator[object]:
        yield from texts
        yield None

    for vectorizer in (CountVectorizer(n_jobs=n_jobs), HashingVectorizer(n_jobs=n_jobs)):
        with pytest.raises(TypeError, match=f"row {len(texts)} "):
            vectorizer.fit_transform(documents())
        empty = iter(texts[:0])
        with pytest.raises(ValueError, match="has none left"):
            vectorizer.fit_transform(empty)
    for documents_of in (list, iter):
        with pytest.raises(ValueError, match="empty vocabulary"):
            CountVectorizer(n_jobs=n_jobs).fit(documents_of(["a"] * 20))


@pytest.mark.parametrize(
    "parameters", [{"tokenizer": str.split}, {"analyzer": "char"}, {"analyzer": str.split}]
)
def test_no_token_pattern_is_needed_where_none_is_used(parameters):
    vectorizer = CountVectorizer(token_pattern=None, **parameters)
    expected = vectorizer.fit_transform(["a frog", "a toad"]).toarray()
    np.testing.assert_array_equal(
        vectorizer.fit_transform(iter(["a frog", "a toad"])).toarray(), expected
    )


@pytest.mark.parametrize("kind", ["counts", "tf-idf", "hashing"])
def test_files_are_forgotten_as_they_are_read(kind, texts, n_jobs, tmp_path, monkeypatch):
    for i, text in enumerate(texts):
        (tmp_path / f"{i}.txt").write_text(text, encoding="utf-8")
    names = [tmp_path / f"{i}.txt" for i in range(len(texts))]
    expected = clone(KINDS[kind]).fit(texts)
    longest = 0
    blocks = _word_stream.in_blocks

    def in_blocks(*args, **options):
        nonlocal longest
        for block in blocks(*args, **options):
            longest = max(longest, len(block))
            yield block

    monkeypatch.setattr(_word_stream, "in_blocks", in_blocks)
    vectorizer = clone(KINDS[kind]).set_params(input="filename", n_jobs=n_jobs)
    for documents in (list, iter):
        assert_equal(vectorizer.fit(documents(names)).transform(names), expected.transform(texts))
    assert 0 < longest < len(texts) / 4
    with pytest.raises(OSError, match=r"gone\.txt"):
        vectorizer.fit_transform([*names, tmp_path / "gone.txt"])
