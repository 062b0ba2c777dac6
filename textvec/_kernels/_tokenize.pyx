"""Documents to ids of tokens, without a Python string per token."""

import unicodedata

import numpy as np

from ._threads import CHARACTERS_PER_ITEM, in_threads, stretches

cimport numpy as cnp
from cpython.object cimport PyObject
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libcpp cimport bool as cbool
from libcpp.memory cimport unique_ptr
from libcpp.vector cimport vector

from ._common cimport (
    GrowingArray,
    Interner,
    StrView,
    TokenBytes,
    Utf8View,
    adopted,
    check_rows,
    copied,
    token_bytes,
    utf8_of,
    view_str,
)

cnp.import_array()


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
cdef bint _knows_marks = False

cdef size_t _MAX_SPAN = 2**31 - 1

# The characters of tokens, or of what is between them, and how their runs are cut.
_RULES = {
    None: {},
    "words": {"classes": kAlnum | kMark, "join_apostrophes": True},
    "sklearn": {"classes": kAlnum | kUnderscore, "drop_single": True},
    r"\w+": {"classes": kAlnum | kUnderscore},
    "keras": {"classes": kSeparator, "inverted": True},
    "whitespace": {"classes": kSpace, "inverted": True},
}


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

    cdef unique_ptr[CScanner] scanner
    cdef const StrView* texts
    cdef size_t count

    def scan(self):
        with nogil:
            self.scanner.get().scan(self.texts, self.count)


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
        if rule not in _RULES or (rule is None) != (width > 0) or stride < 1:
            raise ValueError(f"no tokens are of rule {rule!r}, width {width} and stride {stride}.")
        settings = _RULES[rule]
        self.plan.classes = settings.get("classes", 0)
        self.plan.inverted = settings.get("inverted", False)
        self.plan.join_apostrophes = settings.get("join_apostrophes", False)
        self.plan.drop_single = settings.get("drop_single", False)
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
        cdef list held = documents[:]  # the strings must live while the GIL is released
        cdef vector[StrView] texts
        cdef vector[int64_t] starts
        self._view(held, texts, starts, spans)
        cdef _Part part
        if n_threads == 1:  # the way of a single document, where microseconds count
            part = self._part(texts, starts, 0, texts.size(), spans)
            part.scan()
            return _joined([part], spans)
        parts = [
            self._part(texts, starts, first, last, spans)
            for first, last in stretches(copied(starts), n_threads, per_item=CHARACTERS_PER_ITEM)
        ]
        in_threads([each.scan for each in parts])
        return _joined(parts, spans)

    cdef _view(
        self, list documents, vector[StrView]& texts, vector[int64_t]& starts, bint spans
    ):
        """View the documents, lower-cased where a table cannot do it, and where each begins."""
        cdef Py_ssize_t count = len(documents), i
        cdef StrView text
        texts.reserve(count)
        starts.push_back(0)
        for i in range(count):
            if not isinstance(documents[i], str):
                raise TypeError(f"documents must be str, got {type(documents[i])} in row {i}")
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
            starts.push_back(starts.back() + <int64_t>text.size)
            texts.push_back(text)

    cdef _Part _part(
        self, const vector[StrView]& texts, const vector[int64_t]& starts, size_t first,
        size_t last, bint spans
    ):
        cdef _Part part = _Part()
        # The first takes up what the others read.
        cdef size_t n_characters = starts.back() if first == 0 else starts[last] - starts[first]
        part.scanner.reset(new CScanner(self.plan, _characters, spans, n_characters))
        part.texts = texts.data() + first
        part.count = last - first
        return part


cdef _joined(list parts, bint with_spans):
    """Return the result of all parts, with the ids of one scanner over all documents."""
    cdef CScanner* joined = (<_Part>parts[0]).scanner.get()
    cdef CScanner* scanner
    for part in parts[1:]:
        scanner = (<_Part>part).scanner.get()
        with nogil:
            joined.absorb(scanner[0])
    return _arrays(
        joined.ids(), joined.offsets(), joined.interner().bytes(), joined.interner().offsets(),
        &joined.spans() if with_spans else NULL,
    )


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
