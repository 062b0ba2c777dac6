// Records of a token, a blank and raw floats, as word2vec writes its binary files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vector_rows.hpp"

namespace textvec {

// Takes records block by block.
class BinaryReader {
  public:
    BinaryReader(std::size_t width, std::size_t n_blank, bool is_half, std::int64_t max_vectors)
        : rows(width, n_blank, is_half), max_vectors_(max_vectors) {}

    // Reads the complete records of a block; returns the bytes used. Stops at a problem, and after
    // `max_vectors`.
    std::size_t feed(Bytes begin, std::size_t size) {
        Bytes p = begin;
        const Bytes end = begin + size;
        while (p != end && rows.n_taken() != max_vectors_) {
            // Some programs write a newline behind each vector and some do not.
            Span token{p, p};
            while (token.begin != end && *token.begin == '\n') ++token.begin;
            if (token.begin == end) break;
            token.end = static_cast<Bytes>(
                std::memchr(token.begin, ' ', static_cast<std::size_t>(end - token.begin)));
            if (token.end == nullptr) break;
            const std::size_t n_floats = static_cast<std::size_t>(end - token.end - 1) / 4;
            if (n_floats < rows.width() || !record(token)) break;
            p = token.end + 1 + 4 * rows.width();
        }
        return static_cast<std::size_t>(p - begin);
    }

    VectorRows rows;
    Problem problem = Problem::kNone;
    Span culprit;  // what the problem is, in the block that was fed

  private:
    bool record(Span token) {
        float* const row = rows.next();
        const Bytes numbers = token.end + 1;
        std::memcpy(row, numbers, 4 * rows.width());
        to_native(row);
        if (!all_finite(row)) return fail(row, numbers);
        const Bytes bad = invalid_utf8(token.begin, token.end);
        const bool is_broken = bad != token.end;
        if (is_broken && !rows.repair(token)) {
            problem = Problem::kEncoding;
            culprit = {bad, token.end};
            return false;
        }
        return rows.take(token, is_broken) || fail(row, numbers);
    }

    void to_native(float* row) const {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        for (std::size_t i = 0; i < rows.width(); ++i) {
            std::uint32_t bits;
            std::memcpy(&bits, row + i, sizeof bits);
            bits = __builtin_bswap32(bits);
            std::memcpy(row + i, &bits, sizeof bits);
        }
#else
        (void)row;
#endif
    }

    // Without a branch in the loop, which would keep it from being vectorised.
    bool all_finite(const float* row) const {
        std::uint32_t n_bad = 0;
        for (std::size_t i = 0; i < rows.width(); ++i) {
            std::uint32_t bits;
            std::memcpy(&bits, row + i, sizeof bits);
            n_bad += (bits & 0x7F800000U) == 0x7F800000U;
        }
        return n_bad == 0;
    }

    bool fail(const float* row, Bytes numbers) {
        std::size_t i = 0;
        while (rows.fits(row[i])) ++i;
        problem = Problem::kNotFinite;
        culprit = {numbers + 4 * i, numbers + 4 * i + 4};
        return false;
    }

    std::int64_t max_vectors_;
};

}  // namespace textvec
