"""FASTA files: sequences and headers as Biopython reads them; what is wrong is named."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from textvec import KmerTokenizer, SequenceVectorizer, TfidfVectorizer
from textvec.datasets import _text_decoding, read_text

TEXT = ">a first one\r\nACGT\r\nac gt\r\n\r\n>b\nNN\n>\nGGG\n>empty\n; a comment\n>last\nTT"
RECORDS = [
    ("ACGTacgt", "a", "a first one"),
    ("NN", "b", "b"),
    ("GGG", "", ""),
    ("", "empty", "empty"),
    ("TT", "last", "last"),
]


@pytest.mark.parametrize("name", ["x.fa", "x.fasta.gz", "X.FNA", "x.faa.xz"])
def test_sequences_and_headers(tmp_path, name):
    path = tmp_path / name
    opener = _text_decoding.COMPRESSIONS.get(path.suffix.lower(), open)
    opener(path, "wb").close()
    assert list(read_text(path)) == []
    with (gzip.open if path.suffix == ".gz" else _opener(path))(path, "wb") as file:
        file.write(TEXT.encode("utf-8-sig"))
    for column, expected in zip(
        ("sequence", "id", "description"), zip(*RECORDS, strict=True), strict=True
    ):
        documents = read_text(path, column=column)
        assert list(documents) == list(documents) == list(expected)
    assert list(read_text(path)) == [record[0] for record in RECORDS]


def _opener(path):
    return _text_decoding.COMPRESSIONS.get(path.suffix.lower(), open)


def test_records_do_not_depend_on_how_the_file_is_read(tmp_path, monkeypatch):
    (tmp_path / "x.fa").write_text(TEXT, newline="")
    for size in range(1, 30):
        monkeypatch.setattr(_text_decoding, "_CHUNK", size)
        assert list(read_text(tmp_path)) == [record[0] for record in RECORDS]


def test_records_are_those_of_biopython(tmp_path):
    parser = pytest.importorskip("Bio.SeqIO.FastaIO").SimpleFastaParser
    (tmp_path / "x.fa").write_text(TEXT.replace("; a comment\n", "").replace("\r", ""))
    with open(tmp_path / "x.fa") as file:
        pairs = list(parser(file))
    assert list(read_text(tmp_path, column="description")) == [title for title, _ in pairs]
    assert list(read_text(tmp_path)) == [sequence for _, sequence in pairs]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ACGT\n>a\nAC\n", "x.fa, line 1: expected a header, which begins with '>', got 'ACGT'"),
        (b">a\nAC\nGT>b\nAC\n", "x.fa, line 3: a header begins inside of a line: 'GT>b'"),
        (b">a\rACGT\r>b\rAC\r", "x.fa: lines end with carriage returns alone"),
        (b">a\nAC\rGT\n", "x.fa, line 2: lines end with carriage returns alone"),
        (b">a\nAC\n>caf\xe9\nAC\n", "x.fa, line 3: not utf-8"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, data, message):
    (tmp_path / "x.fa").write_bytes(data)
    with pytest.raises(ValueError, match=message):
        list(read_text(tmp_path))


def test_mistakes(tmp_path):
    (tmp_path / "x.fa").write_text(TEXT)
    with pytest.raises(ValueError, match="no column 'name'; there are 'sequence', 'id', 'descri"):
        list(read_text(tmp_path, column="name"))
    with pytest.raises(ValueError, match=r'document="file" is for plain text, and .* is FASTA'):
        read_text(tmp_path, document="file")
    (tmp_path / "x.fastq").write_text("@a\nAC\n+\nII\n")
    with pytest.raises(ValueError, match=r"FASTQ: pass str\(r.seq\) of Bio.SeqIO.parse"):
        read_text(tmp_path / "x.fastq")


def test_tokenizers_and_vectorizers_read_sequences(tmp_path):
    (tmp_path / "x.fa").write_text(">a\nACGT\nACGA\n>b\nACGC\n")
    X, sequences = read_text(tmp_path), ["ACGTACGA", "ACGC"]
    tokenizer = KmerTokenizer(3, alphabet="ACGT", canonical=True)
    assert tokenizer.transform(X) == tokenizer.transform(sequences)
    ids = SequenceVectorizer(tokenizer=tokenizer).fit_transform(X)
    assert ids == SequenceVectorizer(tokenizer=tokenizer).fit_transform(sequences)
    bag = TfidfVectorizer(tokenizer=tokenizer, lowercase=False)
    np.testing.assert_array_equal(
        bag.fit_transform(X).toarray(), bag.fit_transform(sequences).toarray()
    )


class TestBiopython:
    """Its sequences are no str: an error says so, where letters were taken for tokens."""

    @pytest.mark.parametrize(
        "estimator",
        [KmerTokenizer(2), SequenceVectorizer(), SequenceVectorizer(tokenizer=KmerTokenizer(2))],
        ids=repr,
    )
    def test_its_sequences_become_str(self, estimator):
        Seq = pytest.importorskip("Bio.Seq").Seq
        SeqRecord = pytest.importorskip("Bio.SeqRecord").SeqRecord
        for X in ([Seq("ACGT")], [SeqRecord(Seq("ACGT"), id="a")]):
            with pytest.raises(TypeError, match=r"row 0 is Seq.*pass str\(record.seq\)"):
                estimator.fit_transform(X)
