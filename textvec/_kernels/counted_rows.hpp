// Rows of (id, count), each id once a row: what becomes a sparse matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "column.hpp"
#include "row_sort.hpp"

namespace textvec {

class CountedRows {
  public:
    std::size_t n_rows() const { return ends_.size(); }
    std::size_t n_entries() const { return entries_.size(); }

    // Makes room for entries to come, once instead of bit by bit.
    void reserve(std::size_t count) { entries_.reserve(count); }

    // Begins a row of at most `n_ids` different ids.
    void begin_row(std::size_t n_ids) {
        row_ = entries_.reserve(n_ids);
        length_ = 0;
    }
    void end_row() {
        entries_.add(length_);
        ends_.push_back(static_cast<std::int64_t>(entries_.size()));
    }

    // Counts an id. `place` is the id's own: it says where in the rows the id last was counted, so
    // that no row has to be searched, and no table has to be cleared between rows.
    void count(std::int32_t id, std::uint32_t& place, std::int32_t times) {
        const std::uint32_t begin = static_cast<std::uint32_t>(entries_.size());
        const std::size_t in_row = static_cast<std::uint32_t>(place - begin);
        // Behind 2^32 entries a stale place may point into this row: the id tells.
        if (in_row < length_ && row_[in_row].id == id) {
            row_[in_row].count += times;
        } else {
            place = begin + static_cast<std::uint32_t>(length_);
            row_[length_++] = {id, times};
        }
    }

    void renumber(const std::int32_t* new_ids) {
        Entry* const entries = entries_.data();
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            entries[i].id = new_ids[entries[i].id];
        }
    }

    void add_frequencies(std::int64_t* documents, std::int64_t* occurrences) const {
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            const Entry entry = entries_.data()[i];
            documents[entry.id] += 1;
            occurrences[entry.id] += entry.count;
        }
    }

    // Writes how many entries of each row have a column, that is one that is not negative.
    void count_columns(const std::int32_t* column_of_id, std::int64_t* lengths) const {
        std::size_t i = 0;
        for (std::size_t row = 0; row < n_rows(); ++row) {
            std::int64_t length = 0;
            for (; i < static_cast<std::size_t>(ends_[row]); ++i) {
                length += column_of_id[entries_.data()[i].id] >= 0;
            }
            lengths[row] = length;
        }
    }

    // Writes the columns and counts of all rows end to end, each row in the order of its columns
    // or of its ids.
    template <class T>
    void write(const std::int32_t* column_of_id, bool by_column, std::size_t n_keys,
               std::int32_t* columns, T* counts) const {
        RowSorter sorter(n_keys);
        std::size_t begin = 0;
        for (const std::int64_t end : ends_) {
            const std::size_t stop = static_cast<std::size_t>(end);
            std::uint64_t* const room = sorter.room(stop - begin);
            std::size_t length = 0;
            for (; begin < stop; ++begin) {
                const Entry entry = entries_.data()[begin];
                const std::int32_t column = column_of_id[entry.id];
                room[length] = entry_of(by_column ? column : entry.id, entry.count);
                length += column >= 0;
            }
            const std::uint64_t* const sorted = sorter.sort(length);
            for (std::size_t i = 0; i < length; ++i) {
                const std::int32_t key = textvec::column_of(sorted[i]);
                *columns++ = by_column ? key : column_of_id[key];
                *counts++ = static_cast<T>(value_of(sorted[i]));
            }
        }
    }

  private:
    struct Entry {
        std::int32_t id;
        std::int32_t count;
    };
    Column<Entry> entries_;
    std::vector<std::int64_t> ends_;
    Entry* row_ = nullptr;  // the one that is being counted, behind the entries
    std::size_t length_ = 0;
};

}  // namespace textvec
