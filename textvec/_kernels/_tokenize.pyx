# distutils: language = c++
# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False
"""Documents to ids of tokens, without a Python string per token."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np

cimport numpy as cnp
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memcpy
from libcpp cimport bool as cbool
from libcpp.vector cimport vector

cnp.import_array()


cdef extern from "interner.hpp" namespace "textvec" nogil:
    cdef cppclass Interner:
        Interner() except +
        int32_t intern(const uint8_t*, size_t) except +
        size_t size()
        const vector[uint8_t]& bytes()
        const vector[int64_t]& offsets()


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


cdef extern from "characters.hpp" namespace "textvec" nogil:
    const uint8_t kAlnum
    const uint8_t kUnderscore
    const uint8_t kMark
    const uint8_t kSpace
    const uint8_t kSeparator
    const uint8_t kApostrophe
    const size_t kCodePoints

    cdef cppclass Characters:
        Characters() except +
        cbool is_full()
        void fill() except +
        void add_mark(uint32_t)
        uint8_t classes(uint32_t)
        uint32_t lower(uint32_t)

    cbool has_special_case[Char](const Char*, size_t)


cdef extern from "growing_array.hpp" namespace "textvec" nogil:
    cdef cppclass GrowingArray[T]:
        void push(T) except +
        size_t size()
        const T* data()
        T* release() except +


cdef extern from "scanner.hpp" namespace "textvec" nogil:
    cdef cppclass ScanPlan:
        uint8_t classes
        cbool inverted
        cbool join_apostrophes
        cbool drop_single
        size_t width
        size_t stride
        cbool lowercase
        void prepare(const Characters&)

    cdef cppclass CScanner "textvec::Scanner":
        CScanner(const ScanPlan&, const Characters&, cbool, size_t) except +
        void scan(const StrView*, size_t) except +
        void absorb(const CScanner&) except +
        const Interner& interner()
        GrowingArray[int32_t]& ids()
        GrowingArray[int64_t]& offsets()
        GrowingArray[int32_t]& spans()


cdef Characters _characters
cdef bint _knows_marks = False

cdef size_t _MAX_SPAN = 2**31 - 1

# Below this a second thread costs more than it saves.
cdef size_t _MIN_CHARACTERS_PER_THREAD = 1 << 16


cdef _fill_characters():
    """Complete the tables, once, for the first document beyond Latin-1."""
    global _knows_marks
    if not _characters.is_full():
        _characters.fill()
    if not _knows_marks:
        category = unicodedata.category
        for plane in (0x0, 0x10000, 0xE0000):  # no other plane has marks
            for code in range(plane, plane + 0x10000):
                if category(chr(code))[0] == "M":
                    _characters.add_mark(code)
        _knows_marks = True


cdef inline cbool _is_special(StrView text) noexcept:
    if text.kind == 2:
        return has_special_case[uint16_t](<const uint16_t*>text.data, text.size)
    return has_special_case[uint32_t](<const uint32_t*>text.data, text.size)


cdef class _Part:
    """A stretch of the documents, and the scanner of the thread that reads it."""

    cdef CScanner* scanner
    cdef const StrView* texts
    cdef size_t count

    def __dealloc__(self):
        del self.scanner

    def scan(self):
        with nogil:
            self.scanner.scan(self.texts, self.count)


cdef class _Memory:
    """Memory that an array lies in."""

    cdef void* data

    def __dealloc__(self):
        free(self.data)


ctypedef fused Number:
    int32_t
    int64_t


cdef cnp.ndarray _adopt(GrowingArray[Number]& column):
    """Make an array of the memory of a column."""
    cdef cnp.npy_intp length = <cnp.npy_intp>column.size()
    cdef int typenum = cnp.NPY_INT32 if Number is int32_t else cnp.NPY_INT64
    cdef _Memory memory = _Memory()
    memory.data = column.release()
    cdef cnp.ndarray array = cnp.PyArray_SimpleNewFromData(1, &length, typenum, memory.data)
    cnp.set_array_base(array, memory)
    return array


cdef _array(const void* data, size_t count, int typenum):
    cdef cnp.npy_intp length = <cnp.npy_intp>count
    cdef cnp.ndarray array = cnp.PyArray_SimpleNew(1, &length, typenum)
    if count:
        memcpy(cnp.PyArray_DATA(array), data, cnp.PyArray_NBYTES(array))
    return array


cdef class Scanner:
    """Reads documents by one rule, which is prepared once and then costs nothing.

    Parameters
    ----------
    rule : {"words", "sklearn", "keras", "whitespace", r"\\w+"} or None
        What a token is, as in WordTokenizer, or a match of the expression.
    lowercase : bool
        Whether tokens are those of ``document.lower()``.
    width, stride : int
        Without a rule: tokens are `width` characters, one every `stride` characters.
    """

    cdef ScanPlan plan

    def __init__(self, rule, *, bint lowercase, size_t width=0, size_t stride=1):
        if rule == "words":
            self.plan.classes = kAlnum | kMark
            self.plan.join_apostrophes = True
        elif rule == "sklearn":
            self.plan.classes = kAlnum | kUnderscore
            self.plan.drop_single = True
        elif rule == r"\w+":
            self.plan.classes = kAlnum | kUnderscore
        elif rule == "keras":
            self.plan.classes = kSeparator
            self.plan.inverted = True
        elif rule == "whitespace":
            self.plan.classes = kSpace
            self.plan.inverted = True
        self.plan.width = width
        self.plan.stride = stride
        self.plan.lowercase = lowercase
        self.plan.prepare(_characters)

    def scan(self, list documents, *, bint spans=False, size_t n_threads=1):
        """Give the tokens of documents.

        Parameters
        ----------
        documents : list of str
        spans : bool
            Whether to give the spans of the tokens.
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
        cdef list held = documents[:]  # the strings must live while the GIL is released
        cdef vector[StrView] texts
        cdef size_t n_characters = self._view(held, texts, spans)
        cdef list parts = self._share_out(texts, n_characters, spans, n_threads)
        if len(parts) == 1:
            (<_Part>parts[0]).scan()
        else:
            with ThreadPoolExecutor(len(parts)) as pool:
                for _ in pool.map(_Part.scan, parts):
                    pass
        return _join(parts, spans)

    cdef size_t _view(
        self, list documents, vector[StrView]& texts, bint spans
    ) except? 0:
        cdef Py_ssize_t count = len(documents), i
        cdef size_t n_characters = 0
        cdef StrView text
        texts.reserve(count)
        for i in range(count):
            text = view_str(<PyObject*>documents[i])
            if text.kind != 1:
                _fill_characters()
                if self.plan.lowercase and _is_special(text):
                    documents[i] = documents[i].lower()
                    text = view_str(<PyObject*>documents[i])
            if spans and text.size > _MAX_SPAN:
                raise ValueError(
                    f"spans are int32, and the document of row {i} has {text.size} characters"
                )
            n_characters += text.size
            texts.push_back(text)
        return n_characters

    cdef list _share_out(
        self, const vector[StrView]& texts, size_t n_characters, bint spans, size_t n_threads
    ):
        """Cut the documents into one stretch a thread, of about as many characters each."""
        cdef size_t n_parts = min(n_threads, n_characters // _MIN_CHARACTERS_PER_THREAD)
        cdef size_t first = 0, last = 0, seen = 0, part
        cdef _Part work
        cdef list parts = []
        if n_parts == 0:
            n_parts = 1
        for part in range(1, n_parts + 1):
            while last < texts.size() and (
                part == n_parts or seen < n_characters * part // n_parts
            ):
                seen += texts[last].size
                last += 1
            work = _Part()
            # The first takes up what the others read.
            work.scanner = new CScanner(
                self.plan, _characters, spans, n_characters // (1 if part == 1 else n_parts)
            )
            work.texts = texts.data() + first
            work.count = last - first
            parts.append(work)
            first = last
        return parts


cdef _join(list parts, bint with_spans):
    """Give the result of all parts, the ids being those of one scanner over all documents."""
    cdef CScanner* joined = (<_Part>parts[0]).scanner
    cdef CScanner* scanner
    for part in parts[1:]:
        scanner = (<_Part>part).scanner
        with nogil:
            joined.absorb(scanner[0])
    return _result(
        joined.ids(), joined.offsets(), joined.interner(), &joined.spans() if with_spans else NULL
    )


cdef _result(
    GrowingArray[int32_t]& ids,
    GrowingArray[int64_t]& offsets,
    const Interner& interner,
    GrowingArray[int32_t]* spans,
):
    return (
        _adopt(ids),
        _adopt(offsets),
        _array(interner.bytes().data(), interner.bytes().size(), cnp.NPY_UINT8),
        _array(interner.offsets().data(), interner.offsets().size(), cnp.NPY_INT64),
        None if spans == NULL else _adopt(spans[0]).reshape(-1, 2),
    )


cdef class TokenBuilder:
    """Interns tokens that already are Python strings, row by row."""

    cdef Interner interner
    cdef GrowingArray[int32_t] ids
    cdef GrowingArray[int64_t] offsets
    cdef GrowingArray[int32_t] spans
    cdef vector[uint8_t] scratch

    def __init__(self):
        self.offsets.push(0)

    def add(self, list tokens, list spans=None):
        """Add a row: a list of str, and a list of their spans as pairs."""
        cdef Utf8View text
        cdef int32_t start, stop
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
        """Give what ``Scanner.scan`` gives, once."""
        return _result(self.ids, self.offsets, self.interner, &self.spans if spans else NULL)


def drop_tokens(
    const int32_t[::1] ids,
    const int64_t[::1] offsets,
    const uint8_t[::1] buffer,
    const int64_t[::1] token_offsets,
    spans,
    const int32_t[::1] found,
):
    """Drop some of the distinct tokens, and number the others anew.

    Parameters
    ----------
    ids, offsets, buffer, token_offsets, spans : ndarray
        As ``Scanner.scan`` gives them.
    found : ndarray of shape (n_distinct,), int32
        Not negative for the tokens to drop.

    Returns
    -------
    ids, offsets, buffer, token_offsets, spans : ndarray
    """
    cdef Py_ssize_t n_distinct = found.shape[0], n_rows = offsets.shape[0] - 1, row
    cdef const int32_t[:, ::1] all_spans = spans
    cdef bint with_spans = spans is not None
    cdef int64_t i, j
    cdef vector[int32_t] new_ids
    cdef GrowingArray[int32_t] kept_ids, kept_spans
    cdef GrowingArray[int64_t] kept_offsets, kept_token_offsets
    cdef vector[uint8_t] kept_bytes
    with nogil:
        kept_token_offsets.push(0)
        for i in range(n_distinct):
            if found[i] >= 0:
                new_ids.push_back(-1)
                continue
            new_ids.push_back(<int32_t>kept_token_offsets.size() - 1)
            for j in range(token_offsets[i], token_offsets[i + 1]):
                kept_bytes.push_back(buffer[j])
            kept_token_offsets.push(<int64_t>kept_bytes.size())
        kept_offsets.push(0)
        for row in range(n_rows):
            for i in range(offsets[row], offsets[row + 1]):
                if new_ids[ids[i]] < 0:
                    continue
                kept_ids.push(new_ids[ids[i]])
                if with_spans:
                    kept_spans.push(all_spans[i, 0])
                    kept_spans.push(all_spans[i, 1])
            kept_offsets.push(<int64_t>kept_ids.size())
    return (
        _adopt(kept_ids),
        _adopt(kept_offsets),
        _array(kept_bytes.data(), kept_bytes.size(), cnp.NPY_UINT8),
        _adopt(kept_token_offsets),
        _adopt(kept_spans).reshape(-1, 2) if with_spans else None,
    )
