"""Lists of tokens as one buffer of UTF-8, and the interner that numbers them."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from textvec._kernels._token_bytes import (
    TokenIndex,
    argsort_tokens,
    decode_tokens,
    encode_tokens,
    merge_tokens,
    take_tokens,
)

# Around the 15 bytes that fit into a key, in one to four bytes a character.
LENGTHS = [0, 1, 7, 8, 9, 14, 15, 16, 17, 23, 24, 25, 100]
TOKENS = [c * n for c in "aéภ🐸" for n in LENGTHS if n or c == "a"] + ["\ud800", "a\0", "a\0\0"]


def test_the_way_there_and_back():
    assert decode_tokens(*encode_tokens(TOKENS)) == TOKENS
    with pytest.raises(TypeError, match="got int at position 1"):
        encode_tokens(["a", 1])


def test_the_order_is_that_of_code_points():
    order = argsort_tokens(*encode_tokens(TOKENS))
    assert [TOKENS[i] for i in order] == sorted(
        TOKENS, key=lambda t: t.encode("utf-8", "surrogatepass")
    )


def test_the_interner_grows():
    """Many times over, with tokens of a key and tokens of a hash mixed."""
    words = [f"{i:x}-" * (1 + i % 9) for i in range(20_000)]
    twice = [words[i] for i in np.random.default_rng(0).integers(0, len(words), size=40_000)]
    buffer, offsets, (first, second) = merge_tokens([encode_tokens(words), encode_tokens(twice)])
    assert decode_tokens(buffer, offsets) == words
    assert first.tolist() == list(range(len(words)))
    place = {word: i for i, word in enumerate(words)}
    assert second.tolist() == [place[word] for word in twice]


def test_ids_do_not_depend_on_the_seed_of_the_process():
    code = (
        "from textvec._kernels._token_bytes import encode_tokens, merge_tokens\n"
        "words = [str(i ** 3) * (i % 5) for i in range(5000)]\n"
        "_, _, remaps = merge_tokens([encode_tokens(words)])\n"
        "print(hash(remaps[0].tobytes()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": "0"},
        ).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_an_index_finds_what_it_holds():
    index = TokenIndex(*encode_tokens(TOKENS))
    assert index.find_strings([*TOKENS, "b", "a" * 101]).tolist() == [*range(len(TOKENS)), -1, -1]
    assert index.find_tokens(*encode_tokens(TOKENS[::-1])).tolist() == [*range(len(TOKENS))][::-1]
    with pytest.raises(ValueError, match="got 'b' at positions 0 and 2"):
        TokenIndex(*encode_tokens(["b", "c", "b"]))


def test_a_short_list_is_not_read_beyond_its_end():
    """The last tokens of a list have no bytes behind them that fill a key."""
    for size in range(20):
        buffer, offsets = encode_tokens(["a" * size, "b" * size])
        exact = np.frombuffer(bytes(buffer), dtype=np.uint8)
        assert TokenIndex(exact, offsets[[0, 2]]).find("a" * size + "b" * size) == 0


def test_tokens_are_taken_by_position():
    buffer, offsets = encode_tokens(TOKENS)
    positions = np.array([5, 0, 5, len(TOKENS) - 1])
    assert decode_tokens(*take_tokens(buffer, offsets, positions)) == [TOKENS[i] for i in positions]
    assert decode_tokens(*take_tokens(buffer, offsets, positions[:0])) == []


def test_what_indexes_memory_is_checked():
    buffer, offsets = encode_tokens(["ab", "c"])
    for position in (-1, 2):
        with pytest.raises(IndexError, match="positions must"):
            take_tokens(buffer, offsets, np.array([position]))
    bad = np.array([0, 5, 3])
    with pytest.raises(ValueError, match="offsets must"):
        take_tokens(buffer, bad, np.array([0]))
    for read in (decode_tokens, argsort_tokens, TokenIndex, lambda *part: merge_tokens([part])):
        with pytest.raises(ValueError, match="offsets must"):
            read(buffer, bad)
