// Rows of (id, count), each id once a row: what becomes a sparse matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "huge_pages.hpp"
#include "numbers.hpp"
#include "row_sort.hpp"

namespace textvec {

class CountedRows {
  public:
    std::size_t n_rows() const { return n_rows_; }

    // Sets how many entries there will be at most, so that a single document takes little memory.
    void expect(std::size_t count) { n_expected_ = count; }

    // Begins a row of at most `n_ids` different ids.
    void begin_row(std::size_t n_ids) {
        if (blocks_.empty() || blocks_.back().capacity - blocks_.back().size < n_ids) {
            const std::size_t usual = std::min(kBlockSize, n_expected_);
            blocks_.emplace_back(std::max(usual, n_ids));
        }
        row_ = blocks_.back().entries + blocks_.back().size;
        length_ = 0;
    }
    void end_row() {
        blocks_.back().size += length_;
        blocks_.back().lengths.push_back(length_);
        n_entries_ += static_cast<std::uint32_t>(length_);
        ++n_rows_;
    }

    // Counts an id. `place` is the id's own: it says where in the rows the id last was counted, so
    // that no row has to be searched, and no table has to be cleared between rows.
    void count(std::int32_t id, std::uint32_t& place, std::int32_t times) {
        const std::size_t in_row = static_cast<std::uint32_t>(place - n_entries_);
        // Behind 2^32 entries a stale place may point into this row: the id tells.
        if (in_row < length_ && row_[in_row].id == id) {
            row_[in_row].count += times;
        } else {
            place = n_entries_ + static_cast<std::uint32_t>(length_);
            row_[length_++] = {id, times};
        }
    }

    // Renumbers the ids of every `step`-th block from the first on: several threads may take turns.
    void renumber(const std::int32_t* new_ids, std::size_t first, std::size_t step) {
        for (std::size_t b = first; b < blocks_.size(); b += step) {
            Entry* const entries = blocks_[b].entries;
            for (std::size_t i = 0; i < blocks_[b].size; ++i) {
                entries[i].id = new_ids[entries[i].id];
            }
        }
    }

    void add_frequencies(std::int64_t* documents, std::int64_t* occurrences) const {
        for (const Block& block : blocks_) {
            for (std::size_t i = 0; i < block.size; ++i) {
                documents[block.entries[i].id] += 1;
                occurrences[block.entries[i].id] += block.entries[i].count;
            }
        }
    }

    // Writes how many entries of each row have a column, that is one that is not negative.
    void count_columns(const std::int32_t* column_of_id, std::int64_t* lengths) const {
        for (const Block& block : blocks_) {
            const Entry* entry = block.entries;
            for (const std::size_t length : block.lengths) {
                std::int64_t count = 0;
                for (const Entry* const end = entry + length; entry != end; ++entry) {
                    count += column_of_id[entry->id] >= 0;
                }
                *lengths++ = count;
            }
        }
    }

    // Writes the columns and counts of all rows end to end, each row in the order of its columns
    // or of its ids. Frees what is written, so that rows and matrix never are in memory both.
    void write(const std::int32_t* column_of_id, bool by_column, std::size_t n_keys,
               std::int32_t* columns, Numbers counts) {
        counts.visit([&](auto* out) { write_as(column_of_id, by_column, n_keys, columns, out); });
        blocks_.clear();
    }

  private:
    struct Entry {
        std::int32_t id;
        std::int32_t count;
    };

    template <class T>
    void write_as(const std::int32_t* column_of_id, bool by_column, std::size_t n_keys,
                  std::int32_t* columns, T* counts) {
        RowSorter sorter(n_keys);
        for (Block& each : blocks_) {
            const Block block(std::move(each));
            const Entry* entry = block.entries;
            for (const std::size_t length : block.lengths) {
                std::uint64_t* const room = sorter.room(length);
                std::size_t n_kept = 0;
                for (const Entry* const end = entry + length; entry != end; ++entry) {
                    const std::int32_t column = column_of_id[entry->id];
                    room[n_kept] = entry_of(by_column ? column : entry->id, entry->count);
                    n_kept += column >= 0;
                }
                const std::uint64_t* const sorted = sorter.sort(n_kept);
                for (std::size_t i = 0; i < n_kept; ++i) {
                    const std::int32_t key = column_of(sorted[i]);
                    *columns++ = by_column ? key : column_of_id[key];
                    *counts++ = static_cast<T>(value_of(sorted[i]));
                }
            }
        }
    }

    // Whole rows. Blocks are never moved, and freed one by one.
    struct Block {
        explicit Block(std::size_t count)
            : entries(HugePageAllocator<Entry>().allocate(count)), capacity(count) {}
        Block(Block&& other) noexcept
            : entries(std::exchange(other.entries, nullptr)),
              capacity(other.capacity),
              size(other.size),
              lengths(std::move(other.lengths)) {}
        ~Block() {
            if (entries != nullptr) {
                HugePageAllocator<Entry>().deallocate(entries, capacity);
            }
        }

        Entry* entries;
        std::size_t capacity;
        std::size_t size = 0;
        std::vector<std::size_t> lengths;  // of the rows
    };
    static constexpr std::size_t kBlockSize = std::size_t{1} << 20;

    std::vector<Block> blocks_;
    std::size_t n_expected_ = 0;
    std::size_t n_rows_ = 0;
    std::uint32_t n_entries_ = 0;  // behind 2^32 it starts again
    Entry* row_ = nullptr;         // the one that is being counted
    std::size_t length_ = 0;
};

}  // namespace textvec
