"""Integers and text are deflated in a file; what they unpack to is bounded by its length."""

from __future__ import annotations

import tracemalloc
import zlib

import numpy as np
import pytest

from textvec import SequenceVectorizer, load, save
from textvec.saving import DamagedModelError, _model_writing, info
from textvec.saving._deflated import deflated, inflated

RNG = np.random.default_rng(0)
TEXT = np.frombuffer(b" ".join(b"word%d" % i for i in range(4000)), np.uint8)
COUNTS = np.sort(RNG.zipf(1.5, 5000) % 10**5)[::-1].copy()
RANDOM = RNG.integers(0, 256, 300_000).astype(np.uint8)


@pytest.mark.parametrize("array", [TEXT, COUNTS.astype("<u4"), COUNTS.reshape(50, 100)])
def test_what_shrinks_comes_back_as_it_was(array):
    arrays = {"a": array, "weights": np.zeros((3000, 2), np.float32)}
    stored, described = deflated(arrays)
    assert stored["a"].nbytes < 0.75 * array.nbytes
    assert stored["weights"] is arrays["weights"]
    found = inflated("a", stored["a"], described["a"])
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    "array",
    [
        *(RANDOM, TEXT[:4000], np.arange(0), np.zeros(10_000)),
        np.zeros(5_000_000, np.uint8),  # takes long
        np.zeros(100_000, np.uint8),  # would unpack to more than the file allows
    ],
)
def test_what_does_not_stays(array):
    stored, described = deflated({"a": array})
    assert stored["a"] is array
    assert described == {}


def test_a_vocabulary_takes_half_the_bytes(tmp_path):
    words = ["".join(chr(97 + c) for c in RNG.integers(0, 12, 7)) for _ in range(9000)]
    model = SequenceVectorizer().fit([" ".join(words[i::9]) for i in range(9)])
    save(model, tmp_path / "model")
    arrays = {array.name: array for array in info(tmp_path / "model").arrays}
    text = model.vocabulary_.buffer
    assert arrays["vocabulary_/buffer"].shape == text.shape
    assert arrays["vocabulary_/buffer"].n_bytes < 0.6 * text.nbytes
    assert load(tmp_path / "model").vocabulary_ == model.vocabulary_


def _raw(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return np.frombuffer(packer.compress(data) + packer.flush(), np.uint8)


PACKED = _raw(TEXT.data)


@pytest.mark.parametrize(
    ("stored", "described", "message"),
    [
        (PACKED, {"shape": [TEXT.size - 1]}, "another size"),
        (PACKED, {"shape": [TEXT.size + 1]}, "another size"),
        (PACKED, {"shape": [TEXT.size], "dtype": "<u2"}, "too many bytes"),
        (PACKED, {"shape": [-TEXT.size]}, "none has"),
        (PACKED, {"shape": [0]}, "none has"),
        (PACKED, {"shape": [1 << 30]}, "too many bytes"),
        (PACKED, {"shape": [1 << 39, 1 << 39]}, "too many bytes"),
        (PACKED, {"shape": [TEXT.size], "dtype": "|O"}, "none has"),
        (PACKED, {"shape": [TEXT.size], "dtype": "<f4"}, "none has"),
        (PACKED, {"shape": [TEXT.size], "dtype": "os:system"}, "not understood"),
        (PACKED, {}, "dtype"),
        (PACKED, {"shape": 5}, "not iterable"),
        (PACKED[:-9], {"shape": [TEXT.size]}, "another size"),
        (np.concatenate([PACKED, PACKED]), {"shape": [TEXT.size]}, "another size"),
        (TEXT, {"shape": [TEXT.size]}, "not deflated"),
    ],
)
def test_lies(stored, described, message, monkeypatch, tmp_path):
    lie = {"dtype": "|u1", **described} if described else {}
    monkeypatch.setattr(_model_writing, "deflated", lambda arrays: ({"a": stored}, {"a": lie}))
    save(TEXT, tmp_path / "model")
    with pytest.raises(DamagedModelError, match=f"damaged: .*{message}"):
        load(tmp_path / "model")


def test_arrays_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(_model_writing, "deflated", lambda arrays: (dict(arrays), {"b": {}}))
    save(TEXT, tmp_path / "model")
    with pytest.raises(DamagedModelError, match="does not hold"):
        load(tmp_path / "model")


def test_bombs_take_little_memory(monkeypatch, tmp_path):
    n = 1 << 28
    bomb = _raw(bytes(n))
    described = {"a": {"dtype": "|u1", "shape": [4 * bomb.size]}}
    monkeypatch.setattr(_model_writing, "deflated", lambda arrays: ({"a": bomb}, described))
    save(TEXT, tmp_path / "model")
    tracemalloc.start()
    with pytest.raises(DamagedModelError, match="another size"):
        load(tmp_path / "model")
    assert tracemalloc.get_traced_memory()[1] < 20 * bomb.size
    tracemalloc.stop()
