"""What comes document by document: iterators, re-iterables, lazy tables."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from textvec import CountVectorizer, SequenceVectorizer, Tokens, WordTokenizer
from textvec._inputs._documents import streamed_documents
from textvec._inputs._streams import is_stream, reads_again

TEXTS = ["to be", "or not", "to be"]
TABLE = pa.table({"text": TEXTS, "n": [1, 2, 3]})


class Corpus:
    """What gensim's users write: it can be read again and again."""

    def __init__(self, documents):
        self.documents = documents

    def __iter__(self):
        return iter(self.documents)


STREAMS = {
    "iterator": lambda: iter(TEXTS),
    "generator": lambda: (text for text in TEXTS),
    "re-iterable": lambda: Corpus(TEXTS),
    "dataset": lambda: ds.dataset(TABLE.select(["text"])),
    "scanner": lambda: ds.dataset(TABLE).scanner(columns=["text"]),
    "reader": lambda: pa.RecordBatchReader.from_batches(
        pa.schema([("text", pa.string())]), TABLE.select(["text"]).to_batches(2)
    ),
}
STREAMS |= {  # of tables, whose rows are the documents
    "chunks of pandas": lambda: pd.read_csv(io.StringIO("text\n" + "\n".join(TEXTS)), chunksize=2),
    "slices of polars": lambda: pl.DataFrame({"text": TEXTS}).iter_slices(2),
    "batches": lambda: iter(TABLE.select(["text"]).to_batches(2)),
    "columns of pandas": lambda: iter([pd.Series(TEXTS[:1]), pd.Series(TEXTS[1:], dtype="string")]),
    "columns of polars": lambda: (
        frame["text"] for frame in pl.DataFrame({"text": TEXTS}).iter_slices(2)
    ),
    "arrays of pyarrow": lambda: (batch["text"] for batch in TABLE.to_batches(2)),
    "re-iterable of tables": lambda: Corpus([TABLE.select(["text"]), TABLE.select(["text"])[:0]]),
}
HELD = [TEXTS, "text", tuple(TEXTS), np.array(TEXTS), pd.Series(TEXTS), pl.Series(TEXTS), TABLE, 3]


@pytest.mark.parametrize("name", STREAMS)
def test_streams_are_read_as_lists_are(name):
    X = STREAMS[name]
    assert is_stream(X())
    assert list(streamed_documents(X())) == TEXTS
    assert WordTokenizer().transform(X()) == WordTokenizer().transform(TEXTS)
    for vectorizer in (CountVectorizer(), CountVectorizer(analyzer=str.split)):
        expected = vectorizer.fit_transform(TEXTS).toarray()
        np.testing.assert_array_equal(vectorizer.fit_transform(X()).toarray(), expected)
    rows = SequenceVectorizer().fit_transform(TEXTS)
    assert SequenceVectorizer().fit_transform(X()) == rows
    assert SequenceVectorizer(tokenizer=str.split).fit(X()).transform(X()) == rows


def test_tables_of_several_columns_are_refused():
    with pytest.raises(ValueError, match="documents must be one column of str"):
        WordTokenizer().transform(iter(TABLE.to_batches()))
    with pytest.raises(TypeError, match="row 5 is missing"):
        SequenceVectorizer().fit(pa.table({"text": texts}) for texts in (TEXTS, ["a", "b", None]))


@pytest.mark.parametrize("X", HELD, ids=lambda X: type(X).__name__)
def test_containers_are_no_streams(X):
    assert not is_stream(X)


def test_what_can_be_read_again():
    again = [name for name, make in STREAMS.items() if reads_again(make())]
    assert again == ["re-iterable", "dataset", "scanner", "re-iterable of tables"]


def test_rows_of_tokens_come_as_streams_too():
    rows = [None, ["to", "be"], ["or"]]
    expected = Tokens.from_lists(rows[1:])
    vectorizer = SequenceVectorizer().fit(expected)
    for X in (iter(rows[1:]), Corpus(rows[1:])):
        assert vectorizer.transform(X) == vectorizer.transform(expected)
    with pytest.raises(TypeError, match="for row 0"):
        vectorizer.transform(iter(rows))


def test_a_stream_of_nothing():
    tokens = WordTokenizer().transform(Corpus([]))
    assert len(tokens) == 0
    for call in (WordTokenizer().transform, SequenceVectorizer().fit):
        with pytest.raises(ValueError, match="has none left"):
            call(iter([]))
    with pytest.raises(ValueError, match="there are no documents"):
        SequenceVectorizer().fit(Corpus([]))


def test_lazy_tables_say_what_to_do():
    frame = pl.LazyFrame({"text": TEXTS})
    for call in (WordTokenizer().transform, CountVectorizer().fit, SequenceVectorizer().fit):
        with pytest.raises(TypeError, match=r"lazy: pass documents\.collect\(\); if.*read_text"):
            call(frame)
        with pytest.raises(ValueError, match=r"\['text', 'n'\]: select the column"):
            call(ds.dataset(TABLE))


def test_paths_are_no_documents():
    for call in (WordTokenizer().transform, SequenceVectorizer().fit):
        with pytest.raises(TypeError, match=r"row 1 is a path \('b.txt'\).*read_text"):
            call(["text", Path("b.txt")])
