"""Documents that come as names of files, or as open files."""

from __future__ import annotations

import io

import pytest

from textvec import (
    CharTokenizer,
    FunctionTokenizer,
    KmerTokenizer,
    SequenceVectorizer,
    SubwordTokenizer,
    WordTokenizer,
)

TEXTS = ["the frog\nand", "", "the naïve toad"]
TOKENIZERS = [
    WordTokenizer(),
    WordTokenizer(spans=True, stop_words=["the"]),
    CharTokenizer(),
    KmerTokenizer(2),
    FunctionTokenizer(str.split),
    SubwordTokenizer(vocab_size=30),
    SubwordTokenizer("wordpiece", vocab_size=30),
]


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / f"{number}.txt" for number in range(3)]
    for path, text in zip(paths, TEXTS, strict=True):
        path.write_bytes(text.encode())
    return paths


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=str)
def test_every_tokenizer_reads_files(paths, tokenizer):
    expected = tokenizer.fit(TEXTS).transform(TEXTS)
    for make in (lambda: paths, lambda: [str(p) for p in paths], lambda: iter(paths)):
        tokenizer.set_params(input="filename")
        assert tokenizer.fit(make()).transform(make()) == expected
        assert tokenizer.fit_transform(make()) == expected
    tokenizer.set_params(input="file")
    for make in (io.StringIO, lambda text: io.BytesIO(text.encode())):
        assert tokenizer.fit(map(make, TEXTS)).transform([make(t) for t in TEXTS]) == expected
        assert tokenizer.fit_transform([make(text) for text in TEXTS]) == expected
    tokenizer.set_params(input="content")


def test_vectorizers_read_by_their_tokenizer(paths):
    expected = SequenceVectorizer().fit_transform(TEXTS)
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer(input="filename"))
    assert vectorizer.fit_transform(paths) == expected
    assert vectorizer.transform(iter(paths)) == expected
    assert vectorizer.transform(paths[2:]) == expected[2:]
    vectorizer = SequenceVectorizer(tokenizer=WordTokenizer(input="file"))
    assert vectorizer.fit_transform(map(io.StringIO, TEXTS)) == expected
    assert vectorizer.transform([io.StringIO(TEXTS[0])]) == expected[:1]


@pytest.mark.parametrize(
    ("input", "X", "error", "message"),
    [
        ("filename", ["none.txt"], FileNotFoundError, "row 0 is no name of a file.*none.txt"),
        ("filename", [3], TypeError, "row 0 is int .*names of files"),
        ("filename", "one.txt", ValueError, "into a list"),
        ("filename", [None], TypeError, "row 0 is missing"),
        ("file", ["text"], TypeError, "row 0 is str .*open files"),
        ("file", [io.BytesIO(b"a\nb\xff")], ValueError, "row 0, line 2: not UTF-8 .*0xff"),
        ("text", ["text"], ValueError, "input"),
    ],
)
def test_mistakes(input, X, error, message):
    with pytest.raises(error, match=message):
        WordTokenizer(input=input).transform(X)


def test_nothing_and_what_is_missing(paths):
    assert len(WordTokenizer(input="filename").transform([])) == 0
    tokenizer = WordTokenizer(input="filename", missing="empty")
    assert tokenizer.transform([paths[0], None]).lengths.tolist() == [3, 0]
    paths[1].write_bytes(b"good\nb\xffd")
    with pytest.raises(ValueError, match=r"row 1, the file .*1\.txt', line 2: not UTF-8"):
        WordTokenizer(input="filename").transform(paths)
