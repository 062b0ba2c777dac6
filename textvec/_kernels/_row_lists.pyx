"""Rows padded to one width; lists of rows read where they are, item by item."""

import numpy as np

cimport cython
cimport numpy as cnp
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_AsDouble, PyFloat_CheckExact
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject
from libc.stdint cimport int64_t
from libc.string cimport memcpy
from libcpp cimport bool as cbool

from ._common cimport check_offsets

cnp.import_array()


cdef extern from "Python.h":
    cbool PyLong_CheckExact(PyObject*)
    Py_ssize_t PySequence_Fast_GET_SIZE(object)
    PyObject* PySequence_Fast_GET_ITEM(object, Py_ssize_t)


cdef extern from "python_numbers.hpp" namespace "textvec":
    cbool read_int(PyObject*, int64_t*)


cdef extern from "row_cut.hpp" namespace "textvec" nogil:
    cdef cppclass Fill:
        Fill()
        Fill(const char*, size_t)

    cdef cppclass CutRow:
        size_t first
        size_t head
        size_t tail

    cdef cppclass RowCut:
        size_t width
        size_t head_of_long
        cbool fills_front
        size_t item_bytes
        Fill fill
        CutRow of(size_t)
        void fill_around(const CutRow&, char*)

    void c_pad_rows "textvec::pad_rows"(
        const char*, const int64_t*, size_t, const RowCut&, char*
    )


cdef RowCut _checked_cut(
    cnp.ndarray target, cnp.ndarray fill, Py_ssize_t head_of_long, cbool fills_front,
    Py_ssize_t n_rows, object dtype, tuple item_shape,
) except *:
    """Return how rows are cut, after a check that an array has room for them."""
    cdef RowCut cut
    if not (
        target.dtype == fill.dtype == dtype and not dtype.hasobject and fill.ndim == 0
        and cnp.PyArray_IS_C_CONTIGUOUS(target) and cnp.PyArray_ISWRITEABLE(target)
        and target.ndim >= 2 and target.shape[0] == n_rows
        and (<object>target).shape[2:] == item_shape
    ):
        raise ValueError(
            f"padded rows of {dtype} go into an array of shape {(n_rows, 'width', *item_shape)}, "
            f"got one of {target.dtype}, shape {(<object>target).shape}."
        )
    if not 0 <= head_of_long <= target.shape[1]:
        raise ValueError(f"head_of_long must be 0 to {target.shape[1]}, got {head_of_long}.")
    cut.width = target.shape[1]
    cut.head_of_long = head_of_long
    cut.fills_front = fills_front
    cut.item_bytes = dtype.itemsize
    for size in item_shape:
        cut.item_bytes *= <size_t>size
    cut.fill = Fill(<const char*>cnp.PyArray_DATA(fill), dtype.itemsize)
    return cut


def pad_rows(
    cnp.ndarray values not None,
    const int64_t[::1] offsets not None,
    cnp.ndarray target not None,
    cnp.ndarray fill not None,
    Py_ssize_t head_of_long,
    bint fills_front,
):
    """Write rows into an array, each cut and filled to its width.

    Parameters
    ----------
    values : ndarray of shape (n_items, ...)
    offsets : ndarray of shape (n_rows + 1,), int64
        Where each row begins.
    target : ndarray of shape (n_rows, width, ...)
        Of the dtype of the values, which are no objects.
    fill : ndarray of no dimensions
        What short rows are filled with.
    head_of_long : int
        Number of first items that a row longer than `width` keeps; the others are its last.
    fills_front : bool
        Whether a short row is filled before its first item.
    """
    cdef const char* items = <const char*>cnp.PyArray_DATA(values)
    cdef char* out = <char*>cnp.PyArray_DATA(target)
    if values.ndim == 0 or not cnp.PyArray_IS_C_CONTIGUOUS(values):
        raise ValueError("values must be contiguous.")
    check_offsets(&offsets[0], offsets.shape[0], values.shape[0])
    cdef size_t n_rows = offsets.shape[0] - 1
    cdef RowCut cut = _checked_cut(
        target, fill, head_of_long, fills_front, n_rows, values.dtype,
        (<object>values).shape[1:],
    )
    with nogil:
        c_pad_rows(items, &offsets[0], n_rows, cut, out)


cdef inline bint _read_integer(PyObject* item, int64_t* number) except -1:
    """Read an item; return whether it is an integer that int64 holds."""
    if PyLong_CheckExact(item):
        return read_int(item, number)
    held = <object>item  # its own code may take it out of the row
    try:
        number[0] = PyNumber_Index(held)
    except (OverflowError, TypeError):
        return False
    return True


cdef inline bint _read_float(PyObject* item, double* number) except -1:
    """Read an item; return whether it is a number, which becomes a float."""
    held = <object>item
    if PyFloat_CheckExact(held):
        number[0] = PyFloat_AS_DOUBLE(held)
        return True
    try:
        number[0] = PyFloat_AsDouble(held)
    except (OverflowError, TypeError):
        return False
    return True


cdef class NumberRows:
    """A list of rows of numbers, read where they are. `number_rows` makes it.

    Attributes
    ----------
    dtype : dtype
        Of the numbers.
    item_shape : tuple
        Shape of an item; () for numbers.
    n_items : int
        Number of items of all rows.
    longest : int
        Number of items of the longest row.
    """

    cdef list rows
    cdef readonly object dtype
    cdef readonly tuple item_shape
    cdef readonly Py_ssize_t n_items
    cdef readonly Py_ssize_t longest

    def __len__(self):
        return len(self.rows)

    cdef Py_ssize_t _length(self, object row) except -2:
        """Return the number of items of a row; -1 where it is of another kind than the first."""
        return -1

    cdef bint _read(self, object row, Py_ssize_t start, Py_ssize_t count, char* out) except -1:
        """Copy items of a row, if `out` is not NULL; return False where one is no number."""
        return False

    cdef bint _survey(self) except -1:
        """Count the items of all rows; return whether they are numbers of one kind."""
        cdef Py_ssize_t n
        for row in self.rows:
            n = self._length(row)
            if n < 0 or not self._read(row, 0, n, NULL):
                return False
            self.n_items += n
            self.longest = max(self.longest, n)
        return True

    cdef Py_ssize_t _next_length(self, object row, Py_ssize_t limit) except -1:
        """Return the length of a row, which may be a list that another thread has changed."""
        cdef Py_ssize_t n = self._length(row)
        if not 0 <= n <= limit:
            raise RuntimeError("the rows were changed while they were read.")
        return n

    cdef int _copy(self, object row, Py_ssize_t start, Py_ssize_t count, char* out) except -1:
        if not self._read(row, start, count, out):
            raise RuntimeError("the rows were changed while they were read.")
        return 0

    def pad(
        self,
        cnp.ndarray target not None,
        cnp.ndarray fill not None,
        Py_ssize_t head_of_long,
        bint fills_front,
    ):
        """Write the rows into an array, each cut and filled to its width, as `pad_rows` does."""
        cdef char* out = <char*>cnp.PyArray_DATA(target)
        cdef Py_ssize_t n, i, n_rows = len(self.rows)
        cdef CutRow cut_row
        cdef RowCut cut = _checked_cut(
            target, fill, head_of_long, fills_front, n_rows, self.dtype, self.item_shape
        )
        for i in range(n_rows):
            row = self.rows[i]
            n = self._next_length(row, self.longest)
            cut_row = cut.of(n)
            self._copy(row, 0, cut_row.head, out + cut_row.first * cut.item_bytes)
            self._copy(
                row, n - cut_row.tail, cut_row.tail,
                out + (cut_row.first + cut_row.head) * cut.item_bytes,
            )
            cut.fill_around(cut_row, out)
            out += cut.width * cut.item_bytes

    def flat(self):
        """Return the items of all rows, end to end, and where each row begins.

        Returns
        -------
        values : ndarray of shape (n_items, ...)
        offsets : ndarray of shape (n_rows + 1,), int64
        """
        cdef Py_ssize_t n, i, n_rows = len(self.rows), n_left = self.n_items
        values = np.empty((self.n_items, *self.item_shape), dtype=self.dtype)
        offsets = np.zeros(n_rows + 1, dtype=np.int64)
        cdef int64_t* ends = <int64_t*>cnp.PyArray_DATA(offsets)
        cdef char* out = <char*>cnp.PyArray_DATA(values)
        cdef size_t item_bytes = values.nbytes // max(1, self.n_items)
        for i in range(n_rows):
            row = self.rows[i]
            n = self._next_length(row, n_left)
            self._copy(row, 0, n, out)
            n_left -= n
            out += n * item_bytes
            ends[i + 1] = ends[i] + n
        return values[: self.n_items - n_left], offsets


cdef class _Lists(NumberRows):
    """Lists or tuples of int, or of float, whatever else is among them becomes one."""

    cdef bint are_floats

    cdef Py_ssize_t _length(self, object row) except -2:
        return PySequence_Fast_GET_SIZE(row) if _is_list(row) else -1

    cdef bint _read(self, object row, Py_ssize_t start, Py_ssize_t count, char* out) except -1:
        with cython.critical_section(row):  # its items are borrowed
            if self.are_floats:
                return _read_floats(row, start, count, <double*>out)
            return _read_integers(row, start, count, <int64_t*>out)


cdef bint _read_integers(
    object row, Py_ssize_t start, Py_ssize_t count, int64_t* out
) except -1:
    cdef Py_ssize_t i
    cdef int64_t number
    for i in range(count):
        if start + i >= PySequence_Fast_GET_SIZE(row):  # code of an item has cut it
            return False
        if not _read_integer(PySequence_Fast_GET_ITEM(row, start + i), &number):
            return False
        if out != NULL:
            out[i] = number
    return True


cdef bint _read_floats(object row, Py_ssize_t start, Py_ssize_t count, double* out) except -1:
    cdef Py_ssize_t i
    cdef double number
    for i in range(count):
        if start + i >= PySequence_Fast_GET_SIZE(row):
            return False
        if not _read_float(PySequence_Fast_GET_ITEM(row, start + i), &number):
            return False
        if out != NULL:
            out[i] = number
    return True


cdef class _Arrays(NumberRows):
    """Arrays of numbers of one dtype, contiguous; empty ones may be of any."""

    cdef cnp.ndarray first
    cdef size_t item_bytes

    cdef Py_ssize_t _length(self, object row) except -2:
        cdef cnp.ndarray array
        cdef int axis
        if not _is_array(row):
            return -1
        array = row
        if array.shape[0] == 0:
            return 0
        if not (
            array.ndim == self.first.ndim and cnp.PyArray_ISCARRAY_RO(array)
            and cnp.PyArray_EquivTypes(array.descr, self.first.descr)
        ):
            return -1
        for axis in range(1, array.ndim):
            if array.shape[axis] != self.first.shape[axis]:
                return -1
        return array.shape[0]

    cdef bint _read(self, object row, Py_ssize_t start, Py_ssize_t count, char* out) except -1:
        if out != NULL:
            memcpy(
                out, <char*>cnp.PyArray_DATA(<cnp.ndarray>row) + start * self.item_bytes,
                count * self.item_bytes,
            )
        return True


cdef bint _is_list(object row):
    return type(row) is list or type(row) is tuple


cdef bint _is_array(object row):
    return cnp.PyArray_CheckExact(row) and (<cnp.ndarray>row).ndim > 0


def number_rows(list rows not None):
    """Return rows of numbers that can be read where they are; None for any others.

    Parameters
    ----------
    rows : list
        Of lists and tuples, the first number of which is an int or a float, or of contiguous
        arrays of one dtype; at least one has items.

    Returns
    -------
    NumberRows or None
    """
    cdef NumberRows found
    for row in rows:
        if not (_is_list(row) or _is_array(row)):
            return None
        if len(row):
            break
    else:
        return None
    found = _lists_like(row) if _is_list(row) else _arrays_like(row)
    if found is None:
        return None
    found.rows = rows
    return found if found._survey() else None


cdef NumberRows _lists_like(object row):
    cdef type kind = type(row[0])
    if kind is not int and kind is not float:
        return None
    cdef _Lists found = _Lists()
    found.are_floats = kind is float
    found.dtype = np.dtype(np.float64 if kind is float else np.int64)
    found.item_shape = ()
    return found


cdef NumberRows _arrays_like(cnp.ndarray row):
    if row.dtype.kind not in "biufc" or not cnp.PyArray_ISCARRAY_RO(row):
        return None
    cdef _Arrays found = _Arrays()
    found.first = row
    found.dtype = row.dtype
    found.item_shape = (<object>row).shape[1:]
    found.item_bytes = (<object>row).nbytes // (<object>row).shape[0]
    return found
