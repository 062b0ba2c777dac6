"""Bytes at random, and files with some of theirs changed: a table or a ValueError, nothing else.

For hours instead of seconds: ``pytest tests/vectors/test_fuzz_formats.py
--hypothesis-profile=fuzz``.
"""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textvec import WordVectors

from ..files import (
    FILES,
    VECTORS,
    fasttext_model,
    load,
    model2vec_folder,
    old_fasttext_model,
)

MEMORY = 24 << 20  # bytes; no file here is longer than some hundred

FORMATS = [name for name in FILES if name != "safetensors"]
try:
    FILES["safetensors"]()
    FORMATS.append("safetensors")
except ImportError:
    pass

SEEDS = [*(FILES[name]() for name in FORMATS), fasttext_model(), old_fasttext_model()]
NUMBERS = [0, 1, 2, 5, 127, 128, 255, 256, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1]
PIECES = [
    *(str(number).encode() for number in NUMBERS),
    *(number.to_bytes(8, "little") for number in NUMBERS),
    *(b"\n", b"\r\n", b" ", b"\t", b"\0", b"nan", b"-inf", b"1e999", b"1e-999", b"0x1p3", b"1_0"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x80\x04", b"PK\x03\x04"),
    *(b"9" * 400, b"a" * 300, b"0." + b"0" * 400 + b"1", b"{", b'"', b"[" * 50),
]


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../vectors", data)
    return file.getvalue()


PACKERS = [bytes, bytes, bytes, gzip.compress, bz2.compress, lzma.compress, zipped]


@st.composite
def changed(draw, seeds: st.SearchStrategy[bytes]) -> bytes:
    """Return a file some of whose bytes are others, gone, put in, or come again."""
    data = draw(seeds)
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        end = draw(
            st.sampled_from([start, min(start + 1, len(data)), min(start + 8, len(data)), end])
        )
        put_in = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=9), st.just(data[start:end] * 2))
        )
        data = data[:start] + put_in + data[end:]
    return data


seeds = changed(st.sampled_from(SEEDS))
packed = changed(st.builds(lambda pack, data: pack(data), st.sampled_from(PACKERS), seeds))
files = st.one_of(
    packed, seeds, st.binary(max_size=200), st.lists(st.sampled_from(PIECES)).map(b"".join)
)
options = st.fixed_dictionaries(
    {},
    optional={
        "limit": st.integers(1, 9),
        "words": st.lists(st.sampled_from(["the", "frog", "newt", ""])),
        "dtype": st.sampled_from(["float16", "float32"]),
        "embedding_dim": st.sampled_from([1, 2, 3, 2**40]),
        "format": st.sampled_from([None, *FORMATS]),
    },
)

fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def check(path: Path, **options) -> None:
    """Load a file: what comes is a sound table, what is refused says so by a ValueError."""
    tracemalloc.start()
    try:
        vectors = load(path, **options)
    except ValueError as error:
        message = str(error)
    else:
        message = str(path)
        assert_sound(vectors)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(path) in message
    assert peak < MEMORY


def assert_sound(vectors: WordVectors) -> None:
    words = list(vectors)
    assert len(set(words)) == len(words) == len(vectors.matrix)
    assert np.isfinite(vectors.matrix).all()
    assert not vectors.lookup_table()[:2].any()
    offsets = vectors.vocabulary.offsets.tolist()
    assert offsets[0] == 0
    assert offsets[-1] == len(vectors.vocabulary.buffer)
    assert all(a <= b for a, b in itertools.pairwise(offsets))
    assert all(vectors.vocabulary[word] == row for row, word in enumerate(words))


@fuzz
@given(data=files, options=options)
def test_any_bytes_are_a_table_or_refused(tmp_path, data, options):
    path = tmp_path / "vectors"
    path.write_bytes(data)
    check(path, **options)


@pytest.fixture
def folder(tmp_path):
    VECTORS.save(tmp_path / "native")
    return tmp_path / "native"


@fuzz
@given(data=st.data(), options=options)
def test_any_folder_is_a_table_or_refused(folder, data, options):
    """Numbers aside, which are not looked at, and words twice, which the first look-up finds."""
    VECTORS.save(folder)
    name = data.draw(st.sampled_from(["metadata.json", "words.npy", "offsets.npy", "vectors.npy"]))
    path = folder / name
    path.write_bytes(data.draw(changed(st.just(path.read_bytes()))))
    options.pop("format", None)
    tracemalloc.start()
    try:
        vectors = load(folder, **options)
        assert len(vectors.matrix) == len(vectors) == len(list(vectors))
        assert not vectors.lookup_table()[:2].any()
        float(vectors.matrix.astype(np.float32).max(initial=0))
    except ValueError as error:
        message = str(error)
    else:
        message = str(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(folder) in message
    assert peak < MEMORY
    if path.exists() and name == "metadata.json":
        path.write_text('{"format": "textvec vectors"}')  # so that saving may replace the folder


@fuzz
@given(data=st.data(), options=options)
def test_any_folder_of_model2vec_is_a_table_or_refused(tmp_path, data, options):
    pytest.importorskip("safetensors", reason="safetensors is not installed")
    kind = data.draw(st.sampled_from(["WordPiece", "Unigram"]))
    weights, mapping = np.ones(5, np.float32), np.array([0, 1, 2, 3, 4])
    folder = model2vec_folder(tmp_path / "model", kind=kind, weights=weights, mapping=mapping)
    path = folder / data.draw(st.sampled_from(["tokenizer.json", "model.safetensors"]))
    path.write_bytes(data.draw(changed(st.just(path.read_bytes()))))
    options.pop("format", None)
    check(folder, **options)
