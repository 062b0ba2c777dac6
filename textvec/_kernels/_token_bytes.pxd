"""The index of a vocabulary, for kernels that look tokens up as they read."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from ._common cimport IdTable, TokenBytes


cdef class TokenIndex:
    cdef const uint8_t[::1] buffer
    cdef const int64_t[::1] offsets
    cdef TokenBytes tokens
    cdef IdTable table

    cdef int32_t _find(self, const uint8_t* data, size_t size) noexcept nogil
