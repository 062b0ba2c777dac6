"""Documents of an iterator, read block by block: the Tokens of a list."""

from __future__ import annotations

import numpy as np
import pytest

from textvec import CharTokenizer, FunctionTokenizer, KmerTokenizer, WordTokenizer
from textvec._inputs import _blocks
from textvec._kernels import _threads

TEXTS = [
    *(f"the {i} frogs, {i % 7} toads don't {'İ' * (i % 2)} Jump {i} times" for i in range(60)),
    "",
    "ΣΑΣ naïve",
]
TOKENIZERS = {
    "words": WordTokenizer(),
    "spans": WordTokenizer(spans=True),
    "stop words": WordTokenizer(stop_words=["the", "jump"]),
    "accents": WordTokenizer(strip_accents="unicode", spans=True),
    "pattern": WordTokenizer(pattern=r"\d+", spans=True),
    "characters": CharTokenizer(),
    "k-mers": KmerTokenizer(3),
    "function": FunctionTokenizer(str.split),
}


@pytest.fixture(params=[None, 3])
def n_jobs(request, monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 200)
    monkeypatch.setattr(_blocks, "_FEW", 2)
    monkeypatch.setattr(_threads, "MIN_ITEMS_PER_THREAD", 1)
    return request.param


@pytest.mark.parametrize("name", TOKENIZERS)
def test_an_iterator_gives_the_tokens_of_a_list(name, n_jobs):
    tokenizer = TOKENIZERS[name]
    expected = tokenizer.transform(TEXTS)
    if "n_jobs" in tokenizer.get_params():
        tokenizer = type(tokenizer)(**tokenizer.get_params() | {"n_jobs": n_jobs})
    tokens = tokenizer.transform(text for text in TEXTS)
    assert tokens == expected
    if expected.spans is not None:
        np.testing.assert_array_equal(tokens.spans, expected.spans)


def test_errors_name_the_row(n_jobs):
    tokenizer = WordTokenizer(n_jobs=n_jobs)
    with pytest.raises(TypeError, match="row 62 is missing"):
        tokenizer.transform(iter([*TEXTS, None]))
    missing = WordTokenizer(missing="empty", n_jobs=n_jobs).transform(iter([*TEXTS, None]))
    assert len(missing) == 63
    with pytest.raises(ValueError, match="has none left"):
        tokenizer.transform(iter([]))
    strip = {TEXTS[-1].lower(): 1}.get
    no_text = WordTokenizer(strip_accents=lambda text: strip(text, ""))
    with pytest.raises(TypeError, match="for row 61"):
        no_text.transform(iter(TEXTS))
