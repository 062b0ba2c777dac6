// Products of rows of floats, the same bits on machines with wide vectors and without.
#pragma once

#include <cstddef>

// Compiled twice, for machines with the wider vectors and for all; the module picks as it loads.
// Both compute the same bits, as neither fuses products with sums.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#define TEXTVEC_WIDEST __attribute__((target_clones("avx2", "default")))
#else
#define TEXTVEC_WIDEST
#endif

namespace textvec {

constexpr std::size_t kLanes = 8;  // numbers that one vector instruction may take

// Always in this order, so that a result does not depend on how wide the machine's vectors are.
inline float product(const float* a, const float* b, std::size_t width) {
    const std::size_t whole = width / kLanes * kLanes;
    float sums[kLanes] = {0};
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sums[lane] += a[i + lane] * b[i + lane];
        }
    }
    for (std::size_t i = whole; i < width; ++i) {
        sums[i - whole] += a[i] * b[i];
    }
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace textvec
