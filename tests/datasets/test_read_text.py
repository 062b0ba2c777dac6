"""Documents in files: read anew by each pass, and what is wrong named with file and line."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
from collections.abc import Iterator

import numpy as np
import pytest

from textvec import CountVectorizer, SubwordTokenizer, WordTokenizer
from textvec.datasets import _text_decoding, read_text

TEXTS = ["to be", "", 'or "not", naïve\nline two', "x"]


@pytest.fixture
def many(tmp_path):
    for i in range(9):
        (tmp_path / f"part{i}.txt").write_text(f"the frog {i}\nthe toad\n")
    return tmp_path


def table_files(folder):
    """Write the same documents, one of them missing, as each kind of table."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    with open(folder / "t.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["number", "text"])
        writer.writerows([i, text] for i, text in enumerate(TEXTS))
        file.write("4,\n")
    rows = [{"text": text, "number": i} for i, text in enumerate([*TEXTS, None])]
    (folder / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pq.write_table(pa.Table.from_pylist(rows), folder / "t.parquet", row_group_size=2)
    (folder / "t.tsv").write_text("number\ttext\n0\ta b\n1\tc\n")


def test_lines_and_whole_files(tmp_path):
    (tmp_path / "a.txt").write_bytes("one\r\nzwölf\n\nlast".encode("utf-8-sig"))
    documents = read_text(tmp_path / "a.txt")
    assert not isinstance(documents, Iterator)
    assert list(documents) == list(documents) == ["one", "zwölf", "", "last"]
    assert list(read_text(tmp_path, document="file")) == ["one\r\nzwölf\n\nlast"]
    (tmp_path / "a.txt").write_bytes("one\nzwölf\n".encode("utf-16"))
    assert list(read_text(tmp_path, encoding="utf-16")) == ["one", "zwölf"]


def test_lines_do_not_depend_on_how_the_file_is_read(tmp_path, monkeypatch):
    text = "a\r\n\nnaïve 🐸\n" + "long " * 9 + "\nend"
    (tmp_path / "a.txt").write_bytes(text.encode())
    for size in range(1, 12):
        monkeypatch.setattr(_text_decoding, "_CHUNK", size)
        assert list(read_text(tmp_path)) == ["a", "", "naïve 🐸", "long " * 9, "end"]


def test_compressed_files(tmp_path):
    for suffix, opener in {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}.items():
        path = tmp_path / f"a.txt.{suffix}"
        with opener(path, "wt") as file:
            file.write("eins\nzwei\n")
        assert list(read_text(path)) == ["eins", "zwei"]
    pa = pytest.importorskip("pyarrow")
    with pa.CompressedOutputStream(str(tmp_path / "b.jsonl.zst"), "zstd") as file:
        file.write(b'{"t": "drei"}\n\n{"t": "vier"}\n')
    assert list(read_text(tmp_path / "b.jsonl.zst")) == ["drei", "vier"]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_columns_of_tables(tmp_path, kind):
    table_files(tmp_path)
    path = tmp_path / f"t.{kind}"
    documents = read_text(path, column="text", missing="empty")
    assert list(documents) == list(documents) == [*TEXTS, ""]
    with pytest.raises(ValueError, match=rf"t\.{kind}, row 4 \(from 0\): the document is missing"):
        list(read_text(path, column="text"))
    with pytest.raises(ValueError, match=rf"t\.{kind}.*no column 'txt'; there are .*'text'"):
        list(read_text(path, column="txt"))
    with pytest.raises(ValueError, match=rf"t\.{kind}.*column= must name.*'number'"):
        list(read_text(path))


def test_tabs_and_the_only_column(tmp_path):
    table_files(tmp_path)
    assert list(read_text(tmp_path / "t.tsv", column="text")) == ["a b", "c"]
    (tmp_path / "one.csv").write_bytes('text\n"a\nb"\nµ\n'.encode("latin-1"))
    assert list(read_text(tmp_path / "one.csv", encoding="latin-1")) == ["a\nb", "µ"]
    (tmp_path / "empty.csv").write_text("")
    assert list(read_text(tmp_path / "empty.csv")) == []


def test_paths(many):
    expected = [line for i in range(9) for line in (f"the frog {i}", "the toad")]
    (many / "deep").mkdir()
    (many / ".hidden.txt").write_text("no")
    (many / "_SUCCESS").write_text("")
    paths = sorted(many.glob("part*.txt"))
    for given in (many, str(many), many / "part*.txt", paths, (str(p) for p in paths)):
        assert list(read_text(given)) == expected
    (many / "deep" / "z.txt").write_text("last\n")
    assert list(read_text(many)) == ["last", *expected]
    assert list(read_text([paths[1], paths[0]])) == [*expected[2:4], *expected[:2]]
    assert repr(read_text(paths)).endswith("... 9 files)")


MISTAKES = {
    "no file": (lambda f: f / "none.txt", FileNotFoundError, "there is no file"),
    "no match": (lambda f: str(f / "*.tsv"), FileNotFoundError, "no file matches"),
    "an empty folder": (lambda f: f / "empty", FileNotFoundError, "holds no files"),
    "an open file": (lambda f: io.StringIO("text"), TypeError, "pass its path"),
    "no paths": (lambda f: [], ValueError, "paths is empty"),
    "a number": (lambda f: [3], TypeError, "got int: 3"),
    "a URL": (lambda f: "s3://bucket/a.txt", ValueError, "no file on this machine"),
    "an archive": (lambda f: f / "a.zip", ValueError, "extract it"),
    "two kinds": (lambda f: [f / "part0.txt", f / "a.csv"], ValueError, "a.csv is csv.*'.*txt'"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(many, name):
    make, error, message = MISTAKES[name]
    (many / "empty").mkdir()
    for other in ("a.zip", "a.csv"):
        (many / other).write_text("")
    paths = make(many)
    with pytest.raises(error, match=message):
        read_text(paths)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"column": "text"}, ValueError, "plain text, which has no column"),
        ({"column": 3}, TypeError, "column must be a name"),
        ({"document": "page"}, ValueError, "document must be 'line' or 'file'"),
        ({"missing": "drop"}, ValueError, "missing must be"),
        ({"encoding": "utf9"}, ValueError, "encoding='utf9' is not known"),
        ({"errors": "repair"}, ValueError, "errors='repair' is not known"),
    ],
)
def test_options(many, options, error, message):
    with pytest.raises(error, match=message):
        read_text(many, **options)


def test_broken_text_is_named_with_file_and_line(many):
    (many / "part6.txt").write_bytes(b"good\nfine\nbr\xffoken\n")
    with pytest.raises(ValueError, match=r"part6\.txt, line 3: not utf-8.*0xff"):
        WordTokenizer().transform(read_text(many))
    assert "br\ufffdoken" in list(read_text(many, errors="replace"))
    (many / "t.csv").write_bytes(b"text,n\nab,1\nc\xffd,2\n")
    with pytest.raises(ValueError, match=r"t\.csv, line 3: not utf-8"):
        list(read_text(many / "t.csv", column="text"))
    (many / "t.csv").write_bytes(b"text,n\nab,1\nab,2,3\n")
    with pytest.raises(ValueError, match=r"t\.csv: .*Expected 2 columns, got 3"):
        list(read_text(many / "t.csv", column="text"))
    (many / "t.csv").write_bytes(b'"te\nxt,n\nab,1\n')
    with pytest.raises(ValueError, match="a quote does not end"):
        list(read_text(many / "t.csv", column="text"))
    for line, message in {"{": "no JSON", "[1]": "an object", '{"t": 3}': "holds 3"}.items():
        (many / "t.jsonl").write_text(f'{{"t": "good"}}\n{line}\n')
        with pytest.raises(ValueError, match=rf"t\.jsonl, line 2: .*{message}"):
            list(read_text(many / "t.jsonl"))


def test_damaged_files_are_named(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"abc\n" * 9)[:-12])
    (tmp_path / "b.xz").write_bytes(b"abc\n" * 9)
    for name in ("a.gz", "b.xz"):
        with pytest.raises(ValueError, match=f"{name}, after line 0: the file is damaged"):
            list(read_text(tmp_path / name))
    pytest.importorskip("pyarrow")
    (tmp_path / "c.parquet").write_bytes(b"abc\n" * 9)
    with pytest.raises(ValueError, match=r"c\.parquet: .*not a parquet file"):
        list(read_text(tmp_path / "c.parquet"))


def test_files_that_change_or_vanish_between_passes(many):
    documents = read_text(many)
    CountVectorizer().fit(documents)
    stamp = os.stat(many / "part3.txt")
    (many / "part3.txt").write_text("another text of another length\n")
    with pytest.raises(RuntimeError, match=r"part3\.txt has changed.*its size was"):
        list(documents)
    (many / "part3.txt").write_text("the frog 3\nthe toad\n")
    os.utime(many / "part3.txt", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert len(list(documents)) == 18
    os.utime(many / "part4.txt", ns=(0, 0))
    with pytest.raises(RuntimeError, match=r"part4\.txt has changed.*written again"):
        list(documents)
    (many / "part2.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"part2\.txt, file 3 of 9, has vanished"):
        list(documents)


def test_a_file_that_changes_while_it_is_read(many):
    documents = iter(read_text(many))
    next(documents)
    with open(many / "part0.txt", "a") as file:
        file.write("more\n")
    with pytest.raises(RuntimeError, match=r"part0\.txt has changed"):
        list(documents)


def test_every_reader_of_documents_takes_files(many):
    documents = read_text(many)
    texts = list(documents)
    assert WordTokenizer().transform(documents) == WordTokenizer().transform(texts)
    vectorizer = CountVectorizer(ngram_range=(1, 2))
    X = vectorizer.fit_transform(documents)
    assert (CountVectorizer(ngram_range=(1, 2)).fit_transform(texts) != X).nnz == 0
    np.testing.assert_array_equal(vectorizer.transform(documents).toarray(), X.toarray())


@pytest.mark.parametrize("model", ["bpe", "wordpiece", "unigram"])
def test_subwords_are_learned_from_files(many, model):
    pytest.importorskip("tokenizers")
    documents = read_text(many)
    learned = SubwordTokenizer(model, vocab_size=30).fit(list(documents))
    for stream in (documents, iter(documents)):
        tokenizer = SubwordTokenizer(model, vocab_size=30).fit(stream)
        assert tokenizer.tokenizer_.to_str() == learned.tokenizer_.to_str()
    (many / "part6.txt").write_bytes(b"br\xffoken\n")
    with pytest.raises(ValueError, match=r"part6\.txt, line 1"):
        SubwordTokenizer(model, vocab_size=30).fit(read_text(many))
    with pytest.raises(ValueError, match="empty vocabulary"):
        SubwordTokenizer(model).fit(iter(["", " "]))


@pytest.mark.parametrize("header", ["text,n\n", "text,n", '"text",n\r\n'])
def test_a_table_without_rows_has_no_documents(tmp_path, header):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.csv").write_bytes(header.encode())
    (tmp_path / "b.csv").write_text("text,n\nto be,1\n")
    assert list(read_text(tmp_path, column="text")) == ["to be"]


def test_rows_that_cannot_be_read_are_named(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    table = pa.table({"text": [f"text {i}" for i in range(9)]})
    pq.write_table(table, path, compression=None, use_dictionary=False)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"text 4", b"\xffext 4"))
    with pytest.raises(ValueError, match=r"t\.parquet, row 4 \(from 0\): not UTF-8: invalid start"):
        list(read_text(path))
    path.write_bytes(data.replace(b"\x06\0\0\0text 4", b"\xff" * 10))
    with pytest.raises(ValueError, match=r"t\.parquet: "):
        list(read_text(path))
    pq.write_table(pa.table({"text": [{"t": "a"}]}), path)
    with pytest.raises(ValueError, match=r"holds struct<t: string>, expected text"):
        list(read_text(path))
    deep = tmp_path / "t.jsonl"
    deep.write_text('{"text": "a"}\n{"text": ' + 100_000 * "[" + "\n")
    with pytest.raises(ValueError, match=r"t\.jsonl, line 2: no JSON"):
        list(read_text(deep))
    lines = tmp_path / "t.csv"
    lines.write_bytes(b"text,n\ra,1\rb,2\r")
    with pytest.raises(ValueError, match=r"t\.csv: lines end with carriage returns alone"):
        list(read_text(lines, column="text"))
    plain = tmp_path / "old.txt"
    plain.write_bytes(b"a frog\ra toad\r")
    with pytest.raises(ValueError, match=r"old\.txt: lines end with carriage returns alone"):
        list(read_text(plain))
    plain.write_bytes(b"a frog\r")
    assert list(read_text(plain)) == ["a frog"]


def test_no_file_of_a_folder_is_left_out_silently(many, monkeypatch):
    (many / "gone.txt").symlink_to(many / "nowhere")
    for paths in (many, f"{many}/*.txt"):
        with pytest.raises(FileNotFoundError, match=r"gone\.txt is a link to '.*nowhere'"):
            read_text(paths)
    (many / "gone.txt").unlink()
    (many / "closed").mkdir()
    (many / ".hidden").mkdir()
    scan = os.scandir

    def scandir(folder):
        if os.path.basename(folder) == "closed":
            raise PermissionError(13, "Permission denied", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PermissionError, match="closed"):
        read_text(many)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_can_be_read_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ValueError, match=r"pipe\.txt is no regular file, and may be read once"):
        read_text(tmp_path / "pipe.txt")
