"""gensim's dot product, which never returns NaN.

gensim's training takes the dot product of two vectors, leaves out those beyond the ends of its table
of the sigmoid, and looks the others up there. NaN is beyond no end: where a learning rate is so high
that the vectors overflow, gensim would read memory that is not its own.
"""

from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer
from libc.math cimport INFINITY

ctypedef float (*Dot)(
    const int*, const float*, const int*, const float*, const int*
) noexcept nogil

cdef Dot unguarded = NULL


cdef float guarded(
    const int* size, const float* x, const int* step_x, const float* y, const int* step_y
) noexcept nogil:
    cdef float dot = unguarded(size, x, step_x, y, step_y)
    return dot if dot == dot else INFINITY


def guard_dot(capsule not None):
    """Put a dot product that is infinite instead of NaN in place of gensim's; once is enough.

    Parameters
    ----------
    capsule : PyCapsule
        ``gensim.models.word2vec_inner.__pyx_capi__["our_dot"]``: where the pointer to the function
        stands that all of gensim's models call.
    """
    global unguarded
    cdef const char* name = PyCapsule_GetName(capsule)
    if not name.endswith(b"our_dot_ptr"):
        raise ValueError(f"expected a pointer to gensim's dot product, got {name!r}.")
    cdef Dot* place = <Dot*>PyCapsule_GetPointer(capsule, name)
    cdef Dot there = place[0]  # read once: another thread may put the guard there meanwhile
    if there != guarded:
        unguarded = there
        place[0] = guarded
