// Floats as text, in the fewest digits that are read back to the same float.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "interner.hpp"

namespace textvec {

constexpr std::size_t kNumberSize = 32;  // characters that any float fits in

// Writes a finite number and returns its end; `kNumberSize` characters from `p` on must be writable.
inline char* write_number(char* p, float value) {
#if defined(__cpp_lib_to_chars)
    return std::to_chars(p, p + kNumberSize, value).ptr;
#else
    // Libraries without that: six digits, without zeros at their end, or one more until they are read
    // back; nine always are. The locale may have a comma for a point.
    int size, digits = 6;
    do {
        size = std::snprintf(p, kNumberSize, "%.*g", digits, static_cast<double>(value));
    } while (digits++ < 9 && std::strtof(p, nullptr) != value);
    for (char* c = p; c != p + size; ++c) {
        if (*c == ',') *c = '.';
    }
    return p + size;
#endif
}

// Lines of a token and its numbers, with a blank before each number.
inline std::vector<char> vector_lines(TokenBytes tokens, std::size_t n_rows, const float* matrix,
                                      std::size_t width) {
    const auto n_token_bytes = static_cast<std::size_t>(tokens.offsets[n_rows] - tokens.offsets[0]);
    std::vector<char> text(n_token_bytes + n_rows * (1 + width * (1 + kNumberSize)));
    char* p = text.data();
    for (std::size_t row = 0; row < n_rows; ++row, matrix += width) {
        const auto i = static_cast<std::int64_t>(row);
        if (const std::size_t size = tokens.size(i)) {
            std::memcpy(p, tokens.data(i), size);
            p += size;
        }
        for (std::size_t j = 0; j < width; ++j) {
            *p++ = ' ';
            p = write_number(p, matrix[j]);
        }
        *p++ = '\n';
    }
    text.resize(static_cast<std::size_t>(p - text.data()));
    return text;
}

}  // namespace textvec
