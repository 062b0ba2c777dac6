// Lines of "token number number ...", as GloVe and word2vec write them, to tokens and a matrix.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "decimal.hpp"
#include "interner.hpp"

namespace textvec {

using Bytes = const std::uint8_t*;

constexpr std::size_t kBlockSlack = 16;

// Numbers are parted by blanks. Every other byte may be part of a token: some hold no-break spaces.
inline bool is_blank(std::uint8_t c) { return c == ' ' || c == '\t'; }
inline bool ends_field(std::uint8_t c) { return is_blank(c) || c == '\r' || c == '\n'; }

// A stretch of a line.
struct Span {
    Bytes begin = nullptr;
    Bytes end = nullptr;
    bool empty() const { return begin == end; }
};

// The line without the blanks and the carriage return at its end.
inline Span trimmed(Span line) {
    while (!line.empty() && (is_blank(line.end[-1]) || line.end[-1] == '\r')) --line.end;
    return line;
}

// What is before a field, without the blanks that part the two. Blanks alone are a token themselves,
// possibly an empty one: only the first of them from the right parts it from its numbers.
inline Span before_field(Span line, Span field) {
    line.end = field.begin - 1;
    Span rest = line;
    while (!rest.empty() && is_blank(rest.end[-1])) --rest.end;
    return rest.empty() ? line : rest;
}

inline Span last_field(Span line) {
    Span field{line.end, line.end};
    while (field.begin != line.begin && !is_blank(field.begin[-1])) --field.begin;
    return field;
}

enum class FieldKind { kNumber, kNotFinite, kOther };

inline bool is_word(Span field, const char* word, std::size_t size) {
    if (static_cast<std::size_t>(field.end - field.begin) != size) return false;
    for (std::size_t i = 0; i < size; ++i) {
        if ((field.begin[i] | 0x20) != word[i]) return false;
    }
    return true;
}

// Reads a field as float() and a cast to float32 would; the line it is of must end in a newline.
inline FieldKind read_field(Span field, float& value) {
    Decimal decimal;
    if (field.empty()) return FieldKind::kOther;
    if (scan_decimal(field.begin, decimal) == field.end) {
        value = static_cast<float>(to_double(decimal, field.begin, field.end));
        return std::isfinite(value) ? FieldKind::kNumber : FieldKind::kNotFinite;
    }
    if (*field.begin == '-' || *field.begin == '+') ++field.begin;
    const bool is_named =
        is_word(field, "nan", 3) || is_word(field, "inf", 3) || is_word(field, "infinity", 8);
    return is_named ? FieldKind::kNotFinite : FieldKind::kOther;
}

// How many numbers end the line, with at least one field before them left to the token; `before` is
// the field at which the count ended.
inline std::int64_t count_numbers(Span line, Span& before) {
    std::int64_t count = 0;
    for (Span rest = trimmed(line);; ++count) {
        float value;
        before = last_field(rest);
        if (before.begin == rest.begin || read_field(before, value) == FieldKind::kOther) {
            return count;
        }
        rest = before_field(rest, before);
    }
}

// Where a sequence of bytes stops being UTF-8; its end if it never does. As strict as Python.
inline Bytes invalid_utf8(Bytes p, Bytes end) {
    while (p != end) {
        const std::uint8_t lead = *p;
        if (lead < 0x80) {
            ++p;
            continue;
        }
        const int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || end - p < size) return p;
        // What the second byte may be keeps out long forms, surrogates and what is past U+10FFFF.
        const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (p[1] < low || p[1] > high) return p;
        for (int i = 2; i < size; ++i) {
            if ((p[i] & 0xC0) != 0x80) return p;
        }
        p += size;
    }
    return end;
}

enum class Problem {
    kNone,
    kWidth,      // not as many numbers as there must be
    kNotFinite,  // a number that float32 can't hold, NaN or infinity
    kEncoding,   // a token that is no UTF-8
};

// Rows of floats whose number is not known beforehand; what is held follows what has been read.
class Matrix {
  public:
    explicit Matrix(std::size_t width) : width_(width) {}
    Matrix(const Matrix&) = delete;
    Matrix& operator=(const Matrix&) = delete;
    ~Matrix() { std::free(data_); }

    float* row(std::size_t index) {
        if (index >= capacity_) reserve(index + 1 + index / 2);
        return data_ + index * width_;
    }

    void reserve(std::size_t n_rows) {
        if (n_rows > std::numeric_limits<std::size_t>::max() / sizeof(float) / width_) {
            throw std::bad_alloc();
        }
        void* const data = std::realloc(data_, n_rows * width_ * sizeof(float));
        if (data == nullptr) throw std::bad_alloc();
        data_ = static_cast<float*>(data);
        capacity_ = n_rows;
    }

    const float* data() const { return data_; }
    float* release() { return std::exchange(data_, nullptr); }

  private:
    std::size_t width_;
    std::size_t capacity_ = 0;
    float* data_ = nullptr;
};

// Takes lines block by block. A token met before is counted and its row dropped.
class LineReader {
  public:
    // `n_blank` rows of zeros go first. With `any_token` the token is all before the last `width`
    // fields; without, a token of several fields whose last is a number is a line too wide.
    LineReader(std::size_t width, std::size_t n_blank, bool any_token, std::int64_t max_lines)
        : width_(width), n_blank_(n_blank), any_token_(any_token), max_lines_(max_lines),
          matrix_(width) {}

    // Reads the complete lines of a block; gives the bytes used. Stops at a problem, and after
    // `max_lines`. `kBlockSlack` bytes behind the block must be readable.
    std::size_t feed(Bytes begin, std::size_t size) {
        Bytes p = begin;
        Bytes end = begin + size;
        while (end != begin && end[-1] != '\n') --end;
        while (p != end && n_lines_ != max_lines_) {
            // A number takes two bytes at least: a width that the bytes can't hold gets no memory.
            const bool may_fit = static_cast<std::size_t>(end - p) / 2 >= width_;
            Bytes next = may_fit ? fast_line(p) : nullptr;
            if (next == nullptr) {
                next = static_cast<Bytes>(
                    std::memchr(p, '\n', static_cast<std::size_t>(end - p))) + 1;
                if (!slow_line({p, next - 1})) break;
            }
            p = next;
            ++n_line_ends_;
        }
        return static_cast<std::size_t>(p - begin);
    }

    Problem problem = Problem::kNone;
    std::int64_t found = 0;  // numbers on the line of the problem
    Span culprit;            // what the problem is, in the block that was fed

    std::size_t n_rows() const { return n_blank_ + tokens_.size(); }
    std::int64_t n_lines() const { return n_lines_; }          // with vectors
    std::int64_t n_line_ends() const { return n_line_ends_; }  // blank lines counted in
    std::int64_t n_duplicates() const {
        return n_lines_ - static_cast<std::int64_t>(tokens_.size());
    }
    const Interner& tokens() const { return tokens_; }

    // The n_rows() x width matrix, in no more memory than it needs; to be given back by free().
    // Null if it has no rows.
    float* release_matrix() {
        blank_rows();
        if (n_rows()) matrix_.reserve(n_rows());
        return matrix_.release();
    }

  private:
    // The common line: one field, then as many numbers as there must be. Null for any other.
    Bytes fast_line(Bytes p) {
        Span token{p, p};
        std::uint8_t seen = 0;
        for (; !ends_field(*p); ++p) seen |= *p;
        token.end = p;
        if (token.empty() || !is_blank(*p)) return nullptr;
        float* const row = next_row();
        for (std::size_t i = 0; i < width_; ++i) {
            if ((p = read_number(p, row[i])) == nullptr) return nullptr;
        }
        while (is_blank(*p) || *p == '\r') ++p;
        if (*p != '\n') return nullptr;
        if (seen >= 0x80 && invalid_utf8(token.begin, token.end) != token.end) return nullptr;
        take(token);
        return p + 1;
    }

    // The finite number behind the blanks at `p`, and where it ends; null if there is none.
    static Bytes read_number(Bytes p, float& value) {
        Decimal decimal;
        if (!is_blank(*p)) return nullptr;
        while (is_blank(*p)) ++p;
        if (const Bytes end = field_end(p); read_short(p, end, value)) return end;
        const Bytes end = scan_decimal(p, decimal);
        if (end == nullptr || !ends_field(*end)) return nullptr;
        value = static_cast<float>(to_double(decimal, p, end));
        return std::isfinite(value) ? end : nullptr;
    }

    // Any line, its fields read from the right. False if it has a problem.
    bool slow_line(Span line) {
        Span rest = trimmed(line);
        if (rest.empty()) return true;
        Span before;
        const std::int64_t n_numbers = count_numbers(line, before);
        const auto width = static_cast<std::int64_t>(width_);
        if (n_numbers < width || (n_numbers > width && !any_token_)) {
            found = n_numbers;
            return fail(Problem::kWidth, before);
        }
        float* const row = next_row();
        for (std::size_t i = width_; i-- > 0;) {
            const Span field = last_field(rest);
            if (read_field(field, row[i]) != FieldKind::kNumber) {
                return fail(Problem::kNotFinite, field);
            }
            rest = before_field(rest, field);
        }
        if (const Bytes bad = invalid_utf8(rest.begin, rest.end); bad != rest.end) {
            return fail(Problem::kEncoding, {bad, rest.end});
        }
        take(rest);
        return true;
    }

    bool fail(Problem what, Span where) {
        problem = what;
        culprit = where;
        return false;
    }

    float* next_row() {
        blank_rows();
        return matrix_.row(n_rows());
    }

    void blank_rows() {
        if (n_blank_ && matrix_.data() == nullptr) {
            matrix_.reserve(n_blank_);
            std::memset(matrix_.row(0), 0, n_blank_ * width_ * sizeof(float));
        }
    }

    // The row written last stays if its token is new.
    void take(Span token) {
        tokens_.intern(token.begin, static_cast<std::size_t>(token.end - token.begin));
        ++n_lines_;
    }

    std::size_t width_;
    std::size_t n_blank_;
    bool any_token_;
    std::int64_t max_lines_;
    std::int64_t n_lines_ = 0;
    std::int64_t n_line_ends_ = 0;
    Interner tokens_;
    Matrix matrix_;
};

}  // namespace textvec
