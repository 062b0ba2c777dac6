"""Tables with commas: what pandas and R write, and what is broken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from textvec import WordVectors

from ..files import MATRIX, VECTORS, WORDS, csv_table, glove_text

AWKWARD = ["the", "a,b", 'a "b"', "route 66", "été", "", "1,5", "#", "nan"]


def load(tmp_path, data: bytes | str, **options):
    path = tmp_path / "vectors.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return WordVectors.load(path, **options)


@pytest.mark.parametrize("quoting", [0, 1, 2])
@pytest.mark.parametrize("header", [True, False, ["C1", "C2"]])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_as_pandas_writes_it(tmp_path, quoting, header, delimiter):
    matrix = np.random.default_rng(0).normal(size=(len(AWKWARD), 2)).astype(np.float32)
    frame = pd.DataFrame(matrix, index=AWKWARD)
    text = frame.to_csv(header=header, quoting=quoting, sep=delimiter)
    assert load(tmp_path, text) == WordVectors(AWKWARD, matrix)
    assert list(load(tmp_path, text, limit=3)) == AWKWARD[:3]
    assert list(load(tmp_path, text, words=["été", "#"])) == ["été", "#"]


@pytest.mark.parametrize("text", ["word,0,1\na,0.5,1\n", "word,1,2\na,0.5,1\n", "a, 0.5 , 1"])
def test_columns_named_by_numbers_and_blanks_after_commas(tmp_path, text):
    assert load(tmp_path, text) == WordVectors(["a"], [[0.5, 1]])


def test_line_ends_byte_order_mark_and_blank_lines(tmp_path):
    table = csv_table()
    for data in (
        table,
        table.replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + table,
        table + b"\r\n\r\n",
        table.rstrip(),
    ):
        assert load(tmp_path, data) == VECTORS
    assert load(tmp_path, table, cache=tmp_path / "cache") == VECTORS


def test_blocks_may_end_anywhere(tmp_path, monkeypatch):
    for block in (1, 2, 3, 7, 50):
        monkeypatch.setattr("textvec.vectors.formats._byte_blocks.BLOCK_SIZE", block)
        assert load(tmp_path, csv_table(), format="csv") == VECTORS


def test_words_of_glove_may_hold_commas(tmp_path):
    words = [",", "1,000", ";", "a,b", "5;6"]
    vectors = load(tmp_path, glove_text(words))
    assert list(vectors) == words
    np.testing.assert_array_equal(vectors.matrix, MATRIX)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (csv_table() + b"y,1\n", "line 7: expected a word and 2 numbers, found 1"),
        (csv_table() + b"y,1,2,3\n", "line 7: expected a word and 2 numbers, found 3"),
        (csv_table() + b"y,1,\n", "line 7: expected a word and 2 numbers, found 1"),
        (csv_table() + b"y,1 2,3\n", "line 7: expected a word and 2 numbers, found 3"),
        (csv_table() + b"y,1,NA\n", "line 7: .*a number is missing: remove the line"),
        (csv_table() + b"y,1,inf\n", "line 7: 'inf' is no finite number"),
        (csv_table() + b'"y\nz",1,2\n', "line 7: a word may not hold a line end"),
        (csv_table() + b"y\xe9,1,2\n", "line 7: expected UTF-8"),
        (csv_table() + b'"y,1,2\n', "line 7: unexpected end of data"),
        (csv_table() + b'"y"x,1,2\n', "line 7: "),
        (b"a;0,1;0,2\nb;0,3;0,4\n", "line 1: "),
        (b"a\rb,1,2\n", "line 1: "),
        (b"word,V1,V2\n", "line 1: "),
        (b",,\n", "line 1: "),
    ],
)
def test_what_is_broken_is_named(tmp_path, data, message):
    with pytest.raises(ValueError, match=f"vectors.csv, {message}"):
        load(tmp_path, data)


def test_words_that_are_not_utf_8(tmp_path):
    with pytest.warns(UserWarning, match="1 words are not UTF-8"):
        vectors = load(tmp_path, csv_table() + b"y\xe9,1,2\n", errors="replace")
    assert list(vectors) == [*WORDS[:4], "x", "y\ufffd"]


def test_the_format_and_width_may_be_said(tmp_path):
    assert load(tmp_path, csv_table(), format="csv", embedding_dim=2) == VECTORS
    with pytest.raises(ValueError, match="line 1: the file holds vectors of 2 numbers, but"):
        load(tmp_path, csv_table(), embedding_dim=3)
    with pytest.raises(ValueError, match="line 1: expected rows of a word and its numbers"):
        load(tmp_path, glove_text(), format="csv")
