// Lists of tokens made of other lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "growing_array.hpp"
#include "interner.hpp"

namespace textvec {

// Writes where the tokens at some positions end once they lie end to end. Only those tokens are
// checked to lie within the buffer: to take a few of millions must not read all offsets.
inline void ends_of_taken(TokenBytes tokens, std::size_t n_tokens, std::int64_t n_bytes,
                          const std::int64_t* positions, std::size_t count, std::int64_t* ends) {
    std::int64_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t position = positions[i];
        if (static_cast<std::uint64_t>(position) >= n_tokens) {
            throw std::out_of_range("positions must be of tokens of the list");
        }
        const std::int64_t begin = tokens.offsets[position], stop = tokens.offsets[position + 1];
        if (begin < 0 || begin > stop || stop > n_bytes) {
            throw std::invalid_argument("offsets must rise, and lie within the buffer");
        }
        end += stop - begin;
        ends[i] = end;
    }
}

inline void copy_taken(TokenBytes tokens, const std::int64_t* positions, std::size_t count,
                       std::uint8_t* out) {
    for (std::size_t i = 0; i < count; ++i) {
        if (const std::size_t size = tokens.size(positions[i])) {
            std::memcpy(out, tokens.data(positions[i]), size);
            out += size;
        }
    }
}

// Rows of ids and the tokens that they stand for, as a tokenizer returns them.
struct TokenRows {
    GrowingArray<std::int32_t> ids;
    GrowingArray<std::int64_t> offsets;
    std::vector<std::uint8_t> bytes;
    std::vector<std::int64_t> token_offsets;
    GrowingArray<std::int32_t> spans;  // two numbers an id, if it is known where tokens stood
};

// Copies rows without some of their tokens, and numbers the other tokens anew, in their order.
// `spans` is null if they are not known.
inline void drop_tokens(const std::int32_t* ids, const std::int64_t* offsets, std::size_t n_rows,
                        TokenBytes tokens, const std::int32_t* found, std::size_t n_tokens,
                        const std::int32_t* spans, TokenRows& kept) {
    std::vector<std::int32_t> new_ids(n_tokens, -1);
    kept.token_offsets.push_back(0);
    for (std::size_t i = 0; i < n_tokens; ++i) {
        if (found[i] < 0) {
            const auto id = static_cast<std::int64_t>(i);
            new_ids[i] = static_cast<std::int32_t>(kept.token_offsets.size() - 1);
            kept.bytes.insert(kept.bytes.end(), tokens.data(id), tokens.data(id) + tokens.size(id));
            kept.token_offsets.push_back(static_cast<std::int64_t>(kept.bytes.size()));
        }
    }
    kept.offsets.push(0);
    for (std::size_t row = 0; row < n_rows; ++row) {
        for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
            const std::int32_t id = new_ids[static_cast<std::size_t>(ids[i])];
            if (id >= 0) {
                kept.ids.push(id);
                if (spans != nullptr) {
                    kept.spans.push(spans[2 * i]);
                    kept.spans.push(spans[2 * i + 1]);
                }
            }
        }
        kept.offsets.push(static_cast<std::int64_t>(kept.ids.size()));
    }
}

}  // namespace textvec
