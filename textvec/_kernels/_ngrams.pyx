"""n-grams of rows of symbols: counted, named, put in order and written as a sparse matrix."""

from functools import partial

import numpy as np

from ._threads import in_stretches, in_threads, shares, stretches
from ._token_bytes import merge_tokens

cimport numpy as cnp
from libc.stdint cimport int32_t, int64_t, uint8_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.utility cimport move
from libcpp.vector cimport vector

from ._common cimport (
    Interner,
    Numbers,
    TokenBytes,
    check_ids,
    check_ids_or_none,
    check_rows,
    copied,
    numbers_of,
    token_bytes,
    unwritten,
)

cnp.import_array()


cdef extern from "token_order.hpp" namespace "textvec" nogil:
    void rank_tokens(TokenBytes, int64_t, vector[int32_t]&) except +


cdef extern from "counted_rows.hpp" namespace "textvec" nogil:
    cdef struct Layout "textvec::CountedRows::Layout":
        const int32_t* column_of_id
        cbool have_all_columns
        cbool by_column
        size_t n_keys
        size_t n_entries
        size_t n_all_entries

    cdef cppclass CountedRows:
        CountedRows() except +
        size_t n_rows()
        void renumber(const int32_t*, size_t, size_t)
        void add_frequencies(int64_t*, int64_t*)
        void count_columns(const int32_t*, int64_t*)
        void write(const Layout&, int32_t*, Numbers) except +


cdef extern from "ngrams.hpp" namespace "textvec" nogil:
    cdef cppclass NgramTrie:
        NgramTrie(size_t, size_t) except +
        size_t size()
        void expect(size_t) except +
        void expect_symbols(size_t) except +
        void finish()
        void mark_depth(size_t, uint8_t*) except +
        void name_sizes(const int32_t*, size_t, TokenBytes, cbool, int64_t*)
        void write_names(const int32_t*, size_t, TokenBytes, cbool, const int64_t*, uint8_t*)

    void count_ngrams(
        const int32_t*, const int64_t*, size_t, size_t, size_t, NgramTrie&, CountedRows&
    ) except +


cdef extern from "ngram_join.hpp" namespace "textvec" nogil:
    cdef cppclass NgramJoin:
        NgramJoin(NgramTrie&, const NgramTrie&, const int32_t*) except +
        void find(size_t, size_t)
        void number(cbool, vector[int32_t]&) except +


cdef extern from "ngram_order.hpp" namespace "textvec" nogil:
    cdef cppclass NgramOrder:
        NgramOrder(const NgramTrie&, const uint8_t*, const vector[int32_t]&) except +
        void starts(int64_t*)
        void write(size_t, size_t, int32_t*) except +


cdef extern from "spaced_words.hpp" namespace "textvec" nogil:
    cdef cppclass SpacedWords:
        SpacedWords(TokenBytes, size_t) except +
        const Interner& characters()


cdef extern from "pieces.hpp" namespace "textvec" nogil:
    cdef cppclass CountedPieces:
        CountedPieces(NgramTrie&, const SpacedWords&, size_t, size_t) except +
        const vector[int32_t]& node_of_id()

    void count_pieces(
        const CountedPieces&, const int32_t*, const int64_t*, size_t, CountedRows&
    ) except +


cdef class _Part:
    """Some of the rows: what one thread counts and writes."""

    cdef CountedRows rows
    cdef unique_ptr[NgramTrie] trie  # the part's own, unless it counts pieces
    cdef const CountedPieces* pieces
    cdef bint have_all_columns
    cdef Layout layout  # of the matrix
    cdef vector[int32_t] new_ids  # what its own ids are for all parts
    cdef const int32_t[::1] new_symbols  # and its own symbols, if the parts do not share them
    cdef const int32_t* symbols
    cdef const int64_t* offsets
    cdef size_t n_rows
    cdef size_t min_n
    cdef size_t max_n
    cdef size_t n_symbols
    cdef size_t n_pairs  # at about how many different ones
    cdef size_t n_nodes  # and nodes to make room for

    def count(self):
        with nogil:
            if self.pieces != NULL:
                count_pieces(self.pieces[0], self.symbols, self.offsets, self.n_rows, self.rows)
            else:
                if not self.trie:
                    self.trie.reset(new NgramTrie(self.n_symbols, self.n_pairs))
                    self.trie.get().expect(self.n_nodes)
                self.trie.get().expect_symbols(self.n_symbols)
                count_ngrams(
                    self.symbols, self.offsets, self.n_rows, self.min_n, self.max_n,
                    self.trie.get()[0], self.rows,
                )

    def count_blocks(self, blocks):
        """Count rows that come with the numbers of symbols known so far."""
        cdef const int32_t[::1] ids
        cdef const int64_t[::1] offsets
        for block in blocks:
            ids, offsets, self.n_symbols = block.ids, block.offsets, block.n_symbols
            check_rows(ids, offsets, self.n_symbols)
            self.symbols = &ids[0]
            self.offsets = &offsets[0]
            self.n_rows = offsets.shape[0] - 1
            self.n_pairs = _n_pairs(ids.shape[0], self.max_n)
            self.count()
        if not self.trie:
            self.trie.reset(new NgramTrie(0, 0))

    def renumber(self, size_t turn, size_t n_turns):
        with nogil:
            self.rows.renumber(self.new_ids.data(), turn, n_turns)

    def add_frequencies(self, int64_t[:, ::1] frequencies):
        with nogil:
            self.rows.add_frequencies(&frequencies[0, 0], &frequencies[1, 0])

    def count_columns(self, const int32_t[::1] columns, int64_t[::1] lengths):
        cdef const int32_t* column_of_id = NULL
        if not self.have_all_columns:
            column_of_id = &columns[0]
        with nogil:
            self.rows.count_columns(column_of_id, &lengths[0])

    def write(self, int32_t[::1] indices, cnp.ndarray counts):
        cdef Numbers numbers = numbers_of(counts)
        with nogil:
            self.rows.write(self.layout, &indices[0], numbers)


cdef class _Join:
    """The n-grams of a part, looked for among those of the parts before."""

    cdef unique_ptr[NgramJoin] join

    def find(self, size_t first, size_t last):
        with nogil:
            self.join.get().find(first, last)


cdef class _Order:
    """n-grams put in the order of their names, those below some symbols by each thread."""

    cdef unique_ptr[NgramOrder] order
    cdef const int64_t[::1] starts  # of the n-grams that begin with each symbol, by its rank
    cdef int32_t[::1] ordered

    def write(self, size_t first, size_t last):
        with nogil:
            self.order.get().write(first, last, &self.ordered[self.starts[first]])


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

    cdef unique_ptr[NgramTrie] trie
    cdef unique_ptr[CountedPieces] pieces
    cdef list parts  # None once they are written
    cdef size_t n_threads
    cdef object symbols  # (buffer, offsets)
    cdef bint joined
    cdef readonly Py_ssize_t n_rows
    cdef readonly Py_ssize_t n_ids
    cdef readonly object is_term

    def __init__(
        self,
        const int32_t[::1] ids not None,
        const int64_t[::1] offsets not None,
        buffer,
        symbol_offsets,
        *,
        str unit,
        size_t min_n,
        size_t max_n,
        size_t n_threads=1,
    ):
        cdef _Part part
        check_rows(ids, offsets, len(symbol_offsets) - 1)
        self.n_rows = offsets.shape[0] - 1
        self.joined = unit == "joined"
        self.symbols = (buffer, symbol_offsets)
        self.parts = []
        if unit == "inside":
            self._find_pieces(min_n, max_n)
        for first, last in stretches(np.asarray(offsets), n_threads):
            part = _Part()
            part.symbols = &ids[0]
            part.offsets = &offsets[first]
            part.n_rows = last - first
            part.min_n = min_n
            part.max_n = max_n
            part.n_symbols = len(symbol_offsets) - 1
            part.n_pairs = _n_pairs(offsets[last] - offsets[first], max_n)
            # The first takes up what the others find.
            part.n_nodes = part.n_pairs if first else _n_pairs(ids.shape[0], max_n)
            part.pieces = self.pieces.get()
            self.parts.append(part)
        self.n_threads = len(self.parts)
        in_threads([part.count for part in self.parts])
        if not self.pieces:
            self._join()
        self._list_terms(min_n)

    @classmethod
    def of_sources(cls, list sources not None, *, str unit, size_t min_n, size_t max_n):
        """Count the n-grams of rows that come block by block from sources, a thread each.

        Parameters
        ----------
        sources : list
            The rows of one follow those of the one before. Each has symbols of its own, and two
            methods: ``blocks()`` iterates over objects with rows as the constructor takes them,
            `ids` and `offsets`, and `n_symbols`, the number of symbols known so far;
            ``symbols()`` returns all of them after the last block, `buffer` and
            `symbol_offsets`.
        unit : {"joined", "adjacent"}
        min_n, max_n : int
            As the constructor takes them.
        """
        cdef NgramCounts counts = cls.__new__(cls)
        cdef _Part part
        if unit == "inside":
            raise ValueError("all symbols must be known before n-grams inside them are counted.")
        counts.joined = unit == "joined"
        counts.n_threads = len(sources)
        counts.parts = []
        for _ in sources:
            part = _Part()
            part.min_n = min_n
            part.max_n = max_n
            counts.parts.append(part)
        in_threads([
            partial((<_Part>part).count_blocks, source.blocks())
            for part, source in zip(counts.parts, sources)
        ])
        counts._merge_symbols([source.symbols() for source in sources])
        for part in counts.parts:
            counts.n_rows += part.rows.n_rows()
        counts._join()
        counts._list_terms(min_n)
        return counts

    cdef _merge_symbols(self, list symbols):
        cdef _Part part
        if len(symbols) == 1:
            self.symbols = symbols[0]
            return
        *self.symbols, new_symbols = merge_tokens(symbols)
        for part, new in zip(self.parts, new_symbols):
            part.new_symbols = new

    cdef _find_pieces(self, size_t min_n, size_t max_n):
        cdef const Interner* characters
        cdef unique_ptr[SpacedWords] words
        words.reset(new SpacedWords(self._symbols(), len(self.symbols[1]) - 1))
        characters = &words.get().characters()
        self.trie.reset(new NgramTrie(characters.size(), 0))
        with nogil:
            self.pieces.reset(new CountedPieces(self.trie.get()[0], words.get()[0], min_n, max_n))
        self.symbols = (copied(characters.bytes()), copied(characters.offsets()))

    cdef TokenBytes _symbols(self) except *:
        return token_bytes(self.symbols[0], self.symbols[1])

    cdef _join(self):
        """Number the n-grams of all parts as one thread would have done."""
        cdef _Part first = self.parts[0], part
        self.trie = move(first.trie)
        self.trie.get().expect_symbols(len(self.symbols[1]) - 1)
        others = self.parts[1:]
        for number, part in enumerate(others, 1):
            self._absorb(part, number == len(others))
        self.trie.get().finish()
        turns = range(self.n_threads)
        in_threads([partial(_renumber, others, turn, self.n_threads) for turn in turns])

    cdef _absorb(self, _Part part, bint is_last):
        cdef _Join job = _Join()
        cdef const int32_t* new_symbols = NULL
        if part.new_symbols is not None:
            new_symbols = &part.new_symbols[0]
        job.join.reset(new NgramJoin(self.trie.get()[0], part.trie.get()[0], new_symbols))
        in_stretches(job.find, shares(part.trie.get().size(), self.n_threads))
        with nogil:
            job.join.get().number(is_last, part.new_ids)
            part.trie.reset()

    cdef _list_terms(self, size_t min_n):
        if self.pieces:
            self.n_ids = self.pieces.get().node_of_id().size()
            self.is_term = np.ones(self.n_ids, dtype=bool)
            return
        self.n_ids = self.trie.get().size()
        is_term = np.ones(self.n_ids, dtype=np.uint8)
        if min_n > 1:
            self.trie.get().mark_depth(min_n, <uint8_t*>cnp.PyArray_DATA(is_term))
        self.is_term = is_term.view(bool)

    cdef list _unwritten(self):
        if self.parts is None:
            raise ValueError("the counts were written to a matrix, and are freed.")
        return self.parts

    def frequencies(self):
        """Count, for each id, the rows that hold it and its occurrences.

        Returns
        -------
        documents, occurrences : ndarray of shape (n_ids,), int64
        """
        parts = self._unwritten()
        frequencies = np.zeros((len(parts), 2, self.n_ids), dtype=np.int64)
        in_threads([
            partial((<_Part>part).add_frequencies, own) for part, own in zip(parts, frequencies)
        ])
        return frequencies[0] if len(parts) == 1 else frequencies.sum(axis=0)

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
        cdef TokenBytes symbols = self._symbols()
        cdef int64_t n_symbols = len(self.symbols[1]) - 1
        if keep.dtype != bool or keep.shape != (self.n_ids,):
            raise ValueError("keep must be an array of a bool for each id.")
        nodes = self._nodes()
        keep_nodes = np.zeros(self.trie.get().size(), dtype=np.uint8)
        keep_nodes[nodes] = keep
        ordered = np.empty(np.count_nonzero(keep), dtype=np.int32)
        starts = np.empty(n_symbols + 1, dtype=np.int64)
        cdef const uint8_t* keep_in = <const uint8_t*>cnp.PyArray_DATA(keep_nodes)
        cdef int64_t* starts_out = <int64_t*>cnp.PyArray_DATA(starts)
        with nogil:
            rank_tokens(symbols, n_symbols, symbol_rank)
            job.order.reset(new NgramOrder(self.trie.get()[0], keep_in, symbol_rank))
            job.order.get().starts(starts_out)
        job.starts, job.ordered = starts, ordered
        in_stretches(job.write, stretches(starts, self.n_threads))
        if not self.pieces:
            return ordered
        ids = np.empty(self.trie.get().size(), dtype=np.int32)
        ids[nodes] = np.arange(self.n_ids, dtype=np.int32)
        return ids[ordered]

    def positions(self, const int32_t[::1] ids not None):
        """Return the position of each id among others.

        Parameters
        ----------
        ids : ndarray of int32
            Different ones.

        Returns
        -------
        ndarray of shape (n_ids,), int32
            -1 for an id that is not among them.
        """
        positions = np.full(self.n_ids, -1, dtype=np.int32)
        cdef int32_t* position_of_id = <int32_t*>cnp.PyArray_DATA(positions)
        check_ids(&ids[0], ids.shape[0], self.n_ids)

        def number(int32_t first, int32_t last):
            cdef int32_t position
            with nogil:
                for position in range(first, last):
                    position_of_id[ids[position]] = position

        in_stretches(number, shares(len(ids), self.n_threads))
        return positions

    def names(self, const int32_t[::1] ids not None):
        """Return the names of n-grams.

        Returns
        -------
        buffer, offsets : ndarray
            Their UTF-8, as Vocabulary takes it.
        """
        cdef TokenBytes symbols = self._symbols()
        check_ids(&ids[0], ids.shape[0], self.n_ids)
        nodes = self._nodes()[ids] if self.pieces else np.asarray(ids)
        offsets = np.empty(len(nodes) + 1, dtype=np.int64)
        offsets[0] = 0
        cdef const int32_t* nodes_in = <const int32_t*>cnp.PyArray_DATA(nodes)
        cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(offsets) + 1

        def measure(size_t first, size_t last):
            with nogil:
                self.trie.get().name_sizes(
                    nodes_in + first, last - first, symbols, self.joined, ends + first
                )

        in_stretches(measure, shares(len(nodes), self.n_threads))
        np.cumsum(offsets, out=offsets)
        names = np.empty(offsets[len(nodes)], dtype=np.uint8)
        cdef uint8_t* out = <uint8_t*>cnp.PyArray_DATA(names)

        def write(size_t first, size_t last):
            with nogil:
                self.trie.get().write_names(
                    nodes_in + first, last - first, symbols, self.joined, ends + first, out
                )

        in_stretches(write, stretches(offsets, self.n_threads))
        return names, offsets

    def matrix(
        self, const int32_t[::1] columns not None, *, bint by_column, Py_ssize_t n_columns, dtype
    ):
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

        Raises
        ------
        ValueError
            If they are written already.
        """
        parts = self._unwritten()
        if columns.shape[0] != self.n_ids:
            raise ValueError(f"columns must be of {self.n_ids} ids, got {columns.shape[0]}.")
        check_ids_or_none(&columns[0], columns.shape[0], n_columns)
        indptr = self._row_starts(np.asarray(columns))
        dtype = np.dtype(dtype)
        native = dtype if dtype.type in _NATIVE else np.dtype(np.int32)
        indices = unwritten(indptr[self.n_rows], cnp.NPY_INT32, sizeof(int32_t))
        data = unwritten(indptr[self.n_rows], native.num, native.itemsize)
        self.parts = None
        cdef _Part part
        cdef Py_ssize_t row = 0, end
        jobs = []
        for part in parts:
            end = row + <Py_ssize_t>part.rows.n_rows()
            part.layout = Layout(
                column_of_id=&columns[0],
                have_all_columns=part.have_all_columns,
                by_column=by_column,
                n_keys=n_columns if by_column else self.n_ids,
                n_entries=indptr[end] - indptr[row],
                n_all_entries=indptr[self.n_rows],
            )
            jobs.append(partial(part.write, indices[indptr[row]:], data[indptr[row]:]))
            row = end
        in_threads(jobs)
        return data.astype(dtype, copy=False), indices, indptr

    cdef _row_starts(self, columns):
        """Return where the entries of each row begin in the matrix, and where the last ends."""
        indptr = np.zeros(self.n_rows + 1, dtype=np.int64)
        have_all = not len(columns) or bool(columns.min() >= 0)
        cdef _Part part
        jobs, row = [], 1
        for part in self.parts:
            part.have_all_columns = have_all
            jobs.append(partial(part.count_columns, columns, indptr[row:]))
            row += part.rows.n_rows()
        in_threads(jobs)
        return np.cumsum(indptr, out=indptr)

    cdef _nodes(self):
        """Return the node of each id."""
        if not self.pieces:
            return slice(None)
        return copied(self.pieces.get().node_of_id())


cdef size_t _n_pairs(size_t n_symbols, size_t max_n):
    """Guess: in a corpus of some million words every third or fourth pair is new."""
    return n_symbols * min(max_n - 1, <size_t>2) // 3


def _renumber(list parts, size_t turn, size_t n_turns):
    for part in parts:
        part.renumber(turn, n_turns)


_NATIVE = {np.int32, np.int64, np.float32, np.float64}
