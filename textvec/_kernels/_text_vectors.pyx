# distutils: language = c++
"""Lines of a token and its vector, as text, to arrays."""

import numpy as np

cimport numpy as cnp
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport free
from libc.string cimport memchr, memcpy
from libcpp cimport bool as cpp_bool
from libcpp.vector cimport vector

cnp.import_array()


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass Interner:
        const vector[uint8_t]& bytes()
        const vector[int64_t]& offsets()


cdef extern from "text_vectors.hpp" namespace "textvec" nogil:
    cdef size_t kBlockSlack

    cdef cppclass Span:
        const uint8_t* begin
        const uint8_t* end

    cpdef enum class Problem:
        kNone
        kWidth
        kNotFinite
        kEncoding

    Span trimmed(Span)
    int64_t count_numbers(Span, Span&)

    cdef cppclass LineReader:
        LineReader(size_t, size_t, cpp_bool, int64_t) except +
        size_t feed(const uint8_t*, size_t) except +
        Problem problem
        int64_t found
        Span culprit
        size_t n_rows()
        int64_t n_lines()
        int64_t n_line_ends()
        int64_t n_duplicates()
        const Interner& tokens()
        float* release_matrix() except +


# Bytes that must follow a block of lines, readable but of no meaning.
SLACK = kBlockSlack


cdef _check_slack(const uint8_t[::1] block, Py_ssize_t size):
    if size < 0 or block.shape[0] - size < <Py_ssize_t>kBlockSlack:
        raise ValueError(f"a block of {size} bytes needs {kBlockSlack} more behind it.")


cdef class _Owner:
    """Frees memory when the last array on it is gone."""

    cdef void* data

    def __dealloc__(self):
        free(self.data)


cdef class VectorLines:
    """Reads lines of a token and `width` numbers, block by block.

    Parameters
    ----------
    width : int
        Numbers a line, at least 1.
    n_blank : int
        Rows of zeros that go before the first vector.
    any_token : bool
        Whether a token may hold blanks and then a number, as in ``big 5 0.1 0.2``. If not, such a
        line has too many numbers.
    max_lines : int
        Number of vectors to read; -1 reads all.
    """

    cdef LineReader* reader
    cdef Py_ssize_t width

    def __cinit__(
        self, Py_ssize_t width, Py_ssize_t n_blank, bint any_token, int64_t max_lines
    ):
        if width < 1 or n_blank < 0:
            raise ValueError(f"width {width} must be positive and n_blank {n_blank} not negative.")
        self.width = width
        self.reader = new LineReader(width, n_blank, any_token, max_lines)

    def __dealloc__(self):
        del self.reader

    @property
    def n_lines(self):
        """Number of vectors read, repeated tokens counted in."""
        return self.reader.n_lines()

    @property
    def n_line_ends(self):
        """Number of lines read, blank ones counted in."""
        return self.reader.n_line_ends()

    @property
    def n_duplicates(self):
        """Number of vectors dropped because their token came before."""
        return self.reader.n_duplicates()

    def feed(self, const uint8_t[::1] block, Py_ssize_t size):
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
            `max_lines` or a problem.
        problem : None or tuple of (Problem, int, int, bytes)
            What is wrong with the line after ``n_line_ends``; how many numbers it ends in; where
            in the block the field begins that is to blame, and that field.
        """
        _check_slack(block, size)
        cdef size_t used
        cdef Span culprit
        with nogil:
            used = self.reader.feed(&block[0], size)
        if self.reader.problem == Problem.kNone:
            return used, None
        culprit = self.reader.culprit
        return used, (
            self.reader.problem,
            self.reader.found,
            culprit.begin - &block[0],
            culprit.begin[: culprit.end - culprit.begin],
        )

    def finish(self):
        """Give all that was read; the reader is empty afterwards.

        Returns
        -------
        buffer : ndarray of uint8
            UTF-8 of the distinct tokens, end to end.
        offsets : ndarray of shape (n_tokens + 1,), int64
            Where each token begins in `buffer`, and the end of the last.
        matrix : ndarray of shape (n_blank + n_tokens, width), float32
        """
        cdef const Interner* tokens = &self.reader.tokens()
        cdef cnp.npy_intp shape[2]
        cdef _Owner owner = _Owner()
        shape[0] = self.reader.n_rows()
        shape[1] = self.width
        buffer = _copied(tokens.bytes().data(), tokens.bytes().size(), cnp.NPY_UINT8)
        offsets = _copied(tokens.offsets().data(), tokens.offsets().size(), cnp.NPY_INT64)
        owner.data = self.reader.release_matrix()
        if owner.data == NULL:
            return buffer, offsets, np.empty((0, self.width), dtype=np.float32)
        matrix = cnp.PyArray_SimpleNewFromData(2, shape, cnp.NPY_FLOAT32, owner.data)
        cnp.set_array_base(matrix, owner)
        return buffer, offsets, matrix


cdef cnp.ndarray _copied(const void* data, size_t count, int typenum):
    cdef cnp.npy_intp length = <cnp.npy_intp>count
    cdef cnp.ndarray array = cnp.PyArray_SimpleNew(1, &length, typenum)
    if count:
        memcpy(cnp.PyArray_DATA(array), data, cnp.PyArray_NBYTES(array))
    return array


def trailing_numbers(const uint8_t[::1] block, Py_ssize_t size, Py_ssize_t max_lines):
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
    cdef const uint8_t* p = &block[0]
    cdef const uint8_t* end = p + size
    cdef Span line, before
    cdef list counts = []
    while p != end and len(counts) < max_lines:
        line.begin = p
        line.end = <const uint8_t*>memchr(p, 10, end - p)  # 10 is a newline
        if line.end == NULL:
            break
        p = line.end + 1
        if trimmed(line).end != line.begin:
            counts.append(count_numbers(line, before))
    return counts
