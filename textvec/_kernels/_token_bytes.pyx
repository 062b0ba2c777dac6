# distutils: language = c++
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Tokens as one buffer of UTF-8: written, read, looked up, sorted, taken and merged.

A list of tokens is a pair of arrays here: `buffer`, uint8, their bytes end to end, and `offsets`,
int64, where each begins, with the end of the last one appended.
"""

import numpy as np

cimport numpy as cnp
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memcpy
from libcpp.vector cimport vector

cnp.import_array()


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass TokenBytes:
        const uint8_t* bytes
        const int64_t* offsets
        const uint8_t* data(int64_t)
        size_t size(int64_t)

    cdef cppclass Key:
        pass

    Key exact_key(const uint8_t*, size_t)

    cdef cppclass IdTable:
        IdTable() except +
        IdTable(size_t) except +
        int32_t find(const Key&, const uint8_t*, size_t, TokenBytes)

    cdef cppclass Interner:
        Interner(size_t) except +
        int32_t intern(const uint8_t*, size_t) except +
        size_t size()
        const vector[uint8_t]& bytes()
        const vector[int64_t]& offsets()


cdef extern from "token_lookup.hpp" namespace "textvec" nogil:
    int64_t index_tokens(IdTable&, TokenBytes, int64_t, int32_t&) except +
    void find_tokens(const IdTable&, TokenBytes, TokenBytes, int64_t, int32_t*)


cdef extern from "utf8.hpp" namespace "textvec":
    cdef cppclass Utf8View:
        const uint8_t* data
        size_t size

    Utf8View utf8_of(PyObject*, vector[uint8_t]&) except +


cdef extern from "token_order.hpp" namespace "textvec" nogil:
    void sort_tokens(TokenBytes, int64_t, int64_t*) except +



cdef inline TokenBytes _view(const uint8_t[::1] buffer, const int64_t[::1] offsets) noexcept:
    cdef TokenBytes tokens
    # An array without elements has no first one to point at; nothing is then read.
    tokens.bytes = &buffer[0] if buffer.shape[0] else NULL
    tokens.offsets = &offsets[0]
    return tokens


cdef inline cnp.ndarray _as_array(const void* data, size_t count, int typenum):
    cdef cnp.npy_intp length = <cnp.npy_intp>count
    cdef cnp.ndarray array = cnp.PyArray_SimpleNew(1, &length, typenum)
    if count:
        memcpy(cnp.PyArray_DATA(array), data, cnp.PyArray_NBYTES(array))
    return array


cdef _check_str(object token, Py_ssize_t position):
    if not isinstance(token, str):
        raise TypeError(
            f"tokens must be str, got {type(token).__name__} at position {position}: {token!r}"
        )


def encode_tokens(list tokens):
    """Return (buffer, offsets) of a list of str; a TypeError names what is no str."""
    cdef Py_ssize_t count = len(tokens), i
    cdef vector[uint8_t] buffer, scratch
    cdef Utf8View text
    cdef int64_t[::1] ends
    offsets = np.zeros(count + 1, dtype=np.int64)
    ends = offsets
    buffer.reserve(8 * count)
    for i in range(count):
        token = tokens[i]
        _check_str(token, i)
        text = utf8_of(<PyObject*>token, scratch)
        buffer.insert(buffer.end(), text.data, text.data + text.size)
        ends[i + 1] = <int64_t>buffer.size()
    return _as_array(buffer.data(), buffer.size(), cnp.NPY_UINT8), offsets


def decode_tokens(const uint8_t[::1] buffer, const int64_t[::1] offsets):
    """Return the tokens as a list of str."""
    cdef Py_ssize_t count = offsets.shape[0] - 1, i
    cdef TokenBytes tokens = _view(buffer, offsets)
    cdef list decoded = [None] * count
    for i in range(count):
        decoded[i] = PyUnicode_DecodeUTF8(
            <char*>tokens.data(i), <Py_ssize_t>tokens.size(i), "surrogatepass"
        )
    return decoded


def argsort_tokens(const uint8_t[::1] buffer, const int64_t[::1] offsets):
    """Return int64 positions of the tokens, least code points first."""
    cdef Py_ssize_t count = offsets.shape[0] - 1
    cdef TokenBytes tokens = _view(buffer, offsets)
    order = np.empty(count, dtype=np.int64)
    cdef int64_t* out = <int64_t*>cnp.PyArray_DATA(order)
    with nogil:
        sort_tokens(tokens, count, out)
    return order


def take_tokens(
    const uint8_t[::1] buffer, const int64_t[::1] offsets, const int64_t[::1] positions
):
    """Return (buffer, offsets) of the tokens at positions that the caller has checked."""
    cdef Py_ssize_t count = positions.shape[0], i
    cdef TokenBytes tokens = _view(buffer, offsets)
    taken_offsets = np.empty(count + 1, dtype=np.int64)
    cdef int64_t[::1] ends = taken_offsets
    cdef int64_t end = 0
    ends[0] = 0
    for i in range(count):
        end += <int64_t>tokens.size(positions[i])
        ends[i + 1] = end
    taken = np.empty(end, dtype=np.uint8)
    cdef uint8_t* out = <uint8_t*>cnp.PyArray_DATA(taken)
    with nogil:
        for i in range(count):
            if tokens.size(positions[i]):
                memcpy(out + ends[i], tokens.data(positions[i]), tokens.size(positions[i]))
    return taken, taken_offsets


def merge_tokens(list parts):
    """Join lists of tokens, each token kept where it first appears.

    Parameters
    ----------
    parts : list of (buffer, offsets)

    Returns
    -------
    buffer, offsets : ndarray
        The joined list.
    remaps : list of ndarray of int32
        For each part, the position in the joined list of each of its tokens.
    """
    cdef const uint8_t[::1] buffer
    cdef const int64_t[::1] offsets
    cdef TokenBytes tokens
    cdef int32_t* remap
    cdef int64_t i, count
    cdef size_t expected = max([len(offsets) for _, offsets in parts], default=0)
    cdef Interner* interner = new Interner(expected)
    remaps = []
    try:
        for buffer, offsets in parts:
            tokens = _view(buffer, offsets)
            count = offsets.shape[0] - 1
            positions = np.empty(count, dtype=np.int32)
            remap = <int32_t*>cnp.PyArray_DATA(positions)
            with nogil:
                for i in range(count):
                    remap[i] = interner.intern(tokens.data(i), tokens.size(i))
            remaps.append(positions)
        return (
            _as_array(interner.bytes().data(), interner.bytes().size(), cnp.NPY_UINT8),
            _as_array(interner.offsets().data(), interner.offsets().size(), cnp.NPY_INT64),
            remaps,
        )
    finally:
        del interner


cdef class TokenIndex:
    """Finds tokens in a list of distinct ones.

    Parameters
    ----------
    buffer, offsets : ndarray
        The list, which is referred to and not copied.

    Raises
    ------
    ValueError
        If a token occurs twice; the message names it and both positions.
    """

    cdef const uint8_t[::1] buffer
    cdef const int64_t[::1] offsets
    cdef TokenBytes tokens
    cdef IdTable table

    def __init__(self, const uint8_t[::1] buffer, const int64_t[::1] offsets):
        cdef int64_t count = offsets.shape[0] - 1, i = 0
        cdef int32_t found = 0
        cdef TokenBytes tokens = _view(buffer, offsets)
        self.buffer = buffer
        self.offsets = offsets
        self.tokens = tokens
        self.table = IdTable(<size_t>count)
        with nogil:
            i = index_tokens(self.table, tokens, count, found)
        if i < count:
            token = decode_tokens(buffer, offsets[i : i + 2])[0]
            raise ValueError(
                f"tokens must be distinct, got {token!r} at positions {found} and {i}"
            )

    cdef inline int32_t _find(self, const uint8_t* data, size_t size) noexcept nogil:
        return self.table.find(exact_key(data, size), data, size, self.tokens)

    def find(self, str token not None):
        """Return the position of a token, -1 where it is missing."""
        cdef vector[uint8_t] scratch
        cdef Utf8View text = utf8_of(<PyObject*>token, scratch)
        return self._find(text.data, text.size)

    def find_strings(self, list tokens):
        """Return int32 positions of a list of str, -1 where missing."""
        cdef Py_ssize_t count = len(tokens), i
        cdef vector[uint8_t] scratch
        cdef Utf8View text
        found = np.empty(count, dtype=np.int32)
        cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(found)
        for i in range(count):
            token = tokens[i]
            _check_str(token, i)
            text = utf8_of(<PyObject*>token, scratch)
            out[i] = self._find(text.data, text.size)
        return found

    def find_tokens(self, const uint8_t[::1] buffer, const int64_t[::1] offsets):
        """Return int32 positions of the tokens of another list, -1 where missing."""
        cdef Py_ssize_t count = offsets.shape[0] - 1
        cdef TokenBytes tokens = _view(buffer, offsets)
        found = np.empty(count, dtype=np.int32)
        cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(found)
        with nogil:
            find_tokens(self.table, self.tokens, tokens, count, out)
        return found
