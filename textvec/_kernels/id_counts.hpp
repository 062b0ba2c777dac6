// Occurrences of ids, and rows that hold them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace textvec {

template <class Id>
void add_occurrences(const Id* ids, std::size_t n_items, std::int64_t* counts) {
    for (std::size_t i = 0; i < n_items; ++i) {
        ++counts[ids[i]];
    }
}

inline void add_row_counts(const std::int32_t* ids, const std::int64_t* offsets, std::size_t n_rows,
                           std::size_t n_ids, std::int64_t* counts) {
    std::vector<std::int64_t> last_row(n_ids, -1);
    for (std::size_t row = 0; row < n_rows; ++row) {
        for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
            const auto id = static_cast<std::size_t>(ids[i]);
            if (last_row[id] != static_cast<std::int64_t>(row)) {
                last_row[id] = static_cast<std::int64_t>(row);
                ++counts[id];
            }
        }
    }
}

}  // namespace textvec
