// The order of tokens by their UTF-8 bytes, which is the order by code points.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "interner.hpp"

namespace textvec {

// The first eight bytes as a number that compares as the bytes do; shorter tokens end in zeros.
inline std::uint64_t sort_prefix(const std::uint8_t* p, std::size_t size) {
    std::uint64_t prefix = 0;
    const std::size_t taken = size < 8 ? size : 8;
    for (std::size_t i = 0; i < taken; ++i) {
        prefix |= static_cast<std::uint64_t>(p[i]) << (56 - 8 * i);
    }
    return prefix;
}

// Writes the positions of `count` tokens to `order`, least token first.
inline void sort_tokens(TokenBytes tokens, std::int64_t count, std::int64_t* order) {
    struct Entry {
        std::uint64_t prefix;
        std::int64_t position;
    };
    std::vector<Entry> entries(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        entries[static_cast<std::size_t>(i)] = {sort_prefix(tokens.data(i), tokens.size(i)), i};
    }
    std::sort(entries.begin(), entries.end(), [tokens](const Entry& a, const Entry& b) {
        if (a.prefix != b.prefix) {
            return a.prefix < b.prefix;
        }
        const std::size_t a_size = tokens.size(a.position);
        const std::size_t b_size = tokens.size(b.position);
        const int order = std::memcmp(tokens.data(a.position), tokens.data(b.position),
                                      std::min(a_size, b_size));
        return order != 0 ? order < 0 : a_size < b_size;
    });
    for (std::size_t i = 0; i < entries.size(); ++i) {
        order[i] = entries[i].position;
    }
}

// Writes the position of each of `count` tokens in their order.
inline void rank_tokens(TokenBytes tokens, std::int64_t count, std::vector<std::int32_t>& rank) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    sort_tokens(tokens, count, order.data());
    rank.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        rank[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
    }
}

}  // namespace textvec
