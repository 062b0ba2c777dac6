# distutils: language = c++
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""n-grams of rows of symbols: counted, named, put in order and written as a sparse matrix."""

import numpy as np

from ._threads import in_threads, shares, stretches

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

cnp.import_array()


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass TokenBytes:
        const uint8_t* bytes
        const int64_t* offsets

    cdef cppclass Interner:
        size_t size()
        const vector[uint8_t]& bytes()
        const vector[int64_t]& offsets()
        TokenBytes tokens()


cdef extern from "token_order.hpp" namespace "textvec" nogil:
    void sort_tokens(TokenBytes, int64_t, int64_t*) except +


cdef extern from "counted_rows.hpp" namespace "textvec" nogil:
    cdef cppclass CountedRows:
        CountedRows() except +
        size_t n_rows()
        void renumber(const int32_t*, size_t, size_t)
        void add_frequencies(int64_t*, int64_t*)
        void count_columns(const int32_t*, int64_t*)
        void write[T](const int32_t*, cbool, size_t, int32_t*, T*) except +


cdef extern from "ngrams.hpp" namespace "textvec" nogil:
    cdef cppclass NgramTrie:
        NgramTrie(size_t, size_t) except +
        size_t size()
        void expect(size_t) except +
        void finish()
        void mark_depth(size_t, uint8_t*) except +
        void name_sizes(const int32_t*, size_t, TokenBytes, cbool, int64_t*)
        void write_names(const int32_t*, size_t, TokenBytes, cbool, const int64_t*, uint8_t*)

    void count_ngrams(
        const int32_t*, const int64_t*, size_t, size_t, size_t, NgramTrie&, CountedRows&
    ) except +


cdef extern from "ngram_join.hpp" namespace "textvec" nogil:
    cdef cppclass NgramJoin:
        NgramJoin(NgramTrie&, const NgramTrie&) except +
        void find(size_t, size_t)
        void number(cbool, vector[int32_t]&) except +


cdef extern from "ngram_order.hpp" namespace "textvec" nogil:
    cdef cppclass NgramOrder:
        NgramOrder(const NgramTrie&, const uint8_t*, const vector[int32_t]&) except +
        void starts(int64_t*)
        void write(size_t, size_t, int32_t*) except +


cdef extern from "pieces.hpp" namespace "textvec" nogil:
    cdef cppclass SpacedWords:
        SpacedWords(TokenBytes, size_t) except +
        const Interner& characters()

    cdef cppclass CountedPieces:
        CountedPieces(NgramTrie&, const SpacedWords&, size_t, size_t) except +
        const vector[int32_t]& node_of_id()

    void count_pieces(
        const CountedPieces&, const int32_t*, const int64_t*, size_t, CountedRows&
    ) except +


ctypedef fused count_t:
    int32_t
    int64_t
    float
    double


cdef class _Part:
    """Some of the rows: what one thread counts and writes."""

    cdef CountedRows* rows
    cdef NgramTrie* trie  # the part's own, unless it counts pieces
    cdef CountedPieces* pieces
    cdef vector[int32_t] new_ids  # what its own ids are for all parts
    cdef const int32_t* symbols
    cdef const int64_t* offsets
    cdef size_t n_rows
    cdef size_t min_n
    cdef size_t max_n
    cdef size_t n_symbols
    cdef size_t n_pairs  # at about how many different ones
    cdef size_t n_nodes  # and nodes to make room for

    def __cinit__(self):
        self.rows = new CountedRows()

    def __dealloc__(self):
        del self.rows
        del self.trie

    def count(self):
        with nogil:
            if self.pieces != NULL:
                count_pieces(self.pieces[0], self.symbols, self.offsets, self.n_rows, self.rows[0])
            else:
                self.trie = new NgramTrie(self.n_symbols, self.n_pairs)
                self.trie.expect(self.n_nodes)
                count_ngrams(
                    self.symbols, self.offsets, self.n_rows, self.min_n, self.max_n,
                    self.trie[0], self.rows[0],
                )


cdef class _Join:
    """What the threads do that put a part's n-grams to those of the parts before."""

    cdef NgramJoin* join

    def __dealloc__(self):
        del self.join

    def find(self, tuple stretch):
        cdef size_t first = stretch[0], last = stretch[1]
        with nogil:
            self.join.find(first, last)


cdef class _Order:
    """What the threads do that put n-grams in order."""

    cdef NgramOrder* order
    cdef const int64_t[::1] starts  # of the n-grams that begin with each symbol, by its rank
    cdef int32_t[::1] ordered

    def __dealloc__(self):
        del self.order

    def write(self, tuple stretch):
        cdef size_t first = stretch[0], last = stretch[1]
        if self.starts[first] < self.starts[last]:
            with nogil:
                self.order.write(first, last, &self.ordered[self.starts[first]])


cdef _array(const void* data, size_t count, int typenum):
    cdef cnp.npy_intp length = <cnp.npy_intp>count
    cdef cnp.ndarray view
    if count == 0:
        return np.empty(0, dtype=cnp.PyArray_DescrFromType(typenum))
    view = cnp.PyArray_SimpleNewFromData(1, &length, typenum, <void*>data)
    return view.copy()


cdef class NgramCounts:
    """The n-grams of rows of symbols, and how often each row holds each.

    An n-gram has an id, by first appearance: row by row, and there by rising n.

    Parameters
    ----------
    ids : ndarray of shape (n_items,), int32
        Symbols.
    offsets : ndarray of shape (n_rows + 1,), int64
    buffer, symbol_offsets : ndarray
        The symbols in UTF-8.
    unit : {"joined", "adjacent", "inside"}
        What an n-gram is: symbols joined by a space, or by nothing; or characters inside
        each symbol, which has a space at either end (scikit-learn's "char_wb").
    min_n, max_n : int
        Least and greatest n.
    n_threads : int
        The result does not depend on it.

    Attributes
    ----------
    n_rows, n_ids : int
    is_term : ndarray of shape (n_ids,), bool
        False where n is too small: a part of n-grams, but none itself.
    """

    cdef NgramTrie* trie
    cdef CountedPieces* pieces
    cdef list parts
    cdef object symbols  # (buffer, offsets)
    cdef bint joined
    cdef readonly Py_ssize_t n_rows
    cdef readonly Py_ssize_t n_ids
    cdef readonly object is_term

    def __init__(
        self,
        const int32_t[::1] ids,
        const int64_t[::1] offsets,
        buffer,
        symbol_offsets,
        *,
        str unit,
        size_t min_n,
        size_t max_n,
        size_t n_threads=1,
    ):
        cdef _Part part
        self.n_rows = offsets.shape[0] - 1
        self.joined = unit == "joined"
        self.symbols = (buffer, symbol_offsets)
        self.parts = []
        if unit == "inside":
            self._find_pieces(min_n, max_n)
        for first, last in stretches(np.asarray(offsets), n_threads):
            part = _Part()
            part.symbols = &ids[0] if ids.shape[0] else NULL
            part.offsets = &offsets[first]
            part.n_rows = last - first
            part.min_n = min_n
            part.max_n = max_n
            part.n_symbols = len(symbol_offsets) - 1
            part.n_pairs = _n_pairs(offsets[last] - offsets[first], max_n)
            # The first takes up what the others find.
            part.n_nodes = part.n_pairs if first else _n_pairs(ids.shape[0], max_n)
            part.pieces = self.pieces
            self.parts.append(part)
        in_threads(_Part.count, self.parts)
        if self.pieces == NULL:
            self._join()
        self._list_terms(min_n)

    def __dealloc__(self):
        del self.pieces
        del self.trie

    cdef _find_pieces(self, size_t min_n, size_t max_n):
        cdef const uint8_t[::1] buffer = self.symbols[0]
        cdef const int64_t[::1] offsets = self.symbols[1]
        cdef SpacedWords* words = new SpacedWords(_view(buffer, offsets), offsets.shape[0] - 1)
        cdef const Interner* characters
        try:
            characters = &words.characters()
            self.trie = new NgramTrie(characters.size(), 0)
            with nogil:
                self.pieces = new CountedPieces(self.trie[0], words[0], min_n, max_n)
            self.symbols = (
                _array(characters.bytes().data(), characters.bytes().size(), cnp.NPY_UINT8),
                _array(characters.offsets().data(), characters.offsets().size(), cnp.NPY_INT64),
            )
        finally:
            del words

    cdef _join(self):
        """Number the n-grams of all parts as one thread would have done."""
        cdef _Part first = self.parts[0], part
        self.trie = first.trie
        first.trie = NULL
        for number, part in enumerate(self.parts[1:], 2):
            self._absorb(part, number == len(self.parts))
        self.trie.finish()
        turns = len(self.parts)
        in_threads(_renumber, [(turn, turns, self.parts[1:]) for turn in range(turns)])

    cdef _absorb(self, _Part part, bint is_last):
        cdef _Join job = _Join()
        job.join = new NgramJoin(self.trie[0], part.trie[0])
        in_threads(job.find, shares(part.trie.size(), len(self.parts)))
        with nogil:
            job.join.number(is_last, part.new_ids)
            del part.trie
            part.trie = NULL

    cdef _list_terms(self, size_t min_n):
        if self.pieces != NULL:
            self.n_ids = self.pieces.node_of_id().size()
            self.is_term = np.ones(self.n_ids, dtype=bool)
            return
        self.n_ids = self.trie.size()
        is_term = np.ones(self.n_ids, dtype=np.uint8)
        if min_n > 1:
            self.trie.mark_depth(min_n, <uint8_t*>cnp.PyArray_DATA(is_term))
        self.is_term = is_term.view(bool)

    def frequencies(self):
        """Count, for each id, the rows that hold it and its occurrences.

        Returns
        -------
        documents, occurrences : ndarray of shape (n_ids,), int64
        """
        frequencies = np.zeros((len(self.parts), 2, self.n_ids), dtype=np.int64)
        in_threads(_add_frequencies, list(zip(self.parts, frequencies)))
        return frequencies[0] if len(self.parts) == 1 else frequencies.sum(axis=0)

    def sort(self, keep):
        """Put n-grams in the order of their names.

        Parameters
        ----------
        keep : ndarray of shape (n_ids,), bool
            Which ids take part.

        Returns
        -------
        ndarray of int32
            The ids that take part, least name first.
        """
        cdef vector[int32_t] symbol_rank
        cdef _Order job = _Order()
        nodes = self._nodes()
        keep_nodes = np.zeros(self.trie.size(), dtype=np.uint8)
        keep_nodes[nodes] = keep
        ordered = np.empty(np.count_nonzero(keep), dtype=np.int32)
        cdef const uint8_t* keep_in = <uint8_t*>cnp.PyArray_DATA(keep_nodes)
        self._rank_symbols(symbol_rank)
        starts = np.empty(symbol_rank.size() + 1, dtype=np.int64)
        cdef int64_t* starts_out = <int64_t*>cnp.PyArray_DATA(starts)
        with nogil:
            job.order = new NgramOrder(self.trie[0], keep_in, symbol_rank)
            job.order.starts(starts_out)
        job.starts, job.ordered = starts, ordered
        in_threads(job.write, stretches(starts, len(self.parts)))
        if self.pieces == NULL:
            return ordered
        ids = np.empty(self.trie.size(), dtype=np.int32)
        ids[nodes] = np.arange(self.n_ids, dtype=np.int32)
        return ids[ordered]

    cdef _rank_symbols(self, vector[int32_t]& rank):
        cdef const uint8_t[::1] buffer = self.symbols[0]
        cdef const int64_t[::1] offsets = self.symbols[1]
        cdef int64_t n_symbols = offsets.shape[0] - 1, i
        cdef TokenBytes symbols = _view(buffer, offsets)
        cdef vector[int64_t] order
        with nogil:
            order.resize(n_symbols)
            rank.resize(n_symbols)
            sort_tokens(symbols, n_symbols, order.data())
            for i in range(n_symbols):
                rank[order[i]] = <int32_t>i

    def places(self, const int32_t[::1] ids):
        """Give the place of each id among others.

        Parameters
        ----------
        ids : ndarray of int32
            Different ones.

        Returns
        -------
        ndarray of shape (n_ids,), int32
            -1 for an id that is not among them.
        """
        places = np.full(self.n_ids, -1, dtype=np.int32)
        cdef int32_t* place_of_id = <int32_t*>cnp.PyArray_DATA(places)

        def number(stretch):
            cdef int32_t place, first = stretch[0], last = stretch[1]
            with nogil:
                for place in range(first, last):
                    place_of_id[ids[place]] = place

        in_threads(number, shares(len(ids), len(self.parts)))
        return places

    def names(self, const int32_t[::1] ids):
        """Give the names of n-grams.

        Returns
        -------
        buffer, offsets : ndarray
            Their UTF-8, as Vocabulary takes it.
        """
        cdef const uint8_t[::1] buffer = self.symbols[0]
        cdef const int64_t[::1] symbol_offsets = self.symbols[1]
        cdef TokenBytes symbols = _view(buffer, symbol_offsets)
        nodes = np.asarray(ids) if self.pieces == NULL else self._nodes()[ids]
        offsets = np.empty(len(nodes) + 1, dtype=np.int64)
        offsets[0] = 0
        cdef const int32_t* nodes_in = <int32_t*>cnp.PyArray_DATA(nodes)
        cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(offsets) + 1

        def measure(stretch):
            cdef size_t first = stretch[0], last = stretch[1]
            with nogil:
                self.trie.name_sizes(
                    nodes_in + first, last - first, symbols, self.joined, ends + first
                )

        in_threads(measure, shares(len(nodes), len(self.parts)))
        np.cumsum(offsets, out=offsets)
        names = np.empty(offsets[len(nodes)], dtype=np.uint8)
        cdef uint8_t* out = <uint8_t*>cnp.PyArray_DATA(names)

        def write(stretch):
            cdef size_t first = stretch[0], last = stretch[1]
            with nogil:
                self.trie.write_names(
                    nodes_in + first, last - first, symbols, self.joined, ends + first, out
                )

        in_threads(write, stretches(offsets, len(self.parts)))
        return names, offsets

    def matrix(self, columns, *, bint by_column, Py_ssize_t n_columns, dtype):
        """Write the counts as a sparse matrix, once: they are freed meanwhile.

        Parameters
        ----------
        columns : ndarray of shape (n_ids,), int32
            The column of each id, -1 for one to leave out; no two of the same.
        by_column : bool
            Whether each row goes in the order of its columns, or of its ids.
        n_columns : int
        dtype : dtype
            Of the counts.

        Returns
        -------
        data, indices, indptr : ndarray
            As scipy's csr_array takes them; int32 indices, int64 indptr.
        """
        cdef size_t n_keys = n_columns if by_column else self.n_ids
        indptr = self._row_starts(columns)
        nnz = int(indptr[self.n_rows])
        dtype = np.dtype(dtype)
        native = dtype if dtype.type in _NATIVE else np.dtype(np.int32)
        data = np.empty(nnz, dtype=native)
        indices = np.empty(nnz, dtype=np.int32)
        jobs, row = [], 0
        for part in self.parts:
            start = indptr[row]
            jobs.append((part, columns, by_column, n_keys, indices[start:], data[start:]))
            row += (<_Part>part).rows.n_rows()
        in_threads(_write, jobs)
        return data.astype(dtype, copy=False), indices, indptr

    cdef _nodes(self):
        """Give the node of each id."""
        if self.pieces == NULL:
            return slice(None)
        cdef const vector[int32_t]* nodes = &self.pieces.node_of_id()
        return _array(nodes.data(), nodes.size(), cnp.NPY_INT32)

    cdef _row_starts(self, columns):
        starts = np.zeros(self.n_rows + 1, dtype=np.int64)
        jobs, row = [], 1
        for part in self.parts:
            jobs.append((part, columns, starts[row:]))
            row += (<_Part>part).rows.n_rows()
        in_threads(_count_columns, jobs)
        np.cumsum(starts, out=starts)
        return starts


cdef size_t _n_pairs(size_t n_symbols, size_t max_n):
    """Guess: in a corpus of some million words every third or fourth pair is new."""
    return n_symbols * min(max_n - 1, <size_t>2) // 3


_NATIVE = {np.int32, np.int64, np.float32, np.float64}


cdef inline TokenBytes _view(const uint8_t[::1] buffer, const int64_t[::1] offsets) noexcept:
    cdef TokenBytes tokens
    # An array without elements has no first one to point at; nothing is then read.
    tokens.bytes = &buffer[0] if buffer.shape[0] else NULL
    tokens.offsets = &offsets[0]
    return tokens


cdef _write_as(
    _Part part, const int32_t* columns, bint by_column, size_t n_keys, int32_t* indices,
    count_t* data
):
    with nogil:
        part.rows.write(columns, by_column, n_keys, indices, data)


def _add_frequencies(tuple job):
    cdef _Part part = job[0]
    cdef int64_t* documents = <int64_t*>cnp.PyArray_DATA(job[1][0])
    cdef int64_t* occurrences = <int64_t*>cnp.PyArray_DATA(job[1][1])
    with nogil:
        part.rows.add_frequencies(documents, occurrences)


def _renumber(tuple job):
    cdef _Part part
    cdef size_t turn = job[0], turns = job[1]
    for part in job[2]:
        with nogil:
            part.rows.renumber(part.new_ids.data(), turn, turns)


def _count_columns(tuple job):
    cdef _Part part = job[0]
    cdef const int32_t* columns = <int32_t*>cnp.PyArray_DATA(job[1])
    cdef int64_t* lengths = <int64_t*>cnp.PyArray_DATA(job[2])
    with nogil:
        part.rows.count_columns(columns, lengths)


def _write(tuple job):
    cdef _Part part = job[0]
    cdef const int32_t* columns = <int32_t*>cnp.PyArray_DATA(job[1])
    cdef bint by_column = job[2]
    cdef size_t n_keys = job[3]
    cdef int32_t* indices = <int32_t*>cnp.PyArray_DATA(job[4])
    cdef void* data = cnp.PyArray_DATA(job[5])
    cdef int kind = cnp.PyArray_TYPE(job[5])
    if kind == cnp.NPY_INT32:
        _write_as(part, columns, by_column, n_keys, indices, <int32_t*>data)
    elif kind == cnp.NPY_FLOAT:
        _write_as(part, columns, by_column, n_keys, indices, <float*>data)
    elif kind == cnp.NPY_DOUBLE:
        _write_as(part, columns, by_column, n_keys, indices, <double*>data)
    else:
        _write_as(part, columns, by_column, n_keys, indices, <int64_t*>data)
