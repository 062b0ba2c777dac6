"""word2vec's binary files and fastText's models, as they are and as they are broken."""

from __future__ import annotations

import re
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest

from textvec import WordVectors
from textvec.vectors import SubwordVectors
from textvec.vectors.formats import read_vectors

from ..files import (
    MATRIX,
    VECTORS,
    WORDS,
    fasttext_model,
    old_fasttext_model,
    word2vec_binary,
)

NAN = struct.pack("<f", np.nan)


def broken(change, base: bytes) -> bytes:
    old, new = change
    assert base.count(old) == 1
    return base.replace(old, new)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            word2vec_binary()[:-1],
            "vector 5, byte 56: expected a token, a blank and 2 numbers of 4 bytes, found 9 bytes; "
            "the header declares 5 vectors: the file is cut short",
        ),
        (word2vec_binary() + b"x", "the header declares 5 vectors, found more"),
        (word2vec_binary().replace(b"5 2\n", b"4 2\n"), "declares 4 vectors, found more"),
        (word2vec_binary().replace(b"5 2\n", b"6 2\n"), "vector 6, byte 66: expected a token"),
        (
            broken((struct.pack("<f", 3), NAN), word2vec_binary()),
            "vector 2, byte 21: nan is no finite number of float32: the file is damaged",
        ),
        (
            broken(("été".encode(), "été".encode("latin-1")), word2vec_binary()),
            "vector 3, byte 29: expected a token in UTF-8, found b'\\xe9t\\xe9'",
        ),
        (b"0 2\n\0", "the header declares 0 vectors, found more"),
        (b"5 0\n\0", "line 1: the header '5 0' declares what no file can hold"),
    ],
)
def test_word2vec_binary_messages(data, message, tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        WordVectors.load(path)
    assert str(caught.value).startswith(str(path))


def test_a_header_and_nothing(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"0 2\n")
    for format in ("word2vec", "word2vec-binary", None):
        assert WordVectors.load(path, format=format).matrix.shape == (0, 2)


def test_doubles_in_binary_files(tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(word2vec_binary(["a", "b", "a", "a", "c"]))
    with pytest.warns(UserWarning, match="2 vectors are left out") as caught:
        vectors = WordVectors.load(path)
    assert len(caught) == 1
    assert list(vectors) == ["a", "b", "c"]
    np.testing.assert_array_equal(vectors.matrix, MATRIX[[0, 1, 4]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # doubles of other words play no part
        assert list(WordVectors.load(path, words=["b"])) == ["b"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (fasttext_model(version=13), "expected a model of fastText in version 11 or 12"),
        (fasttext_model(labels=2), "is a classifier of fastText, of 2 labels"),
        (fasttext_model(pruned=7), "is a classifier of fastText"),
        (fasttext_model(quantised=1), "is a quantised model: get the .bin or .vec"),
        (fasttext_model(rows=14), "expected a matrix of 15 x 2 numbers, found one of 14 x 2"),
        (fasttext_model(columns=3), "found one of 15 x 3"),
        (fasttext_model(dim=0), "the header of the fastText model is damaged"),
        (fasttext_model(words=["a", "a"], own=MATRIX[:2]), "damaged: tokens must be distinct"),
        (fasttext_model(minn=0), "the header of the fastText model is damaged"),
        (fasttext_model(own=np.full_like(MATRIX, np.inf)), "holds numbers that are not finite"),
        (
            broken(("été".encode(), "été".encode("latin-1")), fasttext_model()),
            "word 3: expected UTF-8, found '\\\\xe9t\\\\xe9': say errors=",
        ),
    ],
)  # fmt: skip
def test_fasttext_messages(data, message, tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        WordVectors.load(path)
    assert str(caught.value).startswith(str(path))


def test_fasttext_by_hand(tmp_path):
    """One piece for each word of three characters: `<ab>` of four, and nothing else."""
    path = tmp_path / "model.bin"
    pieces = np.array([[10, 20]], np.float32)  # one bucket: every piece has this vector
    own = np.array([[1, 2], [4, 5]], np.float32)
    path.write_bytes(fasttext_model(["ab", "</s>"], own, pieces, min_n=4, max_n=4))
    vectors = WordVectors.load(path)
    np.testing.assert_array_equal(vectors["ab"], [5.5, 11])
    np.testing.assert_array_equal(vectors["</s>"], [4, 5])  # the end of a line has no pieces
    np.testing.assert_array_equal(vectors["xy"], [10, 20])
    np.testing.assert_array_equal(vectors["x"], [0, 0])  # `<x>` has three characters
    np.testing.assert_array_equal(vectors.vectors(["xy", "ab"]), [[10, 20], [5.5, 11]])
    assert "xy" not in vectors


def gensim_file(name: str) -> Path:
    pytest.importorskip("gensim")
    from gensim.test.utils import datapath

    path = Path(datapath(name))
    if not path.exists():
        pytest.skip("this gensim came without its test data")
    return path


@pytest.mark.parametrize("name", ["lee_fasttext_new.bin", "crime-and-punishment.bin"])
@pytest.mark.parametrize("through_gensim", [False, True])
def test_fasttext_equals_gensim(name, through_gensim):
    path = gensim_file(name)
    from gensim.models.fasttext import load_facebook_vectors

    theirs = load_facebook_vectors(str(path))
    ours = WordVectors.from_gensim(theirs) if through_gensim else WordVectors.load(path)
    words = [word for word in theirs.index_to_key if word != "</s>"]
    assert list(ours) == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors(words), theirs[words])
    unknown = ["frogs", "été", "🐸🐸", "пре", "a", "", "x" * 99, "<", "</s>x"]
    for word in unknown:
        np.testing.assert_array_equal(ours[word], theirs.get_vector(word), err_msg=word)


def test_fasttext_equals_its_own_text():
    """The .vec file beside a model is what fastText itself composed."""
    model = WordVectors.load(gensim_file("crime-and-punishment.bin"))
    text = WordVectors.load(gensim_file("crime-and-punishment.vec"))
    assert list(model) == list(text)
    np.testing.assert_allclose(model.matrix, text.matrix, atol=2e-5)


@pytest.mark.parametrize(
    "name", ["high_precision.kv.bin", "euclidean_vectors.bin", "poincare_vectors.bin"]
)
def test_word2vec_binary_equals_gensim(name):
    path = gensim_file(name)
    import gensim

    theirs = gensim.models.KeyedVectors.load_word2vec_format(path, binary=True)
    ours = WordVectors.load(path)
    assert list(ours) == theirs.index_to_key
    np.testing.assert_array_equal(ours.matrix, theirs.vectors)


def test_from_gensim():
    gensim = pytest.importorskip("gensim")
    theirs = gensim.models.KeyedVectors(2)
    theirs.add_vectors(WORDS, MATRIX)
    ours = WordVectors.from_gensim(theirs)
    assert ours == VECTORS
    assert not np.shares_memory(ours.matrix, theirs.vectors)
    model = gensim.models.Word2Vec(vector_size=2)
    with pytest.raises(TypeError, match="must be the vectors of the Word2Vec: pass its .wv"):
        WordVectors.from_gensim(model)
    with pytest.raises(TypeError, match="must be gensim's KeyedVectors, got dict"):
        WordVectors.from_gensim({})


def test_pickles_of_gensim_are_not_opened(tmp_path):
    gensim = pytest.importorskip("gensim")
    theirs = gensim.models.KeyedVectors(2)
    theirs.add_vectors(WORDS, MATRIX)
    theirs.save(str(tmp_path / "vectors.kv"))
    with pytest.raises(ValueError, match=r"is a pickle.*If you trust it.*from_gensim"):
        WordVectors.load(tmp_path / "vectors.kv")


def test_fasttext_keeps_no_pieces_it_does_not_have(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(fasttext_model(pieces=np.empty((0, 2), np.float32), min_n=0, max_n=0))
    table = read_vectors(path)
    assert table.subwords is None
    assert table.format == "fasttext"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0, 2.0]], 0, 3), "1 <= min_n <= max_n"),
        (([[1.0, 2.0]], 4, 3), "1 <= min_n <= max_n"),
        (([1.0, 2.0], 3, 3), "of shape"),
        ((np.empty((0, 3)), 3, 3), "of shape"),
    ],
)
def test_what_is_no_table_of_subwords(arguments, message):
    table, min_n, max_n = arguments
    with pytest.raises(ValueError, match=message):
        SubwordVectors(table, min_n=min_n, max_n=max_n)


def test_models_of_fasttext_before_version_11(tmp_path):
    old, new = tmp_path / "old.bin", tmp_path / "new.bin"
    old.write_bytes(old_fasttext_model())
    new.write_bytes(fasttext_model())
    assert WordVectors.load(old) == WordVectors.load(new)
    for end in (10, 60, 70, 100, -1):
        old.write_bytes(old_fasttext_model()[: end if end > 0 else -40])
        with pytest.raises(ValueError, match="cut short|damaged|no format|expected"):
            WordVectors.load(old)


@pytest.mark.parametrize("change", [{"dim": 3}, {"entries": 4}, {"labels": 1}, {"bucket": 9}])
def test_old_models_whose_header_lies(tmp_path, change):
    path = tmp_path / "old.bin"
    path.write_bytes(old_fasttext_model(**change))
    with pytest.raises(ValueError, match="is damaged|is a classifier|expected a matrix"):
        WordVectors.load(path)


@pytest.mark.parametrize("name", ["lee_fasttext", "lee_fasttext_new", "non_ascii_fasttext"])
def test_models_that_gensim_ships(name):
    utils = pytest.importorskip("gensim.test.utils", reason="gensim is not installed")
    from gensim.models.fasttext import load_facebook_vectors

    path = utils.datapath(f"{name}.bin")
    ours, theirs = WordVectors.load(path), load_facebook_vectors(path)
    assert list(ours) == theirs.index_to_key
    # gensim composes "</s>" of n-grams in any version.
    words = [word for word in ours if word != "</s>" or name == "lee_fasttext"]
    np.testing.assert_allclose(ours[words], theirs[words], atol=1e-6)
    np.testing.assert_array_equal(ours["an unseen word"], theirs["an unseen word"])


def test_words_left_out_of_a_model_are_warned_of(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(fasttext_model())
    whole = WordVectors.load(path)
    for options in ({"words": ["the"]}, {"limit": 1}):
        with pytest.warns(UserWarning, match="words left out .* vectors of their subwords alone"):
            part = WordVectors.load(path, **options)
        assert not np.array_equal(part["frog"], whole["frog"])
        np.testing.assert_array_equal(part["the"], whole["the"])
