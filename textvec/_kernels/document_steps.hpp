// Vectors of documents that predict the n-grams in them by cosine similarity: the model of Thongtan
// and Phienthrakul (2019), with unit vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "always_inline.hpp"
#include "prefetch.hpp"
#include "small_random.hpp"
#include "wide_product.hpp"

namespace textvec {

// Rows of unit length, and AdaGrad's sums of squares, one for each row: they begin at 1.
struct UnitVectors {
    float* rows;
    float* squares;
    std::size_t width;

    float* row(std::size_t i) const { return rows + i * width; }
};

struct NgramModel {
    UnitVectors ngrams;
    const std::int32_t* noise;  // ids that negative samples are drawn from
    std::size_t n_noise;
    std::size_t n_negative;
    float scale;  // of the cosine, in the logit
    float learning_rate;
};

// One document's n-grams, each followed by its negative samples.
class Samples {
  public:
    Samples(const NgramModel& model, const std::int32_t* ids, std::size_t size, SmallRandom& random)
        : each_(1 + model.n_negative) {
        ids_.reserve(size * each_);
        for (std::size_t i = 0; i < size; ++i) {
            ids_.push_back(ids[i]);
            for (std::size_t n = 0; n < model.n_negative; ++n) {
                ids_.push_back(model.noise[random.below(model.n_noise)]);
            }
        }
    }

    std::size_t size() const { return ids_.size(); }
    std::size_t operator[](std::size_t i) const { return static_cast<std::size_t>(ids_[i]); }
    bool is_positive(std::size_t i) const { return i % each_ == 0; }
    // Whether a negative sample is the n-gram itself.
    bool is_void(std::size_t i) const { return i % each_ != 0 && ids_[i] == ids_[i - i % each_]; }

  private:
    std::size_t each_;
    std::vector<std::int32_t> ids_;
};

// How far two vectors point the same way.
struct Angle {
    float length_a;
    float length_b;
    float cosine;

    TEXTVEC_ALWAYS_INLINE Angle(const float* a, const float* b, std::size_t width)
        : length_a(std::sqrt(product(a, a, width))),
          length_b(std::sqrt(product(b, b, width))),
          cosine(std::min(1.0F, std::max(-1.0F, product(a, b, width) / (length_a * length_b)))) {}
};

// How a vector turns towards another: it becomes keep * itself + take * the other, of unit length
// whatever its length was, so that rounding does not add up. AdaGrad's sum of squares grows by the
// gradient's.
struct Turn {
    float keep;
    float take;

    Turn(float& squares, float learning_rate, float error, float cosine, float length,
         float length_of_other) {
        const float sine_squared = 1 - cosine * cosine;
        squares += error * error * sine_squared;
        const float step = learning_rate * error / std::sqrt(squares);
        const float stretched = std::sqrt(1 + step * step * sine_squared);
        keep = (1 - step * cosine) / (stretched * length);
        take = step / (stretched * length_of_other);
    }
};

TEXTVEC_ALWAYS_INLINE void turn(float* __restrict a, const float* __restrict b, const Turn& of_a,
                                std::size_t width) {
    for (std::size_t k = 0; k < width; ++k) {
        a[k] = of_a.keep * a[k] + of_a.take * b[k];
    }
}

TEXTVEC_ALWAYS_INLINE void turn_both(float* __restrict a, float* __restrict b, const Turn& of_a,
                                     const Turn& of_b, std::size_t width) {
    for (std::size_t k = 0; k < width; ++k) {
        const float x = a[k], y = b[k];
        a[k] = of_a.keep * x + of_a.take * y;
        b[k] = of_b.keep * y + of_b.take * x;
    }
}

// One pass over a document: its vector turns towards its n-grams and away from the negative
// samples, and these turn likewise if they learn. Returns the sum of the losses, each before its
// step.
template <bool kNgramsLearn>
TEXTVEC_ALWAYS_INLINE double pass_over(const NgramModel& model, float* document, float& squares,
                                       const std::int32_t* ids, std::size_t size,
                                       SmallRandom& random) {
    constexpr std::size_t kAhead = 8;
    const std::size_t width = model.ngrams.width;
    const Samples samples(model, ids, size, random);
    double loss = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (i + kAhead < samples.size()) {
            prefetch_row(model.ngrams.row(samples[i + kAhead]), width);
        }
        if (samples.is_void(i)) {
            continue;
        }
        float* const ngram = model.ngrams.row(samples[i]);
        const Angle angle(document, ngram, width);
        const float sign = samples.is_positive(i) ? 1.0F : -1.0F;
        const float odds = std::exp(-sign * model.scale * angle.cosine);  // against what is so
        const float error = sign * (1 - 1 / (1 + odds));
        loss += std::log1p(odds);
        const Turn of_document(squares, model.learning_rate, error, angle.cosine, angle.length_a,
                               angle.length_b);
        if (kNgramsLearn) {
            float& ngram_squares = model.ngrams.squares[samples[i]];
            const Turn of_ngram(ngram_squares, model.learning_rate, error, angle.cosine,
                                angle.length_b, angle.length_a);
            turn_both(document, ngram, of_document, of_ngram, width);
        } else {
            turn(document, ngram, of_document, width);
        }
    }
    return loss;
}

struct DocumentRows {
    const std::int32_t* ids;
    const std::int64_t* offsets;

    const std::int32_t* row(std::size_t i) const { return ids + offsets[i]; }
    std::size_t size(std::size_t i) const {
        return static_cast<std::size_t>(offsets[i + 1] - offsets[i]);
    }
};

// One pass over documents, from which the n-grams learn as well.
TEXTVEC_WIDEST static double learn_pass(const NgramModel& model, const UnitVectors& documents,
                                        const DocumentRows& rows, std::size_t n_documents,
                                        std::uint64_t seed) {
    SmallRandom random(seed);
    double loss = 0;
    for (std::size_t i = 0; i < n_documents; ++i) {
        loss += pass_over<true>(model, documents.row(i), documents.squares[i], rows.row(i),
                                rows.size(i), random);
    }
    return loss;
}

// All passes over each document, one document after the other; the n-grams stay as they are.
TEXTVEC_WIDEST static void infer_passes(const NgramModel& model, const UnitVectors& documents,
                                        const DocumentRows& rows, std::size_t n_documents,
                                        std::size_t n_passes, std::uint64_t seed) {
    for (std::size_t i = 0; i < n_documents; ++i) {
        SmallRandom random(seed);  // the same for each document: its vector depends on it alone
        for (std::size_t pass = 0; pass < n_passes; ++pass) {
            pass_over<false>(model, documents.row(i), documents.squares[i], rows.row(i),
                             rows.size(i), random);
        }
    }
}

}  // namespace textvec
