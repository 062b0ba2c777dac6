// n-grams as columns of a matrix, found by their hashes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "murmur.hpp"
#include "ngrams.hpp"
#include "numbers.hpp"
#include "row_sort.hpp"
#include "spaced_words.hpp"

namespace textvec {

// From hashes to columns, as in scikit-learn's FeatureHasher.
struct Buckets {
    std::uint32_t count;
    bool alternate_sign;

    // The column, and 1 where the sign is negative.
    std::uint64_t entry(std::int32_t hash) const {
        const std::uint32_t bits = static_cast<std::uint32_t>(hash);
        const std::uint32_t absolute = hash < 0 ? 0 - bits : bits;
        const std::uint32_t column =
            (count & (count - 1)) == 0 ? absolute & (count - 1) : absolute % count;
        return entry_of(static_cast<std::int32_t>(column), alternate_sign && hash < 0);
    }
};

// Symbols, each with its bytes readable as Murmur3 reads them.
class HashedSymbols {
  public:
    // Of n-grams of n up to `max_n`.
    HashedSymbols(bool joined, std::size_t max_n, Buckets buckets)
        : joined_(joined), is_continued_(max_n > 1), buckets_(buckets), bytes_(kSlack),
          offsets_(1) {}

    // Adds symbols, which are numbered from those before on.
    void add(TokenBytes symbols, std::size_t count) {
        const auto n_bytes = static_cast<std::size_t>(symbols.offsets[count] - symbols.offsets[0]);
        const auto begin = static_cast<std::int64_t>(bytes_.size() - kSlack);
        const std::size_t n_before = offsets_.size() - 1;
        bytes_.resize(bytes_.size() + n_bytes);
        if (n_bytes) {
            std::memcpy(bytes_.data() + begin, symbols.data(0), n_bytes);
        }
        const std::uint8_t space[kSlack] = {' '};
        for (std::size_t i = 0; i < count; ++i) {
            offsets_.push_back(begin + symbols.offsets[i + 1] - symbols.offsets[0]);
            Murmur3 state;
            state.feed(data(n_before + i), size(n_before + i));
            entries_.push_back(buckets_.entry(state.value()));
            if (!is_continued_) {
                continue;
            }
            if (joined_) {
                state.feed(space, 1);
            }
            first_.push_back(state);
        }
        if (!is_continued_) {  // nothing but the entries is needed
            bytes_.resize(kSlack);
            offsets_.resize(1);
        }
    }

    std::size_t n_columns() const { return buckets_.count; }
    std::uint64_t entry(std::size_t symbol) const { return entries_[symbol]; }

    // Writes the entries of the n-grams of a row to `out`; returns how many.
    std::size_t hash(const std::int32_t* symbols, std::size_t length, std::size_t min_n,
                     std::size_t max_n, std::uint64_t* out) const {
        std::uint64_t* const begin = out;
        if (min_n == 1) {
            for (std::size_t i = 0; i < length; ++i) {
                *out++ = entries_[static_cast<std::size_t>(symbols[i])];
            }
        }
        for (std::size_t i = 0; max_n > 1 && i + min_n <= length; ++i) {
            Murmur3 state = first_[static_cast<std::size_t>(symbols[i])];
            for (std::size_t n = 2; n <= max_n && i + n <= length; ++n) {
                if (joined_ && n > 2) {
                    const std::uint8_t space[kSlack] = {' '};
                    state.feed(space, 1);
                }
                const auto symbol = static_cast<std::size_t>(symbols[i + n - 1]);
                state.feed(data(symbol), size(symbol));
                if (n >= min_n) {
                    *out++ = buckets_.entry(state.value());
                }
            }
        }
        return static_cast<std::size_t>(out - begin);
    }

  private:
    const std::uint8_t* data(std::size_t i) const { return bytes_.data() + offsets_[i]; }
    std::size_t size(std::size_t i) const {
        return static_cast<std::size_t>(offsets_[i + 1] - offsets_[i]);
    }

    bool joined_;
    bool is_continued_;
    Buckets buckets_;
    std::vector<std::uint8_t> bytes_;
    std::vector<std::int64_t> offsets_;
    std::vector<Murmur3> first_;          // after the symbol and what joins it to the next
    std::vector<std::uint64_t> entries_;  // of the symbol alone
};

enum class Norm { kNone, kL1, kL2 };

// Up to this number its square is a float, and so sums of counts and squares of a row are exact.
constexpr std::size_t kMostExact = 4096;

// The sum that a row is divided by, in the arithmetic of scikit-learn.
template <class T>
double sum_of(Norm norm, std::size_t count, const T* values) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += norm == Norm::kL1 ? std::fabs(static_cast<double>(values[i]))
                                 : static_cast<double>(values[i] * values[i]);
    }
    return norm == Norm::kL1 ? sum : std::sqrt(sum);
}

// Scales a row to norm 1.
template <class T>
void scale(double sum, std::size_t count, T* values) {
    if (sum == 0) {
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = static_cast<T>(static_cast<double>(values[i]) / sum);
    }
}

// Sorts the entries of a row and adds up what falls into one column; returns how many columns.
template <class T>
std::size_t write_hashed(RowSorter& sorter, std::size_t count, Norm norm, std::int32_t* columns,
                         T* values) {
    const std::uint64_t* const sorted = sorter.sort(count);
    std::size_t n_columns = 0;
    std::int32_t before = -1, sum = 0;
    std::int64_t squares = 0;
    // Where a column ends is hard to predict: each entry writes the sum so far, without a branch.
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t column = column_of(sorted[i]), sign = 1 - 2 * value_of(sorted[i]);
        const std::int32_t is_same = -static_cast<std::int32_t>(column == before);
        sum &= is_same;
        squares += 2 * static_cast<std::int64_t>(sum) * sign + 1;
        sum += sign;
        n_columns += static_cast<std::size_t>(1 + is_same);
        columns[n_columns - 1] = before = column;
        values[n_columns - 1] = static_cast<T>(sum);
    }
    if constexpr (std::is_floating_point_v<T>) {
        if (norm == Norm::kL2 && count < kMostExact) {
            scale(std::sqrt(static_cast<double>(squares)), n_columns, values);
        } else if (norm != Norm::kNone) {
            scale(sum_of(norm, n_columns, values), n_columns, values);
        }
    }
    return n_columns;
}

// Hashes the n-grams of rows of symbols. Writes columns and values end to end, and where each row
// of them ends.
template <class T>
void hash_ngrams(const HashedSymbols& hashed, const std::int32_t* symbols,
                 const std::int64_t* offsets, std::size_t n_rows, std::size_t min_n,
                 std::size_t max_n, Norm norm, std::int32_t* columns, T* values,
                 std::int64_t* ends) {
    RowSorter sorter(hashed.n_columns());
    std::size_t end = 0;
    for (std::size_t row = 0; row < n_rows; ++row) {
        const auto length = static_cast<std::size_t>(offsets[row + 1] - offsets[row]);
        std::uint64_t* const room = sorter.room(n_ngrams(length, min_n, max_n));
        const std::size_t count = hashed.hash(symbols + offsets[row], length, min_n, max_n, room);
        end += write_hashed(sorter, count, norm, columns + end, values + end);
        ends[row] = static_cast<std::int64_t>(end);
    }
}

// The entries of the n-grams inside each of some words, found once.
struct HashedPieces {
    std::vector<std::uint64_t> entries;
    std::vector<std::size_t> offsets = {0};
    std::size_t n_columns;

    HashedPieces(const HashedSymbols& hashed, const SpacedWords& words, std::size_t min_n,
                 std::size_t max_n)
        : n_columns(hashed.n_columns()) {
        for (std::size_t word = 0; word < words.count(); ++word) {
            const std::size_t length = words.length(word), least = std::min(min_n, length);
            const std::size_t used = entries.size();
            entries.resize(used + n_ngrams(length, least, max_n));
            hashed.hash(words.symbols(word), length, least, max_n, entries.data() + used);
            offsets.push_back(entries.size());
        }
    }

    std::size_t n_pieces(std::int32_t word) const {
        const auto w = static_cast<std::size_t>(word);
        return offsets[w + 1] - offsets[w];
    }
};

// The same as hash_ngrams for rows of words and the n-grams inside them.
template <class T>
void hash_pieces(const HashedPieces& pieces, const std::int32_t* words, const std::int64_t* offsets,
                 std::size_t n_rows, Norm norm, std::int32_t* columns, T* values,
                 std::int64_t* ends) {
    RowSorter sorter(pieces.n_columns);
    std::size_t end = 0;
    for (std::size_t row = 0; row < n_rows; ++row) {
        std::size_t count = 0;
        for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
            count += pieces.n_pieces(words[i]);
        }
        std::uint64_t* out = sorter.room(count);
        for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
            const std::uint64_t* const first =
                pieces.entries.data() + pieces.offsets[static_cast<std::size_t>(words[i])];
            out = std::copy(first, first + pieces.n_pieces(words[i]), out);
        }
        end += write_hashed(sorter, count, norm, columns + end, values + end);
        ends[row] = static_cast<std::int64_t>(end);
    }
}

// What the n-grams of rows are made of.
enum class Unit {
    kJoined,    // symbols with a space between them
    kAdjacent,  // symbols with nothing between them
    kInside,    // characters inside a word, which has a space at either end
};

// How n-grams are hashed: what all threads read.
class NgramHasher {
  public:
    NgramHasher(Unit unit, std::size_t min_n, std::size_t max_n, Buckets buckets, Norm norm)
        : unit_(unit), min_n_(min_n), max_n_(max_n), norm_(norm),
          hashed_(unit == Unit::kJoined, max_n, buckets) {}

    // Adds symbols; all of them at once, if n-grams are inside them.
    void add(TokenBytes symbols, std::size_t count) {
        n_symbols_ += count;
        if (unit_ != Unit::kInside) {
            hashed_.add(symbols, count);
            return;
        }
        if (pieces_) {
            throw std::invalid_argument("symbols with n-grams inside must be added at once.");
        }
        const SpacedWords words(symbols, count);
        const Interner& characters = words.characters();
        hashed_.add(characters.tokens(), characters.size());
        pieces_ = std::make_unique<HashedPieces>(hashed_, words, min_n_, max_n_);
    }

    std::size_t n_symbols() const { return n_symbols_; }

    // How many n-grams rows have, each occurrence counted.
    std::size_t n_entries(const std::int32_t* ids, const std::int64_t* offsets,
                          std::size_t n_rows) const {
        std::size_t count = 0;
        for (std::size_t row = 0; row < n_rows; ++row) {
            if (!pieces_) {
                const auto length = static_cast<std::size_t>(offsets[row + 1] - offsets[row]);
                count += n_ngrams(length, min_n_, max_n_);
                continue;
            }
            for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
                count += pieces_->n_pieces(ids[i]);
            }
        }
        return count;
    }

    // Writes columns and values of rows end to end, and where each row of them ends.
    void hash(const std::int32_t* ids, const std::int64_t* offsets, std::size_t n_rows,
              std::int32_t* columns, Numbers values, std::int64_t* ends) const {
        values.visit([&](auto* out) {
            if (pieces_) {
                hash_pieces(*pieces_, ids, offsets, n_rows, norm_, columns, out, ends);
            } else {
                hash_ngrams(hashed_, ids, offsets, n_rows, min_n_, max_n_, norm_, columns, out,
                            ends);
            }
        });
    }

  private:
    Unit unit_;
    std::size_t min_n_;
    std::size_t max_n_;
    Norm norm_;
    std::size_t n_symbols_ = 0;
    HashedSymbols hashed_;  // symbols, or characters of words
    std::unique_ptr<HashedPieces> pieces_;   // null unless n-grams are inside words
};

// Writes the column of each token.
inline void hash_tokens(TokenBytes tokens, std::size_t count, std::uint32_t n_columns,
                        std::int32_t* columns) {
    HashedSymbols hashed(false, 1, Buckets{n_columns, false});
    hashed.add(tokens, count);
    for (std::size_t i = 0; i < count; ++i) {
        columns[i] = column_of(hashed.entry(i));
    }
}

}  // namespace textvec
