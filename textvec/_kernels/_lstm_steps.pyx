"""The steps of an LSTM over rows of different length, and back through them."""

from libc.stdint cimport int64_t, uint16_t
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

    cdef cppclass LstmTrace[Factor]:
        float* gates
        Factor* before
        float* cells
        float* squashed
        size_t size

    cdef cppclass LstmForward[Factor]:
        LstmRows rows
        const Factor* sums
        LstmTrace[Factor] trace
        const float* weights
        float* hidden
        float* cell
        LstmSteps[float] outputs

    cdef cppclass LstmBackward[Factor]:
        LstmRows rows
        LstmTrace[Factor] trace
        const float* weights
        const float* first_cell
        float* by_hidden
        float* by_cell
        LstmSteps[const float] by_outputs
        Factor* by_gates

    cbool has_bfloat16()
    void c_forward "textvec::lstm_forward"(const LstmForward[float]&) except +
    void c_forward "textvec::lstm_forward"(const LstmForward[uint16_t]&) except +
    void c_backward "textvec::lstm_backward"(const LstmBackward[float]&) except +
    void c_backward "textvec::lstm_backward"(const LstmBackward[uint16_t]&) except +


# What is multiplied with weights: floats, or the bits of bfloat16 numbers.
ctypedef fused Factor:
    float
    uint16_t


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


cdef LstmTrace[Factor] trace_of(
    float[:, ::1] gates, Factor[:, ::1] before, float[:, ::1] cells, float[:, ::1] squashed
) except *:
    """View a trace, after a check of its shapes."""
    cdef LstmTrace[Factor] trace
    cdef Py_ssize_t size = before.shape[1], n = before.shape[0]
    if Factor is uint16_t:
        if not has_bfloat16():
            raise ValueError("factors must be float32: this machine multiplies no bfloat16.")
    if not (
        gates.shape[1] == 4 * size and cells.shape[1] == squashed.shape[1] == size > 0
        and len(gates) == len(cells) == len(squashed) == n
    ):
        raise ValueError("gates (n, 4 H), before, cells and squashed (n, H) must be of one shape.")
    trace.gates, trace.before = &gates[0, 0], &before[0, 0]
    trace.cells, trace.squashed, trace.size = &cells[0, 0], &squashed[0, 0], size
    return trace


def multiplies_bfloat16() -> bool:
    """Return whether the machine has instructions for products of bfloat16."""
    return has_bfloat16()


def lstm_forward(
    const int64_t[::1] starts not None,
    const int64_t[::1] lengths not None,
    int64_t stride,
    bint backward,
    Factor[:, ::1] sums not None,
    float[:, ::1] gates not None,
    Factor[:, ::1] before not None,
    float[:, ::1] cells not None,
    float[:, ::1] squashed not None,
    const float[:, ::1] weights not None,
    float[:, ::1] hidden not None,
    float[:, ::1] cell not None,
    float[:, :, :] outputs not None,
):
    """Read rows step by step.

    Parameters
    ----------
    starts, lengths : ndarray of shape (n_rows,)
        Step t of row b is at the place ``starts[b] + t * stride``.
    stride : int
    backward : bool
        Whether rows are read from their end.
    sums : ndarray of shape (n_places, 4 * H), float32 or uint16
        What the input adds to the gates of input and forgetting, the candidate and the output gate;
        as uint16, the bits of bfloat16 numbers: states and weights are multiplied in bfloat16, too,
        which the machine must be able to.
    gates : ndarray of shape (n_places, 4 * H), float32
        Become the values of the gates; may be `sums`.
    before : ndarray of shape (n_places, H), of the type of sums
    cells, squashed : ndarray of shape (n_places, H), float32
        Become the hidden state before each step, the cell state after it, and the tanh of that.
    weights : ndarray of shape (4 * H, H)
        Of the hidden state.
    hidden, cell : ndarray of shape (n_rows, H)
        Initial states; become those after the last step.
    outputs : ndarray of shape (n_steps, n_rows, H)
        Becomes the hidden state after each step, where rows have one; the rest is left.
    """
    cdef LstmForward[Factor] forward
    forward.rows = rows_of(starts, lengths, stride, backward, outputs.shape[0], gates.shape[0])
    forward.trace = trace_of(gates, before, cells, squashed)
    check_states(hidden, cell, forward.rows, forward.trace.size)
    check_weights(weights, forward.trace.size)
    check_steps(outputs, forward.rows, forward.trace.size)
    if not (len(sums) == len(gates) and sums.shape[1] == gates.shape[1]):
        raise ValueError("sums must be of the shape of gates.")
    forward.sums, forward.weights = &sums[0, 0], &weights[0, 0]
    forward.hidden, forward.cell = &hidden[0, 0], &cell[0, 0]
    forward.outputs.data = &outputs[0, 0, 0]
    forward.outputs.step_stride = outputs.strides[0] // <Py_ssize_t>sizeof(float)
    forward.outputs.row_stride = outputs.strides[1] // <Py_ssize_t>sizeof(float)
    with nogil:
        c_forward(forward)


def lstm_backward(
    const int64_t[::1] starts not None,
    const int64_t[::1] lengths not None,
    int64_t stride,
    bint backward,
    float[:, ::1] gates not None,
    Factor[:, ::1] before not None,
    float[:, ::1] cells not None,
    float[:, ::1] squashed not None,
    const float[:, ::1] weights not None,
    const float[:, ::1] first_cell not None,
    float[:, ::1] by_hidden not None,
    float[:, ::1] by_cell not None,
    const float[:, :, :] by_outputs not None,
    Factor[:, ::1] by_gates not None,
):
    """Compute gradients from the last step to the first.

    Parameters
    ----------
    starts, lengths, stride, backward, gates, before, cells, squashed, weights
        As of :func:`lstm_forward`, after it.
    first_cell : ndarray of shape (n_rows, H), float32
        The initial cell state.
    by_hidden, by_cell : ndarray of shape (n_rows, H)
        Gradients of the last states; become those of the first.
    by_outputs : ndarray of shape (n_steps, n_rows, H)
        Gradient of the outputs; not read beyond the end of rows.
    by_gates : ndarray of shape (n_places, 4 * H), of the type of before
        Becomes the gradient of the gates before their sigmoid or tanh, at the places of rows.
    """
    cdef LstmBackward[Factor] back
    back.rows = rows_of(starts, lengths, stride, backward, by_outputs.shape[0], gates.shape[0])
    back.trace = trace_of(gates, before, cells, squashed)
    check_states(by_hidden, by_cell, back.rows, back.trace.size)
    check_states(first_cell, first_cell, back.rows, back.trace.size)
    check_weights(weights, back.trace.size)
    check_steps(by_outputs, back.rows, back.trace.size)
    if not (len(by_gates) == len(gates) and by_gates.shape[1] == gates.shape[1]):
        raise ValueError("by_gates must be of the shape of gates.")
    back.weights, back.first_cell = &weights[0, 0], &first_cell[0, 0]
    back.by_hidden, back.by_cell = &by_hidden[0, 0], &by_cell[0, 0]
    back.by_gates, back.by_outputs.data = &by_gates[0, 0], &by_outputs[0, 0, 0]
    back.by_outputs.step_stride = by_outputs.strides[0] // <Py_ssize_t>sizeof(float)
    back.by_outputs.row_stride = by_outputs.strides[1] // <Py_ssize_t>sizeof(float)
    with nogil:
        c_backward(back)


cdef int check_states(
    const float[:, ::1] hidden, const float[:, ::1] cell, LstmRows rows, size_t units
) except -1:
    cdef size_t n_hidden = hidden.shape[0], n_cell = cell.shape[0]
    cdef size_t width = hidden.shape[1], cell_width = cell.shape[1]
    if not (n_hidden == n_cell == rows.n_rows and width == cell_width == units):
        raise ValueError(f"states must be of {rows.n_rows} rows and {units} units.")
    return 0


cdef int check_weights(const float[:, ::1] weights, size_t units) except -1:
    cdef size_t n_gates = weights.shape[0], width = weights.shape[1]
    if not (n_gates == 4 * units and width == units):
        raise ValueError(f"weights must be of shape (4 H, H), H = {units}.")
    return 0


cdef int check_steps(const float[:, :, :] steps, LstmRows rows, size_t units) except -1:
    cdef size_t n_rows = steps.shape[1], width = steps.shape[2]
    if not (n_rows == rows.n_rows and width == units):
        raise ValueError(f"outputs must be of {rows.n_rows} rows and {units} units.")
    if steps.shape[2] > 1 and steps.strides[2] != <Py_ssize_t>sizeof(float):
        raise ValueError("the units of outputs must be contiguous.")
    return 0
