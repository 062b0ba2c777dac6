"""Documents to ids of tokens, without a Python string per token."""

import unicodedata
from threading import Lock

import numpy as np

from ._threads import CHARACTERS_PER_ITEM, Team, stretches

cimport cython
cimport numpy as cnp
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from ._common cimport (
    GrowingArray,
    IdTable,
    Interner,
    StrView,
    TokenBytes,
    Utf8View,
    adopted,
    check_rows,
    copied,
    copied_array,
    token_bytes,
    utf8_of,
    view_str,
)
from ._token_bytes cimport TokenIndex

cnp.import_array()


cdef extern from "characters.hpp" namespace "textvec" nogil:
    const uint8_t kAlnum
    const uint8_t kUnderscore
    const uint8_t kMark
    const uint8_t kSpace
    const uint8_t kSeparator
    const uint8_t kApostrophe
    const uint8_t kAsciiSpace
    const uint8_t kAsciiPunctuation
    const size_t kCodePoints

    cdef cppclass Characters:
        Characters() except +
        cbool is_full()
        void fill() except +
        void add_mark(uint32_t)
        void finish()
        uint8_t classes(uint32_t)
        uint32_t lower(uint32_t)

    cbool has_special_case[Char](const Char*, size_t)


cdef extern from "scanner.hpp" namespace "textvec" nogil:
    cdef cppclass ScanPlan:
        uint8_t classes
        cbool inverted
        cbool join_apostrophes
        cbool drop_single
        uint8_t dropped
        size_t width
        size_t stride
        cbool lowercase
        cbool lower_ascii_only
        void prepare(const Characters&)

    cdef cppclass ScannedRows:
        ScannedRows() except +
        GrowingArray[int32_t] ids
        GrowingArray[int32_t] spans
        GrowingArray[int64_t] offsets

    cdef cppclass CScanner "textvec::Scanner":
        CScanner(
            const ScanPlan&, const Characters&, cbool, const Interner*, Interner&, ScannedRows&
        ) except +
        void scan(const StrView*, size_t) except +

    cdef cppclass ScannedStretch:
        ScannedStretch(const ScanPlan&, const Characters&, cbool, const Interner&) except +
        void scan(const StrView*, size_t) except +
        void join(Interner&, ScannedRows&) except +
        void write(ScannedRows&)

    cdef cppclass DocumentReader:
        DocumentReader(const ScanPlan&, const Characters&) except +
        size_t read(const StrView&, const IdTable&, TokenBytes) except +
        void write(int32_t, int32_t, int32_t*)


cdef extern from "token_lists.hpp" namespace "textvec" nogil:
    cdef cppclass TokenRows:
        TokenRows()
        GrowingArray[int32_t] ids
        GrowingArray[int64_t] offsets
        vector[uint8_t] bytes
        vector[int64_t] token_offsets
        GrowingArray[int32_t] spans

    void c_drop_tokens "textvec::drop_tokens"(
        const int32_t*, const int64_t*, size_t, TokenBytes, const int32_t*, size_t, const int32_t*,
        TokenRows&
    ) except +


cdef Characters _characters
_filling = Lock()

cdef size_t _MAX_SPAN = 2**31 - 1

# Characters of a document that is read in memory which is kept: little, as few tokens are distinct.
cdef size_t _SHORT = 512

# The characters of tokens, or of what is between them, and how their runs are cut.
_RULES = {
    None: {},
    "words": {"classes": kAlnum | kMark, "join_apostrophes": True},
    "sklearn": {"classes": kAlnum | kUnderscore, "drop_single": True},
    r"\w+": {"classes": kAlnum | kUnderscore},
    "keras": {"classes": kSeparator, "inverted": True},
    "keras_v3": {
        "classes": kAsciiSpace, "inverted": True, "dropped": kAsciiPunctuation,
        "lower_ascii_only": True,
    },
    "whitespace": {"classes": kSpace, "inverted": True},
}


cdef _fill_characters():
    """Complete the tables, once, for the first document beyond Latin-1."""
    with _filling:
        if _characters.is_full():
            return
        _characters.fill()
        category = unicodedata.category
        for plane in (0x0, 0x10000, 0xE0000):  # no other plane has marks
            for code in range(plane, plane + 0x10000):
                if category(chr(code))[0] == "M":
                    _characters.add_mark(code)
        _characters.finish()


cdef inline cbool _is_special(StrView text) noexcept:
    if text.kind == 2:
        return has_special_case[uint16_t](<const uint16_t*>text.data, text.size)
    return has_special_case[uint32_t](<const uint32_t*>text.data, text.size)


cdef inline _scannable(document, const ScanPlan& plan):
    """Return a document, lower-cased where a table cannot do it."""
    cdef StrView text = view_str(<PyObject*>document)
    if text.kind == 1:
        return document
    if not _characters.is_full():
        _fill_characters()
    if plan.lowercase and not plan.lower_ascii_only and _is_special(text):
        return document.lower()
    return document


cdef class _Stretch:
    """A stretch of a block of documents, and what the thread that reads it needs."""

    cdef unique_ptr[ScannedStretch] scanned
    cdef const StrView* texts
    cdef size_t count
    cdef ScannedRows* rows  # of the reading, to which this stretch adds its own

    def scan(self):
        with nogil:
            self.scanned.get().scan(self.texts, self.count)

    def write(self):
        with nogil:
            self.scanned.get().write(self.rows[0])


cdef _row_of(DocumentReader* reader, size_t n_tokens, int32_t first_id, int32_t unknown):
    """Return the ids of the document that was read, and the offsets of its one row."""
    cdef cnp.npy_intp size = n_tokens, two = 2
    cdef cnp.ndarray ids = cnp.PyArray_EMPTY(1, &size, cnp.NPY_INT32, 0)
    cdef cnp.ndarray offsets = cnp.PyArray_EMPTY(1, &two, cnp.NPY_INT64, 0)
    reader.write(first_id, unknown, <int32_t*>cnp.PyArray_DATA(ids))
    (<int64_t*>cnp.PyArray_DATA(offsets))[0] = 0
    (<int64_t*>cnp.PyArray_DATA(offsets))[1] = size
    cnp.PyArray_CLEARFLAGS(ids, cnp.NPY_ARRAY_WRITEABLE)
    cnp.PyArray_CLEARFLAGS(offsets, cnp.NPY_ARRAY_WRITEABLE)
    return ids, offsets


cdef class Scanner:
    """Reads documents by one rule, which is prepared once and then costs nothing.

    Parameters
    ----------
    rule : {"words", "sklearn", "keras", "keras_v3", "whitespace", r"\\w+"} or None
        What a token is, as in WordTokenizer, or a match of the expression.
    lowercase : bool
        Whether tokens are those of ``document.lower()``.
    width, stride : int
        Without a rule: tokens are `width` characters, one every `stride` characters.
    """

    cdef ScanPlan plan
    cdef unique_ptr[DocumentReader] short_reader  # used only by who holds the GIL, or this object

    def __init__(self, rule, *, bint lowercase, size_t width=0, size_t stride=1):
        if rule not in _RULES or (rule is None) != (width > 0) or stride < 1:
            raise ValueError(f"no tokens are of rule {rule!r}, width {width} and stride {stride}.")
        settings = _RULES[rule]
        self.plan.classes = settings.get("classes", 0)
        self.plan.inverted = settings.get("inverted", False)
        self.plan.join_apostrophes = settings.get("join_apostrophes", False)
        self.plan.drop_single = settings.get("drop_single", False)
        self.plan.dropped = settings.get("dropped", 0)
        self.plan.lower_ascii_only = settings.get("lower_ascii_only", False)
        self.plan.width = width
        self.plan.stride = stride
        self.plan.lowercase = lowercase
        self.plan.prepare(_characters)

    def scan(self, list documents not None, *, bint spans=False, size_t n_threads=1):
        """Return the tokens of documents.

        Parameters
        ----------
        documents : list of str
        spans : bool
            Whether to return the spans of the tokens.
        n_threads : int
            Threads to read with; the result does not depend on it.

        Returns
        -------
        ids : ndarray of shape (n_tokens,), int32
            Tokens are numbered by first appearance.
        offsets : ndarray of shape (n_documents + 1,), int64
        buffer, token_offsets : ndarray
            The distinct tokens in UTF-8.
        spans : ndarray of shape (n_tokens, 2), int32, or None
            In the lower-cased document, if `lowercase`.
        """
        reading = self.reading(spans=spans, n_threads=n_threads)
        reading.read(documents)
        return reading.finish()

    def ids_of(
        self, str document not None, TokenIndex known not None, int32_t first_id, int32_t unknown
    ):
        """Return the row of one document: its tokens' ids among known ones.

        Parameters
        ----------
        document : str
        known : TokenIndex
        first_id : int
            Id of the first known token.
        unknown : int
            Id of any token that is not known.

        Returns
        -------
        ids : ndarray of shape (n_tokens,), int32
        offsets : ndarray of shape (2,), int64
            Both are read-only.
        """
        cdef unique_ptr[DocumentReader] own
        document = _scannable(document, self.plan)
        cdef StrView text = view_str(<PyObject*>document)
        cdef size_t n_tokens
        if text.size > _SHORT:
            own.reset(new DocumentReader(self.plan, _characters))
            with nogil:
                n_tokens = own.get().read(text, known.table, known.tokens)
            return _row_of(own.get(), n_tokens, first_id, unknown)
        with cython.critical_section(self):
            if not self.short_reader:
                self.short_reader.reset(new DocumentReader(self.plan, _characters))
            n_tokens = self.short_reader.get().read(text, known.table, known.tokens)
            return _row_of(self.short_reader.get(), n_tokens, first_id, unknown)

    def reading(self, *, bint spans=False, size_t n_threads=1):
        """Return a reading of documents that come in several lists."""
        cdef Reading reading = Reading()
        reading.scanner = self
        reading.with_spans = spans
        reading.n_threads = n_threads
        return reading


cdef class Reading:
    """Reads documents list by list, with one numbering of their tokens.

    Lists are read in blocks: what a block needs is little, and used again by the next one.
    """

    cdef Scanner scanner
    cdef bint with_spans
    cdef size_t n_threads
    cdef size_t n_read  # documents
    cdef unique_ptr[Interner] tokens
    cdef ScannedRows rows
    cdef unique_ptr[CScanner] alone  # reads where one thread does
    cdef list stretches  # read by several threads
    cdef object team
    cdef vector[StrView] texts  # of a block
    cdef vector[int64_t] starts

    def read(self, list documents not None):
        """Read more documents, a list of str."""
        cdef Py_ssize_t first = 0, last, count = len(documents)
        cdef list held
        while first < count:
            last = _end_of_block(documents, first)
            held = documents[first:last]  # the strings must live while the GIL is released
            self._view(held)
            if not self.tokens:
                self._prepare(count - first)
            self._read_block()
            first = last
            self.n_read += len(held)

    def take(self):
        """Return the rows read since the last call, and forget them; the tokens stay.

        Returns
        -------
        ids, offsets, spans : ndarray
            As ``Scanner.scan`` returns them.
        """
        result = (
            copied_array(self.rows.ids),
            copied_array(self.rows.offsets),
            copied_array(self.rows.spans).reshape(-1, 2) if self.with_spans else None,
        )
        # The next rows find memory that has been touched: new pages cost more than the copy.
        self.rows.ids.clear()
        self.rows.spans.clear()
        self.rows.offsets.clear()
        self.rows.offsets.push(0)
        return result

    @property
    def n_distinct(self):
        """Number of distinct tokens found so far."""
        return self.tokens.get().size() if self.tokens else 0

    def distinct(self, Py_ssize_t first=0):
        """Return the distinct tokens found so far, or those from one on, in UTF-8.

        Returns
        -------
        buffer, token_offsets : ndarray
        """
        cdef Py_ssize_t count = self.n_distinct - first
        cdef const int64_t* offsets
        cdef int64_t begin
        if not 0 <= first <= self.n_distinct:
            raise ValueError(f"there are {self.n_distinct} tokens, got first={first}.")
        if not self.tokens:
            return np.empty(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
        if first == 0:
            return copied(self.tokens.get().bytes()), copied(self.tokens.get().offsets())
        offsets = self.tokens.get().offsets().data() + first
        begin = offsets[0]
        buffer = np.empty(offsets[count] - begin, dtype=np.uint8)
        token_offsets = np.empty(count + 1, dtype=np.int64)
        if offsets[count] != begin:  # memcpy must not get a null pointer, as that of no bytes may be
            memcpy(
                cnp.PyArray_DATA(buffer), self.tokens.get().bytes().data() + begin,
                offsets[count] - begin,
            )
        memcpy(cnp.PyArray_DATA(token_offsets), offsets, (count + 1) * sizeof(int64_t))
        token_offsets -= begin
        return buffer, token_offsets

    def finish(self):
        """Return what ``Scanner.scan`` does of all documents, or those since ``take``."""
        ids, offsets = adopted(self.rows.ids), adopted(self.rows.offsets)
        spans = adopted(self.rows.spans).reshape(-1, 2) if self.with_spans else None
        self.rows.offsets.push(0)
        return ids, offsets, *self.distinct(), spans

    cdef _prepare(self, Py_ssize_t n_documents):
        """Make room for what the first block lets expect of a list of documents."""
        cdef size_t n_characters = self.starts.back()
        self.tokens.reset(new Interner(min(n_characters // 8, <size_t>1 << 16)))
        self.alone.reset(
            new CScanner(
                self.scanner.plan, _characters, self.with_spans, NULL, self.tokens.get()[0],
                self.rows,
            )
        )
        n_characters = <size_t>(n_characters / <double>self.texts.size() * n_documents)
        self.rows.ids.reserve(n_characters // 5)  # about one a word, so that they need not move

    cdef _read_block(self):
        cdef _Stretch stretch
        cdef CScanner* alone = self.alone.get()
        if self.n_threads == 1:  # the way of a single document, where microseconds count
            with nogil:
                alone.scan(self.texts.data(), self.texts.size())
            return
        parts = stretches(copied(self.starts), self.n_threads, per_item=CHARACTERS_PER_ITEM)
        if len(parts) == 1:
            with nogil:
                alone.scan(self.texts.data(), self.texts.size())
            return
        self._form_team()
        at_work = self.stretches[:len(parts)]
        for stretch, (first, last) in zip(at_work, parts):
            stretch.texts = self.texts.data() + <size_t>first
            stretch.count = last - first
        self.team.call([stretch.scan for stretch in at_work])
        for stretch in at_work:
            with nogil:
                stretch.scanned.get().join(self.tokens.get()[0], self.rows)
        self.team.call([stretch.write for stretch in at_work])

    cdef _form_team(self):
        cdef _Stretch stretch
        if self.team is None:
            self.team = Team(self.n_threads)
            self.stretches = []
            for _ in range(self.n_threads):
                stretch = _Stretch()
                stretch.rows = &self.rows
                stretch.scanned.reset(
                    new ScannedStretch(
                        self.scanner.plan, _characters, self.with_spans, self.tokens.get()[0]
                    )
                )
                self.stretches.append(stretch)

    cdef _view(self, list documents):
        """View the documents, lower-cased where a table cannot do it, and where each begins."""
        cdef Py_ssize_t count = len(documents), i
        cdef StrView text
        self.texts.clear()
        self.texts.reserve(count)
        self.starts.clear()
        self.starts.push_back(0)
        for i in range(count):
            document = documents[i]
            if not isinstance(document, str):  # without a GIL, even after all were checked
                raise RuntimeError("the documents were changed while they were read.")
            documents[i] = document = _scannable(document, self.scanner.plan)
            text = view_str(<PyObject*>document)
            if self.with_spans and text.size > _MAX_SPAN:
                raise ValueError(
                    f"spans are int32, and the document of row {self.n_read + i} has {text.size} "
                    "characters"
                )
            self.starts.push_back(self.starts.back() + <int64_t>text.size)
            self.texts.push_back(text)


# Characters of a block: enough that threads need not wait for each other often, and few enough
# that its ids stay in a cache.
cdef size_t _BLOCK = 1 << 23


cdef Py_ssize_t _end_of_block(list documents, Py_ssize_t first) except -1:
    """Return where the block of documents that begins here ends."""
    cdef Py_ssize_t i
    cdef size_t n_characters = 0
    for i in range(first, len(documents)):
        document = documents[i]
        if not isinstance(document, str):
            raise TypeError(f"documents must be str, got {type(document)} in row {i}")
        n_characters += len(<str>document)
        if n_characters >= _BLOCK:
            return i + 1
    return len(documents)


cdef _arrays(
    GrowingArray[int32_t]& ids,
    GrowingArray[int64_t]& offsets,
    const vector[uint8_t]& bytes,
    const vector[int64_t]& token_offsets,
    GrowingArray[int32_t]* spans,
):
    return (
        adopted(ids),
        adopted(offsets),
        copied(bytes),
        copied(token_offsets),
        None if spans == NULL else adopted(spans[0]).reshape(-1, 2),
    )


cdef class TokenBuilder:
    """Interns tokens that already are Python strings, row by row."""

    cdef Interner interner
    cdef GrowingArray[int32_t] ids
    cdef GrowingArray[int64_t] offsets
    cdef GrowingArray[int32_t] spans
    cdef vector[uint8_t] scratch

    def __cinit__(self):
        self.offsets.push(0)

    def add(self, list tokens not None, list spans=None):
        """Add a row: a list of str, and a list of their spans as pairs."""
        cdef Utf8View text
        cdef int32_t start, stop
        self._check_unfinished()
        for token in tokens:
            if not isinstance(token, str):
                raise TypeError(f"tokens must be str, got {type(token).__name__}: {token!r}")
            text = utf8_of(<PyObject*>token, self.scratch)
            self.ids.push(self.interner.intern(text.data, text.size))
        self.offsets.push(<int64_t>self.ids.size())
        if spans is not None:
            for start, stop in spans:
                self.spans.push(start)
                self.spans.push(stop)

    def finish(self, *, bint spans=False):
        """Return what ``Scanner.scan`` does, once: the arrays take the builder's memory."""
        self._check_unfinished()
        if spans and self.spans.size() != 2 * self.ids.size():
            raise ValueError("not all tokens were added with a span.")
        return _arrays(
            self.ids, self.offsets, self.interner.bytes(), self.interner.offsets(),
            &self.spans if spans else NULL,
        )

    cdef _check_unfinished(self):
        if not self.offsets.size():
            raise ValueError("the builder is finished.")


def drop_tokens(
    const int32_t[::1] ids not None,
    const int64_t[::1] offsets not None,
    const uint8_t[::1] buffer not None,
    const int64_t[::1] token_offsets not None,
    const int32_t[:, ::1] spans,
    const int32_t[::1] found not None,
):
    """Drop some of the distinct tokens, and number the others anew.

    Parameters
    ----------
    ids, offsets, buffer, token_offsets, spans : ndarray
        As ``Scanner.scan`` returns them.
    found : ndarray of shape (n_distinct,), int32
        Not negative for the tokens to drop.

    Returns
    -------
    ids, offsets, buffer, token_offsets, spans : ndarray
    """
    cdef TokenRows kept
    cdef TokenBytes tokens = token_bytes(buffer, token_offsets)
    cdef const int32_t* all_spans = NULL
    cdef size_t n_rows = offsets.shape[0] - 1
    check_rows(ids, offsets, found.shape[0])
    if token_offsets.shape[0] != found.shape[0] + 1:
        raise ValueError("found must hold one number for each distinct token.")
    if spans is not None:
        if spans.shape[0] != ids.shape[0] or spans.shape[1] != 2:
            raise ValueError("spans must hold two numbers for each id.")
        all_spans = &spans[0, 0]
    with nogil:
        c_drop_tokens(
            &ids[0], &offsets[0], n_rows, tokens, &found[0], found.shape[0], all_spans, kept
        )
    return _arrays(
        kept.ids, kept.offsets, kept.bytes, kept.token_offsets,
        &kept.spans if all_spans != NULL else NULL,
    )
