"""gensim's own tests of KeyedVectors, restated for WordVectors.

Each assertion of ``gensim/test/test_keyedvectors.py`` (gensim 4.4) that is about what vectors do
has a test here, on the same file, named after gensim's. Of 76 assertions

- 63 hold, by the call that the test shows;
- 9 differ by contract: the test shows what is done instead, and says why;
- 4 are of features that are missing: counts of words are not kept with vectors.

`test_the_counts_above` counts them.
"""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from textvec import DocumentDistance, WordVectors

test_utils = pytest.importorskip("gensim.test.utils", reason="gensim is not installed")
keyedvectors = pytest.importorskip("gensim.models.keyedvectors")

HOLDS: list[str] = []
DIFFERS: list[str] = []
MISSING: list[str] = []

FIVE = ["conflict", "administration", "terrorism", "call", "israel"]
MEAN_OF = [*FIVE[:4], "an out-of-vocabulary word"]
NEW = [f"new{i}" for i in range(5)]
GOOD = ["great", "fine", "well", "right", "safe", "secure", "strong", "honest", "serious"]
GOOD += ["effective", "ready", "full", "just"]


def holds(n_assertions: int):
    """Mark a test in which so many of gensim's assertions hold."""
    return lambda test: HOLDS.extend([test.__name__] * n_assertions) or test


def differs(n_assertions: int, why: str):
    """Mark a test of what is done in place of so many of gensim's assertions."""
    assert why
    return lambda test: DIFFERS.extend([test.__name__] * n_assertions) or test


def missing(n_assertions: int, why: str):
    """Mark a test that so many of gensim's assertions have no counterpart."""
    assert why
    return lambda test: MISSING.extend([test.__name__] * n_assertions) or test


@pytest.fixture(scope="module")
def vectors():
    return WordVectors.load(test_utils.datapath("euclidean_vectors.bin"))


@pytest.fixture(scope="module")
def theirs():
    path = test_utils.datapath("euclidean_vectors.bin")
    return keyedvectors.KeyedVectors.load_word2vec_format(path, binary=True)


def drawn(n_rows: int, width: int = 10):
    return np.random.default_rng(0).standard_normal((n_rows, width)).astype(np.float32)


@holds(1)
def test_most_similar(vectors):
    assert list(vectors.nearest("war", 5).words) == FIVE


@holds(1)
def test_most_similar_vector(vectors):
    assert len(vectors.analogy(vectors.matrix[:5])) == 10


@holds(6)
@pytest.mark.parametrize("method", ["add", "mul"])
def test_most_similar_parameter_types(vectors, method):
    position = vectors.analogy("war", "peace", 5, method=method)
    for found in (
        vectors.analogy(["war"], ["peace"], k=5, method=method),
        vectors.analogy(positive="war", negative="peace", k=5, method=method),
        vectors.analogy(positive=["war"], negative=["peace"], k=5, method=method),
    ):
        assert found.words == position.words
        np.testing.assert_array_equal(found.scores, position.scores)


@holds(2)
def test_vectors_for_all_list(vectors):
    chosen = vectors.subset([*FIVE[:3], "out of it", "out as well"], ignore_missing=True)
    assert len(chosen) == 3
    np.testing.assert_array_equal(chosen["conflict"], vectors["conflict"])


@missing(4, "counts of words: a CountVectorizer or TokenCounts has them")
def test_vecattrs(vectors):
    assert not hasattr(vectors, "get_vecattr")


@holds(3)
def test_most_similar_topn(vectors, theirs):
    assert len(vectors.nearest("war", 5)) == 5
    assert len(vectors.nearest("war", 10)) == 10
    everything = vectors.similarity("war")  # topn=None
    assert len(everything) == len(vectors)
    np.testing.assert_allclose(everything, theirs.most_similar("war", topn=None), atol=1e-6)
    assert len(vectors.nearest("war", k=None)) == len(vectors) - 1  # ranked, without the word


@differs(2, "to find no words is a mistake of the caller's")
@pytest.mark.parametrize("k", [0, np.uint8(0)])
def test_most_similar_topn_of_zero(vectors, k):
    with pytest.raises(ValueError, match="k must be a positive integer"):
        vectors.nearest("war", k)


@holds(3)
def test_relative_cosine_similarity(vectors, theirs):
    cosines = [vectors.similarity("good", word) for word in GOOD if word in vectors]
    by_synonyms = vectors.similarity("good", "nice") / sum(sorted(cosines)[-10:])
    found = vectors.relative_cosine_similarity("good", "nice", 10)
    assert by_synonyms >= found
    assert by_synonyms == pytest.approx(found, abs=0.125)
    assert vectors.relative_cosine_similarity("good", "worst", 10) < 0.10
    assert found == pytest.approx(theirs.relative_cosine_similarity("good", "nice", 10), rel=1e-5)


@holds(1)
def test_most_similar_raises_keyerror(vectors):
    with pytest.raises(KeyError):
        vectors.nearest("not_in_vocab")


@holds(1)
def test_most_similar_restrict_vocab(vectors):
    assert set(vectors.nearest("war", 5, limit=5).words) == set(list(vectors)[:5])


@holds(2)
def test_most_similar_with_vector_input(vectors):
    assert list(vectors.nearest(vectors["war"], 5).words) == ["war", *FIVE[:4]]
    assert list(vectors.analogy([vectors["war"]], k=5).words) == ["war", *FIVE[:4]]


@holds(1)
def test_most_similar_to_given(vectors):
    found = vectors.nearest("war", k=1, candidates=["terrorism", "call", "waging"])
    assert found.words == ("terrorism",)


@holds(2)
def test_distance(vectors):
    assert vectors.distance("war", "conflict") == pytest.approx(0.06694602, rel=1e-5)
    assert vectors.distance("war", "war") == pytest.approx(0, abs=1e-15)


@holds(2)
def test_similarity(vectors):
    assert vectors.similarity("war", "war") == pytest.approx(1)
    assert vectors.similarity("war", "conflict") == pytest.approx(0.93305397)


@holds(2)
def test_closer_than(vectors):
    assert vectors.closer_than("war", "war").words == ()
    assert vectors.closer_than("war", "terrorism").words == ("conflict", "administration")


@holds(2)
def test_rank(vectors):
    assert vectors.rank("war", "war") == 1
    assert vectors.rank("war", "terrorism") == 3


def test_ranks_of_all_are_theirs(vectors, theirs):
    words = list(vectors)[::97]
    assert vectors.rank("war", words).tolist() == [theirs.rank("war", word) for word in words]


@holds(2)
def test_add_single(vectors):
    for table in (vectors, WordVectors([], np.empty((0, 10)))):
        for word, row in zip(NEW, drawn(5), strict=True):
            table = table.merge({word: row})
        np.testing.assert_array_equal(table[NEW], drawn(5))


@holds(4)
def test_add_multiple(vectors):
    added = vectors.merge(WordVectors(NEW, drawn(5)))
    assert len(added) == len(vectors) + 5
    np.testing.assert_array_equal(added[NEW], drawn(5))
    alone = WordVectors(NEW, drawn(5))
    assert len(alone) == 5
    np.testing.assert_array_equal(alone[NEW], drawn(5))


@holds(2)
def test_add_type():
    empty = WordVectors([], np.empty((0, 2)))
    assert empty.matrix.dtype == np.float32
    assert empty.merge({"a": np.array([1.0, 1.0])}).matrix.dtype == np.float32


@differs(6, "vectors never change once they are made: merge makes others")
def test_set_item(vectors):
    with pytest.raises(TypeError, match="does not support item assignment"):
        vectors["war"] = drawn(1)[0]
    words = ["war", "new1", "new2", "terrorism", "conflict"]
    other = vectors.merge(WordVectors(words, drawn(5)), replace=True)
    assert len(other) == len(vectors) + 2
    np.testing.assert_array_equal(other[words], drawn(5))
    assert not np.array_equal(vectors["war"], other["war"])
    assert len(vectors.merge({"war": drawn(1)[0]}, replace=True)) == len(vectors)


@differs(1, "a ValueError that names the line; UnicodeDecodeError is one as well")
def test_load_model_and_vocab_file_strict():
    path = test_utils.datapath("w2v_keyedvectors_load_test.modeldata")
    with pytest.raises(ValueError, match="line 2, byte .*: expected a token in UTF-8"):
        WordVectors.load(path, errors="strict")


@holds(8)
@pytest.mark.parametrize(("errors", "end"), [("replace", "\ufffd"), ("ignore", "")])
def test_load_model_and_vocab_file_with_errors(errors, end):
    path = test_utils.datapath("w2v_keyedvectors_load_test.modeldata")
    with pytest.warns(UserWarning, match="words are not UTF-8"):
        table = WordVectors.load(path, errors=errors)
    first, second = "ありがとう" + end, "どういたしまして" + end
    assert table.vocabulary[first] == 0
    assert table.vocabulary[second] == 1
    np.testing.assert_array_equal(table[first], np.float32([0.6, 0.6, 0.6]))
    np.testing.assert_array_equal(table[second], np.float32([0.1, 0.2, 0.3]))


@holds(6)
@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove"])
def test_save_reload(tmp_path, format):
    """With ``format="glove"``, gensim's test_no_header."""
    table = WordVectors(list(map(str, range(20))), drawn(20, 100))
    table.save(tmp_path / "kv", format=format)
    again = WordVectors.load(tmp_path / "kv", format=format)
    assert list(again) == list(table)
    np.testing.assert_array_equal(again.matrix, table.matrix)
    if format != "glove":  # gensim leaves such a file open
        path, is_binary = str(tmp_path / "kv"), format == "word2vec-binary"
        theirs = keyedvectors.KeyedVectors.load_word2vec_format(path, binary=is_binary)
        assert theirs.index_to_key == list(table)
        np.testing.assert_array_equal(theirs.vectors, table.matrix)


@holds(3)
def test_get_mean_vector(vectors, theirs):
    weights = [1, 2, 3, 1, 2]
    pairs = list(zip(MEAN_OF, weights, strict=True))
    for ours, of_gensim in (
        (vectors.mean_vector(MEAN_OF), theirs.get_mean_vector(MEAN_OF)),
        (vectors.mean_vector(pairs), theirs.get_mean_vector(MEAN_OF, weights)),
        (
            vectors.mean_vector(MEAN_OF, normalize=False),
            theirs.get_mean_vector(MEAN_OF, pre_normalize=False),
        ),
    ):
        np.testing.assert_allclose(ours, of_gensim, rtol=1e-5)


@holds(1)
def test_gensim_320():
    path = test_utils.datapath("old_keyedvectors_320.dat")
    with pytest.raises(ValueError, match="is a pickle, which can run any program"):
        WordVectors.load(path)
    assert WordVectors.from_gensim(keyedvectors.KeyedVectors.load(path))["computer"].any()


RECORDS = {"abc": [1, 2, 3], "cdefg": [4, 5, 6], "d": [7, 8, 9]}


@holds(8)
@pytest.mark.parametrize(
    ("limit", "block", "gap"), list(itertools.product([None, 1, 2, 3], [7, 16], [b"", b"\n"]))
)
def test_load_word2vec_format(tmp_path, monkeypatch, limit, block, gap):
    monkeypatch.setattr("textvec.vectors.formats._byte_blocks.BLOCK_SIZE", block)
    records = b"".join(
        gap + word.encode() + b" " + np.float32(row).tobytes() for word, row in RECORDS.items()
    )
    (tmp_path / "w2v").write_bytes(b"3 3\n" + records)
    table = WordVectors.load(tmp_path / "w2v", limit=limit, format="word2vec-binary")
    expected = dict(itertools.islice(RECORDS.items(), limit))
    assert {word: table[word].tolist() for word in table} == expected


def test_the_counts_above():
    numbers = re.findall(r"^- (\d+) ", __doc__, re.MULTILINE)
    assert [len(HOLDS), len(DIFFERS), len(MISSING)] == list(map(int, numbers))
    assert f"Of {sum(map(int, numbers))} assertions" in __doc__


# Queries that gensim has without a test of them among those above.


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")  # of gensim's 3CosMul
def test_queries_without_a_test_of_gensims(vectors, theirs):
    a, b = ["war", "peace"], ["good", "call", "war"]
    assert vectors.n_similarity(a, b) == pytest.approx(theirs.n_similarity(a, b), rel=1e-5)
    np.testing.assert_allclose(
        vectors.distance("war", FIVE), theirs.distances("war", FIVE), atol=1e-6
    )
    np.testing.assert_allclose(vectors.distance("war"), theirs.distances("war"), atol=1e-6)
    assert vectors.odd_one_out([*FIVE, "good"]) == theirs.doesnt_match([*FIVE, "good"])
    ours = vectors.analogy(["war", "good"], ["peace"], method="mul")
    assert ours.words == tuple(
        word for word, _ in theirs.most_similar_cosmul(["war", "good"], ["peace"])
    )


def test_wmdistance(vectors, theirs):
    pytest.importorskip("ot", reason="POT is not installed")
    a, b = "war and peace", "good call"
    distance = DocumentDistance(vectors, metric="wmd").pairwise([a], [b])[0, 0]
    assert distance == pytest.approx(theirs.wmdistance(a.split(), b.split()), rel=1e-5)


def test_tags_of_doc2vec():
    doc2vec = pytest.importorskip("gensim.models.doc2vec")
    documents = [doc2vec.TaggedDocument(["aa", "bb", "cc"], [tag]) for tag in (0, 1, 2)]
    model = doc2vec.Doc2Vec(documents, vector_size=4, min_count=1, epochs=1, seed=0, workers=1)
    vectors = WordVectors.from_gensim(model.dv)
    assert list(vectors) == ["0", "1", "2"]
    np.testing.assert_array_equal(vectors["2"], model.dv[2])
    assert vectors.nearest("0", 2).words == tuple(str(tag) for tag, _ in model.dv.most_similar(0))
