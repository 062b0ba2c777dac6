// fastText's n-grams of a word's characters, and sums of their vectors.
#pragma once

#include <cstddef>
#include <cstdint>

namespace textvec {

inline bool begins_character(std::uint8_t c) { return (c & 0xC0) != 0x80; }

// Calls `each` with the FNV-1a hash of every n-gram of `min_n` to `max_n` characters of `word`, which
// is "<" + a word + ">" in UTF-8, in fastText's order. The two marks alone are no n-grams. Bytes are
// taken for signed, as fastText and gensim have it.
template <class Each>
void each_ngram(const std::uint8_t* word, std::size_t size, std::int64_t min_n, std::int64_t max_n,
                Each each) {
    for (std::size_t start = 0; start < size; ++start) {
        if (!begins_character(word[start])) continue;
        std::uint32_t hash = 2166136261U;
        std::size_t end = start;
        for (std::int64_t n = 1; n <= max_n && end < size; ++n) {
            do {
                hash ^= static_cast<std::uint32_t>(static_cast<std::int8_t>(word[end]));
                hash *= 16777619U;
                ++end;
            } while (end < size && !begins_character(word[end]));
            const bool is_mark = n == 1 && (start == 0 || end == size);
            if (n >= min_n && !is_mark) each(hash);
        }
    }
}

// Adds a row of floats to another.
inline void add_row(float* sum, const float* row, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) sum[i] += row[i];
}

}  // namespace textvec
