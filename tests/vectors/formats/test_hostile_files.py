"""Files that are not what they should be: what the message says, and that nothing is loaded."""

from __future__ import annotations

import gzip
import io
import lzma
import pickle
import re
import struct
import tarfile
import time
import zipfile

import numpy as np
import pytest

from textvec import WordVectors
from textvec.vectors.formats import _byte_blocks

LINE = b"w%d 0.1 0.2 0.3\n"
GOOD = b"".join(LINE % i for i in range(9))


def bad(line: bytes) -> bytes:
    """Return a file whose fourth line is this one."""
    return b"".join(LINE % i for i in range(3)) + line + GOOD.replace(b"w", b"v")


def fixed_decimals(n_lines: int, width: int = 40, write: str = "%.4f") -> bytes:
    """Return lines of text as word2vec.c writes them, but for the blanks at their ends."""
    numbers = np.random.default_rng(0).normal(size=(n_lines, width))
    lines = [f"w{i} " + " ".join(write % x for x in row) for i, row in enumerate(numbers)]
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("n_lost", [2, 4, 5])
@pytest.mark.parametrize("header", [b"", b"9 40\n"])
def test_a_file_that_ends_within_its_last_number(tmp_path, header, n_lost):
    path = tmp_path / "v.txt"
    path.write_bytes(header + fixed_decimals(9)[: -n_lost - 1])
    line = 9 + bool(header)
    with pytest.warns(UserWarning, match=rf"v.txt, line {line}: no newline .* cut short") as said:
        WordVectors.load(path)
    assert said[0].filename == __file__
    WordVectors.load(path, limit=8)


@pytest.mark.parametrize(
    "data",
    [
        fixed_decimals(9)[:-1],
        fixed_decimals(1)[:-3],  # perhaps none of its lines would end in a newline
        fixed_decimals(9, width=3)[:-3],
        fixed_decimals(9, write="%.4g")[:-3],
        fixed_decimals(9)[:-3] + b"\n",
        fixed_decimals(9).replace(b"\n", b" \n")[:-1],
    ],
)
def test_a_file_that_may_be_whole(tmp_path, data):
    (tmp_path / "v.txt").write_bytes(data)
    WordVectors.load(tmp_path / "v.txt")  # warnings are errors


@pytest.mark.parametrize(
    ("data", "message"),
    [
        # Cut short.
        (GOOD[:-9], "line 9: expected a token and 3 numbers, found 1 after 'w8': the file is dam"),
        (b"9 3\n" + GOOD[:-9], "line 10: expected a token and 3 numbers, found 1 after 'w8'"),
        (GOOD[:-14], "line 9: expected a token and 3 numbers, found 0 after 'w'"),
        # Of mixed width.
        (bad(b"x 1 2\n"), "line 4: expected a token and 3 numbers, found 2 after 'x'"),
        (bad(b"x 1 2 3 4\n"), "line 4: expected a token and 3 numbers, found 4: if that token"),
        (b"a 1 2\nb 1\n", "as many of the first lines end in 1 numbers as in 2: say which"),
        (b"2 2\na 1 2 3\n", "line 2: expected a token and 2 numbers, found 3"),
        # Numbers that are none.
        (bad(b"x 1 nan 3\n"), "line 4: 'nan' is no finite number of float32: remove the line"),
        (bad(b"x 1 -inf 3\n"), "line 4: '-inf' is no finite number"),
        (bad(b"x 1 2 1e999\n"), "line 4: '1e999' is no finite number"),
        (bad(b"x 1 2 1e39\n"), "line 4: '1e39' is no finite number"),
        (bad(b"x 1 two 3\n"), "line 4: expected a token and 3 numbers, found 1 after 'two'"),
        (bad(b"x 1 2 3" + b"9" * 60 + b"x\n"), "found 0 after '3" + "9" * 39 + "...'"),
        # Line ends that are lost, and carriage returns.
        (GOOD.replace(b"\n", b"\r"), "line 1: the token 'w0 0.1 0.2 0.3\\rw1 0.1"),
        (b"9 3\r" + GOOD.replace(b"\n", b"\r"), "line 1: the token '9 3\\rw0"),
        (bad(b"x 1 2 3 y 4 5 6\n"), "line 4: the token 'x 1 2 3 y' holds 3 numbers: a line end"),
        (bad(b"x 1 2 3y 4 5 6\n"), "line 4: the token 'x 1 2 3y' holds 3 numbers"),
        (bad(b"x 1 2 3\ry 4 5 6\n"), "line 4: the token 'x 1 2 3\\ry' holds a carriage return"),
        (bad(b"x 1 2 3\x0cy 4 5 6\n"), "line 4: the token 'x 1 2 3\\x0cy' holds 3 numbers"),
        (bad(b"x 1 2 3 \x0cy 4 5 6\n"), "line 4: the token 'x 1 2 3"),
        (bad(b"x 1 2 3\xe2\x80\xa8y 4 5 6\n"), "line 4: the token 'x 1 2 3"),
        (bad(b"x 1 2 3 \t y 4 5 6 z 7 8 9\n"), "line 4: the token 'x 1 2 3 \\t y 4 5 6 z'"),
        (bad(b"a\0b 1 2 3\n"), "line 4: the token 'a\\x00b' holds NUL"),
        # Tokens that are no UTF-8.
        (
            bad(b"\xff\xfea 1 2 3\n"),
            "line 4, byte 45: expected a token in UTF-8, found b'\\xff\\xfe",
        ),
        (bad(b"ok\xe9 1 2 3\n"), "line 4, byte 47: expected a token in UTF-8, found b'\\xe9'"),
        (bad(b"\xed\xa0\x80 1 2 3\n"), "line 4, byte 45: expected a token in UTF-8"),  # surrogate
        (bad(b"\xc0\xaf 1 2 3\n"), "line 4, byte 45"),  # a slash in more bytes than it takes
        (bad(b"\xf4\x90\x80\x80 1 2 3\n"), "line 4, byte 45"),  # past the last code point
        (b"9 3\n" + bad(b"\xff 1 2 3\n"), "line 5, byte 49"),
        # Headers that lie.
        (b"10 3\n" + GOOD, "the header declares 10 vectors, found 9: the file is cut short"),
        (b"8 3\n" + GOOD, "the header declares 8 vectors, found more: write their true number"),
        (b"9 4\n" + GOOD, "line 2: expected a token and 4 numbers, found 3 after 'w0'"),
        (b"9 2\n" + GOOD, "line 2: expected a token and 2 numbers, found 3"),
        (b"999999999999999 3\n" + GOOD, "declares 999999999999999 vectors, found 9"),
        (b"9 999999999999999\n" + GOOD, "expected a token and 999999999999999 numbers, found 3"),
        (b"9 99999999999999999999\n" + GOOD, "line 1: the header '9 99999999999999999999' decl"),
        (b"9 0\n" + GOOD, "line 1: the header '9 0' declares what no file can hold"),
        # NUL bytes, as an interrupted write leaves them, and other things than text.
        (bad(b"x 1 2 \0\0\0\0\n"), "after '\\x00\\x00\\x00\\x00': the file is binary or damaged"),
        (
            b"2 2\nab \x00\x01\x02\x03\x04\x05\x06\x07cd ...\x00\n",
            "vector 2, byte 15: expected a token, a blank and 2 numbers of 4 bytes, found 8 bytes",
        ),
        (b"It was the best of times,\nit was the worst.\n", "line 1: expected a token and numbers"),
        (b"PK\x03\x04" + GOOD, "the compressed file is damaged or cut short"),
        ("a 1\n".encode("utf-16"), "is text in UTF-16: convert it to UTF-8"),
        ("a 1\n".encode("utf-32"), "is text in UTF-32: convert it to UTF-8"),
        ("a 1\n".encode("utf-16-be"), "or text in UTF-16 or UTF-32: convert that to UTF-8"),
        (b"\xba\x16\x4f\x2f\x0c\0\0\0", "expected 76 bytes at byte 8, found 0: the file is cut"),
        (b"\x80\x04\x95\x0b\0\0\0", "is a pickle, which can run any program when it is opened"),
        (b"\x93NUMPY\x01\0", "is an array without words: use WordVectors(words, numpy.load"),
        # Nothing at all.
        (b"", "holds no vectors"),
        (b"\xef\xbb\xbf", "holds no vectors"),
        (b"\n \n\r\n", "holds no vectors"),
        (b"9 3", "the header declares 9 vectors, found 0: the file is cut short"),
        (b"x", "line 1: expected a token and numbers, found 'x'"),
        # Compression that ends early or is no compression.
        (gzip.compress(GOOD * 99, mtime=0)[:-20], "the compressed file is damaged or cut short"),
        (
            gzip.compress(GOOD * 99, mtime=0)[:50] + b"\0" * 99,
            "the compressed file is damaged or cut short",
        ),
        (b"\x1f\x8b" + GOOD, "the compressed file is damaged or cut short"),
        (b"BZh91AY&SY" + GOOD, "the compressed file is damaged or cut short"),
        (b"\xfd7zXZ\x00" + GOOD, "the compressed file is damaged or cut short"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_message(tmp_path, data, message):
    path = tmp_path / "vectors.txt"
    path.write_bytes(data)
    start = time.process_time()
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        WordVectors.load(path)
    assert str(caught.value).startswith(str(path))
    assert time.process_time() - start < 5


@pytest.mark.parametrize("header", [b"", b"9 3\n"])
def test_embedding_dim_must_agree(tmp_path, header):
    path = tmp_path / "vectors.txt"
    path.write_bytes(header + GOOD)
    with pytest.raises(ValueError, match="line 1: "):
        WordVectors.load(path, embedding_dim=4)


@pytest.mark.parametrize("option", ["limit", "embedding_dim"])
def test_numbers_of_the_caller(tmp_path, option):
    path = tmp_path / "vectors.txt"
    path.write_bytes(GOOD)
    with pytest.raises(ValueError, match=f"{option} must be at least 1, got 0"):
        WordVectors.load(path, **{option: 0})


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        WordVectors.load(tmp_path / "none.txt")


def test_a_line_without_end_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(_byte_blocks, "BLOCK_SIZE", 64)
    monkeypatch.setattr(_byte_blocks, "MAX_LINE", 1024)
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"w 0.1\n" + b"0.1 " * 99_999)
    with pytest.raises(ValueError, match="the line or vector at byte 6 is longer than 1024 bytes"):
        WordVectors.load(path)


def test_the_first_of_doubles_wins(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a 1\nb 2\na 3\nb 4\na 5\nc 6\n")
    with pytest.warns(UserWarning, match="3 vectors are left out") as caught:
        vectors = WordVectors.load(path)
    assert len(caught) == 1
    assert dict(zip(vectors, vectors.matrix.ravel().tolist(), strict=True)) == {
        "a": 1,
        "b": 2,
        "c": 6,
    }


def test_a_line_longer_than_a_block(tmp_path, monkeypatch):
    monkeypatch.setattr(_byte_blocks, "BLOCK_SIZE", 64)
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a" + b" 0.5" * 1000 + b"\nb" + b" 1.5" * 1000)
    vectors = WordVectors.load(path)
    assert vectors.matrix.shape == (2, 1000)
    assert (vectors["b"] == 1.5).all()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("options", [{}, {"limit": 3}, {"limit": 3, "words": ["w0"]}])
def test_tar_is_named(tmp_path, mode, options):
    path = tmp_path / "vectors.tar"
    with tarfile.open(path, mode) as archive:
        info = tarfile.TarInfo("glove.txt")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD))
    with pytest.raises(ValueError, match="is a tar archive: extract the file it holds"):
        WordVectors.load(path, **options)


@pytest.mark.parametrize("name", ["limit", "embedding_dim"])
def test_counts_that_are_none(tmp_path, name):
    path = tmp_path / "vectors.txt"
    path.write_bytes(GOOD)
    for value in (True, 2.0, "2"):
        with pytest.raises(TypeError, match=f"{name} must be an int or None"):
            WordVectors.load(path, **{name: value})
    with pytest.raises(ValueError, match=f"{name} must be less than"):
        WordVectors.load(path, **{name: 2**63})
    assert len(WordVectors.load(path, limit=np.int64(2))) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD + b"x 0:0.1 1:0.2 2:0.3\n", "line 10: .* without their positions and colons"),
        (b"x 0:0.1 1:0.2\n" * 3, "line 1: .* without their positions and colons"),
        (b"x 0,1 0,2 0,3\n" * 3, "line 1: .* with a point in place of the comma"),
        (GOOD + b"x 0.1 NA 0.3\n", "line 10: .* a number is missing: remove the line"),
        (GOOD + b"x 0x1p-3 0x1p-2 0.3\n", "line 10: .* not as hexadecimals"),
        (b"9 3 1\n" + GOOD, "line 1: .* a header is two whole numbers"),
        (b"9.0 3.0\n" + GOOD, "line 1: .* a header is two whole numbers"),
        (b"# my vectors\n" + GOOD, "line 1: .* a comment or names columns, remove it"),
        (b'"V1" "V2" "V3"\n' + GOOD, "line 1: .* a comment or names columns, remove it"),
        (lzma.compress(GOOD, format=lzma.FORMAT_ALONE), "compressed by lzma, of the old kind"),
        (pickle.dumps({"a": [1.0]}, 0), "is a pickle"),
        (pickle.dumps({"a": [1.0]}, 1), "is a pickle"),
        (pickle.dumps(np.ones(3), 0), "is a pickle"),
        (b"PAR1" + bytes(99), "a table of parquet"),
        (b"SQLite format 3\0" + bytes(99), "a database of SQLite"),
        (b"Rar!\x1a\x07\0" + bytes(99), "a rar archive"),
        (b"ARROW1\0\0" + bytes(99), "a table of Arrow"),
        (b"<!DOCTYPE html>\n<html>404</html>\n", "a page of HTML"),
        (b"version https://git-lfs.github.com/spec/v1\nsize 9\n", "a pointer of Git LFS"),
        (
            struct.pack("<12i", 10, 5, 5, 1, 5, 1, 1, 2, 99, 3, 6, 100),
            "is binary, and of no format that is read here",
        ),
    ],
)
def test_what_no_download_mends_has_its_own_remedy(tmp_path, data, message):
    path = tmp_path / "vectors.txt"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        WordVectors.load(path)


def test_a_folder_of_something_else(tmp_path):
    for format in (None, "native", "model2vec"):
        with pytest.raises(ValueError, match="is no folder of"):
            WordVectors.load(tmp_path, format=format)
    with pytest.raises(ValueError, match="a folder of vectors needs a path, got BytesIO"):
        WordVectors.load(io.BytesIO(GOOD), format="model2vec")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (["archive/data.pkl", "archive/data/0"], r"a file of torch.*weights_only=True"),
        (["arr_0.npy"], "a file of several arrays of NumPy"),
        (["[Content_Types].xml", "xl/workbook.xml"], "a document of an office program"),
    ],
)
def test_what_others_write_as_zip_archives_is_named(tmp_path, entries, message):
    path = tmp_path / "vectors.pt"
    with zipfile.ZipFile(path, "w") as archive:
        for entry in entries:
            archive.writestr(entry, GOOD)
    with pytest.raises(ValueError, match=message):
        WordVectors.load(path)


def test_the_way_out_for_files_of_torch(tmp_path):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    path = tmp_path / "vectors.pt"
    torch.save((["a", "b"], {"a": 0, "b": 1}, torch.ones(2, 3), 3), path)
    with pytest.raises(ValueError, match=r"words, _, matrix, _ = torch.load\(path, weights_only"):
        WordVectors.load(path)
    words, _, matrix, _ = torch.load(path, weights_only=True)
    assert list(WordVectors(words, matrix.numpy())) == ["a", "b"]
