// A float as text, in the fewest digits that give it back.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdio>

namespace textvec {

constexpr std::size_t kNumberSize = 32;  // characters that any float fits in

// Writes a finite number and gives its end; `kNumberSize` characters from `p` on must be writable.
inline char* write_number(char* p, float value) {
#if defined(__cpp_lib_to_chars)
    return std::to_chars(p, p + kNumberSize, value).ptr;
#else
    // Libraries without that: nine digits always give a float back, and mostly are too many. The
    // locale may have a comma for a point.
    const int size = std::snprintf(p, kNumberSize, "%.9g", static_cast<double>(value));
    for (char* c = p; c != p + size; ++c) {
        if (*c == ',') *c = '.';
    }
    return p + size;
#endif
}

}  // namespace textvec
