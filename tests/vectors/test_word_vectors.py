"""The table of words and vectors."""

from __future__ import annotations

import copy
import gzip
import pickle

import joblib
import numpy as np
import pytest
from scipy.sparse import csr_array

from textvec import Vocabulary, WordVectors
from textvec.vectors import SubwordVectors

WORDS = ["frog", "Frog", "été", "", "🐸"]
MATRIX = np.arange(15, dtype=np.float32).reshape(5, 3)


@pytest.fixture(params=["made", "loaded"])
def vectors(request, tmp_path):
    if request.param == "made":
        return WordVectors(WORDS, MATRIX)
    path = tmp_path / "vectors.txt"
    rows = [" ".join([word, *map(str, row)]) for word, row in zip(WORDS, MATRIX, strict=True)]
    path.write_text("\n".join(rows), encoding="utf-8")
    return WordVectors.load(path)


def test_is_a_table_of_words(vectors):
    assert len(vectors) == 5
    assert list(vectors) == WORDS
    assert vectors.embedding_dim == 3
    assert vectors.vocabulary == Vocabulary(WORDS)
    assert vectors.matrix.dtype == np.float32
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    assert "frog" in vectors
    assert "toad" not in vectors
    assert 3 not in vectors
    assert repr(vectors) == "WordVectors(5 words, 3 dimensions, float32)"


def test_look_up(vectors):
    for word, row in zip(WORDS, MATRIX, strict=True):
        np.testing.assert_array_equal(vectors[word], row)
    assert np.shares_memory(vectors["frog"], vectors.matrix)
    np.testing.assert_array_equal(vectors.vectors(["", "frog", ""]), MATRIX[[3, 0, 3]])
    assert vectors.vectors([]).shape == (0, 3)


def test_missing_words_are_named(vectors):
    with pytest.raises(KeyError, match="toad"):
        vectors["toad"]
    with pytest.raises(KeyError, match="there are no vectors for 'toad', 'newt'"):
        vectors.vectors(["toad", "frog", "newt"])
    with pytest.raises(KeyError, match="for 'a', 'b', 'c', 'd', 'e' and 2 more"):
        vectors.vectors(list("abcdefg"))
    with pytest.raises(TypeError, match=r"use \['frog'\]"):
        vectors.vectors("frog")


def test_nothing_can_be_written(vectors):
    for array in (vectors.matrix, vectors["frog"], vectors.lookup_table()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_lookup_table(vectors):
    table = vectors.lookup_table()
    np.testing.assert_array_equal(table, np.vstack([np.zeros((2, 3)), MATRIX]))
    assert table.dtype == vectors.matrix.dtype


def test_loaded_vectors_stand_in_their_table(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("a 1 2\nb 3 4\n")
    vectors = WordVectors.load(path)
    assert np.shares_memory(vectors.lookup_table(), vectors.matrix)
    again = pickle.loads(pickle.dumps(vectors))
    assert np.shares_memory(again.lookup_table(), again.matrix)


def test_copies(vectors):
    again = pickle.loads(pickle.dumps(vectors))
    assert again == vectors
    assert not again.matrix.flags.writeable
    assert (
        copy.copy(vectors) is copy.deepcopy(vectors) is vectors
    )  # can't be changed: one is enough


def test_hash_of_joblib_does_not_change_with_use():
    vectors = WordVectors(WORDS, MATRIX)
    before = joblib.hash(vectors)
    assert vectors["frog"] is not None
    assert joblib.hash(vectors) == before == joblib.hash(WordVectors(WORDS, MATRIX))


def test_equality(vectors):
    assert vectors == WordVectors(WORDS, MATRIX)
    assert vectors != WordVectors(WORDS, MATRIX + 1)
    assert vectors != WordVectors(WORDS[::-1], MATRIX)
    assert vectors != WordVectors(WORDS, MATRIX.astype(np.float16))
    assert vectors != "vectors"


def test_float_matrices_are_not_copied(tmp_path):
    np.save(tmp_path / "matrix.npy", MATRIX)
    mapped = np.load(tmp_path / "matrix.npy", mmap_mode="r")
    assert np.shares_memory(WordVectors(WORDS, mapped).matrix, mapped)
    first = WordVectors(WORDS, MATRIX)
    assert np.shares_memory(WordVectors(WORDS, first.matrix).matrix, first.matrix)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, int])
@pytest.mark.parametrize("layout", [np.array, np.asfortranarray, lambda a: a[::-1][::-1], list])
def test_a_matrix_of_the_caller_does_not_change_vectors(dtype, layout, tmp_path):
    matrix = layout(MATRIX.astype(dtype))
    vectors = WordVectors(WORDS, matrix)
    before = vectors.matrix.copy()
    for row in matrix:
        row[:] = 99
    np.testing.assert_array_equal(vectors.matrix, before)
    assert vectors.matrix.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        vectors.matrix[0, 0] = 1


@pytest.mark.parametrize("mode", ["r+", "c"])
def test_a_map_that_is_written_to_does_not_change_vectors(mode, tmp_path):
    np.save(tmp_path / "matrix.npy", MATRIX)
    mapped = np.load(tmp_path / "matrix.npy", mmap_mode=mode)
    vectors = WordVectors(WORDS, mapped)
    mapped[:] = 99
    np.testing.assert_array_equal(vectors.matrix, MATRIX)


@pytest.mark.parametrize(
    "matrix",
    [
        MATRIX.astype(complex),
        MATRIX.astype(str),
        [["a"] * 3] * 5,
        np.array([["a"] * 3] * 5, object),
    ],
)
def test_a_matrix_of_no_real_numbers_is_refused(matrix):
    with pytest.raises(TypeError, match="matrix must hold real numbers"):
        WordVectors(WORDS, matrix)


def test_masked_numbers_are_none():
    masked = np.ma.MaskedArray(MATRIX, mask=np.arange(15).reshape(5, 3) == 4)
    with pytest.raises(ValueError, match="the vector of 'Frog', row 1, holds a number that is not"):
        WordVectors(WORDS, masked)


def test_other_numbers_become_float32():
    for matrix in (MATRIX.astype(int), MATRIX.astype(float), MATRIX.tolist()):
        assert WordVectors(WORDS, matrix).matrix.dtype == np.float32


def test_a_vocabulary_that_counts_from_elsewhere():
    vectors = WordVectors(Vocabulary(WORDS, first_id=2), MATRIX)
    assert vectors.vocabulary.first_id == 0
    np.testing.assert_array_equal(vectors["frog"], MATRIX[0])


def test_no_words():
    vectors = WordVectors([], np.empty((0, 3), np.float32))
    assert len(vectors) == 0
    assert vectors.lookup_table().shape == (2, 3)


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        (WORDS[:4], MATRIX, r"of shape \(4, embedding_dim\), a row for each word, got \(5, 3\)"),
        (WORDS, MATRIX[0], r"got \(3,\)"),
        (WORDS, MATRIX[:, :0], r"got \(5, 0\)"),
        (["a", "a"], MATRIX[:2], "distinct"),
        (["a", "b"], [[1, 2], [3, np.nan]], "vector of 'b', row 1, holds a number that is not fin"),
        (["a", "b"], [[np.inf, 2], [3, 4]], "vector of 'a', row 0"),
        (["a"], [[1e39]], "vector of 'a', row 0, holds a number that is not finite in float32"),
        (["a"], np.array([[np.inf]], np.float16), "not finite in float16"),
    ],
)
def test_what_is_no_table(words, matrix, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, matrix)


class Named(WordVectors):
    def __init__(self, words, matrix, name, *, subwords=None):
        super().__init__(words, matrix, subwords=subwords)
        self.name = name


def test_a_subclass_keeps_its_attributes_in_a_pickle(vectors):
    named = Named(WORDS, MATRIX, "mine")
    named.nearest("frog")
    again = pickle.loads(pickle.dumps(named))
    assert (type(again), again.name, again == named) == (Named, "mine", True)
    assert "_norms" not in vars(again)


def test_vectors_with_other_subwords_are_not_equal():
    def composing(table, max_n=4):
        subwords = SubwordVectors(table, min_n=3, max_n=max_n)
        return WordVectors(WORDS, MATRIX, subwords=subwords)

    one = composing(np.ones((5, 3)))
    assert one == composing(np.ones((5, 3))) == pickle.loads(pickle.dumps(one))
    for other in (
        WordVectors(WORDS, MATRIX),
        composing(np.eye(5, 3)),
        composing(np.ones((5, 3)), 5),
    ):
        assert one != other
        assert other != one


@pytest.mark.parametrize("suffix", [".zip", ".zst", ".7z"])
def test_a_name_of_compressed_files_is_refused(vectors, tmp_path, suffix):
    path = tmp_path / f"vectors.txt{suffix}"
    with pytest.raises(ValueError, match="are compressed to .gz, .bz2, .xz only"):
        vectors.save(path, format="word2vec")
    assert not path.exists()


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("format", ["glove", "word2vec", "word2vec-binary"])
def test_files_are_compressed_as_they_are_named(tmp_path, suffix, format):
    path, again = tmp_path / f"vectors{suffix}", tmp_path / f"again{suffix}"
    vectors = WordVectors(["a", "b"], MATRIX[:2])
    for name in (path, again):
        vectors.save(name, format=format)
    assert path.read_bytes() == again.read_bytes()
    assert path.read_bytes().startswith(
        {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ"}.get(suffix, b"")
    )
    assert WordVectors.load(path) == vectors
    if suffix == ".gz":
        assert gzip.decompress(path.read_bytes()) != path.read_bytes()


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("v.bin", "word2vec-binary"),
        ("v.txt", "word2vec"),
        ("v.vec", "word2vec"),
        ("v.gz", "word2v"),
    ],
)
def test_a_folder_is_not_named_as_a_file(vectors, tmp_path, name, format):
    with pytest.raises(ValueError, match=f'is named as a file.*set format="{format}'):
        vectors.save(tmp_path / name)
    vectors.save(tmp_path / name, format="native")
    assert WordVectors.load(tmp_path / name) == vectors


@pytest.mark.parametrize("format", ["native", "word2vec", "word2vec-binary"])
def test_no_words_are_read_back(tmp_path, format):
    none = WordVectors([], np.empty((0, 3), np.float32))
    none.save(tmp_path / "none", format=format)
    assert WordVectors.load(tmp_path / "none") == none


def test_text_without_header(tmp_path):
    path = tmp_path / "glove"
    WordVectors(["a", "b"], [[1, 0.5], [0.1, -3]]).save(path, format="glove")
    assert path.read_text() == "a 1 0.5\nb 0.1 -3\n"
    with pytest.raises(ValueError, match="without words has no width"):
        WordVectors([], np.empty((0, 3))).save(path, format="glove")
    with pytest.raises(ValueError, match="would be read as a header"):
        WordVectors(["7"], [[3]]).save(path, format="glove")
    with pytest.raises(ValueError, match="the word 'a b' holds a character that separates"):
        WordVectors(["a b"], [[3]]).save(path, format="glove")
    assert path.read_text() == "a 1 0.5\nb 0.1 -3\n"


class Composing:
    def __init__(self, rows):
        self.rows = np.array(rows)

    def vectors(self, words):
        return self.rows


@pytest.mark.parametrize("rows", [np.ones((1, 7)), np.ones(3), [[1, np.nan, 2]], np.ones((2, 3))])
def test_subwords_of_others_are_checked(rows):
    composing = WordVectors(WORDS, MATRIX, subwords=Composing(rows))
    for ask in (composing.vectors, composing.nearest, composing.coverage):
        with pytest.raises(ValueError, match="subwords must make finite vectors of shape"):
            ask(["newt"])
    with pytest.raises(TypeError, match=r"subwords must have a method vectors\(words\), got int"):
        WordVectors(WORDS, MATRIX, subwords=3)


def test_a_table_of_the_caller_does_not_change_subwords():
    table = np.ones((3, 2), np.float32)
    subwords = SubwordVectors(table, min_n=1, max_n=2)
    table[:] = 9
    assert subwords.vectors(["aa"]).tolist() == [[1, 1]]
    assert np.shares_memory(SubwordVectors(subwords.table, min_n=1, max_n=1).table, subwords.table)
    with pytest.raises(TypeError, match="table must hold real numbers"):
        SubwordVectors(table.astype(complex), min_n=1, max_n=2)
    with pytest.raises(TypeError, match=r"use \['aa'\]"):
        subwords.vectors("aa")


def test_masked_queries_are_no_numbers():
    masked = np.ma.MaskedArray([1.0, 2, 3], mask=[False, True, False])
    with pytest.raises(ValueError, match="finite numbers"):
        WordVectors(WORDS, MATRIX).nearest(masked)


@pytest.mark.parametrize(
    "matrix",
    [
        np.ma.array([["x", "y"]], mask=[[False, True]]),
        np.ma.array([["x"]], dtype=object),
        [[1.0, 2.0], [3.0]],
        [[10**400, 1]],
        [["x", "y"]],
    ],
)
def test_what_is_no_matrix_of_numbers(matrix):
    with pytest.raises(TypeError, match="matrix must hold real numbers"):
        WordVectors(["a", "b"][: len(matrix)], matrix)


def test_parts_are_not_replaced():
    vectors = WordVectors(["frog", "toad", "king"], [[1, 2], [1, 3], [2, 0]])
    expected = str(vectors.nearest("frog"))  # norms are kept
    for name, value in {"matrix": np.eye(3, 2), "vocabulary": None, "subwords": None}.items():
        with pytest.raises(AttributeError, match=f"{name} of WordVectors can't be replaced: make"):
            setattr(vectors, name, value)
    assert str(vectors.nearest("frog")) == expected
    vectors.note = "mine"
    assert pickle.loads(pickle.dumps(vectors)).note == "mine"


def test_a_sparse_matrix_has_a_way_out():
    with pytest.raises(TypeError, match=r"matrix is sparse: pass matrix.toarray\(\)"):
        WordVectors(["frog"], csr_array([[1.0, 0.0]]))


def test_tensors_that_are_trained_are_read():
    torch = pytest.importorskip("torch")
    weight = torch.nn.Embedding(3, 2).weight
    vectors = WordVectors(["a", "b", "c"], weight)
    expected = weight.detach().numpy().copy()
    np.testing.assert_array_equal(vectors.matrix, expected)
    assert vectors.nearest(weight[1], k=1).words == ("b",)
    weight.data.zero_()
    np.testing.assert_array_equal(vectors.matrix, expected)
    assert WordVectors(["a"], torch.ones(1, 2, dtype=torch.bfloat16)).matrix.dtype == np.float32
