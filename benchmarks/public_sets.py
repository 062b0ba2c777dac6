"""Public data sets as rows and labels, read from the folder that TEXTVEC_DATA names."""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from textvec import CharTokenizer, Ragged, Tokens, WordTokenizer
from textvec.datasets import load_reviews


@dataclass(frozen=True)
class LabelledSet:
    """Rows of a data set and their labels.

    Parameters
    ----------
    kind : {"text", "symbols", "tags", "series"}
        Documents, sequences of other symbols, sentences with a label for each word, series.
    X : Tokens or Ragged
        The rows.
    y : array
        A label for each row; of ``"tags"``, a row of them.
    documents : list of str, default=()
        Of ``"text"``, what the tokens were made of.
    """

    kind: str
    X: Any
    y: NDArray[Any]
    documents: list[str] | tuple[()] = ()

    def take(self, rows: NDArray[np.int64]) -> LabelledSet:
        """Return some of the rows."""
        documents = [self.documents[i] for i in rows] if self.documents else ()
        return LabelledSet(self.kind, self.X[rows], self.y[rows], documents)


def folder() -> Path:
    """Return the folder of the data."""
    return Path(os.environ["TEXTVEC_DATA"])


def of_table(
    name: str, text: str | int = "text", label: str | int = "label", **how: Any
) -> LabelledSet:
    """Read documents and labels of two columns."""
    csv.field_size_limit(1 << 30)
    frame = pd.read_csv(folder() / name, keep_default_na=False, **how)
    return of_documents(list(frame[text]), frame[label].to_numpy())


def of_documents(documents: list[str], y: NDArray[Any]) -> LabelledSet:
    """Return documents with the tokens that every model of a benchmark reads."""
    return LabelledSet("text", WordTokenizer().transform(documents), y, documents)


def reviews() -> LabelledSet:
    """Return the training part of the reviews that are shipped with textvec."""
    X, y = load_reviews(subset="train", return_X_y=True)
    return of_documents(list(X), np.asarray(y))


def genres() -> LabelledSet:
    """Return sentences of the development part of the English Web Treebank, by their genre."""
    with gzip.open(folder() / "en_ewt-ud-dev.conllu.gz", "rt", encoding="utf-8") as file:
        found = re.findall(r"^# sent_id = (\w+?)-.*?^# text = (.*?)$", file.read(), re.M | re.S)
    return of_documents([text for _, text in found], np.array([genre for genre, _ in found]))


def splice() -> LabelledSet:
    """Return DNA with a splice junction of either kind, or none."""
    frame = pd.read_csv(folder() / "dna_splice_junctions.csv.gz")
    return LabelledSet(
        "symbols", CharTokenizer().transform(list(frame["sequence"])), frame["label"].to_numpy()
    )


def chunks() -> LabelledSet:
    """Return the training sentences of CoNLL-2000 with the chunk tags of their words."""
    with gzip.open(folder() / "conll2000_chunking_train.txt.gz", "rt", encoding="utf-8") as file:
        lines = [line.split() for line in file]
    sentences = [list(words) for real, words in groupby(lines, key=bool) if real]
    y = np.empty(len(sentences), dtype=object)
    y[:] = [[word[2] for word in sentence] for sentence in sentences]
    return LabelledSet("tags", Tokens.from_lists([[w[0] for w in s] for s in sentences]), y)


def vowels() -> LabelledSet:
    """Return the training series of Japanese Vowels, each channel standardized."""
    with gzip.open(folder() / "japanese_vowels_train.ts.gz", "rt", encoding="utf-8") as file:
        rows = file.read().split("@data\n")[1].split()
    parts = [row.split(":") for row in rows]
    X = Ragged.from_rows([np.array([c.split(",") for c in p[:-1]], float).T for p in parts])
    values = (X.values - X.values.mean(axis=0)) / X.values.std(axis=0)
    return LabelledSet("series", Ragged(values, X.offsets), np.array([p[-1] for p in parts]))


SETS: dict[str, Callable[[], LabelledSet]] = {
    "MR": lambda: of_table("mr_sentence_polarity.csv.gz"),
    "MPQA": lambda: of_table("mpqa_opinion_polarity.csv.gz"),
    "sentences": lambda: of_table("sentiment_labelled_sentences.csv.gz"),
    "SMS": lambda: of_table("sms_spam_collection.tsv.gz", 1, 0, sep="\t", header=None, quoting=3),
    "genres": genres,
    "reviews": reviews,
    "newsgroups": lambda: of_table("newsgroups20_bydate_train.csv.xz"),
    "IMDb": lambda: of_table("imdb_train.csv.xz"),
    "splice": splice,
    "chunks": chunks,
    "vowels": vowels,
}
