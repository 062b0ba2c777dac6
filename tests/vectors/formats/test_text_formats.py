"""Files of vectors, as they are found, against other readers."""

from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textvec import WordVectors
from textvec.vectors.formats import ReadOptions, _byte_blocks, read_vectors

from .reference import read_rows

PLAIN = b"the 0.1 -0.2\nfrog 3 4e-1\n\xc3\xa9t\xc3\xa9 5 6\n"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write_file(data: bytes, name: str = "vectors.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write_file


def tokens_of(table) -> list[str]:
    text, bounds = table.buffer.tobytes(), table.offsets.tolist()
    return [text[a:b].decode() for a, b in itertools.pairwise(bounds)]


def read_request(path, format=None, **options):
    return read_vectors(path, format, ReadOptions(**options))


def read(path, **options):
    table = read_request(path, **options)
    return tokens_of(table), table.matrix.tolist(), table.format


def test_glove(write):
    tokens, rows, format = read(write(PLAIN))
    assert tokens == ["the", "frog", "été"]
    np.testing.assert_array_equal(np.float32([[0.1, -0.2], [3, 0.4], [5, 6]]), rows)
    assert format == "glove"


def test_word2vec(write):
    table = read(write(b"3 2\n" + PLAIN))
    assert table[2] == "word2vec"
    assert table[:2] == read(write(PLAIN))[:2]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
def test_compressed_files_are_known_by_their_contents(write, compress, name):
    assert read(write(compress(PLAIN), name)) == read(write(PLAIN))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.replace(b"\n", b"\r\n"),
        PLAIN.replace(b" ", b"\t"),
        PLAIN.replace(b"\n", b" \n"),  # as word2vec writes it
        PLAIN.replace(b" ", b"   "),
        PLAIN.replace(b"\n", b"\n\n"),
        PLAIN.rstrip(b"\n"),
        b"\xef\xbb\xbf" + PLAIN,
        b"\xef\xbb\xbf3 2\r\n" + PLAIN,
    ],
)
def test_forms_of_the_same_file(write, data):
    assert read(write(data))[:2] == read(write(PLAIN))[:2]


@pytest.mark.parametrize(
    ("data", "format", "tokens"),
    [
        (b"1 0.1 0.2\n2 0.3 0.4\n", "glove", ["1", "2"]),  # tokens that are numbers
        (b"2 2\n1 0.1 0.2\n2 0.3 0.4\n", "word2vec", ["1", "2"]),
        (b"1 5\n2 6\n3 7\n", "glove", ["1", "2", "3"]),  # numbers, of width 1
        (b"1 1\n2 6\n", "word2vec", ["2"]),
        (b". . . 0.1 0.2\nat a@b.c 1 2\nx 3 4\n", "glove", [". . .", "at a@b.c", "x"]),
        (b". . 0.1 0.2\n", "glove", [". ."]),
        (b"a\xc2\xa0b 1 2\nc 3 4\n", "glove", ["a\xa0b", "c"]),
        (b"  1 2\n 3 4\n\t 5 6\nx 7 8\n", "glove", [" ", "", "\t", "x"]),
        (b"nan 1 2\n\x01 3 4\n1e5 5 6\n", "glove", ["nan", "\x01", "1e5"]),
    ],
)
def test_what_is_token_and_what_is_number(write, data, format, tokens):
    path = write(data)
    assert read(path)[0] == tokens
    assert read(path)[2] == format


def test_embedding_dim_makes_numbers_part_of_a_token(write):
    path = write(b"route 66 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match="say which with embedding_dim="):
        read(path)
    assert read(path, embedding_dim=2)[0] == ["route 66", "b"]
    path = write(b"2 2\nroute 66 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match="line 2: expected a token and 2 numbers, found 3: if"):
        read(path)
    assert read(path, embedding_dim=2)[0] == ["route 66", "b"]


@pytest.mark.parametrize("header", [b"", b"3 2\n"])
def test_limit(write, header):
    path = write(header + PLAIN)
    assert read(path, limit=2)[0] == ["the", "frog"]
    assert read(path, limit=3) == read(path, limit=30) == read(path)


def test_rows_of_zeros_go_first(write):
    table = read_request(write(PLAIN), n_reserved=2)
    assert table.matrix.shape == (5, 2)
    assert not table.matrix[:2].any()


def test_a_named_format_is_not_guessed(write):
    path = write(b"1 1\n2 6\n")
    assert read(path, format="glove")[0] == ["1", "2"]
    with pytest.raises(ValueError, match="line 1: expected the number of vectors"):
        read(write(PLAIN), format="word2vec")
    with pytest.raises(ValueError, match="format must be one of"):
        read(path, format="glvoe")


numbers = st.sampled_from([b"1", b"-0.5", b"1e-3", b"nan", b"x", b"1e99", b"0.12345678901"])
blanks = st.sampled_from([b" ", b"\t", b"  "])
pieces = st.one_of(
    numbers, blanks, st.sampled_from([b"\n", b"\r\n", b"a", b"\xc3\xa9", b"\xff", b"\0"])
)
lines = st.builds(
    lambda token, rest: token + b"".join(rest) + b"\n",
    st.sampled_from([b"a", b"b b", b"7", b"", b" ", b"\xc3\xa9", b"\xc3"]),
    st.lists(st.builds(bytes.__add__, blanks, numbers), max_size=3),
)
files = st.one_of(st.lists(lines).map(b"".join), st.lists(pieces).map(b"".join), st.binary())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=files, width=st.integers(1, 3), any_token=st.booleans(), block=st.integers(1, 99))
def test_equals_a_reader_of_one_regular_expression(write, data, width, any_token, block):
    """Rows or the number of the first bad line, wherever the blocks of the file end."""
    path = write(b"%d %d\n" % (10**9, width) + data)
    options = {"format": "word2vec", "embedding_dim": width if any_token else None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_byte_blocks, "BLOCK_SIZE", block)
        try:
            want = read_rows(data, width, any_token=any_token)
        except ValueError as error:
            bad_line = error.args[0] + 1
            with pytest.raises(ValueError, match=rf"vectors.txt, line {bad_line}\b"):
                read_request(path, **options)
            return
        with pytest.raises(ValueError, match=f"declares 1000000000 vectors, found {len(want)}:"):
            read_request(path, **options)
        if not want:
            return
        table = read_request(path, limit=len(want), **options)
    first = dict(reversed(want))
    order = list(dict.fromkeys(token for token, _ in want))
    assert [token.encode() for token in tokens_of(table)] == order
    assert table.matrix.tolist() == [np.array(first[token]).tolist() for token in order]
    assert table.n_duplicates == len(want) - len(order)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.one_of(files, st.builds(bytes.__add__, st.just(b"2 1\n"), files)))
def test_any_bytes_give_a_table_or_a_value_error(write, data):
    path = write(data)
    try:
        table = read_vectors(path)
    except ValueError:
        return
    assert len(table.matrix) == len(set(tokens_of(table))) == len(table.offsets) - 1 > 0
    assert np.isfinite(table.matrix).all()


# gensim leaves files open when it ends early or a header lies.
leaves_files_open = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

GENSIM_FILES = [  # in gensim/test/test_data
    ("test_glove.txt", True),
    ("crime-and-punishment.vec", False),
    ("EN.1-10.cbow1_wind5_hs0_neg10_size300_smpl1e-05.txt", False),
    ("high_precision.kv.txt", False),
    ("lee_fasttext.vec", False),
    ("toy-model.vec", False),
    ("word2vec_pre_kv_c", False),
]


@leaves_files_open
@pytest.mark.parametrize(("name", "is_glove"), GENSIM_FILES)
def test_equals_gensim_on_its_own_files(name, is_glove):
    gensim = pytest.importorskip("gensim")
    from gensim.test.utils import datapath

    path = Path(datapath(name))
    if not path.exists():
        pytest.skip("this gensim came without its test data")
    want = gensim.models.KeyedVectors.load_word2vec_format(path, no_header=is_glove)
    assert_equal_to_gensim(path, want)


@leaves_files_open
def test_equals_gensim_on_real_glove(data_file):
    gensim = pytest.importorskip("gensim")
    path = data_file("glove.6B.50d.top40k.txt.gz")
    want = gensim.models.KeyedVectors.load_word2vec_format(path, no_header=True, limit=5000)
    vectors = assert_equal_to_gensim(path, want)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split(" ") for line in file]
    assert list(vectors) == [line[0] for line in lines]
    want = np.array([line[1:] for line in lines], dtype=np.float64).astype(np.float32)
    np.testing.assert_array_equal(vectors.matrix, want)


def assert_equal_to_gensim(path: Path, want) -> WordVectors:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # gensim drops doubles silently
        vectors = WordVectors.load(path)
    n = len(want.index_to_key)
    assert list(vectors)[:n] == want.index_to_key
    np.testing.assert_array_equal(vectors.matrix[:n], want.vectors)
    return vectors
