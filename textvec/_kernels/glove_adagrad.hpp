// GloVe by AdaGrad: the updates of Pennington, Socher and Manning (2014).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "checks.hpp"
#include "small_random.hpp"
#include "wide_product.hpp"

namespace textvec {

// One count of the co-occurrence matrix, as training needs it.
struct GloveEntry {
    std::int32_t word;
    std::int32_t context;
    float log_count;
    float weight;  // f(count), at most 1
};

// A row holds the values of a word or context and then, AdaGrad's, their sums of squared
// steps. Its last values make a bias an ordinary product: those of a word end in (its bias, 1),
// those of a context in (1, its bias), then zeros up to a multiple of kLanes. Two rows multiplied
// are then the whole of the model's w.c + b + b'.
inline std::size_t glove_stride(std::size_t n_dimensions) {
    return (n_dimensions + 2 + kLanes - 1) / kLanes * kLanes;
}

inline void shuffle(GloveEntry* entries, std::size_t size, std::uint64_t seed) {
    SmallRandom random(seed);
    for (std::size_t i = size; i > 1; --i) {
        std::swap(entries[i - 1], entries[random.below(i)]);
    }
}

struct GloveRates {
    float learning_rate;
    float clip;  // greatest gradient of one value
};

inline float capped(float gradient, float clip) {
    const float below = gradient < clip ? gradient : clip;
    return below > -clip ? below : -clip;
}

// Steps both rows of an entry down their gradients. No two of the arrays overlap.
inline void step(float* __restrict word, float* __restrict context,
                 float* __restrict word_squares, float* __restrict context_squares,
                 std::size_t stride, float error, const GloveRates& rates) {
    const float rate = rates.learning_rate, clip = rates.clip;
    for (std::size_t i = 0; i < stride; ++i) {
        const float of_word = capped(error * context[i], clip) * rate;
        const float of_context = capped(error * word[i], clip) * rate;
        word[i] -= of_word / std::sqrt(word_squares[i]);
        context[i] -= of_context / std::sqrt(context_squares[i]);
        word_squares[i] += of_word * of_word;
        context_squares[i] += of_context * of_context;
    }
}

// The counts of a co-occurrence matrix in compressed sparse rows.
struct GloveCounts {
    const float* data;
    const std::int32_t* indices;
    const std::int64_t* indptr;
    std::size_t n_rows;
};

// f(count) = min(1, (count / x_max) ** alpha)
struct GloveWeighting {
    double x_max;
    double alpha;

    float operator()(float count) const {
        return count >= x_max ? 1.0F : static_cast<float>(std::pow(count / x_max, alpha));
    }
};

// Calls `each(block, row, i)` for entry `i` of each row.
template <class Each>
void each_of_blocks(const GloveCounts& counts, std::size_t n_blocks, Each each) {
    for (std::size_t row = 0; row < counts.n_rows; ++row) {
        for (std::int64_t i = counts.indptr[row]; i < counts.indptr[row + 1]; ++i) {
            const auto column = static_cast<std::size_t>(counts.indices[i]);
            each(row % n_blocks * n_blocks + column % n_blocks, row, i);
        }
    }
}

// Writes the entries block by block, and where each block begins and the last one ends.
inline void group_entries(const GloveCounts& counts, std::size_t n_blocks,
                          const GloveWeighting& weighting, GloveEntry* entries,
                          std::int64_t* starts) {
    each_of_blocks(counts, n_blocks,
                   [&](std::size_t block, std::size_t, std::int64_t) { ++starts[block + 1]; });
    for (std::size_t block = 0; block < n_blocks * n_blocks; ++block) {
        starts[block + 1] += starts[block];
    }
    std::vector<std::int64_t> ends(starts, starts + n_blocks * n_blocks);
    each_of_blocks(counts, n_blocks, [&](std::size_t block, std::size_t row, std::int64_t i) {
        const float count = counts.data[i];
        entries[ends[block]++] = {static_cast<std::int32_t>(row), counts.indices[i],
                                  std::log(count), weighting(count)};
    });
}

inline void check_entries(const GloveEntry* entries, std::size_t size, std::size_t n_words,
                          std::size_t n_contexts) {
    bool is_outside = false;
    for (std::size_t i = 0; i < size; ++i) {
        is_outside |= static_cast<std::uint32_t>(entries[i].word) >= n_words;
        is_outside |= static_cast<std::uint32_t>(entries[i].context) >= n_contexts;
    }
    if (is_outside) {
        throw std::out_of_range("entries must be of words and contexts that have a row");
    }
}

// Takes one step for each entry, in a random order; returns the sum of their losses.
TEXTVEC_WIDEST static double train_block(GloveEntry* entries, std::size_t size, float* words,
                                         float* contexts, std::size_t n_dimensions,
                                         const GloveRates& rates, std::uint64_t seed) {
    const std::size_t stride = glove_stride(n_dimensions);
    double loss = 0;
    shuffle(entries, size, seed);
    for (std::size_t i = 0; i < size; ++i) {
        const GloveEntry& entry = entries[i];
        float* const word = words + static_cast<std::size_t>(entry.word) * 2 * stride;
        float* const context = contexts + static_cast<std::size_t>(entry.context) * 2 * stride;
        const float difference = product(word, context, stride) - entry.log_count;
        const float error = entry.weight * difference;
        loss += 0.5 * static_cast<double>(error) * static_cast<double>(difference);
        step(word, context, word + stride, context + stride, stride, error, rates);
        word[n_dimensions + 1] = 1;  // the ones that biases are multiplied with are no parameters
        context[n_dimensions] = 1;
    }
    return loss;
}

}  // namespace textvec
