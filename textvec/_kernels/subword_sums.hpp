// fastText's n-grams of a word's characters, and sums of their vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "interner.hpp"

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

// A table of vectors, one for each bucket of hashes.
struct HashedVectors {
    const float* values;
    std::uint32_t n_buckets;
    std::size_t width;
};

// Adds the vectors of each word's n-grams to the word's row, one after the other; writes how many
// n-grams each has.
inline void add_subwords(TokenBytes words, std::size_t n_words, std::int64_t min_n,
                         std::int64_t max_n, const HashedVectors& table, float* sums,
                         std::int64_t* n_ngrams) {
    std::vector<std::uint8_t> marked;  // "<word>"
    for (std::size_t word = 0; word < n_words; ++word, sums += table.width) {
        const auto i = static_cast<std::int64_t>(word);
        marked.assign(1, '<');
        marked.insert(marked.end(), words.data(i), words.data(i) + words.size(i));
        marked.push_back('>');
        each_ngram(marked.data(), marked.size(), min_n, max_n, [&](std::uint32_t hash) {
            const std::size_t bucket = hash % table.n_buckets;
            const float* const row = table.values + bucket * table.width;
            for (std::size_t d = 0; d < table.width; ++d) sums[d] += row[d];
            ++n_ngrams[word];
        });
    }
}

}  // namespace textvec
