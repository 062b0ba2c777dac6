// The steps of an LSTM over rows of different length, and back through them (Hochreiter and
// Schmidhuber, 1997): what cannot be computed for all steps at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include "always_inline.hpp"
#include "bfloat16_products.hpp"

namespace textvec {

// Where the steps of rows are: step s of row b at starts[b] + s * stride or, if they are read from
// their end, the other way round.
struct LstmRows {
    const std::int64_t* starts;
    const std::int64_t* lengths;
    std::size_t n_rows;
    std::int64_t stride;
    bool backward;

    std::size_t place(std::size_t row, std::size_t step) const {
        return static_cast<std::size_t>(starts[row] + time(row, step) * stride);
    }
    std::int64_t time(std::size_t row, std::size_t step) const {
        const auto s = static_cast<std::int64_t>(step);
        return backward ? lengths[row] - 1 - s : s;
    }
};

// Vectors (T, B, H) of steps, of which a row's own are contiguous.
template <class Float>
struct LstmSteps {
    Float* data;
    std::ptrdiff_t step_stride;
    std::ptrdiff_t row_stride;

    Float* at(const LstmRows& rows, std::size_t row, std::size_t step) const {
        return data + rows.time(row, step) * step_stride +
               static_cast<std::ptrdiff_t>(row) * row_stride;
    }
};

// What the steps leave for the way back, at the place of each; a factor of products is a float, or
// one rounded to bfloat16.
template <class Factor>
struct LstmTrace {
    float* gates;     // of input and forgetting, the candidate, the gate of the output: 4 H
    Factor* before;   // the hidden state before, H
    float* cells;     // the cell state after, H
    float* squashed;  // its tanh
    std::size_t size;  // H
};

// Several floats that are computed with at once.
#if defined(__GNUC__)
typedef float Floats4 __attribute__((vector_size(16)));
typedef float Floats8 __attribute__((vector_size(32)));
typedef float Floats16 __attribute__((vector_size(64)));
#else
struct Floats4 {
    float values[4];
    Floats4& operator+=(const Floats4& other) {
        for (int i = 0; i < 4; ++i) {
            values[i] += other.values[i];
        }
        return *this;
    }
};
inline Floats4 operator*(float scale, const Floats4& vector) {
    return {{scale * vector.values[0], scale * vector.values[1], scale * vector.values[2],
             scale * vector.values[3]}};
}
#endif

// A matrix (n_in, n_out) in stretches of as many columns as a product keeps in registers, the last
// filled up with zeros.
template <class Floats, std::size_t kRows>
class Panels {
  public:
    using Factor = float;
    static constexpr std::size_t kWidth = 2 * sizeof(Floats) / sizeof(float);

    // Copies of floats as factors, and of factors as floats, which may be there already.
    TEXTVEC_ALWAYS_INLINE static void narrow(const float* from, std::size_t size, float* to) {
        std::memcpy(to, from, size * sizeof(float));
    }
    TEXTVEC_ALWAYS_INLINE static void widen(const float* from, std::size_t size, float* to) {
        if (to != from) {
            std::memcpy(to, from, size * sizeof(float));
        }
    }

    // The matrix is at values[i * in_stride + j * out_stride].
    Panels(const float* values, std::size_t n_in, std::size_t n_out, std::size_t in_stride,
           std::size_t out_stride)
        : n_in_(n_in), n_out_(n_out), values_((n_out + kWidth - 1) / kWidth * kWidth * n_in) {
        for (std::size_t j = 0; j < n_out; ++j) {
            float* const column = &values_[j / kWidth * kWidth * n_in + j % kWidth];
            for (std::size_t i = 0; i < n_in; ++i) {
                column[i * kWidth] = values[i * in_stride + j * out_stride];
            }
        }
    }

    // Adds the products of rows with the matrix to others: in[i] (n_in), out[i] (n_out).
    TEXTVEC_ALWAYS_INLINE void add_products(const float* const* in, float* const* out,
                                            std::size_t n_rows) const {
        for (std::size_t first = 0; first < n_out_; first += kWidth) {
            const std::size_t width = std::min(kWidth, n_out_ - first);
            for (std::size_t row = 0; row < n_rows; row += kRows) {
                add_block(in + row, out + row, std::min(kRows, n_rows - row), first, width);
            }
        }
    }

  private:
    // The rows that are missing in the last block are computed with the last one that is there.
    TEXTVEC_ALWAYS_INLINE void add_block(const float* const* in, float* const* out,
                                         std::size_t n_rows, std::size_t first,
                                         std::size_t width) const {
        const float* inputs[kRows];
        Floats sums[kRows][2] = {};
        for (std::size_t r = 0; r < kRows; ++r) {
            inputs[r] = in[std::min(r, n_rows - 1)];
        }
        const float* weights = &values_[first * n_in_];
        for (std::size_t i = 0; i < n_in_; ++i, weights += kWidth) {
            Floats left, right;
            std::memcpy(&left, weights, sizeof left);
            std::memcpy(&right, weights + kWidth / 2, sizeof right);
            for (std::size_t r = 0; r < kRows; ++r) {
                const float input = inputs[r][i];
                sums[r][0] += input * left;
                sums[r][1] += input * right;
            }
        }
        float found[kRows][kWidth];
        for (std::size_t r = 0; r < kRows; ++r) {
            std::memcpy(found[r], &sums[r][0], sizeof(Floats));
            std::memcpy(found[r] + kWidth / 2, &sums[r][1], sizeof(Floats));
        }
        for (std::size_t r = 0; r < n_rows; ++r) {
            float* const to = out[r] + first;
            for (std::size_t j = 0; j < width; ++j) {
                to[j] += found[r][j];
            }
        }
    }

    std::size_t n_in_, n_out_;
    std::vector<float> values_;
};

// tanh to a few units in the last place, by the quotient of polynomials that Eigen has; without
// branches, so that it is computed of several numbers at once. NaN stays NaN.
TEXTVEC_ALWAYS_INLINE float fast_tanh(float x) {
    constexpr float kBound = 7.90531110763549805F;  // beyond, the nearest float is 1
    x = x > kBound ? kBound : x;
    x = x < -kBound ? -kBound : x;
    const float y = x * x;
    float p = -2.76076847742355e-16F;
    p = p * y + 2.00018790482477e-13F;
    p = p * y - 8.60467152213735e-11F;
    p = p * y + 5.12229709037114e-08F;
    p = p * y + 1.48572235717979e-05F;
    p = p * y + 6.37261928875436e-04F;
    p = p * y + 4.89352455891786e-03F;
    float q = 1.19825839466702e-06F;
    q = q * y + 1.18534705686654e-04F;
    q = q * y + 2.26843463243900e-03F;
    q = q * y + 4.89352518554385e-03F;
    return x * p / q;
}

TEXTVEC_ALWAYS_INLINE void squash(float* values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        values[i] = fast_tanh(values[i]);
    }
}

TEXTVEC_ALWAYS_INLINE void squash_to_unit(float* values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        values[i] = 0.5F * fast_tanh(0.5F * values[i]) + 0.5F;
    }
}

// What the gates of a unit make of its state, and of the input.
TEXTVEC_ALWAYS_INLINE void next_state(const float* __restrict input,
                                      const float* __restrict forget,
                                      const float* __restrict candidate,
                                      const float* __restrict output,
                                      float* __restrict cell,
                                      float* __restrict squashed,
                                      float* __restrict hidden, std::size_t size) {
    for (std::size_t j = 0; j < size; ++j) {
        cell[j] = forget[j] * cell[j] + input[j] * candidate[j];
        squashed[j] = fast_tanh(cell[j]);
        hidden[j] = output[j] * squashed[j];
    }
}

struct LstmGates {
    const float *input, *forget, *candidate, *output;
};

// The gradients of the gates, before they are squashed, and of the cell state before; that of the
// hidden state begins at 0.
TEXTVEC_ALWAYS_INLINE void derive(
    const LstmGates& gates, const float* __restrict before,
    const float* __restrict squashed, const float* __restrict by_output_state,
    float* __restrict by_hidden, float* __restrict by_cell,
    float* __restrict by_input, float* __restrict by_forget,
    float* __restrict by_candidate, float* __restrict by_output, std::size_t size) {
    for (std::size_t j = 0; j < size; ++j) {
        const float i = gates.input[j], f = gates.forget[j], g = gates.candidate[j],
                    o = gates.output[j], t = squashed[j];
        const float of_h = by_hidden[j] + by_output_state[j];
        const float of_c = by_cell[j] + of_h * o * (1 - t * t);
        by_input[j] = of_c * g * i * (1 - i);
        by_forget[j] = of_c * before[j] * f * (1 - f);
        by_candidate[j] = of_c * i * (1 - g * g);
        by_output[j] = of_h * t * o * (1 - o);
        by_cell[j] = of_c * f;
        by_hidden[j] = 0;
    }
}

// Rows by falling length, of which fewer and fewer have a step.
class RowsByLength {
  public:
    explicit RowsByLength(const LstmRows& rows) : lengths_(rows.lengths), rows_(rows.n_rows) {
        std::iota(rows_.begin(), rows_.end(), std::size_t{0});
        std::stable_sort(rows_.begin(), rows_.end(), [&](std::size_t a, std::size_t b) {
            return lengths_[a] > lengths_[b];
        });
    }
    std::size_t n_steps() const {
        return rows_.empty() ? 0 : static_cast<std::size_t>(lengths_[rows_[0]]);
    }
    // How many rows have a step, one of `n` or more; `n` is that of a step next to it.
    std::size_t count(std::size_t step, std::size_t n) const {
        const auto s = static_cast<std::int64_t>(step);
        while (n < rows_.size() && lengths_[rows_[n]] > s) {
            ++n;
        }
        while (n > 0 && lengths_[rows_[n - 1]] <= s) {
            --n;
        }
        return n;
    }
    std::size_t operator[](std::size_t i) const { return rows_[i]; }

  private:
    const std::int64_t* lengths_;
    std::vector<std::size_t> rows_;
};

// What the way through the steps takes. `sums` are what the input adds to the gates, and may be
// them; `hidden` and `cell` (B, H) become the last states.
template <class Factor>
struct LstmForward {
    LstmRows rows;
    const Factor* sums;
    LstmTrace<Factor> trace;
    const float* weights;
    float *hidden, *cell;
    LstmSteps<float> outputs;
};

template <class Matrix>
TEXTVEC_ALWAYS_INLINE void lstm_forward_of(const LstmForward<typename Matrix::Factor>& pass) {
    const auto& [rows, sums, trace, weights, hidden, cell, outputs] = pass;
    const std::size_t size = trace.size;
    Matrix by_state(weights, size, 4 * size, 1, size);
    const RowsByLength order(rows);
    std::vector<const typename Matrix::Factor*> in(rows.n_rows);
    std::vector<float*> out(rows.n_rows);
    for (std::size_t step = 0, n = rows.n_rows; step < order.n_steps(); ++step) {
        n = order.count(step, n);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t place = rows.place(order[i], step) * size;
            Matrix::narrow(hidden + order[i] * size, size, trace.before + place);
            Matrix::widen(sums + 4 * place, 4 * size, trace.gates + 4 * place);
            in[i] = trace.before + place;
            out[i] = trace.gates + 4 * place;
        }
        by_state.add_products(in.data(), out.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t row = order[i], place = rows.place(row, step) * size;
            float* const gates = out[i];
            squash_to_unit(gates, 2 * size);
            squash(gates + 2 * size, size);
            squash_to_unit(gates + 3 * size, size);
            float *h = hidden + row * size, *c = cell + row * size;
            next_state(gates, gates + size, gates + 2 * size, gates + 3 * size, c,
                       trace.squashed + place, h, size);
            std::memcpy(trace.cells + place, c, size * sizeof(float));
            std::memcpy(outputs.at(rows, row, step), h, size * sizeof(float));
        }
    }
}

// And the way back. `by_hidden` and `by_cell` (B, H), the gradients of the last states, become those
// of the first; `by_gates` is of the gates before they are squashed, at the places of the trace.
template <class Factor>
struct LstmBackward {
    LstmRows rows;
    LstmTrace<Factor> trace;
    const float *weights, *first_cell;
    float *by_hidden, *by_cell;
    LstmSteps<const float> by_outputs;
    Factor* by_gates;
};

template <class Matrix>
TEXTVEC_ALWAYS_INLINE void lstm_backward_of(const LstmBackward<typename Matrix::Factor>& pass) {
    const auto& [rows, trace, weights, first_cell, by_hidden, by_cell, by_outputs, by_gates] = pass;
    const std::size_t size = trace.size;
    Matrix by_state(weights, 4 * size, size, size, 1);
    const RowsByLength order(rows);
    std::vector<const typename Matrix::Factor*> in(rows.n_rows);
    std::vector<float*> out(rows.n_rows);
    std::vector<float> of_row(4 * size);
    for (std::size_t step = order.n_steps(), n = 0; step-- > 0;) {
        n = order.count(step, n);
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t row = order[i], place = rows.place(row, step);
            const float* const gates = trace.gates + place * 4 * size;
            const float* const before =
                step ? trace.cells + rows.place(row, step - 1) * size : first_cell + row * size;
            float *to = of_row.data(), *h = by_hidden + row * size;
            derive({gates, gates + size, gates + 2 * size, gates + 3 * size}, before,
                   trace.squashed + place * size, by_outputs.at(rows, row, step), h,
                   by_cell + row * size, to, to + size, to + 2 * size, to + 3 * size, size);
            Matrix::narrow(to, 4 * size, by_gates + place * 4 * size);
            in[i] = by_gates + place * 4 * size;
            out[i] = h;
        }
        by_state.add_products(in.data(), out.data(), n);
    }
}

// Floats by the widest vectors that the machine has, and as many rows as its registers hold sums of;
// factors in bfloat16 on its matrix units or else by its vectors, for which it must have instructions.
#if defined(__GNUC__) && defined(__x86_64__)
#define TEXTVEC_OF_WIDEST(name, Pass)                                                           \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma"))) inline void name##_of_512(    \
        const Pass<float>& pass) {                                                              \
        name##_of<Panels<Floats16, 8>>(pass);                                                   \
    }                                                                                           \
    __attribute__((target("avx2,fma"))) inline void name##_of_256(const Pass<float>& pass) {    \
        name##_of<Panels<Floats8, 4>>(pass);                                                    \
    }                                                                                           \
    inline void name(const Pass<float>& pass) {                                                 \
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&          \
            __builtin_cpu_supports("avx512dq")) {                                               \
            name##_of_512(pass);                                                                \
        } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {           \
            name##_of_256(pass);                                                                \
        } else {                                                                                \
            name##_of<Panels<Floats4, 4>>(pass);                                                \
        }                                                                                       \
    }
#else
#define TEXTVEC_OF_WIDEST(name, Pass) \
    inline void name(const Pass<float>& pass) { name##_of<Panels<Floats4, 4>>(pass); }
#endif
#if defined(TEXTVEC_BFLOAT16)
#define TEXTVEC_OF_ROUNDED(name, Pass)                                                          \
    TEXTVEC_OF_TILES inline void name##_on_tiles(const Pass<Bfloat16>& pass) {                  \
        name##_of<Bfloat16Matrix<TileBlocks>>(pass);                                            \
    }                                                                                           \
    TEXTVEC_OF_BFLOAT16 inline void name##_on_vectors(const Pass<Bfloat16>& pass) {             \
        name##_of<Bfloat16Matrix<VectorBlocks>>(pass);                                          \
    }                                                                                           \
    inline void name(const Pass<Bfloat16>& pass) {                                              \
        has_tiles() ? name##_on_tiles(pass) : name##_on_vectors(pass);                          \
    }
#else
#define TEXTVEC_OF_ROUNDED(name, Pass) \
    inline void name(const Pass<std::uint16_t>&) {}
#endif

TEXTVEC_OF_WIDEST(lstm_forward, LstmForward)
TEXTVEC_OF_ROUNDED(lstm_forward, LstmForward)
TEXTVEC_OF_WIDEST(lstm_backward, LstmBackward)
TEXTVEC_OF_ROUNDED(lstm_backward, LstmBackward)

}  // namespace textvec
