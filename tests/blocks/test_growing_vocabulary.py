"""A vocabulary that grows block by block is that of all tokens, by first appearance."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from textvec import Vocabulary
from textvec.blocks._growing_vocabulary import GrowingVocabulary

BLOCKS = st.lists(st.lists(st.text("abcé", max_size=3), unique=True, max_size=9), max_size=12)


@given(BLOCKS)
def test_ids_go_by_first_appearance(blocks):
    growing, seen = GrowingVocabulary(), {}
    for block in blocks:
        ids = growing.add(Vocabulary(block, first_id=3))
        assert ids.tolist() == [seen.setdefault(token, len(seen)) for token in block]
        assert len(growing) == len(seen)
        sizes = [len(part) for part in growing._parts]
        assert all(2 * b <= a for a, b in pairwise(sizes))
    assert growing.vocabulary() == Vocabulary(seen.keys())
