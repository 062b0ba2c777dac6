// Few rows of ids counted at once: sorted, and equal columns added up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "row_sort.hpp"

namespace textvec {

// Counts of the columns of rows, end to end, and where each row begins.
struct RowCounts {
    std::vector<std::int32_t> columns;
    std::vector<std::int64_t> counts;
    std::vector<std::int64_t> starts = {0};

    // An id whose column is negative is left out. Without `column_of_id` ids are columns.
    void count(const std::int32_t* ids, const std::int64_t* offsets, std::size_t n_rows,
               const std::int32_t* column_of_id, std::size_t n_columns) {
        RowSorter sorter(n_columns);
        for (std::size_t row = 0; row < n_rows; ++row) {
            std::uint64_t* const room =
                sorter.room(static_cast<std::size_t>(offsets[row + 1] - offsets[row]));
            std::size_t n_known = 0;
            for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
                const std::int32_t column = column_of_id ? column_of_id[ids[i]] : ids[i];
                if (column >= 0) {
                    room[n_known++] = entry_of(column, 0);
                }
            }
            const std::uint64_t* const sorted = sorter.sort(n_known);
            for (std::size_t first = 0, i = 0; i < n_known; first = i) {
                for (; i < n_known && sorted[i] == sorted[first]; ++i) {
                }
                columns.push_back(column_of(sorted[first]));
                counts.push_back(static_cast<std::int64_t>(i - first));
            }
            starts.push_back(static_cast<std::int64_t>(columns.size()));
        }
    }
};

}  // namespace textvec
