"""Tokens as one buffer of UTF-8: written, read, looked up, sorted, taken and merged.

A list of tokens is a pair of arrays here: `buffer`, uint8, their bytes end to end, and `offsets`,
int64, where each begins, with the end of the last one appended.
"""

import numpy as np

cimport numpy as cnp
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int32_t, int64_t, uint8_t
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from ._common cimport (
    IdTable, Interner, TokenBytes, Utf8View, copied, exact_key, token_bytes, utf8_of
)

cnp.import_array()


cdef extern from "token_lookup.hpp" namespace "textvec" nogil:
    int64_t index_tokens(IdTable&, TokenBytes, int64_t, int32_t&) except +
    void c_find_tokens "textvec::find_tokens"(
        const IdTable&, TokenBytes, TokenBytes, int64_t, int32_t*
    )


cdef extern from "token_order.hpp" namespace "textvec" nogil:
    void sort_tokens(TokenBytes, int64_t, int64_t*) except +


cdef extern from "token_lists.hpp" namespace "textvec" nogil:
    void ends_of_taken(
        TokenBytes, size_t, int64_t, const int64_t*, size_t, int64_t*
    ) except +
    void copy_taken(TokenBytes, const int64_t*, size_t, uint8_t*)


cdef _check_str(object token, Py_ssize_t position):
    if not isinstance(token, str):
        raise TypeError(
            f"tokens must be str, got {type(token).__name__} at position {position}: {token!r}"
        )


def encode_tokens(list tokens not None):
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
    return copied(buffer), offsets


def decode_tokens(const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None):
    """Return the tokens as a list of str."""
    cdef Py_ssize_t count = offsets.shape[0] - 1, i
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    cdef list decoded = [None] * count
    for i in range(count):
        decoded[i] = PyUnicode_DecodeUTF8(
            <char*>tokens.data(i), <Py_ssize_t>tokens.size(i), "surrogatepass"
        )
    return decoded


def argsort_tokens(const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None):
    """Return int64 positions of the tokens, least code points first."""
    cdef Py_ssize_t count = offsets.shape[0] - 1
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    order = np.empty(count, dtype=np.int64)
    cdef int64_t* out = <int64_t*>cnp.PyArray_DATA(order)
    with nogil:
        sort_tokens(tokens, count, out)
    return order


def take_tokens(
    const uint8_t[::1] buffer not None,
    const int64_t[::1] offsets not None,
    const int64_t[::1] positions not None,
):
    """Return (buffer, offsets) of the tokens at positions."""
    cdef size_t count = positions.shape[0], n_tokens = max(0, offsets.shape[0] - 1)
    cdef TokenBytes tokens
    tokens.bytes, tokens.offsets = &buffer[0], &offsets[0]
    taken_offsets = np.zeros(count + 1, dtype=np.int64)
    cdef int64_t[::1] ends = taken_offsets
    ends_of_taken(tokens, n_tokens, buffer.shape[0], &positions[0], count, &ends[1])
    taken = np.empty(ends[count], dtype=np.uint8)
    cdef uint8_t* out = <uint8_t*>cnp.PyArray_DATA(taken)
    with nogil:
        copy_taken(tokens, &positions[0], count, out)
    return taken, taken_offsets


def merge_tokens(list parts not None):
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
    cdef size_t expected = max([len(offsets) for _, offsets in parts], default=0)
    cdef unique_ptr[Interner] interner
    interner.reset(new Interner(expected))
    remaps = [_interned(interner.get()[0], buffer, offsets) for buffer, offsets in parts]
    return copied(interner.get().bytes()), copied(interner.get().offsets()), remaps


cdef _interned(Interner& interner, const uint8_t[::1] buffer, const int64_t[::1] offsets):
    """Return the ids of the tokens of a list."""
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    cdef int64_t i, count = offsets.shape[0] - 1
    ids = np.empty(count, dtype=np.int32)
    cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(ids)
    with nogil:
        for i in range(count):
            out[i] = interner.intern(tokens.data(i), tokens.size(i))
    return ids


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

    def __init__(
        self, const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None
    ):
        cdef int64_t count = offsets.shape[0] - 1, i = 0
        cdef int32_t found = 0
        cdef TokenBytes tokens = token_bytes(buffer, offsets)
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

    cdef int32_t _find(self, const uint8_t* data, size_t size) noexcept nogil:
        return self.table.find(exact_key(data, size), data, size, self.tokens)

    def find(self, token not None):
        """Return the position of a token, a str or of a subclass; -1 where it is missing."""
        _check_str(token, 0)
        cdef vector[uint8_t] scratch
        cdef Utf8View text = utf8_of(<PyObject*>token, scratch)
        return self._find(text.data, text.size)

    def find_strings(self, list tokens not None):
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

    def find_tokens(self, const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None):
        """Return int32 positions of the tokens of another list, -1 where missing."""
        cdef Py_ssize_t count = offsets.shape[0] - 1
        cdef TokenBytes tokens = token_bytes(buffer, offsets)
        found = np.empty(count, dtype=np.int32)
        cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(found)
        with nogil:
            c_find_tokens(self.table, self.tokens, tokens, count, out)
        return found
