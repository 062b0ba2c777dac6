// The position of the lowest bit of a word.
#pragma once

#include <cstdint>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace textvec {

// `bits` is not 0.
inline unsigned lowest_bit(std::uint64_t bits) {
#if defined(__GNUC__) || defined(__clang__)
    return static_cast<unsigned>(__builtin_ctzll(bits));
#elif defined(_M_X64) || defined(_M_ARM64)
    unsigned long index;
    _BitScanForward64(&index, bits);
    return index;
#else
    unsigned count = 0;
    for (; !(bits & 1); bits >>= 1) ++count;
    return count;
#endif
}

}  // namespace textvec
