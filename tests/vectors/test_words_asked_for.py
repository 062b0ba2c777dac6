"""Words that are asked for are read by position, whatever holds them, and str of any class."""

from __future__ import annotations

import enum

import numpy as np
import pandas as pd
import pytest

from textvec import CountVectorizer, Vocabulary, WordVectors
from textvec.vectors import SubwordVectors

WORDS = ["man", "woman", "king", "frog"]
SUBWORDS = SubwordVectors(np.random.default_rng(0).normal(size=(50, 3)), min_n=2, max_n=3)
MATRIX = [[1, 0, 0], [1, 1, 0], [1, 0, 2], [3, 0, 1]]
VECTORS = WordVectors(WORDS, MATRIX, subwords=SUBWORDS)
PLAIN = WordVectors(WORDS, MATRIX)


class Word(enum.StrEnum):
    MAN = "man"


class Old(str, enum.Enum):  # noqa: UP042
    MAN = "man"


class Marked(str):
    __slots__ = ()

    def __str__(self):
        return "not the text"


def arrow(words):
    return pytest.importorskip("pyarrow").array(words)


def polars(words):
    return pytest.importorskip("polars").Series(words)


HOLDERS = [
    tuple,
    iter,
    np.array,
    lambda words: np.array(words, dtype=object),
    lambda words: dict.fromkeys(words).keys(),
    lambda words: pd.Series(words, index=range(len(words))[::-1]),
    lambda words: pd.Series(words, index=[f"row{i}" for i in range(len(words))]),
    lambda words: pd.Series(words, index=[0] * len(words), dtype="category"),
    pd.Index,
    arrow,
    polars,
]


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_query_reads_by_position(holder):
    asked = ["newt", "king", "zebra", "man"]
    np.testing.assert_array_equal(VECTORS.vectors(holder(asked)), VECTORS.vectors(asked))
    assert VECTORS.odd_one_out(holder(WORDS)) == VECTORS.odd_one_out(WORDS)
    assert [n.words for n in VECTORS.nearest(holder(asked), 2)] == [
        n.words for n in VECTORS.nearest(asked, 2)
    ]
    ours = VECTORS.analogy(holder(["king", "woman"]), holder(["man"]))
    assert ours.words == VECTORS.analogy(["king", "woman"], ["man"]).words
    np.testing.assert_array_equal(
        VECTORS.similarity(holder(asked), "man"), VECTORS.similarity(asked, "man")
    )
    with pytest.raises(KeyError, match="there are no vectors for 'newt', 'zebra'"):
        PLAIN.vectors(holder(asked))


def test_sets_and_generators_are_read():
    assert PLAIN.vectors({"king", "man"}).shape == (2, 3)
    assert PLAIN.vectors(word for word in WORDS).shape == (4, 3)
    with pytest.raises(KeyError, match="there are no vectors for 'newt'"):
        PLAIN.vectors({"newt"})


@pytest.mark.parametrize("word", [np.str_("man"), Word.MAN, Old.MAN, Marked("man")])
def test_str_of_any_class_is_a_word(word):
    assert word in VECTORS
    np.testing.assert_array_equal(VECTORS[word], [1, 0, 0])
    np.testing.assert_array_equal(PLAIN[word], [1, 0, 0])
    np.testing.assert_array_equal(VECTORS.vectors([word]), [[1, 0, 0]])
    assert VECTORS.nearest(word).words == VECTORS.nearest("man").words
    vocabulary = CountVectorizer().fit(["man king"]).vocabulary_
    assert vocabulary[word] == vocabulary.get(word) == vocabulary["man"]
    assert Vocabulary(["king", "man"]).token_to_id(word) == 1
    assert PLAIN.odd_one_out(np.array(["man", "king"])) in PLAIN


def test_what_is_no_word_is_named():
    with pytest.raises(TypeError, match=r"words must be a sequence of str, got one: use \['man'\]"):
        VECTORS.vectors("man")
    with pytest.raises(TypeError, match=r"got one: use \['man'\]"):
        VECTORS.vectors(np.array("man"))
    with pytest.raises(TypeError, match="words must be a sequence of str, got int"):
        VECTORS.vectors(3)
    for asked in (["king", None], ["king", float("nan")], ["king", b"man"]):
        with pytest.raises(TypeError, match="words must be str, got .* at position 1"):
            VECTORS.nearest(asked)
        with pytest.raises(TypeError, match="words must be str, got .* at position 1"):
            VECTORS.vectors(asked)
    with pytest.raises(TypeError, match="word must be a str, got list"):
        VECTORS.most_distant(["king"])
    assert VECTORS.nearest(np.array("king")).words == VECTORS.nearest("king").words


def test_several_words_are_indexed_as_looked_up():
    np.testing.assert_array_equal(PLAIN[["king", "man"]], PLAIN.vectors(["king", "man"]))
    np.testing.assert_array_equal(PLAIN[pd.Series(["man"], index=[7])], [[1, 0, 0]])
