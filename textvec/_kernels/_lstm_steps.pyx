"""The steps of an LSTM over rows of different length, and back through them."""

from libc.stdint cimport int64_t
from libcpp cimport bool as cbool


cdef extern from "lstm_steps.hpp" namespace "textvec" nogil:
    cdef struct LstmRows:
        const int64_t* starts
        const int64_t* lengths
        size_t n_rows
        int64_t stride
        cbool backward

    cdef cppclass LstmSteps[T]:
        T* data
        Py_ssize_t step_stride
        Py_ssize_t row_stride

    cdef struct LstmTrace:
        float* gates
        float* before
        float* cells
        float* squashed
        size_t size

    cbool c_has_tiles "textvec::has_tiles"()
    void c_forward "textvec::lstm_forward"(
        cbool, const LstmRows&, const LstmTrace&, const float*, float*, float*, const LstmSteps[float]&
    ) except +
    void c_backward "textvec::lstm_backward"(
        cbool, const LstmRows&, const LstmTrace&, const float*, const float*, float*, float*,
        const LstmSteps[const float]&, float*
    ) except +


cdef LstmRows rows_of(
    const int64_t[::1] starts,
    const int64_t[::1] lengths,
    int64_t stride,
    bint backward,
    Py_ssize_t n_steps,
    Py_ssize_t n_places,
) except *:
    """View rows, after a check that they are among the places, and no longer than the steps."""
    cdef LstmRows rows
    cdef Py_ssize_t row
    if len(starts) != len(lengths) or not 1 <= stride <= max(1, n_places):
        raise ValueError("starts and lengths must be of the same rows, the stride of a place.")
    for row in range(len(lengths)):
        if not 0 <= lengths[row] <= n_steps:
            raise ValueError(f"row {row} has {lengths[row]} steps, of {n_steps}.")
        if lengths[row] and not (
            0 <= starts[row] and starts[row] + (lengths[row] - 1) * stride < n_places
        ):
            raise ValueError(f"row {row} lies outside of the {n_places} places.")
    rows.starts, rows.lengths = &starts[0], &lengths[0]
    rows.n_rows = len(lengths)
    rows.stride, rows.backward = stride, backward
    return rows


cdef LstmTrace trace_of(
    float[:, ::1] gates, float[:, ::1] before, float[:, ::1] cells, float[:, ::1] squashed
) except *:
    """View a trace, after a check of its shapes."""
    cdef LstmTrace trace
    cdef Py_ssize_t size = before.shape[1], n = before.shape[0]
    if not (
        gates.shape[1] == 4 * size and cells.shape[1] == squashed.shape[1] == size > 0
        and len(gates) == len(cells) == len(squashed) == n
    ):
        raise ValueError("gates (n, 4 H), before, cells and squashed (n, H) must be of one shape.")
    trace.gates, trace.before = &gates[0, 0], &before[0, 0]
    trace.cells, trace.squashed, trace.size = &cells[0, 0], &squashed[0, 0], size
    return trace


def multiplies_bfloat16() -> bool:
    """Return whether the machine has units that multiply matrices of bfloat16."""
    return c_has_tiles()


def lstm_forward(
    const int64_t[::1] starts not None,
    const int64_t[::1] lengths not None,
    int64_t stride,
    bint backward,
    float[:, ::1] gates not None,
    float[:, ::1] before not None,
    float[:, ::1] cells not None,
    float[:, ::1] squashed not None,
    const float[:, ::1] weights not None,
    float[:, ::1] hidden not None,
    float[:, ::1] cell not None,
    float[:, :, :] outputs not None,
    bint rounded = False,
):
    """Read rows step by step.

    Parameters
    ----------
    starts, lengths : ndarray of shape (n_rows,)
        Step t of row b is at the place ``starts[b] + t * stride``.
    stride : int
    backward : bool
        Whether rows are read from their end.
    gates : ndarray of shape (n_places, 4 * H), float32
        What the input adds to the gates of input and forgetting, the candidate and the output gate;
        becomes their values.
    before, cells, squashed : ndarray of shape (n_places, H)
        Become the hidden state before each step, the cell state after it, and the tanh of that.
    weights : ndarray of shape (4 * H, H)
        Of the hidden state.
    hidden, cell : ndarray of shape (n_rows, H)
        Initial states; become those after the last step.
    outputs : ndarray of shape (n_steps, n_rows, H)
        Becomes the hidden state after each step, where rows have one; the rest is left.
    rounded : bool, default=False
        Whether states and weights are multiplied in bfloat16, if the machine can.
    """
    cdef LstmRows rows = rows_of(
        starts, lengths, stride, backward, outputs.shape[0], gates.shape[0]
    )
    cdef LstmTrace trace = trace_of(gates, before, cells, squashed)
    cdef LstmSteps[float] steps
    check_states(hidden, cell, rows, trace)
    check_weights(weights, trace)
    check_steps(outputs, rows, trace)
    steps.data = &outputs[0, 0, 0]
    steps.step_stride = outputs.strides[0] // <Py_ssize_t>sizeof(float)
    steps.row_stride = outputs.strides[1] // <Py_ssize_t>sizeof(float)
    with nogil:
        c_forward(rounded, rows, trace, &weights[0, 0], &hidden[0, 0], &cell[0, 0], steps)


def lstm_backward(
    const int64_t[::1] starts not None,
    const int64_t[::1] lengths not None,
    int64_t stride,
    bint backward,
    float[:, ::1] gates not None,
    float[:, ::1] before not None,
    float[:, ::1] cells not None,
    float[:, ::1] squashed not None,
    const float[:, ::1] weights not None,
    const float[:, ::1] first_cell not None,
    float[:, ::1] by_hidden not None,
    float[:, ::1] by_cell not None,
    const float[:, :, :] by_outputs not None,
    float[:, ::1] by_gates not None,
    bint rounded = False,
):
    """Compute gradients from the last step to the first.

    Parameters
    ----------
    starts, lengths, stride, backward, gates, before, cells, squashed, weights, rounded
        As of :func:`lstm_forward`, after it.
    first_cell : ndarray of shape (n_rows, H), float32
        The initial cell state.
    by_hidden, by_cell : ndarray of shape (n_rows, H)
        Gradients of the last states; become those of the first.
    by_outputs : ndarray of shape (n_steps, n_rows, H)
        Gradient of the outputs; not read beyond the end of rows.
    by_gates : ndarray of shape (n_places, 4 * H)
        Becomes the gradient of the gates before their sigmoid or tanh, at the places of rows.
    """
    cdef LstmRows rows = rows_of(
        starts, lengths, stride, backward, by_outputs.shape[0], gates.shape[0]
    )
    cdef LstmTrace trace = trace_of(gates, before, cells, squashed)
    cdef LstmSteps[const float] steps
    check_states(by_hidden, by_cell, rows, trace)
    check_states(first_cell, first_cell, rows, trace)
    check_weights(weights, trace)
    check_steps(by_outputs, rows, trace)
    if not (len(by_gates) == len(gates) and by_gates.shape[1] == gates.shape[1]):
        raise ValueError("by_gates must be of the shape of gates.")
    steps.data = &by_outputs[0, 0, 0]
    steps.step_stride = by_outputs.strides[0] // <Py_ssize_t>sizeof(float)
    steps.row_stride = by_outputs.strides[1] // <Py_ssize_t>sizeof(float)
    with nogil:
        c_backward(
            rounded, rows, trace, &weights[0, 0], &first_cell[0, 0], &by_hidden[0, 0], &by_cell[0, 0],
            steps, &by_gates[0, 0],
        )


cdef int check_states(
    const float[:, ::1] hidden, const float[:, ::1] cell, LstmRows rows, LstmTrace trace
) except -1:
    cdef size_t n_hidden = hidden.shape[0], n_cell = cell.shape[0]
    cdef size_t width = hidden.shape[1], cell_width = cell.shape[1]
    if not (n_hidden == n_cell == rows.n_rows and width == cell_width == trace.size):
        raise ValueError(f"states must be of {rows.n_rows} rows and {trace.size} units.")
    return 0


cdef int check_weights(const float[:, ::1] weights, LstmTrace trace) except -1:
    cdef size_t n_gates = weights.shape[0], width = weights.shape[1]
    if not (n_gates == 4 * trace.size and width == trace.size):
        raise ValueError(f"weights must be of shape (4 H, H), H = {trace.size}.")
    return 0


cdef int check_steps(const float[:, :, :] steps, LstmRows rows, LstmTrace trace) except -1:
    cdef size_t n_rows = steps.shape[1], width = steps.shape[2]
    if not (n_rows == rows.n_rows and width == trace.size):
        raise ValueError(f"outputs must be of {rows.n_rows} rows and {trace.size} units.")
    if steps.shape[2] > 1 and steps.strides[2] != <Py_ssize_t>sizeof(float):
        raise ValueError("the units of outputs must be contiguous.")
    return 0
