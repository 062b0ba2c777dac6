// Many tokens put into a table or looked up in one: the slots of a batch are prefetched before
// the first of them is read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "interner.hpp"

namespace textvec {

constexpr std::int64_t kLookupBatch = 32;

// Calls `each(position, key)` for tokens, batch by batch.
template <class Each>
void each_key(const IdTable& table, TokenBytes tokens, std::int64_t count, Each each) {
    Key keys[kLookupBatch];
    for (std::int64_t first = 0; first < count; first += kLookupBatch) {
        const std::int64_t last = std::min(count, first + kLookupBatch);
        for (std::int64_t i = first; i < last; ++i) {
            // Behind most tokens there are others, whose bytes may be read.
            const std::uint8_t* const p = tokens.data(i);
            const bool has_slack = tokens.bytes + tokens.offsets[count] - p >=
                                   static_cast<std::ptrdiff_t>(kSlack);
            keys[i - first] = has_slack ? padded_key(p, tokens.size(i))
                                        : exact_key(p, tokens.size(i));
            table.prefetch(keys[i - first].hash());
        }
        for (std::int64_t i = first; i < last; ++i) {
            if (!each(i, keys[i - first])) {
                return;
            }
        }
    }
}

// Puts distinct tokens into a table, each under its position. Returns the position of the first that
// is there already, with `before` where it stands, or `count` if there is none.
inline std::int64_t index_tokens(IdTable& table, TokenBytes tokens, std::int64_t count,
                                 std::int32_t& before) {
    std::int64_t repeated = count;
    each_key(table, tokens, count, [&](std::int64_t i, const Key& key) {
        const auto id = static_cast<std::int32_t>(i);
        before = table.insert(key, tokens.data(i), tokens.size(i), tokens, id);
        repeated = before == id ? count : i;
        return before == id;
    });
    return repeated;
}

// Writes the ids of tokens, -1 for those that are not in the table, which is of `known` tokens.
inline void find_tokens(const IdTable& table, TokenBytes known, TokenBytes tokens,
                        std::int64_t count, std::int32_t* ids) {
    each_key(table, tokens, count, [&](std::int64_t i, const Key& key) {
        ids[i] = table.find(key, tokens.data(i), tokens.size(i), known);
        return true;
    });
}

}  // namespace textvec
