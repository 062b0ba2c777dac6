"""Lines or records of a token and its vector, as files hold them, to arrays."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t, uint16_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

from ._common cimport Interner, TokenBytes, copied, owning, token_bytes

cnp.import_array()


cdef extern from "token_repair.hpp" namespace "textvec" nogil:
    cdef enum class Undecodable:
        kStrict
        kReplace
        kIgnore


cdef extern from "vector_rows.hpp" namespace "textvec" nogil:
    cdef cppclass Span:
        const uint8_t* begin
        const uint8_t* end

    cpdef enum class Problem:
        kNone
        kWidth
        kNotFinite
        kEncoding
        kToken

    cdef cppclass Wanted:
        void only(const uint8_t*, const int64_t*, int64_t) except +

    cdef cppclass VectorRows:
        Wanted wanted
        Undecodable undecodable
        size_t n_rows()
        int64_t n_taken()
        int64_t n_duplicates()
        int64_t n_repaired()
        const Interner& tokens()
        void* release() except +

    uint16_t to_half(float)


cdef extern from "text_vectors.hpp" namespace "textvec" nogil:
    cdef size_t kBlockSlack

    vector[int64_t] c_trailing_numbers "textvec::trailing_numbers"(
        const uint8_t*, size_t, size_t
    ) except +

    cdef cppclass LineReader:
        LineReader(size_t, size_t, cbool, cbool, int64_t) except +
        size_t feed(const uint8_t*, size_t) except +
        VectorRows rows
        Problem problem
        int64_t found
        Span culprit
        int64_t n_line_ends()


cdef extern from "binary_vectors.hpp" namespace "textvec" nogil:
    cdef cppclass BinaryReader:
        BinaryReader(size_t, size_t, cbool, int64_t) except +
        size_t feed(const uint8_t*, size_t) except +
        VectorRows rows
        Problem problem
        Span culprit


cdef extern from "number_text.hpp" namespace "textvec" nogil:
    vector[char] c_vector_lines "textvec::vector_lines"(
        TokenBytes, size_t, const float*, size_t
    ) except +


# Bytes that must follow a block of lines, readable but of no meaning.
SLACK = kBlockSlack


cdef _check_slack(const uint8_t[::1] block, Py_ssize_t size):
    if size < 0 or block.shape[0] - size < <Py_ssize_t>kBlockSlack:
        raise ValueError(f"a block of {size} bytes needs {kBlockSlack} more behind it.")


cdef class _Vectors:
    """What has been read, of whichever form.

    Parameters
    ----------
    width : int
        Numbers of a vector, at least 1.
    n_blank : int
        Rows of zeros that go before the first vector.
    dtype : numpy.dtype
        Of the matrix, float32 or float16.
    wanted : None or pair of ndarrays
        Tokens to keep, all distinct: uint8, their bytes end to end, and int64, where each begins
        and the last ends. None keeps all.
    errors : {"strict", "replace", "ignore"}
        What is done with a token that is no UTF-8, as Python's decoders do it.
    """

    cdef VectorRows* rows  # of the reader that the class below owns
    cdef Py_ssize_t width
    cdef bint is_half
    cdef bint is_finished

    def __init__(self, Py_ssize_t width, Py_ssize_t n_blank, dtype, wanted, str errors, *args):
        cdef TokenBytes tokens
        if errors not in ("strict", "replace", "ignore"):
            raise ValueError(f"errors must be 'strict', 'replace' or 'ignore', got {errors!r}.")
        if errors == "replace":
            self.rows.undecodable = Undecodable.kReplace
        elif errors == "ignore":
            self.rows.undecodable = Undecodable.kIgnore
        if wanted is not None:
            buffer, offsets = wanted
            tokens = token_bytes(buffer, offsets)
            self.rows.wanted.only(tokens.bytes, tokens.offsets, len(offsets) - 1)

    cdef _describe(self, Py_ssize_t width, Py_ssize_t n_blank, dtype):
        if width < 1 or n_blank < 0:
            raise ValueError(f"width {width} must be positive and n_blank {n_blank} not negative.")
        if dtype not in (np.float32, np.float16):
            raise ValueError(f"dtype must be float32 or float16, got {dtype}.")
        self.width = width
        self.is_half = dtype == np.float16

    @property
    def n_vectors(self):
        """Number of vectors read, those that are not kept counted in."""
        return self.rows.n_taken()

    @property
    def n_duplicates(self):
        """Number of vectors dropped because their token came before."""
        return self.rows.n_duplicates()

    @property
    def n_repaired(self):
        """Number of vectors kept whose token was no UTF-8."""
        return self.rows.n_repaired()

    def finish(self):
        """Return all that was kept, once: the matrix takes the reader's memory.

        Returns
        -------
        buffer : ndarray of uint8
            UTF-8 of the distinct tokens, end to end.
        offsets : ndarray of shape (n_tokens + 1,), int64
            Where each token begins in `buffer`, and the end of the last.
        matrix : ndarray of shape (n_blank + n_tokens, width), float32 or float16
        """
        self._check_unfinished()
        cdef cnp.npy_intp shape[2]
        cdef int typenum = cnp.NPY_FLOAT16 if self.is_half else cnp.NPY_FLOAT32
        shape[0], shape[1] = self.rows.n_rows(), self.width
        buffer = copied(self.rows.tokens().bytes())
        offsets = copied(self.rows.tokens().offsets())
        self.is_finished = True
        if not shape[0]:
            return buffer, offsets, cnp.PyArray_SimpleNew(2, shape, typenum)
        n_bytes = shape[0] * shape[1] * (2 if self.is_half else 4)
        return buffer, offsets, owning(self.rows.release(), n_bytes, 2, shape, typenum)

    cdef _check_unfinished(self):
        if self.is_finished:
            raise ValueError("the reader is finished.")


cdef class VectorLines(_Vectors):
    """Reads lines of a token and `width` numbers, block by block.

    Parameters
    ----------
    width, n_blank, dtype, wanted, errors
        As above.
    any_token : bool
        Whether a token may hold blanks and then a number, as in ``big 5 0.1 0.2``. If not, such a
        line has too many numbers.
    max_vectors : int
        Number of vectors to read; -1 reads all.
    """

    cdef LineReader* reader

    def __cinit__(
        self, Py_ssize_t width, Py_ssize_t n_blank, dtype, wanted, str errors,
        bint any_token, int64_t max_vectors,
    ):
        self._describe(width, n_blank, dtype)
        self.reader = new LineReader(width, n_blank, self.is_half, any_token, max_vectors)
        self.rows = &self.reader.rows

    def __dealloc__(self):
        del self.reader

    @property
    def n_line_ends(self):
        """Number of lines read, blank ones counted in."""
        return self.reader.n_line_ends()

    def feed(self, const uint8_t[::1] block not None, Py_ssize_t size):
        """Read the complete lines among the first `size` bytes.

        Parameters
        ----------
        block : buffer
            Of `size` bytes and at least `SLACK` more.
        size : int

        Returns
        -------
        n_used : int
            Number of bytes read. What is left is the beginning of a line, or everything behind
            `max_vectors` or a problem.
        problem : None or tuple of (Problem, int, int, bytes)
            What is wrong with the line after ``n_line_ends``; how many numbers it ends in; where
            in the block the field begins that is to blame, and that field.
        """
        self._check_unfinished()
        _check_slack(block, size)
        cdef size_t used
        with nogil:
            used = self.reader.feed(&block[0], size)
        if self.reader.problem == Problem.kNone:
            return used, None
        return used, (
            self.reader.problem,
            self.reader.found,
            self.reader.culprit.begin - &block[0],
            _bytes_of(self.reader.culprit),
        )


cdef class BinaryVectors(_Vectors):
    """Reads records of a token, a blank and `width` little-endian floats, block by block.

    Parameters
    ----------
    width, n_blank, dtype, wanted, errors
        As above.
    max_vectors : int
        Number of vectors to read.
    """

    cdef BinaryReader* reader

    def __cinit__(
        self, Py_ssize_t width, Py_ssize_t n_blank, dtype, wanted, str errors,
        int64_t max_vectors,
    ):
        self._describe(width, n_blank, dtype)
        self.reader = new BinaryReader(width, n_blank, self.is_half, max_vectors)
        self.rows = &self.reader.rows

    def __dealloc__(self):
        del self.reader

    def feed(self, const uint8_t[::1] block not None, Py_ssize_t size):
        """Read the complete records among the first `size` bytes.

        Parameters
        ----------
        block : buffer
            Of `size` bytes and at least `SLACK` more.
        size : int

        Returns
        -------
        n_used : int
            Number of bytes read. What is left is the beginning of a record, or everything behind
            `max_vectors` or a problem.
        problem : None or tuple of (Problem, int, bytes)
            What is wrong with the record after ``n_vectors``; where in the block the bytes begin
            that are to blame, and those bytes.
        """
        self._check_unfinished()
        _check_slack(block, size)
        cdef size_t used
        with nogil:
            used = self.reader.feed(&block[0], size)
        if self.reader.problem == Problem.kNone:
            return used, None
        return used, (
            self.reader.problem,
            self.reader.culprit.begin - &block[0],
            _bytes_of(self.reader.culprit),
        )


cdef bytes _bytes_of(Span span):
    return span.begin[: span.end - span.begin]


def as_halves(const float[::1] values not None):
    """Return the nearest float16 of each number, as `VectorRows` does."""
    halves = np.empty(values.shape[0], dtype=np.uint16)
    cdef uint16_t[::1] out = halves
    cdef Py_ssize_t i
    for i in range(values.shape[0]):
        out[i] = to_half(values[i])
    return halves.view(np.float16)


def trailing_numbers(const uint8_t[::1] block not None, Py_ssize_t size, size_t max_lines):
    """Count the numbers at the end of each of the first lines.

    Parameters
    ----------
    block : buffer
        Of `size` bytes and at least `SLACK` more.
    size : int
    max_lines : int
        How many lines to look at, blank ones left out.

    Returns
    -------
    list of int
        For each complete line that is not blank. Its first field is never counted.
    """
    _check_slack(block, size)
    return c_trailing_numbers(&block[0], size, max_lines)


def vector_lines(
    const uint8_t[::1] buffer not None,
    const int64_t[::1] offsets not None,
    const float[:, ::1] matrix not None,
):
    """Write each token and its numbers, parted by blanks, to a line.

    Parameters
    ----------
    buffer, offsets
        The tokens, of which `offsets` may be a slice.
    matrix : ndarray of shape (n_tokens, width), float32

    Returns
    -------
    bytes
    """
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    cdef vector[char] text
    cdef size_t n_rows = matrix.shape[0], width = matrix.shape[1]
    if offsets.shape[0] != matrix.shape[0] + 1:
        raise ValueError(f"{n_rows} rows need as many tokens, got {offsets.shape[0] - 1}.")
    with nogil:
        text = c_vector_lines(tokens, n_rows, &matrix[0, 0], width)
    return text.data()[: text.size()]
