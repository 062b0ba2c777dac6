"""n-grams hashed into columns, without one of their names being made."""

import numpy as np

from ._threads import Team, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from ._common cimport (
    GrowingArray,
    Numbers,
    TokenBytes,
    adopted,
    check_rows,
    owning,
    token_bytes,
)

cnp.import_array()


cdef extern from "hashed_ngrams.hpp" namespace "textvec" nogil:
    cdef enum class Unit:
        kJoined
        kAdjacent
        kInside

    cdef enum class Norm:
        kNone
        kL1
        kL2

    cdef cppclass Buckets:
        uint32_t count
        cbool alternate_sign

    cdef cppclass NgramHasher:
        NgramHasher(Unit, size_t, size_t, Buckets, Norm) except +
        void add(TokenBytes, size_t) except +
        size_t n_symbols()
        size_t n_entries(const int32_t*, const int64_t*, size_t)
        void hash(
            const int32_t*, const int64_t*, size_t, int32_t*, Numbers, int64_t*
        ) except +

    void c_hash_tokens "textvec::hash_tokens"(TokenBytes, size_t, uint32_t, int32_t*) except +


cdef Unit _unit(str name) except *:
    if name == "joined":
        return Unit.kJoined
    if name == "adjacent":
        return Unit.kAdjacent
    if name == "inside":
        return Unit.kInside
    raise ValueError(f"unit must be 'joined', 'adjacent' or 'inside', got {name!r}.")


cdef uint32_t _checked(Py_ssize_t n_columns) except 0:
    if not 1 <= n_columns <= 2**31 - 1:
        raise ValueError(f"n_columns must be from 1 to 2**31 - 1, got {n_columns}.")
    return <uint32_t>n_columns


def hash_tokens(
    const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None, Py_ssize_t n_columns
):
    """Return the column of each token, as ``FeatureHasher`` finds it.

    Returns
    -------
    ndarray of shape (n_tokens,), int32
    """
    cdef TokenBytes tokens = token_bytes(buffer, offsets)
    columns = np.empty(offsets.shape[0] - 1, dtype=np.int32)
    cdef int32_t* out = <int32_t*>cnp.PyArray_DATA(columns)
    c_hash_tokens(tokens, offsets.shape[0] - 1, _checked(n_columns), out)
    return columns


cdef Norm _norm(norm) except *:
    if norm is None:
        return Norm.kNone
    if norm == "l1":
        return Norm.kL1
    if norm == "l2":
        return Norm.kL2
    raise ValueError(f"norm must be 'l1', 'l2' or None, got {norm!r}.")


cdef class _Stretch:
    """A stretch of the rows of a block, hashed by one thread, which then writes them."""

    cdef HashedRows all
    cdef const int32_t* ids
    cdef const int64_t* offsets
    cdef size_t n_rows
    cdef GrowingArray[int32_t] columns
    cdef GrowingArray[uint8_t] values
    cdef vector[int64_t] ends
    cdef size_t n_entries  # in all rows
    cdef size_t first_entry  # and of all stretches before
    cdef size_t first_row

    def hash(self):
        cdef Numbers numbers = self.all.numbers
        cdef size_t room
        with nogil:
            room = self.all.hasher.get().n_entries(self.ids, self.offsets, self.n_rows)
            self.columns.reserve(room)
            self.values.reserve(room * numbers.n_bytes)
            numbers.data = self.values.data()
            self.ends.resize(self.n_rows)
            self.all.hasher.get().hash(
                self.ids, self.offsets, self.n_rows, self.columns.data(), numbers,
                self.ends.data(),
            )
            self.n_entries = self.ends.back() if self.n_rows else 0

    def write(self):
        cdef size_t n_bytes = self.all.numbers.n_bytes
        cdef int64_t* ends = self.all.ends.data() + self.first_row
        cdef size_t row
        with nogil:
            if self.n_entries:
                memcpy(
                    self.all.columns.data() + self.first_entry, self.columns.data(),
                    self.n_entries * sizeof(int32_t),
                )
                memcpy(
                    self.all.values.data() + self.first_entry * n_bytes, self.values.data(),
                    self.n_entries * n_bytes,
                )
            for row in range(self.n_rows):
                ends[row] = <int64_t>self.first_entry + self.ends[row]


cdef class HashedRows:
    """Hashes the n-grams of rows of symbols, which may come block by block.

    Parameters
    ----------
    unit, min_n, max_n, n_threads
        As NgramCounts takes them.
    n_columns : int
        From 1 to 2**31 - 1.
    alternate_sign : bool
        Whether the hash decides about the sign of each occurrence.
    dtype : {int32, int64, float32, float64}
        Of the values.
    norm : {"l1", "l2"} or None
        Of each row, if values are floats.
    """

    cdef unique_ptr[NgramHasher] hasher
    cdef GrowingArray[int32_t] columns
    cdef GrowingArray[uint8_t] values
    cdef GrowingArray[int64_t] ends
    cdef Numbers numbers  # of no data
    cdef object dtype
    cdef object team
    cdef list stretches

    def __init__(
        self,
        *,
        str unit,
        size_t min_n,
        size_t max_n,
        Py_ssize_t n_columns,
        bint alternate_sign,
        dtype,
        norm=None,
        size_t n_threads=1,
    ):
        cdef Buckets buckets
        if min_n < 1:
            raise ValueError("min_n must be 1 at least.")
        buckets.count = _checked(n_columns)
        buckets.alternate_sign = alternate_sign
        self.hasher.reset(new NgramHasher(_unit(unit), min_n, max_n, buckets, _norm(norm)))
        self.dtype = _checked_dtype(dtype)
        self.numbers.is_float = self.dtype.kind == "f"
        self.numbers.n_bytes = self.dtype.itemsize
        self.team = Team(n_threads)
        self.stretches = []
        self.ends.push(0)

    def add_symbols(self, const uint8_t[::1] buffer not None, const int64_t[::1] offsets not None):
        """Add symbols in UTF-8, numbered from those before on."""
        cdef TokenBytes symbols = token_bytes(buffer, offsets)
        self.hasher.get().add(symbols, offsets.shape[0] - 1)

    def add(self, const int32_t[::1] ids not None, const int64_t[::1] offsets not None):
        """Hash more rows of symbols, a block at a time."""
        check_rows(ids, offsets, self.hasher.get().n_symbols())
        ends = np.asarray(offsets)
        n_rows, first = len(ends) - 1, 0
        # Room for every occurrence: what stays untouched costs no memory.
        room = self.hasher.get().n_entries(&ids[0], &offsets[0], n_rows)
        self.columns.reserve(room)
        self.values.reserve(room * self.numbers.n_bytes)
        while first < n_rows:
            last = int(np.searchsorted(ends, ends[first] + _BLOCK, side="right")) - 1
            last = min(max(last, first + 1), n_rows)
            self._add_block(ids, offsets[first : last + 1])
            first = last

    cdef _add_block(self, const int32_t[::1] ids, const int64_t[::1] offsets):
        cdef _Stretch stretch
        parts = stretches(np.asarray(offsets) - offsets[0], self.team.n_threads)
        if len(parts) == 1:
            self._add_alone(&ids[0], &offsets[0], offsets.shape[0] - 1)
            return
        while len(self.stretches) < len(parts):
            self.stretches.append(_Stretch())
        at_work = self.stretches[:len(parts)]
        for stretch, (first, last) in zip(at_work, parts):
            stretch.all = self
            stretch.ids = &ids[0]
            stretch.offsets = &offsets[<Py_ssize_t>first]
            stretch.n_rows = last - first
        self.team.call([stretch.hash for stretch in at_work])
        for stretch in at_work:
            stretch.first_entry = self.columns.size()
            stretch.first_row = self.ends.size()
            self.columns.reserve(stretch.n_entries)
            self.columns.add(stretch.n_entries)
            self.values.reserve(stretch.n_entries * self.numbers.n_bytes)
            self.values.add(stretch.n_entries * self.numbers.n_bytes)
            self.ends.reserve(stretch.n_rows)
            self.ends.add(stretch.n_rows)
        # Each thread has the page faults of its own part of a long result.
        self.team.call([stretch.write for stretch in at_work])
        for stretch in at_work:
            stretch.all = None

    cdef _add_alone(self, const int32_t* ids, const int64_t* offsets, size_t n_rows):
        """Hash rows straight to where they stay."""
        cdef Numbers numbers = self.numbers
        cdef int64_t* ends
        cdef int64_t begin = <int64_t>self.columns.size()
        cdef size_t room, row, n_entries
        with nogil:
            room = self.hasher.get().n_entries(ids, offsets, n_rows)
            self.columns.reserve(room)
            self.values.reserve(room * numbers.n_bytes)
            ends = self.ends.reserve(n_rows)
            numbers.data = self.values.data() + self.values.size()
            self.hasher.get().hash(
                ids, offsets, n_rows, self.columns.data() + begin, numbers, ends
            )
            n_entries = ends[n_rows - 1] if n_rows else 0
            for row in range(n_rows):
                ends[row] += begin
            self.columns.add(n_entries)
            self.values.add(n_entries * numbers.n_bytes)
            self.ends.add(n_rows)

    def finish(self):
        """Return the rows, once: the arrays take the memory.

        Returns
        -------
        data, indices, indptr : ndarray
            As scipy's csr_array takes them, sorted; int32 indices, int64 indptr. What cancels
            out stays, as a zero.
        """
        cdef cnp.npy_intp length = <cnp.npy_intp>self.columns.size()
        cdef int type_number = self.dtype.num
        cdef size_t n_bytes = self.values.size()
        data = owning(self.values.release(), n_bytes, 1, &length, type_number)
        return data, adopted(self.columns), adopted(self.ends)


def hash_rows(ids not None, offsets not None, buffer not None, symbol_offsets not None, **options):
    """Hash the n-grams of rows of symbols.

    Parameters
    ----------
    ids, offsets, buffer, symbol_offsets
        As NgramCounts takes them.
    **options
        As HashedRows takes them.

    Returns
    -------
    data, indices, indptr : ndarray
        As of ``HashedRows.finish``.
    """
    rows = HashedRows(**options)
    rows.add_symbols(buffer, symbol_offsets)
    rows.add(ids, offsets)
    return rows.finish()


def _checked_dtype(dtype):
    if np.dtype(dtype).type not in (np.int32, np.int64, np.float32, np.float64):
        raise ValueError(f"dtype must be int32, int64, float32 or float64, got {dtype}.")
    return np.dtype(dtype)


# Items of a block: enough that threads need not wait for each other often, and few enough that
# what they write first stays in a cache.
cdef int64_t _BLOCK = 1 << 20
