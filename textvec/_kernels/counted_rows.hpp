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
    struct Entry {
        std::int32_t id;
        std::int32_t count;
    };

  public:
    std::size_t n_rows() const { return n_rows_; }

    // Sets how many entries there will be at most, so that a single document takes little memory.
    void expect(std::size_t count) { n_expected_ = count; }

    // A row that is being counted.
    class Row {
      public:
        // Counts an id. `place` is the id's own: it says where in the rows the id last was counted,
        // so that no row has to be searched, and no table has to be cleared between rows.
        void count(std::int32_t id, std::uint32_t& place, std::int32_t times) {
            const std::size_t in_row = static_cast<std::uint32_t>(place - first_);
            // About half of the ids are in the row already, which is hard to predict: a mask makes
            // the choice. Of a new id's entry nothing is read, for its page may be untouched.
            const std::size_t is_known = -static_cast<std::size_t>(in_row < length_);
            const Entry known = entries_[in_row & is_known];
            const auto mask = static_cast<std::int32_t>(is_known);
            if (((known.id ^ id) & mask) != 0) {
                add(id, place, times);  // behind 2^32 entries a stale place may point into this row
                return;
            }
            const std::size_t at = length_ + ((in_row - length_) & is_known);
            entries_[at] = {id, times + (known.count & mask)};
            place = first_ + static_cast<std::uint32_t>(at);
            length_ += 1 + is_known;
        }

      private:
        friend class CountedRows;
        Row(Entry* entries, std::uint32_t first) : entries_(entries), first_(first) {}

        void add(std::int32_t id, std::uint32_t& place, std::int32_t times) {
            place = first_ + static_cast<std::uint32_t>(length_);
            entries_[length_++] = {id, times};
        }

        Entry* entries_;
        std::uint32_t first_;  // number of entries before, which behind 2^32 starts again
        std::size_t length_ = 0;
    };

    // Begins a row of at most `n_ids` different ids.
    Row begin_row(std::size_t n_ids) {
        if (blocks_.empty() || blocks_.back().capacity - blocks_.back().size < n_ids) {
            const std::size_t usual = std::min(kBlockSize, n_expected_);
            blocks_.emplace_back(std::max(usual, n_ids));
        }
        return {blocks_.back().entries + blocks_.back().size, n_entries_};
    }
    void end_row(Row row) {
        blocks_.back().size += row.length_;
        blocks_.back().lengths.push_back(row.length_);
        n_entries_ += static_cast<std::uint32_t>(row.length_);
        ++n_rows_;
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

    // Writes how many entries of each row have a column, that is one that is not negative. Without
    // columns all have one.
    void count_columns(const std::int32_t* column_of_id, std::int64_t* lengths) const {
        for (const Block& block : blocks_) {
            if (column_of_id == nullptr) {
                lengths = std::copy(block.lengths.begin(), block.lengths.end(), lengths);
                continue;
            }
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

    // How a matrix is written.
    struct Layout {
        const std::int32_t* column_of_id;
        bool have_all_columns;  // none is negative
        bool by_column;         // each row in the order of its columns, or of its ids
        std::size_t n_keys;     // columns or ids
        std::size_t n_entries;  // of these rows
        std::size_t n_all_entries;
    };

    // Writes the columns and counts of all rows end to end, to memory of `allocate_pages` that
    // nobody has touched. What is written is freed, so that rows and matrix never are in memory
    // both, and in its pages the matrix goes on.
    void write(const Layout& layout, std::int32_t* columns, Numbers counts) {
        counts.visit([&](auto* out) { write_as(layout, columns, out); });
        blocks_.clear();
    }

  private:
    template <class T>
    void write_as(const Layout& layout, std::int32_t* columns, T* counts) {
        RowSorter sorter(layout.n_keys);
        UnwrittenPages column_pages(columns, layout.n_entries * sizeof *columns,
                                    layout.n_all_entries * sizeof *columns);
        UnwrittenPages count_pages(counts, layout.n_entries * sizeof *counts,
                                   layout.n_all_entries * sizeof *counts);
        for (Block& each : blocks_) {
            Block block(std::move(each));
            const Entry* entry = block.entries;
            for (const std::size_t length : block.lengths) {
                const std::size_t n_kept = fill(layout, entry, length, sorter.room(length));
                const std::uint64_t* const sorted = sorter.sort(n_kept);
                for (std::size_t i = 0; i < n_kept; ++i) {
                    const std::int32_t key = column_of(sorted[i]);
                    *columns++ = layout.by_column ? key : layout.column_of_id[key];
                    *counts++ = static_cast<T>(value_of(sorted[i]));
                }
                entry += length;
            }
            // To where pages will be missing first.
            const bool is_columns_turn = column_pages.ahead(columns) / sizeof *columns <
                                         count_pages.ahead(counts) / sizeof *counts;
            block.give(is_columns_turn ? column_pages : count_pages,
                       is_columns_turn ? count_pages : column_pages);
        }
    }

    // Writes the entries of a row that have a column, as they are sorted; returns how many.
    static std::size_t fill(const Layout& layout, const Entry* entry, std::size_t length,
                            std::uint64_t* out) {
        if (layout.have_all_columns && !layout.by_column) {
            for (std::size_t i = 0; i < length; ++i) {
                out[i] = entry_of(entry[i].id, entry[i].count);
            }
            return length;
        }
        std::size_t n_kept = 0;
        for (const Entry* const end = entry + length; entry != end; ++entry) {
            const std::int32_t column = layout.column_of_id[entry->id];
            out[n_kept] = entry_of(layout.by_column ? column : entry->id, entry->count);
            n_kept += column >= 0;
        }
        return n_kept;
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

        // Frees the memory. Its pages go to one array and then to another, while they have room.
        void give(UnwrittenPages& first, UnwrittenPages& second) {
            const std::size_t n_bytes = capacity * sizeof(Entry);
            if (n_bytes < kLargeMemory) {
                return;
            }
            char* const begin = reinterpret_cast<char*>(std::exchange(entries, nullptr));
            std::size_t given = first.take(begin, n_bytes);
            given += second.take(begin + given, n_bytes - given);
            free_rest(begin, n_bytes, given);
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
};

}  // namespace textvec
