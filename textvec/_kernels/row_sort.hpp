// Sorting the entries of one row of a sparse matrix by column.
//
// A row holds some hundred entries of columns below a few million: too few for scipy's way, a
// transposition of the whole matrix, to be worth its memory traffic, and enough for a radix sort to
// beat a comparison sort, whose branches are unpredictable.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace textvec {

// An entry is a column in the high half of a word and anything in the low half.
inline std::uint64_t entry_of(std::int32_t column, std::int32_t value) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(column)) << 32 |
           static_cast<std::uint32_t>(value);
}
inline std::int32_t column_of(std::uint64_t entry) { return static_cast<std::int32_t>(entry >> 32); }
inline std::int32_t value_of(std::uint64_t entry) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(entry));
}

inline unsigned bit_width(std::uint64_t value) {
    unsigned bits = 0;
    for (; value; value >>= 1) {
        ++bits;
    }
    return bits;
}

class RowSorter {
  public:
    // For columns below `n_columns`.
    explicit RowSorter(std::size_t n_columns) : key_bits_(bit_width(n_columns ? n_columns - 1 : 0)) {}

    // Where to write up to `count` entries before they are sorted.
    std::uint64_t* room(std::size_t count) {
        if (from_.size() < count) {
            from_.resize(count + count / 2);
            to_.resize(from_.size());
        }
        return from_.data();
    }

    // Sorts the first `count` entries; entries of one column stay in order, or are sorted too.
    const std::uint64_t* sort(std::size_t count) {
        if (count <= kFew) {
            sort_few(count);
        } else {
            // Wide digits make few passes, narrow ones less work between the passes.
            const unsigned widest = count < kMany ? 8 : 11;
            const unsigned n_digits = (key_bits_ + widest - 1) / widest;
            if (n_digits) {
                sort_digits(count, n_digits, (key_bits_ + n_digits - 1) / n_digits);
            }
        }
        return from_.data();
    }

  private:
    static constexpr std::size_t kFew = 24;
    static constexpr std::size_t kMany = 4096;

    void sort_few(std::size_t count) {
        std::uint64_t* const entries = from_.data();
        for (std::size_t i = 1; i < count; ++i) {
            const std::uint64_t entry = entries[i];
            std::size_t j = i;
            for (; j > 0 && entries[j - 1] > entry; --j) {
                entries[j] = entries[j - 1];
            }
            entries[j] = entry;
        }
    }

    void sort_digits(std::size_t count, unsigned n_digits, unsigned width) {
        const std::size_t n_bins = std::size_t{1} << width;
        const std::uint64_t mask = n_bins - 1;
        starts_.assign(n_digits * n_bins, 0);
        for (std::size_t i = 0; i < count; ++i) {
            std::uint64_t key = from_[i] >> 32;
            for (unsigned d = 0; d < n_digits; ++d, key >>= width) {
                ++starts_[d * n_bins + (key & mask)];
            }
        }
        for (unsigned d = 0; d < n_digits; ++d) {
            std::uint32_t* const starts = starts_.data() + d * n_bins;
            std::uint32_t before = 0;
            for (std::size_t bin = 0; bin < n_bins; ++bin) {
                const std::uint32_t here = starts[bin];
                starts[bin] = before;
                before += here;
            }
            const unsigned shift = 32 + d * width;
            for (std::size_t i = 0; i < count; ++i) {
                to_[starts[(from_[i] >> shift) & mask]++] = from_[i];
            }
            std::swap(from_, to_);
        }
    }

    unsigned key_bits_;
    std::vector<std::uint64_t> from_;
    std::vector<std::uint64_t> to_;
    std::vector<std::uint32_t> starts_;
};

}  // namespace textvec
