// Tokens and their vectors on the way from a file to arrays: what is kept is stored as it comes, in
// memory that follows what has been read and never what a file promises.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "huge_pages.hpp"
#include "interner.hpp"
#include "token_lookup.hpp"
#include "token_repair.hpp"

namespace textvec {

using Bytes = const std::uint8_t*;

// A stretch of a file.
struct Span {
    Bytes begin = nullptr;
    Bytes end = nullptr;
    bool empty() const { return begin == end; }
    std::size_t size() const { return static_cast<std::size_t>(end - begin); }
};

enum class Problem {
    kNone,
    kWidth,      // not as many numbers as there must be
    kNotFinite,  // a number that the matrix can't hold, NaN or infinity
    kEncoding,   // a token that is no UTF-8
    kToken,      // what no token can be: several records, or binary
};

// What a matrix of half precision holds is below this; from here on numbers round to infinity.
constexpr float kHalfLimit = 65520.0F;

// The nearest number of half precision, ties to even.
inline std::uint16_t to_half(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    bits &= 0x7FFFFFFFU;
    if (bits >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
    if (bits < 0x38800000U) {
        // Below 2^-14 halves are multiples of 2^-24, as floats from 0.5 to 1 are: the sum rounds.
        float sum;
        std::memcpy(&sum, &bits, sizeof sum);
        sum += 0.5F;
        std::memcpy(&bits, &sum, sizeof bits);
        return static_cast<std::uint16_t>(sign | (bits - 0x3F000000U));
    }
    bits += 0xFFFU + ((bits >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | ((bits >> 13) - (112U << 10)));  // biases 127 and 15
}

// Rows of bytes whose number is not known beforehand.
class Rows {
  public:
    explicit Rows(std::size_t row_bytes) : row_bytes_(row_bytes) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows() { free_pages(data_, capacity_ * row_bytes_); }

    void* at(std::size_t index) {
        if (index >= capacity_) reserve(index + 1 + index / 2);
        return data_ + index * row_bytes_;
    }

    void reserve(std::size_t n_rows) {
        if (n_rows > std::numeric_limits<std::size_t>::max() / row_bytes_) throw std::bad_alloc();
        void* const data = resize_pages(data_, capacity_ * row_bytes_, n_rows * row_bytes_);
        if (data == nullptr) throw std::bad_alloc();
        data_ = static_cast<char*>(data);
        capacity_ = n_rows;
    }

    bool none() const { return data_ == nullptr; }
    void* release() {
        capacity_ = 0;
        return std::exchange(data_, nullptr);
    }

  private:
    std::size_t row_bytes_;
    std::size_t capacity_ = 0;
    char* data_ = nullptr;
};

// Which tokens are wanted: all, unless `only` was called.
class Wanted {
  public:
    void only(Bytes bytes, const std::int64_t* offsets, std::int64_t count) {
        offsets_.assign(offsets, offsets + count + 1);
        bytes_.assign(bytes, bytes + offsets[count]);
        table_ = IdTable(static_cast<std::size_t>(count));
        std::int32_t before = 0;
        index_tokens(table_, tokens(), count, before);
        all_ = false;
    }

    bool has(const Key& key, Span token) const {
        return all_ || table_.find(key, token.begin, token.size(), tokens()) >= 0;
    }

  private:
    TokenBytes tokens() const { return {bytes_.data(), offsets_.data()}; }

    bool all_ = true;
    std::vector<std::uint8_t> bytes_;
    std::vector<std::int64_t> offsets_;
    IdTable table_;
};

// The vectors that are kept: of wanted tokens, the first of each, in single or half precision, below
// `n_blank` rows of zeros. A width that a file only promises takes no memory before `next`.
class VectorRows {
  public:
    VectorRows(std::size_t width, std::size_t n_blank, bool is_half)
        : width_(width), n_blank_(n_blank), is_half_(is_half),
          rows_(width * (is_half ? sizeof(std::uint16_t) : sizeof(float))) {}

    Wanted wanted;
    Undecodable undecodable = Undecodable::kStrict;

    // Where the numbers of the next vector go.
    float* next() {
        if (!is_half_) return static_cast<float*>(next_row());
        scratch_.resize(width_);
        return scratch_.data();
    }

    // Makes UTF-8 of a token that is none, valid until the next call; false if that is an error.
    bool repair(Span& token) {
        if (undecodable == Undecodable::kStrict) return false;
        const bool replaces = undecodable == Undecodable::kReplace;
        repair_utf8(token.begin, token.end, replaces, repaired_);
        token = {repaired_.data(), repaired_.data() + repaired_.size()};
        return true;
    }

    // Keeps the vector written last if its token is wanted and new. False, with nothing changed, if
    // it holds a number that `fits` not.
    bool take(Span token, bool is_repaired = false) {
        const Key key = exact_key(token.begin, token.size());
        if (wanted.has(key, token)) {
            if (is_half_ && !halve()) return false;
            tokens_.intern(key, token.begin, token.size());
            ++n_wanted_;
            if (is_repaired) ++n_repaired_;
        }
        ++n_taken_;
        return true;
    }

    bool fits(float value) const {
        return std::fabs(value) < (is_half_ ? kHalfLimit : std::numeric_limits<float>::infinity());
    }

    std::size_t width() const { return width_; }
    std::size_t n_rows() const { return n_blank_ + tokens_.size(); }
    std::int64_t n_taken() const { return n_taken_; }  // vectors that are not kept counted in
    std::int64_t n_duplicates() const {
        return n_wanted_ - static_cast<std::int64_t>(tokens_.size());
    }
    std::int64_t n_repaired() const { return n_repaired_; }  // tokens that were no UTF-8
    const Interner& tokens() const { return tokens_; }

    // The n_rows() x width matrix, in no more memory than it needs; of which `free_pages` disposes.
    // Null if it has no rows.
    void* release() {
        blank_rows();
        if (n_rows()) rows_.reserve(n_rows());
        return rows_.release();
    }

  private:
    void* next_row() {
        blank_rows();
        return rows_.at(n_rows());
    }

    void blank_rows() {
        if (n_blank_ && rows_.none()) {
            rows_.reserve(n_blank_);
            std::memset(rows_.at(0), 0, n_blank_ * width_ * (is_half_ ? 2 : 4));
        }
    }

    bool halve() {
        auto* const row = static_cast<std::uint16_t*>(next_row());
        bool all_fit = true;
        for (std::size_t i = 0; i < width_; ++i) {
            row[i] = to_half(scratch_[i]);
            all_fit &= fits(scratch_[i]);
        }
        return all_fit;
    }

    std::size_t width_;
    std::size_t n_blank_;
    bool is_half_;
    std::int64_t n_taken_ = 0;
    std::int64_t n_wanted_ = 0;
    std::int64_t n_repaired_ = 0;
    std::vector<std::uint8_t> repaired_;
    std::vector<float> scratch_;
    Interner tokens_;
    Rows rows_;
};

}  // namespace textvec
