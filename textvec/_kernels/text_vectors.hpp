// Lines of "token number number ...", as GloVe and word2vec write them, to tokens and a matrix.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "decimal.hpp"
#include "vector_rows.hpp"

namespace textvec {

constexpr std::size_t kBlockSlack = 16;
// With `any_token`, so many numbers in a row may be part of a token, however narrow the vectors.
constexpr std::size_t kNumbersInToken = 3;

// Numbers are parted by blanks. Every other byte may be part of a token: some hold no-break spaces.
inline bool is_blank(std::uint8_t c) { return c == ' ' || c == '\t'; }
inline bool ends_field(std::uint8_t c) { return is_blank(c) || c == '\r' || c == '\n'; }

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

// Counts the numbers at the end of each of the first `max_lines` complete lines that are not blank.
inline std::vector<std::int64_t> trailing_numbers(Bytes begin, std::size_t size,
                                                  std::size_t max_lines) {
    std::vector<std::int64_t> counts;
    const Bytes end = begin + size;
    for (Bytes p = begin; p != end && counts.size() < max_lines;) {
        const auto newline = static_cast<Bytes>(
            std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
        if (newline == nullptr) break;
        const Span line{p, newline};
        Span before;
        if (!trimmed(line).empty()) counts.push_back(count_numbers(line, before));
        p = newline + 1;
    }
    return counts;
}

// Takes lines block by block. A token met before is counted and its row dropped.
class LineReader {
  public:
    // `n_blank` rows of zeros go first. With `any_token` the token is all before the last `width`
    // fields; without, a token of several fields whose last is a number is a line too wide.
    LineReader(std::size_t width, std::size_t n_blank, bool is_half, bool any_token,
               std::int64_t max_lines)
        : rows(width, n_blank, is_half), width_(width), any_token_(any_token),
          max_lines_(max_lines) {}

    // Reads the complete lines of a block; returns the bytes used. Stops at a problem, and after
    // `max_lines`. `kBlockSlack` bytes behind the block must be readable.
    std::size_t feed(Bytes begin, std::size_t size) {
        Bytes p = begin;
        Bytes end = begin + size;
        while (end != begin && end[-1] != '\n') --end;
        while (p != end && rows.n_taken() != max_lines_) {
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

    VectorRows rows;
    Problem problem = Problem::kNone;
    std::int64_t found = 0;  // numbers on the line of the problem
    Span culprit;            // what the problem is, in the block that was fed

    std::int64_t n_line_ends() const { return n_line_ends_; }  // blank lines counted in

  private:
    // The common line: one field, then as many numbers as there must be. Null for any other.
    Bytes fast_line(Bytes p) {
        Span token{p, p};
        std::uint8_t seen = 0;
        for (; !ends_field(*p); ++p) seen |= *p;
        token.end = p;
        if (token.empty() || !is_blank(*p)) return nullptr;
        float* const row = rows.next();
        for (std::size_t i = 0; i < width_; ++i) {
            if ((p = read_number(p, row[i])) == nullptr) return nullptr;
        }
        while (is_blank(*p) || *p == '\r') ++p;
        if (*p != '\n') return nullptr;
        if (std::memchr(token.begin, 0, token.size()) != nullptr) return nullptr;
        if (seen >= 0x80 && invalid_utf8(token.begin, token.end) != token.end) return nullptr;
        return rows.take(token) ? p + 1 : nullptr;
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
        float* const row = rows.next();
        Span too_large;
        for (std::size_t i = width_; i-- > 0;) {
            const Span field = last_field(rest);
            if (read_field(field, row[i]) != FieldKind::kNumber) {
                return fail(Problem::kNotFinite, field);
            }
            if (!rows.fits(row[i])) too_large = field;
            rest = before_field(rest, field);
        }
        if (!may_be_token(rest)) return fail(Problem::kToken, rest);
        const Bytes bad = invalid_utf8(rest.begin, rest.end);
        const bool is_broken = bad != rest.end;
        if (is_broken && !rows.repair(rest)) return fail(Problem::kEncoding, {bad, rest.end});
        return rows.take(rest, is_broken) || fail(Problem::kNotFinite, too_large);
    }

    static Bytes field_end_from(Bytes p, Bytes end) {
        while (p != end && !is_blank(*p)) ++p;
        return p;
    }

    // Whether a token is none of what lost line ends and binary files leave: bytes that end a line
    // or are no text, and as many numbers in a row as a vector has, the last one glued to a word.
    bool may_be_token(Span token) const {
        if (std::memchr(token.begin, 0, token.size()) != nullptr ||
            std::memchr(token.begin, '\r', token.size()) != nullptr) {
            return false;
        }
        const std::size_t most = any_token_ ? std::max(width_, kNumbersInToken) : width_;
        std::size_t n_in_row = 0;
        Bytes p = field_end_from(token.begin, token.end);  // the first field is never a number
        while (p != token.end) {
            const Bytes next = field_end_from(++p, token.end);
            Decimal decimal;
            const Bytes end = p == next ? nullptr : scan_decimal(p, decimal);
            const bool is_glued = end != nullptr && end != next && n_in_row > 0;
            if ((end == next || is_glued) && n_in_row + 1 >= most) return false;
            if (p != next) n_in_row = end == next ? n_in_row + 1 : 0;
            p = next;
        }
        return true;
    }

    bool fail(Problem what, Span where) {
        problem = what;
        culprit = where;
        return false;
    }

    std::size_t width_;
    bool any_token_;
    std::int64_t max_lines_;
    std::int64_t n_line_ends_ = 0;
};

}  // namespace textvec
