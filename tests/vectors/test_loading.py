"""What all formats share: options, compression, cuts, and what reading them costs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest

from textvec import Vocabulary, WordVectors
from textvec.vectors.formats import _byte_blocks

from .files import (
    FILES,
    MATRIX,
    VECTORS,
    WORDS,
    fasttext_model,
    glove_text,
    load,
    word2vec_binary,
    word2vec_text,
)


@pytest.fixture(params=[*FILES, "native"])
def any_file(request, tmp_path):
    """Return the path of VECTORS in each format, by its name."""
    path = tmp_path / "vectors"
    if request.param == "native":
        VECTORS.save(path)
        return path
    if request.param == "safetensors":
        pytest.importorskip("safetensors")
    path.write_bytes(FILES[request.param]())
    return path


@contextmanager
def traced():
    """Return what tells the most memory that was taken at once."""
    tracemalloc.start()
    most = 0
    try:
        yield lambda: most
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_every_format_holds_the_same(any_file):
    assert WordVectors.load(any_file) == VECTORS
    assert WordVectors.load(any_file, embedding_dim=2) == VECTORS


def test_words(any_file):
    wanted = ["x", "newt", "🐸", "x", "frog"]
    for words in (wanted, Vocabulary(dict.fromkeys(wanted), first_id=2), iter(wanted)):
        vectors = WordVectors.load(any_file, words=words)
        assert list(vectors) == ["frog", "🐸", "x"]
        np.testing.assert_array_equal(vectors.matrix, MATRIX[[1, 3, 4]])
        assert not vectors.lookup_table()[:2].any()
    assert list(WordVectors.load(any_file, words=wanted, limit=4)) == ["frog", "🐸"]
    with pytest.warns(UserWarning, match="none of `words` was found"):
        nothing = WordVectors.load(any_file, words=["newt"])
    assert len(nothing) == 0
    assert nothing.embedding_dim == 2
    assert len(WordVectors.load(any_file, words=[])) == 0
    with pytest.raises(TypeError, match=r"words must be a sequence of str.*\['frog'\]"):
        WordVectors.load(any_file, words="frog")


def test_limit(any_file):
    for limit in (1, 4, 5, 99):
        vectors = WordVectors.load(any_file, limit=limit)
        assert list(vectors) == WORDS[:limit]
        np.testing.assert_array_equal(vectors.lookup_table()[2:], MATRIX[:limit])


def test_dtype(any_file):
    for dtype in ("float16", np.float16):
        vectors = WordVectors.load(any_file, dtype=dtype)
        assert vectors.matrix.dtype == np.float16
        np.testing.assert_array_equal(vectors.matrix, MATRIX.astype(np.float16))
        assert not vectors.lookup_table()[:2].any()
    assert WordVectors.load(any_file, dtype="float32") == VECTORS
    assert list(WordVectors.load(any_file, dtype="float16", words=["x"])) == ["x"]
    with pytest.raises(ValueError, match='dtype must be "float16", "float32" or None, got'):
        WordVectors.load(any_file, dtype="float64")


def test_a_width_that_differs(any_file):
    with pytest.raises(ValueError, match=re.escape(str(any_file))):
        WordVectors.load(any_file, embedding_dim=3)


@pytest.mark.parametrize("format", [*FILES, "native"])
def test_what_float16_does_not_hold(format, tmp_path):
    path = tmp_path / "vectors"
    matrix = np.array([[1, 2], [65519, 65520]], np.float32)
    if format == "native":
        WordVectors(["a", "b"], matrix).save(path)
    elif format == "fasttext":
        pieces = np.empty((0, 2), np.float32)
        path.write_bytes(fasttext_model(["a", "b"], matrix, pieces, min_n=0, max_n=0))
    else:
        if format == "safetensors":
            pytest.importorskip("safetensors")
        path.write_bytes(FILES[format](["a", "b"], matrix))
    with pytest.raises(ValueError, match="finite (number of|in) float16"):
        WordVectors.load(path, dtype="float16")
    assert list(WordVectors.load(path, dtype="float16", words=["a"])) == ["a"]


@pytest.mark.parametrize("format", FILES)
def test_a_file_cut_anywhere(format, tmp_path):
    """Every beginning of a file is refused, or is a whole file itself."""
    if format == "safetensors":
        pytest.importorskip("safetensors")
    data = FILES[format]()
    path = tmp_path / "vectors"
    # What is cut off a fastText model behind the matrix is not read.
    whole = len(data) - 17 if format == "fasttext" else len(data)
    for end in range(whole):
        path.write_bytes(data[:end])
        try:
            vectors = load(path)
        except ValueError as error:
            message = str(error)
            vectors = None
        if vectors is None:
            assert str(path) in message
            continue
        # A text has no more than its lines to tell; a header, no more than their number.
        is_text = format in ("csv", "glove", "word2vec")
        assert is_text, f"{end} of {len(data)} bytes are taken for all"
        n_whole = data[:end].count(b"\n") - (format != "glove")
        assert list(vectors)[:n_whole] == WORDS[:n_whole]
        if n_whole:
            np.testing.assert_array_equal(vectors.matrix[:n_whole], MATRIX[:n_whole])
        assert format in ("csv", "glove") or len(vectors) == len(WORDS)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_cut_anywhere(compress, tmp_path):
    data = compress(word2vec_binary())
    path = tmp_path / "vectors"
    for end in range(len(data)):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match=re.escape(str(path))):
            WordVectors.load(path)


def test_a_zip_archive_cut_anywhere(tmp_path):
    data = zipped(vectors=word2vec_binary())
    path = tmp_path / "vectors"
    for end in range(len(data)):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match=re.escape(str(path))):
            WordVectors.load(path)


@pytest.mark.parametrize("format", ["glove", "word2vec", "word2vec-binary", "fasttext"])
@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(vectors=data)]
)
def test_compressed(format, pack, tmp_path):
    path = tmp_path / "vectors"
    path.write_bytes(pack(FILES[format]()))
    assert WordVectors.load(path) == VECTORS


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_in_parts_that_follow_one_another(compress, tmp_path):
    data, path = glove_text(), tmp_path / "vectors"
    for end in (0, 1, len(data) // 2, len(data)):  # as cat a.gz b.gz writes them
        path.write_bytes(compress(data[:end]) + compress(data[end:]))
        assert WordVectors.load(path) == VECTORS


def test_members_of_a_zip_archive(tmp_path):
    path = tmp_path / "glove.zip"
    path.write_bytes(zipped(**{"a.txt": b"a 1\n", "sub/b.txt": b"b 2\n", "sub/": b""}))
    assert list(WordVectors.load(path, member="sub/b.txt")) == ["b"]
    with pytest.raises(ValueError, match="several files: name one with member=, of 'a.txt', 'sub"):
        WordVectors.load(path)
    with pytest.raises(ValueError, match="holds no 'c': name one with member=, of 'a.txt', 'sub"):
        WordVectors.load(path, member="c")
    path.write_bytes(zipped())
    with pytest.raises(ValueError, match="the archive is empty"):
        WordVectors.load(path)
    path.write_bytes(b"a 1\n")
    with pytest.raises(ValueError, match="is no zip archive: it has no member 'a'"):
        WordVectors.load(path, member="a")


def test_an_archive_whose_paths_escape_writes_nothing(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    path = inside / "vectors.zip"
    path.write_bytes(zipped(**{"../../outside.txt": b"a 1\n"}))
    assert list(WordVectors.load(path)) == ["a"]
    assert sorted(os.listdir(tmp_path)) == ["inside"]
    assert os.listdir(inside) == ["vectors.zip"]


@pytest.mark.parametrize(
    "packer", [bz2.compress, gzip.compress, lzma.compress, lambda data: zipped(bomb=data)]
)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a" * (8 << 20), id="a word without end"),
        pytest.param(b"a" + b" 0" * (2 << 20), id="a vector without end"),
        pytest.param(b"a 0\n" + b" " * (8 << 20), id="blanks"),
        pytest.param(b"9 2000000\na " + bytes(8 << 20), id="a vector of 8 MB"),
        pytest.param(b"a 0\n" * (1 << 20), id="lines"),
    ],
)
def test_bombs(packer, data, tmp_path):
    """What a small file expands to is refused before it fills the memory."""
    path = tmp_path / "bomb"
    path.write_bytes(packer(data))
    assert 200 * path.stat().st_size < len(data)
    with traced() as peak, pytest.raises(ValueError, match="times its size"):
        WordVectors.load(path)
    assert peak() < 24 << 20  # 8 of them are the window of xz


def test_small_files_may_shrink_to_nothing(tmp_path):
    vectors = WordVectors([str(i) for i in range(1000)], np.zeros((1000, 300), np.float32))
    vectors.save(tmp_path / "zeros.txt", format="word2vec")
    packed = lzma.compress((tmp_path / "zeros.txt").read_bytes())
    (tmp_path / "zeros.txt.xz").write_bytes(packed)
    assert (tmp_path / "zeros.txt").stat().st_size > 100 * len(packed)
    assert WordVectors.load(tmp_path / "zeros.txt.xz") == vectors


@pytest.mark.parametrize(
    "data",
    [
        b"1000000000000000 2\n" + FILES["glove"](),
        b"1000000000000000 2\n" + FILES["word2vec-binary"]()[4:],
        b"5 1000000000000000\n" + FILES["glove"](),
        b"5 1000000000000000\n" + FILES["word2vec-binary"]()[4:],
        b"999999999999999 2\n" + FILES["word2vec-binary"]()[4:],
        b"5 999999999999999\n" + FILES["word2vec-binary"]()[4:],
        b"999999999999999 999999999999999\n" + FILES["word2vec-binary"]()[4:],
        fasttext_model(words=WORDS, entries=2**31 - 1),
        fasttext_model(rows=10**15),
        fasttext_model(columns=10**15),
        fasttext_model(bucket=2**31 - 1, rows=2**31 + 4),
        fasttext_model(dim=2**31 - 1, columns=2**31 - 1),
    ],
)
def test_headers_that_lie_take_no_memory(data, tmp_path):
    path = tmp_path / "vectors"
    path.write_bytes(data)
    with traced() as peak, pytest.raises(ValueError, match=re.escape(str(path))):
        WordVectors.load(path)
    assert peak() < 1 << 24


@pytest.mark.parametrize("block", [1, 7, 64])
def test_blocks_may_end_anywhere(block, tmp_path, monkeypatch):
    monkeypatch.setattr(_byte_blocks, "BLOCK_SIZE", block)
    path = tmp_path / "vectors"
    for newline in (b"", b"\n"):
        path.write_bytes(word2vec_binary(newline=newline))
        assert WordVectors.load(path, format="word2vec-binary") == VECTORS
    path.write_bytes(FILES["fasttext"]())
    assert WordVectors.load(path, format="fasttext") == VECTORS


# --- words that are not UTF-8 -----------------------------------------------------------------

CUT = "жж".encode()[:3]
BROKEN = [CUT, b"frog", b"a\xff\xe2\x82b", b"\xf0\x9f\x90", b"\xe2\x82\xffq", b"ok"]


def broken_file(format: str) -> bytes:
    words = [f"w{i:03d}" for i in range(len(BROKEN))]
    matrix = np.arange(2 * len(BROKEN), dtype=np.float32).reshape(-1, 2)
    data = BUILD[format](words, matrix)
    for name, word in zip(words, BROKEN, strict=True):
        data = data.replace(name.encode(), word)
    return data


BUILD = {
    "glove": glove_text,
    "word2vec": word2vec_text,
    "word2vec-binary": word2vec_binary,
    "fasttext": lambda words, matrix: fasttext_model(words, matrix, np.empty((0, 2)), max_n=0),
}


@pytest.mark.parametrize("format", BUILD)
@pytest.mark.parametrize("errors", ["replace", "ignore"])
def test_words_that_are_no_utf8_are_repaired(tmp_path, format, errors):
    path = tmp_path / "vectors"
    path.write_bytes(broken_file(format))
    with pytest.raises(ValueError, match='errors="replace"'):
        WordVectors.load(path, format=format)
    with pytest.warns(UserWarning, match=f"words are not UTF-8, .* errors='{errors}'"):
        vectors = WordVectors.load(path, format=format, errors=errors)
    want = [word.decode("utf-8", errors) for word in BROKEN]
    assert list(vectors) == list(dict.fromkeys(want))
    for row, word in enumerate(want):
        if word not in want[:row]:
            np.testing.assert_array_equal(vectors[word], [2 * row, 2 * row + 1])


@pytest.mark.parametrize("format", BUILD)
def test_words_that_become_the_same_are_kept_once(tmp_path, format):
    path = tmp_path / "vectors"
    data = BUILD[format](["w000", "w001", "w002"], np.eye(3, 2, dtype=np.float32))
    path.write_bytes(data.replace(b"w000", b"x\xc3").replace(b"w001", b"x\xe2"))
    with pytest.warns(UserWarning, match="1 vectors are left out|not UTF-8") as caught:
        vectors = WordVectors.load(path, format=format, errors="ignore")
    assert len(caught) == 2
    assert list(vectors) == ["x", "w002"]
    np.testing.assert_array_equal(vectors.matrix, [[1, 0], [0, 0]])


@pytest.mark.parametrize("format", BUILD)
def test_words_that_are_not_wanted_may_be_broken(tmp_path, format, recwarn):
    path = tmp_path / "vectors"
    path.write_bytes(broken_file(format))
    vectors = WordVectors.load(path, format=format, errors="replace", words=["ok", "frog"])
    assert list(vectors) == ["frog", "ok"]


def test_repaired_words_are_kept_in_a_cache(tmp_path):
    path = tmp_path / "vectors"
    path.write_bytes(broken_file("glove"))
    for _ in range(2):
        with pytest.warns(UserWarning, match="4 words are not UTF-8"):
            vectors = WordVectors.load(path, errors="replace", cache=tmp_path / "cache")
        assert list(vectors)[:2] == ["ж\N{REPLACEMENT CHARACTER}", "frog"]
    with pytest.raises(ValueError, match="expected a token in UTF-8"):
        WordVectors.load(path, cache=tmp_path / "cache")


def test_errors_are_named(tmp_path):
    path = tmp_path / "vectors"
    path.write_bytes(b"a 1 2\n")
    with pytest.raises(ValueError, match='errors must be "strict", "replace" or "ignore"'):
        WordVectors.load(path, errors="backslashreplace")


# --- open files -------------------------------------------------------------------------------


def test_open_files_are_read_from_their_beginning(any_file):
    if any_file.is_dir() or any_file.read_bytes()[8:9] == b"{":
        return
    with any_file.open("rb") as file, any_file.open("rb", buffering=0) as raw:
        file.read(3)
        for stream in (file, raw, io.BytesIO(any_file.read_bytes())):
            for _ in range(2):
                assert WordVectors.load(stream) == WordVectors.load(any_file)
            assert not stream.closed


def test_open_files_may_be_compressed(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("vectors.txt", glove_text())
    for data in (archive.getvalue(), gzip.compress(glove_text()), bz2.compress(glove_text())):
        assert list(WordVectors.load(io.BytesIO(data))) == WORDS
    path = tmp_path / "vectors.gz"
    path.write_bytes(gzip.compress(glove_text()))
    with gzip.open(path) as file:
        assert list(WordVectors.load(file, limit=2)) == WORDS[:2]


def test_what_is_no_binary_file_is_named(tmp_path):
    for path in (io.StringIO("a 1 2"), 3, b"x", None):
        with pytest.raises(TypeError, match="path must be a path, or a file open for reading byt"):
            WordVectors.load(path)
    with pytest.raises(TypeError, match="cache must be a bool or the path of a folder, got 5"):
        WordVectors.load(tmp_path, cache=5)
    for dtype in ("zz", "int8"):
        with pytest.raises(ValueError, match='dtype must be "float16", "float32" or None'):
            WordVectors.load(tmp_path, dtype=dtype)
    with pytest.raises(ValueError, match="cache needs a path, got BytesIO"):
        WordVectors.load(io.BytesIO(b"a 1 2"), cache=tmp_path)
    with pytest.raises(ValueError, match=r"BytesIO, line 2: expected a token and 2 numbers"):
        WordVectors.load(io.BytesIO(b"a 1 2\nb 1\nc 1 2"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize("cache", [False, True])
def test_a_pipe_can_be_read_once(tmp_path, cache):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe is no regular file, and may be read once only"):
        WordVectors.load(tmp_path / "pipe", cache=cache)


def test_a_width_that_makes_a_number_part_of_every_token(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("the 0.1 0.2 0.3\nof 1 0 0.5\n")
    with pytest.raises(ValueError, match="embedding_dim=2, but all of the first lines end in 3"):
        WordVectors.load(path, embedding_dim=2)
    path.write_text("the 0.1 0.2\nof 1 0 0.5\n")
    assert list(WordVectors.load(path, embedding_dim=2)) == ["the", "of 1"]
