// Rows of ids to one vector each: the mean, weighted, or the maximum of rows of a table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "always_inline.hpp"
#include "prefetch.hpp"

namespace textvec {

// Vectors that are summed in single precision before their sum is added in double precision: half
// as wide in the inner loop, and a document of a million tokens loses no more digits than a short.
constexpr std::int64_t kSummedAtOnce = 64;

// Prefetch distance, in tokens.
constexpr std::int64_t kAhead = 8;

struct Lookup {
    const float* table;  // (V, dim)
    std::size_t dim;
    const std::int32_t* ids;
    const float* weights;  // (V,): an id of weight zero plays no part

    const float* vector(std::int64_t token) const {
        return table + static_cast<std::size_t>(ids[token]) * dim;
    }
    TEXTVEC_ALWAYS_INLINE void prefetch_ahead(std::int64_t token, std::int64_t end) const {
        if (token + kAhead < end) {
            prefetch_row(vector(token + kAhead), dim);
        }
    }
};

inline void add(float* __restrict sum, const float* __restrict vector, float weight,
                std::size_t dim) {
    for (std::size_t d = 0; d < dim; ++d) {
        sum[d] += weight * vector[d];
    }
}

inline void raise_to(float* __restrict top, const float* __restrict vector, std::size_t dim) {
    for (std::size_t d = 0; d < dim; ++d) {
        top[d] = vector[d] > top[d] ? vector[d] : top[d];
    }
}

// The sum of weighted vectors of each row, over the sum of weights or over their number.
inline void pool_means(const Lookup& lookup, const std::int64_t* offsets, std::size_t n_rows,
                       bool by_count, float* out) {
    const std::size_t dim = lookup.dim;
    const std::int64_t end = n_rows ? offsets[n_rows] : 0;
    std::vector<double> total(dim);
    std::vector<float> part(dim);
    for (std::size_t row = 0; row < n_rows; ++row, out += dim) {
        std::fill(total.begin(), total.end(), 0.0);
        double divisor = 0.0;
        for (std::int64_t first = offsets[row]; first < offsets[row + 1]; first += kSummedAtOnce) {
            const std::int64_t last = std::min(first + kSummedAtOnce, offsets[row + 1]);
            std::fill(part.begin(), part.end(), 0.0F);
            for (std::int64_t token = first; token < last; ++token) {
                lookup.prefetch_ahead(token, end);
                const float weight = lookup.weights[lookup.ids[token]];
                if (weight != 0.0F) {
                    add(part.data(), lookup.vector(token), weight, dim);
                    divisor += by_count ? 1.0 : weight;
                }
            }
            for (std::size_t d = 0; d < dim; ++d) {
                total[d] += part[d];
            }
        }
        const double factor = divisor != 0.0 ? 1.0 / divisor : 0.0;
        for (std::size_t d = 0; d < dim; ++d) {
            out[d] = static_cast<float>(total[d] * factor);
        }
    }
}

// The greatest number of each dimension; zeros for a row without vectors.
inline void pool_maxima(const Lookup& lookup, const std::int64_t* offsets, std::size_t n_rows,
                        float* out) {
    const std::size_t dim = lookup.dim;
    const std::int64_t end = n_rows ? offsets[n_rows] : 0;
    for (std::size_t row = 0; row < n_rows; ++row, out += dim) {
        bool is_first = true;
        for (std::int64_t token = offsets[row]; token < offsets[row + 1]; ++token) {
            lookup.prefetch_ahead(token, end);
            if (lookup.weights[lookup.ids[token]] == 0.0F) {
                continue;
            }
            const float* const vector = lookup.vector(token);
            if (is_first) {
                std::copy(vector, vector + dim, out);
                is_first = false;
            } else {
                raise_to(out, vector, dim);
            }
        }
        if (is_first) {
            std::fill(out, out + dim, 0.0F);
        }
    }
}

}  // namespace textvec
