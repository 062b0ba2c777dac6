"""Each number is the float32 that Python makes of its text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textvec._kernels._text_vectors import (
    SLACK,
    Problem,
    VectorLines,
    as_halves,
    vector_lines,
)

digits = st.text("0123456789", max_size=25)
decimals = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    digits,
    st.sampled_from(["", "."]),
    digits,
    st.one_of(
        st.just(""),
        st.builds("{}{}{}".format, st.sampled_from("eE"), st.sampled_from(["", "-", "+"]), digits),
        st.integers(-60, 40).map("e{}".format),
    ),
)
finite = st.floats(allow_nan=False, allow_infinity=False)
written = st.one_of(
    finite.map(repr),
    finite.map("{:.18e}".format),
    st.floats(-100, 100).map("{:.5f}".format),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(lambda x: repr(float(x))),
    st.integers(-(10**25), 10**25).map(str),
)


def read(texts: list[bytes]):
    block = b"".join(b"w%d %b\n" % (i, text) for i, text in enumerate(texts))
    lines = VectorLines(1, 0, np.dtype(np.float32), None, "strict", False, -1)
    _, problem = lines.feed(block + b"7" * SLACK, len(block))
    return lines.finish()[2][:, 0], problem


def expected(text: str) -> np.float32 | None:
    """Return what Python reads; None where that is no finite float32."""
    try:
        with np.errstate(over="ignore"):
            value = np.float32(float(text))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


@settings(deadline=None)
@given(st.one_of(decimals, written))
@example("9007199254740993")  # 2**53 + 1, half-way between two doubles
@example("9007199254740993.0000000001")
@example("1.00000017881393432617187499")  # half-way between two float32s, less a little
@example("3.4028235677973366e38")  # the least number that rounds to infinity
@example("3.4028235677973362e38")
@example("7.006492321624085e-46")  # half of the least float32
@example("7.006492321624086e-46")
@example("1e-25")
@example("0" * 30 + ".1")
@example("-0.0")
@example("1e" + "9" * 400)
@example("." + "0" * 400 + "1e401")
def test_equals_python(text):
    value = expected(text)
    (values, problem) = read([text.encode()])
    if value is None:
        assert problem is not None
        assert len(values) == 0
    else:
        assert problem is None
        assert values[0].tobytes() == value.tobytes()


def test_equals_python_on_many():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=20_000) * 10.0 ** rng.integers(-30, 30, 20_000)
    for form in ("%.18e", "%.17g", "%.9g", "%.5f", "%.6g", "%r"):
        texts = [form % x for x in numbers.tolist() if abs(x) < 1e20]
        values, problem = read([text.encode() for text in texts])
        assert problem is None
        want = np.array([float(text) for text in texts]).astype(np.float32)
        assert np.array_equal(values.view(np.uint32), want.view(np.uint32))


@pytest.mark.parametrize(
    "text", ["1_000", "0x10", "1e", "1e+", ".", "-", "--1", "1.2.3", "1,5", "١", "1f", "", "e5"]
)
def test_what_is_no_number(text):
    values, problem = read([text.encode()])
    assert problem[0] == Problem.kWidth
    assert len(values) == 0


@pytest.mark.parametrize("text", ["nan", "NaN", "-inf", "+Infinity", "1e999", "-1e39", "9" * 50])
def test_what_is_not_finite(text):
    _, problem = read([text.encode()])
    assert problem[0] == Problem.kNotFinite
    assert problem[3] == text.encode()


def test_a_block_needs_slack():
    with pytest.raises(ValueError, match="more behind it"):
        VectorLines(1, 0, np.dtype(np.float32), None, "strict", False, -1).feed(b"a 1\n", 4)


@settings(deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
@example([65504.0, 65519.996, 65520.0, -65520.0, 6e-8, 2**-25, 2**-24, 2**-14, 6.1e-5, -0.0])
@example([1.0 + 2**-11, 1.0 + 3 * 2**-11, 2.0**-25 * 1.5, 2047.5, 2**-14 - 2**-26])
def test_halves_are_numpys(numbers):
    values = np.array(numbers, np.float32)
    with np.errstate(over="ignore"):
        want = values.astype(np.float16)
    assert as_halves(values).tobytes() == want.tobytes()


@settings(deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_are_written_so_that_they_come_back(numbers):
    matrix = np.array(numbers, np.float32)[:, None]
    offsets = np.arange(len(matrix) + 1)
    tokens = np.full(len(matrix), ord("w"), np.uint8)
    text = vector_lines(tokens, offsets, matrix)
    back = [np.float32(line.split()[1].decode()) for line in text.splitlines()]
    assert np.array(back).tobytes() == matrix.tobytes()
