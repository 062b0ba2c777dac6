// Loads that depend on each other, such as a node and then its symbol, cost a cache miss each. Where
// the addresses of many are known beforehand, prefetching lets the misses overlap.
#pragma once

#include <cstddef>

#include "always_inline.hpp"

#if !defined(__GNUC__) && defined(_M_X64)
#include <intrin.h>
#endif

namespace textvec {

// A hint; nothing on compilers that have none. Inlined at once, as are functions that do nothing
// else: GCC 12 drops calls of what has no effect, and takes a prefetch for none.
TEXTVEC_ALWAYS_INLINE void prefetch(const void* memory) {
#if defined(__GNUC__)
    __builtin_prefetch(memory);
#elif defined(_M_X64)
    _mm_prefetch(static_cast<const char*>(memory), _MM_HINT_T0);
#else
    (void)memory;
#endif
}

// All cache lines of a row of floats.
TEXTVEC_ALWAYS_INLINE void prefetch_row(const float* row, std::size_t width) {
    constexpr std::size_t kFloatsOfCacheLine = 16;
    for (std::size_t i = 0; i < width; i += kFloatsOfCacheLine) {
        prefetch(row + i);
    }
}

}  // namespace textvec
