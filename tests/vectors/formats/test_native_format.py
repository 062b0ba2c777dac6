"""Folders of vectors, mapped from disk, and the cache that is made of them."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from joblib import Parallel, delayed

from textvec import WordVectors
from textvec.vectors import SubwordVectors, _cache

from ..files import FILES, MATRIX, PIECES, VECTORS, WORDS, fasttext_model, glove_text


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "vectors"
    VECTORS.save(path)
    return path


def change_metadata(folder, **changed) -> None:
    path = folder / "metadata.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def test_what_is_in_a_folder(folder):
    assert sorted(os.listdir(folder)) == [
        "metadata.json",
        "offsets.npy",
        "vectors.npy",
        "words.npy",
    ]
    table = np.load(folder / "vectors.npy")
    np.testing.assert_array_equal(table, np.vstack([np.zeros((2, 2), np.float32), MATRIX]))
    assert np.load(folder / "words.npy").tobytes() == "".join(WORDS).encode()
    assert np.load(folder / "offsets.npy").tolist() == [0, 3, 7, 12, 16, 17]
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata["format_version"] == 1
    assert (metadata["n_words"], metadata["embedding_dim"]) == (5, 2)
    assert metadata["normalized"] is False


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_whether_vectors_are_normalized(dtype, tmp_path):
    rows = np.random.default_rng(0).normal(size=(50, 7))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[3] = 0
    words = [f"w{i}" for i in range(50)]
    WordVectors(words, rows.astype(dtype)).save(tmp_path / "vectors")
    assert json.loads((tmp_path / "vectors" / "metadata.json").read_text())["normalized"] is True


def test_vectors_are_mapped(folder):
    vectors = WordVectors.load(folder)
    assert vectors == VECTORS
    base = vectors.matrix
    while isinstance(base.base, np.ndarray):
        base = base.base
    assert isinstance(base, np.memmap)
    assert np.shares_memory(vectors.lookup_table(), vectors.matrix)
    with pytest.raises(ValueError, match="read-only"):
        vectors.matrix[0] = 1


def test_opening_reads_no_matrix(tmp_path):
    words = [f"w{i}" for i in range(1000)]
    WordVectors(words, np.ones((1000, 5000), np.float32)).save(tmp_path / "vectors")
    tracemalloc.start()
    vectors = WordVectors.load(tmp_path / "vectors", limit=900)
    assert len(pickle.dumps(vectors)) < 1000
    assert tracemalloc.get_traced_memory()[1] < vectors.matrix.nbytes / 10
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("words", "matrix"),
    [
        ([], np.empty((0, 3), np.float32)),
        (["", " ", "\n", "a\0b", "a b", "\ud800"], np.ones((6, 1), np.float16)),
        (["a"], MATRIX[:1]),
    ],
)
def test_any_words_come_back(words, matrix, tmp_path):
    vectors = WordVectors(words, matrix)
    vectors.save(tmp_path / "vectors")
    again = WordVectors.load(tmp_path / "vectors")
    assert again == vectors
    assert again.matrix.dtype == matrix.dtype
    assert pickle.loads(pickle.dumps(again)) == vectors


def test_subwords_come_back(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(fasttext_model())
    vectors = WordVectors.load(path)
    vectors.save(tmp_path / "vectors")
    again = WordVectors.load(tmp_path / "vectors")
    for copy in (again, pickle.loads(pickle.dumps(again)), pickle.loads(pickle.dumps(vectors))):
        assert copy == vectors
        np.testing.assert_array_equal(copy["toads"], vectors["toads"])
        assert repr(copy.subwords) == "SubwordVectors(10 vectors of 3 to 4 characters)"
    with pytest.raises(TypeError, match="only SubwordVectors can be saved, got WordVectors"):
        WordVectors(WORDS, MATRIX, subwords=VECTORS).save(tmp_path / "other")


def test_subwords_of_a_made_table():
    vectors = WordVectors(WORDS, MATRIX, subwords=SubwordVectors(PIECES, min_n=3, max_n=4))
    assert vectors["toads"].any()
    again = pickle.loads(pickle.dumps(vectors))
    np.testing.assert_array_equal(again["toads"], vectors["toads"])


def test_a_pickle_knows_whether_the_folder_is_the_same(folder):
    pickled = pickle.dumps(WordVectors.load(folder, limit=3))
    assert list(pickle.loads(pickled)) == WORDS[:3]
    WordVectors(WORDS, MATRIX * 2).save(folder)
    with pytest.raises(ValueError, match="holds other vectors than when these were pickled"):
        pickle.loads(pickled)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    with pytest.raises(FileNotFoundError, match="which is gone: load the vectors again"):
        pickle.loads(pickled)


def test_workers_map_the_same_folder(folder):
    def first_number(vectors):  # in here, as a worker may not be able to import this module
        return float(vectors["frog"][0]), vectors._origin is not None

    vectors = WordVectors.load(folder)
    assert Parallel(2)(delayed(first_number)(vectors) for _ in range(2)) == [(3.0, True)] * 2


def test_saving_again_replaces_the_folder(folder):
    open_before = WordVectors.load(folder)
    other = WordVectors(["a"], [[1.0, 2.0, 3.0]])
    other.save(folder)
    assert WordVectors.load(folder) == other
    if sys.platform != "win32":
        assert open_before == VECTORS
    assert os.listdir(folder.parent) == ["vectors"]


def test_what_is_not_ours_is_not_replaced(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(FileExistsError, match="is there and no folder of vectors"):
            VECTORS.save(tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == ["file", "mine"]


@pytest.mark.parametrize("format", ["native", "word2vec", "word2vec-binary"])
def test_a_failure_leaves_what_was_there(format, tmp_path, monkeypatch):
    path = tmp_path / "vectors"
    VECTORS.save(path, format=format)
    before = WordVectors.load(path)

    def fail(*args, **options):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr("textvec.vectors.formats._native_format.json.dumps", fail)
    with pytest.raises(OSError, match="no space left"):
        WordVectors(["a"], [[1.0]]).save(path, format=format)
    assert WordVectors.load(path) == before
    assert os.listdir(tmp_path) == ["vectors"]


@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary"])
def test_other_formats_come_back(format, tmp_path):
    path = tmp_path / "vectors"
    VECTORS.save(path, format=format)
    assert WordVectors.load(path, format=format) == WordVectors.load(path) == VECTORS
    half = WordVectors(WORDS, (MATRIX / 8).astype(np.float16))
    half.save(path, format=format)
    np.testing.assert_array_equal(WordVectors.load(path).matrix, half.matrix)
    gensim = pytest.importorskip("gensim")
    theirs = gensim.models.KeyedVectors.load_word2vec_format(path, binary="binary" in format)
    assert theirs.index_to_key == WORDS
    np.testing.assert_array_equal(theirs.vectors, half.matrix)
    for word in ("a b", "\ud800", *(["a\nb", "a\tb"] if format == "word2vec" else ["\na"])):
        with pytest.raises(ValueError, match=f"the word {re.escape(repr(word))}.*native"):
            WordVectors(["x", word], MATRIX[:2]).save(path, format=format)
    assert list(WordVectors.load(path)) == WORDS


def test_an_unknown_format(tmp_path):
    with pytest.raises(ValueError, match=r"format must be one of \['glove', 'native',"):
        VECTORS.save(tmp_path / "x", format="csv")


def npy(array, tmp_path) -> bytes:
    np.save(tmp_path / "array.npy", array, allow_pickle=True)
    return (tmp_path / "array.npy").read_bytes()


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("vectors", MATRIX, "expected an array of shape (7, 2), float32 or float16, found (5, 2)"),
        ("vectors", np.zeros((7, 2)), "found (7, 2), float64"),
        ("vectors", np.zeros((7, 2), ">f4"), "found (7, 2), >f4"),
        ("vectors", np.zeros((7, 2), "f4", "F"), "expected an array"),
        ("vectors", np.ones((7, 2), "f4"), "the first 2 rows must be zeros"),
        ("vectors", np.zeros((7, 2), object), "found (7, 2), object"),
        ("words", np.zeros(17, np.int8), "expected an array of shape (any), uint8, found (17,), i"),
        ("words", np.zeros((17, 1), np.uint8), "found (17, 1)"),
        ("words", np.zeros(16, np.uint8), "offsets.npy does not fit words.npy: offsets must rise"),
        ("words", np.full(17, 0xFF, np.uint8), "does not fit words.npy: the buffer is not UTF-8"),
        ("offsets", np.array([0, 3, 7, 12, 17]), "expected an array of shape (6), int64, found (5"),
        ("offsets", np.array([0, 9, 7, 12, 16, 17]), "offsets must rise from 0 to the 17 bytes"),
        ("offsets", np.array([0, 3, 7, 8, 16, 17]), "a token begins inside a character, at byte 8"),
        ("offsets", np.array([-1, 3, 7, 12, 16, 17]), "offsets must rise"),
        ("offsets", np.array([0, 3, 7, 12, 16, 2**60]), "offsets must rise"),
    ],
)
def test_arrays_that_do_not_fit(name, array, message, folder, tmp_path):
    path = folder / f"{name}.npy"
    path.write_bytes(npy(array, tmp_path))
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        WordVectors.load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_words": 4}, "vectors.npy: expected an array of shape (6, 2)"),
        ({"n_words": 10**15}, "n_words must be a whole number, found 1000000000000000"),
        ({"n_words": 10**14}, "vectors.npy: expected an array of shape (100000000000002, 2)"),
        ({"n_words": -1}, "n_words must be a whole number, found -1"),
        ({"n_words": True}, "n_words must be a whole number, found True"),
        ({"n_words": "5"}, "n_words must be a whole number, found '5'"),
        ({"embedding_dim": 0}, "embedding_dim must be at least 1"),
        ({"embedding_dim": 3}, "vectors.npy: expected an array of shape (7, 3)"),
        ({"format": "x"}, 'is damaged: expected "format": "textvec vectors"'),
        ({"format_version": 2}, "expected version 1 of the format, found 2: a newer textvec may"),
        ({"subwords": []}, "subwords must be an object"),
        ({"subwords": {"n_buckets": 1, "min_n": 3, "max_n": 3}}, "subwords.npy is missing"),
    ],
)
def test_metadata_that_lies(changed, message, folder):
    change_metadata(folder, **changed)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        WordVectors.load(folder)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"0" * (1 << 21)])
def test_metadata_that_is_none(data, folder):
    (folder / "metadata.json").write_bytes(data)
    with pytest.raises(ValueError, match="metadata.json"):
        WordVectors.load(folder)


@pytest.mark.parametrize("name", ["vectors.npy", "words.npy", "offsets.npy", "metadata.json"])
def test_a_folder_cut_anywhere(name, folder):
    data = (folder / name).read_bytes()
    whole = len(data.rstrip())
    for end in range(0, whole):
        (folder / name).write_bytes(data[:end])
        with pytest.raises(ValueError, match=re.escape(str(folder))):
            WordVectors.load(folder)
    (folder / name).write_bytes(data + b"\n\n")
    if name != "metadata.json":
        with pytest.raises(ValueError, match=f"{name}: expected {len(data)} bytes"):
            WordVectors.load(folder)
    (folder / name).unlink()
    with pytest.raises(ValueError, match=re.escape(str(folder))):
        WordVectors.load(folder)


def test_repeated_words_are_found_at_the_first_look_up(folder, tmp_path):
    (folder / "words.npy").write_bytes(npy(np.frombuffer(b"a" * 17, np.uint8), tmp_path))
    (folder / "offsets.npy").write_bytes(npy(np.arange(6) * 3 + (np.arange(6) > 0) * 2, tmp_path))
    with pytest.raises(ValueError, match="distinct"):
        WordVectors.load(folder)["a"]


def test_numbers_are_checked_where_they_are_copied(folder, tmp_path):
    table = np.zeros((7, 2), np.float32)
    table[4, 1] = np.nan
    (folder / "vectors.npy").write_bytes(npy(table, tmp_path))
    with pytest.raises(ValueError, match="the vector of word 1 among those chosen holds a number"):
        WordVectors.load(folder, words=["frog", "été"])
    assert len(WordVectors.load(folder, words=["frog"])) == 1


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_bytes(glove_text())
    return path


def test_a_cached_file_is_parsed_once(source, tmp_path, monkeypatch):
    home = tmp_path / "cache"
    first = WordVectors.load(source, cache=home)
    assert first == VECTORS
    assert first._origin is not None

    def fail(*args, **options):
        raise AssertionError("the file was parsed again")

    monkeypatch.setattr(_cache, "read_vectors", fail)
    assert WordVectors.load(str(source), cache=str(home)) == VECTORS
    with pytest.raises(AssertionError):
        WordVectors.load(source, cache=home, limit=2)  # another choice is another folder
    (folder,) = (path for path in home.iterdir() if path.is_dir())
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata["source"]["name"] == "glove.txt"
    assert metadata["source"]["checksum"].startswith("sha256:")


def test_a_source_that_changed_is_parsed_anew(source, tmp_path):
    home = tmp_path / "cache"
    WordVectors.load(source, cache=home)
    source.write_bytes(glove_text(matrix=MATRIX * 2))
    os.utime(source, ns=(1, 1))  # lest both were written in one tick of the clock
    np.testing.assert_array_equal(WordVectors.load(source, cache=home).matrix, MATRIX * 2)
    assert sum(path.is_dir() for path in home.iterdir()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "vectors.npy").write_bytes(b"x"),
        lambda folder: (folder / "metadata.json").unlink(),
        lambda folder: (folder / "metadata.json").write_text("x"),
    ],
)
def test_a_damaged_cache_is_made_again(damage, source, tmp_path):
    home = tmp_path / "cache"
    WordVectors.load(source, cache=home)
    (folder,) = (path for path in home.iterdir() if path.is_dir())
    damage(folder)
    assert WordVectors.load(source, cache=home) == VECTORS


def test_the_cache_of_options(source, tmp_path):
    home = tmp_path / "cache"
    assert list(WordVectors.load(source, cache=home, words=["x", "frog"])) == ["frog", "x"]
    assert list(WordVectors.load(source, cache=home, words=["frog", "x"])) == ["frog", "x"]
    assert WordVectors.load(source, cache=home, dtype="float16").matrix.dtype == np.float16
    assert sum(path.is_dir() for path in home.iterdir()) == 2


def test_doubles_are_told_from_the_cache_too(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a 1\nb 2\na 3\n")
    for _ in range(2):
        with pytest.warns(UserWarning, match="1 vectors are left out"):
            assert list(WordVectors.load(path, cache=tmp_path / "cache")) == ["a", "b"]


def test_the_users_own_cache(source, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTVEC_DATA", str(tmp_path / "data"))
    assert WordVectors.load(source, cache=True) == VECTORS
    assert (tmp_path / "data" / "vectors").is_dir()


def test_a_broken_file_leaves_no_cache(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a 1\nb x\n")
    with pytest.raises(ValueError, match="line 2|as many"):
        WordVectors.load(path, cache=tmp_path / "cache")
    assert not [found for found in (tmp_path / "cache").iterdir() if found.is_dir()]


def test_processes_that_load_at_once(source, tmp_path):
    code = (
        "import sys; from textvec import WordVectors;"
        "print(len(WordVectors.load(sys.argv[1], cache=sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(source), str(tmp_path / "cache")]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [worker.communicate()[0] for worker in workers] == ["5\n"] * 3


def test_mapped_files_of_every_format(tmp_path):
    for format, make in FILES.items():
        if format == "safetensors":
            pytest.importorskip("safetensors")
        (tmp_path / format).write_bytes(make())
        vectors = WordVectors.load(tmp_path / format, cache=tmp_path / "cache")
        assert vectors == VECTORS
        assert vectors._origin is not None
