"""Real vectors, for the comparisons with gensim."""

from __future__ import annotations

import pytest

from textvec import WordVectors


@pytest.fixture(scope="module")
def glove(data_file):
    return WordVectors.load(data_file("glove.6B.50d.top40k.txt.gz"))
