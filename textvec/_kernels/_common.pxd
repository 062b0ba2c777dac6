"""What several bindings share: tokens and strings as kernels see them, checks, arrays."""

cimport numpy as cnp
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass TokenBytes:
        const uint8_t* bytes
        const int64_t* offsets
        const uint8_t* data(int64_t)
        size_t size(int64_t)

    cdef cppclass Interner:
        Interner() except +
        Interner(size_t) except +
        int32_t intern(const uint8_t*, size_t) except +
        size_t size()
        const vector[uint8_t]& bytes()
        const vector[int64_t]& offsets()
        TokenBytes tokens()

    cdef cppclass Key:
        pass

    Key exact_key(const uint8_t*, size_t)

    cdef cppclass IdTable:
        IdTable() except +
        IdTable(size_t) except +
        int32_t find(const Key&, const uint8_t*, size_t, TokenBytes)


cdef extern from "utf8.hpp" namespace "textvec":
    cdef cppclass Utf8View:
        const uint8_t* data
        size_t size

    cdef cppclass StrView:
        const void* data
        size_t size
        int kind
        cbool ascii

    StrView view_str(PyObject*)
    Utf8View utf8_of(PyObject*, vector[uint8_t]&) except +


cdef extern from "checks.hpp" namespace "textvec" nogil:
    void check_offsets(const int64_t*, size_t, size_t) except +
    void check_ids[Id](const Id*, size_t, size_t) except +
    void check_ids_or_none[Id](const Id*, size_t, size_t) except +


cdef extern from "numbers.hpp" namespace "textvec" nogil:
    cdef cppclass Numbers:
        void* data
        cbool is_float
        size_t n_bytes


cdef extern from "growing_array.hpp" namespace "textvec" nogil:
    cdef cppclass GrowingArray[T]:
        void push(T) except +
        T* reserve(size_t) except +
        void add(size_t)
        T* data()
        T* release() except +
        void clear()
        size_t size()


# A module that calls these must call `cnp.import_array()` first.
cdef extern from "arrays.hpp" namespace "textvec":
    object copied[T](const vector[T]&)
    object copied_array "textvec::copied"[T](const GrowingArray[T]&)
    object adopted[T](GrowingArray[T]&) except +
    object owning(void*, size_t, int, cnp.npy_intp*, int)
    object unwritten(size_t, int, size_t)


cdef inline TokenBytes token_bytes(
    const uint8_t[::1] buffer, const int64_t[::1] offsets
) except *:
    """View tokens in UTF-8, after a check that they lie in the buffer."""
    cdef TokenBytes tokens
    check_offsets(&offsets[0], offsets.shape[0], buffer.shape[0])
    tokens.bytes = &buffer[0]
    tokens.offsets = &offsets[0]
    return tokens


cdef inline int check_rows(
    const int32_t[::1] ids, const int64_t[::1] offsets, size_t n_ids
) except -1:
    """Check that rows lie in `ids`, and that these are in ``0 <= id < n_ids``."""
    check_offsets(&offsets[0], offsets.shape[0], ids.shape[0])
    check_ids(&ids[0], ids.shape[0], n_ids)
    return 0


cdef inline Numbers numbers_of(cnp.ndarray array):
    cdef Numbers numbers
    numbers.data = cnp.PyArray_DATA(array)
    numbers.is_float = cnp.PyArray_ISFLOAT(array)
    numbers.n_bytes = cnp.PyArray_ITEMSIZE(array)
    return numbers
