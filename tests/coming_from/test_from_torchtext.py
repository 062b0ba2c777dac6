"""Every row of the tables "From torchtext": ours is run, and torch's side where torch has it.

torchtext itself runs with no torch of today: the rules of its tokenizer stand here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

import textvec
from tests.coming_from.tables import each_row, equal, run
from textvec import SequenceVectorizer, WordVectors
from textvec.datasets import fetch_glove, fetch_imdb

X = ["The frog, and the toad!", "the frog isn't (very) green.", "the toad; 'the frog': a toad?"]
ROWS = [[2, 3, 4, 5], [6], [7, 8]]
IDS = np.random.default_rng(0).integers(2, 50, (12, 6))
LINES = "the 1 0 0\nfrog 0 1 0\ntoad 0 0 1\n"


def spacy_words(text: str) -> list[str]:
    return text.split()


@pytest.fixture
def ours(monkeypatch, tmp_path) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    for name in ("vectors.txt", "wiki.simple.vec"):
        Path(name).write_text(LINES)
    return {name: getattr(textvec, name) for name in textvec.__all__} | {
        "X": X,
        "rows": ROWS,
        "spacy_words": spacy_words,
        "torch": torch,
        "v": WordVectors.load("vectors.txt"),
        "vectorizer": SequenceVectorizer().fit(X),
        "fetch_imdb": fetch_imdb,
        "fetch_glove": lambda corpus, dim: (fetch_glove, corpus, dim),
    }


class Recurrent(nn.Module):
    """Embedding, recurrent layer, a linear layer on the last state: what tutorials write."""

    def __init__(self, embedding, layer, linear):
        super().__init__()
        self.embedding, self.layer, self.linear = embedding, layer, linear

    def forward(self, ids):
        states, _ = self.layer(self.embedding(ids).transpose(0, 1))
        return self.linear(states[-1])


THEIRS = {
    "nn": nn,
    "Recurrent": Recurrent,
    "pad_sequence": pad_sequence,
    "batch": [torch.tensor(row) for row in ROWS],
}


def same_logits(module, estimator):
    estimator.set_params(n_tokens=50, max_iter=2, random_state=0).fit(IDS, [0, 1] * 6)
    weights = estimator.net_.module_.state_dict().values()
    module.load_state_dict(dict(zip(module.state_dict(), weights, strict=True)))
    with torch.no_grad():
        expected = torch.sigmoid(module(torch.from_numpy(IDS)))[:, 0]
    np.testing.assert_allclose(estimator.predict_proba(IDS)[:, 1], expected, atol=1e-6)


def words(expected):
    def check(tokenizer):
        if hasattr(tokenizer, "fit"):
            tokenizer.fit(X)
        assert tokenizer.transform(X).to_list() == expected

    return check


def basic_english(text: str) -> list[str]:
    """Return what torchtext's tokenizer of this name does, as its documentation says."""
    changes = [("'", " ' "), ('"', ""), (".", " . "), ("<br />", " "), (",", " , "), ("(", " ( ")]
    changes += [(")", " ) "), ("!", " ! "), ("?", " ? "), (";", " "), (":", " ")]
    text = text.lower()
    for old, new in changes:
        text = text.replace(old, new)
    return re.sub(r"\s+", " ", text).split()


def subwords(tokenizer):
    tokenizer.set_params(vocab_size=40)
    rows = tokenizer.fit(X).transform(X).to_list()
    assert all("".join(row).replace("▁", "").replace("##", "") for row in rows)


def vocabulary(*expected: str):
    def check(vectorizer):
        assert list(vectorizer.fit(X).vocabulary_) == list(expected)

    return check


def pairs_too(vectorizer):
    row = vectorizer.inverse_transform(vectorizer.fit(X[:1]).transform(X[:1]))[0]
    assert row[:6] == ["the", "frog", "and", "the", "toad", "the frog"]


def unknown_is_one(vectorizer):
    assert vectorizer.fit(X).transform(["newt"]).to_list() == [[1]]


def begin_and_end(vectorizer):
    rows = vectorizer.fit(X).transform(X).to_list()
    assert all((row[0], row[-1]) == (2, 3) for row in rows)


def parameter(**expected):
    def check(estimator):
        assert expected.items() <= estimator.get_params().items()

    return check


def value(expected):
    return lambda ours: equal(expected, ours)


def vectors(ours):
    assert list(ours) == ["the", "frog", "toad"]


# Of rows whose left side runs with torchtext only: what our side must be.
CHECKS = {
    "get_tokenizer(str.split)": words([text.split() for text in X]),
    'get_tokenizer("basic_english")': words([basic_english(text) for text in X]),
    'get_tokenizer("spacy")': words([text.split() for text in X]),
    'get_tokenizer("subword")': subwords,
    'BERTTokenizer(vocab_path="vocab.txt")': subwords,
    "list(ngrams_iterator(lists[0], 2))": pairs_too,
    'build_vocab_from_iterator(lists, min_freq=2, specials=["<pad>", "<unk>"])': (
        vocabulary("the", "frog", "toad")
    ),
    "build_vocab_from_iterator(lists, max_tokens=5)": vocabulary("the", "frog", "toad"),
    'vocab.set_default_index(vocab["<unk>"])': unknown_is_one,
    'vocab(["the", "frog"])': value(np.array([2, 3])),
    "vocab.get_itos()": lambda tokens: value(["the", "frog", "toad"])(tokens[:3]),
    "vocab.get_stoi()": lambda ids: value([2, 3])([ids["the"], ids["frog"]]),
    "vocab.lookup_token(2)": value("the"),
    "len(vocab)": value(10),
    'Vectors("vectors.txt")': vectors,
    'GloVe("6B", dim=50)': value((fetch_glove, "6B", 50)),
    'FastText(language="simple")': vectors,
    'vectors.get_vecs_by_tokens(["frog", "toad"])': value(np.array([[0, 1, 0], [0, 0, 1.0]])),
    "vectors.stoi": value({"the": 0, "frog": 1, "toad": 2}),
    "Truncate(3)(rows)": value([row[:3] for row in ROWS]),
    'AddToken("<s>", begin=True)': begin_and_end,
    "VocabTransform(vocab)(lists)": lambda rows: value([2, 3])(rows.to_list()[0][:2]),
    "ToTensor(padding_value=0)(rows)": value(
        pad_sequence(THEIRS["batch"], batch_first=True).numpy()
    ),
    "bucket_iterator(X)": parameter(batch_size=32),
    "pack_padded_sequence(padded, lengths, batch_first=True)": parameter(mask_value=0.0),
    'IMDB(split="train")': value(fetch_imdb),
    "bleu_score(candidates, references)": parameter(metric="bleu"),
}


@each_row("torchtext.md", CHECKS)
def test_row(row, ours):
    if row.theirs in CHECKS:
        CHECKS[row.theirs](run(row.ours, ours))
    elif row.theirs.startswith("pad_sequence"):
        equal(run(row.theirs, dict(THEIRS)).numpy(), run(row.ours, ours))
    else:
        same_logits(run(row.theirs, dict(THEIRS)), run(row.ours, ours))
