// How often words stand within a window of each other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bit_runs.hpp"
#include "growing_array.hpp"

namespace textvec {

// 1/d is a whole number of these units for every distance d up to 20, and within half a unit of
// one beyond. Sums of whole numbers are exact, so a pair has one count whatever the order its
// occurrences are met in, and the same from either word's side. 63 bits hold 4.0e10 of the
// heaviest occurrences of one pair.
constexpr std::uint64_t kUnitsOfOne = 232792560;  // least common multiple of 1 to 20

constexpr std::int32_t kBorder = -1;  // stands between documents

// The words of a corpus in order, and the places of each.
class PlaceIndex {
  public:
    // An id below 0 is of a word that is not counted: it takes no place, as in Stanford's
    // cooccur.c, so the words on either side of it are neighbours.
    PlaceIndex(const std::int32_t* ids, const std::int64_t* offsets, std::size_t n_documents,
               std::size_t n_words)
        : starts_(n_words + 1) {
        const std::int64_t n_items = offsets[n_documents];
        const std::int64_t n_kept =
            n_items - std::count_if(ids, ids + n_items, [](std::int32_t id) { return id < 0; });
        words_.reserve(static_cast<std::size_t>(n_kept) + n_documents + 1);
        words_.push_back(kBorder);
        for (std::size_t row = 0; row < n_documents; ++row) {
            for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
                if (ids[i] >= 0) {
                    words_.push_back(ids[i]);
                    ++starts_[static_cast<std::size_t>(ids[i]) + 1];
                }
            }
            words_.push_back(kBorder);
        }
        for (std::size_t word = 0; word < n_words; ++word) {
            starts_[word + 1] += starts_[word];
        }
        places_.resize(static_cast<std::size_t>(n_kept));
        std::vector<std::int64_t> next(starts_.begin(), starts_.end() - 1);
        for (std::size_t place = 0; place < words_.size(); ++place) {
            if (words_[place] != kBorder) {
                places_[static_cast<std::size_t>(next[static_cast<std::size_t>(words_[place])]++)] =
                    static_cast<std::int64_t>(place);
            }
        }
    }

    std::size_t n_words() const { return starts_.size() - 1; }
    std::size_t longest() const { return words_.size(); }
    // A border stands before the first word and behind the last.
    const std::int32_t* words() const { return words_.data(); }
    const std::vector<std::int64_t>& starts() const { return starts_; }
    const std::int64_t* places() const { return places_.data(); }

  private:
    std::vector<std::int32_t> words_;
    std::vector<std::int64_t> starts_;
    std::vector<std::int64_t> places_;
};

struct Window {
    std::size_t reach;
    bool harmonic;
    bool left;
    bool right;
};

// One row of sums for all words, which remembers what it holds: a bit for each column, and one
// for each word of bits, so that the filled columns are found in order without sorting or
// looking at all of them.
class SparseRow {
  public:
    explicit SparseRow(std::size_t n_columns)
        : sums_(n_columns), bits_(n_columns / kBlock + 1), groups_(bits_.size() / kBlock + 1) {}

    void add(std::size_t column, std::uint64_t value) {
        if (sums_[column] == 0) {
            const std::size_t i = column / kBlock;
            bits_[i] |= std::uint64_t{1} << column % kBlock;
            groups_[i / kBlock] |= std::uint64_t{1} << i % kBlock;
            ++n_filled_;
        }
        sums_[column] += value;
    }

    std::size_t n_filled() const { return n_filled_; }

    // Calls `take(column, sum)` for each filled column in order, and empties the row.
    template <class Take>
    void drain(Take take) {
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            for (; groups_[g]; groups_[g] &= groups_[g] - 1) {
                const std::size_t i = g * kBlock + lowest_bit(groups_[g]);
                for (; bits_[i]; bits_[i] &= bits_[i] - 1) {
                    const std::size_t column = i * kBlock + lowest_bit(bits_[i]);
                    take(column, sums_[column]);
                    sums_[column] = 0;
                }
            }
        }
        n_filled_ = 0;
    }

  private:
    std::vector<std::uint64_t> sums_;
    std::vector<std::uint64_t> bits_;
    std::vector<std::uint64_t> groups_;
    std::size_t n_filled_ = 0;
};

// The neighbours of a stretch of words, a row a word: sums of units, 1 or kUnitsOfOne for each
// occurrence next to it.
class NeighbourCounts {
  public:
    // Counts words `first` to `last`, and writes the number of entries up to the end of each.
    void count(const PlaceIndex& index, const Window& window, std::size_t first, std::size_t last,
               std::int64_t* ends) {
        const std::size_t reach = std::min(window.reach, index.longest());
        const std::vector<std::uint64_t> weights = weights_of(window, reach);
        SparseRow row(index.n_words());
        for (std::size_t word = first; word < last; ++word) {
            const std::size_t end = static_cast<std::size_t>(index.starts()[word + 1]);
            for (std::size_t i = static_cast<std::size_t>(index.starts()[word]); i < end; ++i) {
                const std::int32_t* const here = index.words() + index.places()[i];
                if (window.left) {
                    for (std::size_t d = 1; d <= reach && *(here - d) != kBorder; ++d) {
                        row.add(static_cast<std::size_t>(*(here - d)), weights[d]);
                    }
                }
                if (window.right) {
                    for (std::size_t d = 1; d <= reach && here[d] != kBorder; ++d) {
                        row.add(static_cast<std::size_t>(here[d]), weights[d]);
                    }
                }
            }
            std::int32_t* column = columns_.reserve(row.n_filled());
            std::int64_t* value = values_.reserve(row.n_filled());
            columns_.add(row.n_filled());
            values_.add(row.n_filled());
            row.drain([&](std::size_t neighbour, std::uint64_t sum) {
                *column++ = static_cast<std::int32_t>(neighbour);
                *value++ = static_cast<std::int64_t>(sum);
            });
            *ends++ = static_cast<std::int64_t>(columns_.size());
        }
    }

    std::size_t size() const { return columns_.size(); }
    const std::int32_t* columns() const { return columns_.data(); }
    const std::int64_t* values() const { return values_.data(); }

  private:
    static std::vector<std::uint64_t> weights_of(const Window& window, std::size_t reach) {
        std::vector<std::uint64_t> weights(reach + 1, 1);
        for (std::size_t d = 1; window.harmonic && d <= reach; ++d) {
            // At least one unit, as a sum of zero stands for no entry.
            weights[d] = std::max<std::uint64_t>((kUnitsOfOne + d / 2) / d, 1);
        }
        return weights;
    }

    GrowingArray<std::int32_t> columns_;
    GrowingArray<std::int64_t> values_;
};

}  // namespace textvec
