"""Documents of an iterator in lists of bounded size."""

from __future__ import annotations

import pytest

from textvec._inputs import _blocks
from textvec._inputs._blocks import document_blocks, in_blocks


def test_blocks_hold_about_as_many_characters_each(monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 10)
    monkeypatch.setattr(_blocks, "_FEW", 2)
    texts = ["abc"] * 9 + ["", "x" * 50]
    blocks = list(in_blocks(iter(texts)))
    assert [text for block in blocks for text in block] == texts
    assert [len(block) for block in blocks] == [4, 4, 3]
    assert list(in_blocks([])) == []
    assert list(in_blocks([b"ab", None])) == [[b"ab", None]]


def test_documents_are_checked_as_they_are_read(monkeypatch):
    monkeypatch.setattr(_blocks, "CHARACTERS", 2)
    monkeypatch.setattr(_blocks, "_FEW", 1)
    assert list(document_blocks(iter(["ab", None]), missing="empty")) == [["ab"], [""]]
    blocks = document_blocks(iter(["ab", "cd", 3]))
    assert [next(blocks), next(blocks)] == [["ab"], ["cd"]]
    with pytest.raises(TypeError, match="row 2 is int"):
        next(blocks)
    with pytest.raises(ValueError, match="none left"):
        next(document_blocks(iter([])))
