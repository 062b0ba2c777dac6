// Runs of characters that belong to tokens, found by words of bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "interner.hpp"
#include "lowest_bit.hpp"

namespace textvec {

constexpr std::size_t kBlock = 64;  // characters in a word of bits

struct Interval {
    std::uint8_t first;
    std::uint8_t span;
};

// The bits of those of 64 bytes that lie in one of the intervals.
inline std::uint64_t bytes_within(const std::uint8_t* block, const Interval* intervals,
                                  std::size_t n_intervals) {
    std::uint64_t bits = 0;
#if defined(__SSE2__)
    for (std::size_t j = 0; j < kBlock; j += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + j));
        __m128i is_member = _mm_setzero_si128();
        for (std::size_t k = 0; k < n_intervals; ++k) {
            const __m128i first = _mm_set1_epi8(static_cast<char>(intervals[k].first));
            const __m128i span = _mm_set1_epi8(static_cast<char>(intervals[k].span));
            const __m128i above = _mm_sub_epi8(bytes, first);
            is_member =
                _mm_or_si128(is_member, _mm_cmpeq_epi8(_mm_min_epu8(above, span), above));
        }
        bits |= static_cast<std::uint64_t>(_mm_movemask_epi8(is_member)) << j;
    }
#else
    std::uint8_t is_member[kBlock] = {0};
    for (std::size_t k = 0; k < n_intervals; ++k) {
        const Interval interval = intervals[k];
        for (std::size_t j = 0; j < kBlock; ++j) {
            const std::uint8_t above = static_cast<std::uint8_t>(block[j] - interval.first);
            is_member[j] |= above <= interval.span;
        }
    }
    for (std::size_t j = 0; j < kBlock; j += 8) {
        // Gathers the lowest bits of eight bytes in the highest byte of the product.
        bits |= (load64(is_member + j) * 0x0102040810204080ULL) >> 56 << j;
    }
#endif
    return bits;
}

// A bit for each character of a text, set where a token has one. What looks at neighbours (an
// apostrophe between letters, no tokens of one letter) is then an operation on words of bits, and
// the walk along the text has one hard-to-predict branch a word instead of one a token.
class BitRuns {
  public:
    // Sets the bits of the characters of which `member(i)` is true.
    template <class Member>
    void mark(std::size_t size, Member member) {
        prepare(size);
        for (std::size_t base = 0; base < size; base += kBlock) {
            const std::size_t count = std::min(kBlock, size - base);
            std::uint64_t bits = 0;
            for (std::size_t j = 0; j < count; ++j) {
                bits |= static_cast<std::uint64_t>(member(base + j)) << j;
            }
            bits_[base / kBlock] = bits;
        }
    }

    // The same for characters of one byte, readable up to a whole block; a member lies in one of
    // the intervals.
    void mark_bytes(const std::uint8_t* bytes, std::size_t size, const Interval* intervals,
                    std::size_t n_intervals) {
        prepare(size);
        for (std::size_t base = 0; base < size; base += kBlock) {
            const std::uint64_t bits = bytes_within(bytes + base, intervals, n_intervals);
            const std::size_t left = size - base;
            bits_[base / kBlock] = left < kBlock ? bits & ((1ULL << left) - 1) : bits;
        }
    }

    // Sets the bit of every apostrophe between two set bits. Whether it lies between them is
    // read from the bits as they were, so that two apostrophes in a row never join.
    // `apostrophes(word, gaps)` returns which of the gaps in a word of bits are apostrophes.
    template <class Apostrophes>
    void join(Apostrophes apostrophes) {
        std::uint64_t before = 0;  // the word before, as it was
        for (std::size_t word = 0; word < n_words_; ++word) {
            const std::uint64_t here = bits_[word];
            const std::uint64_t left = (here << 1) | (before >> 63);
            const std::uint64_t right = (here >> 1) | (bits_[word + 1] << 63);
            const std::uint64_t gaps = ~here & left & right;
            if (gaps) {
                bits_[word] |= apostrophes(word, gaps);
            }
            before = here;
        }
    }

    // Calls emit(start, stop) for every run of set bits, or every one longer than one bit.
    template <class Emit>
    void each_run(bool drop_single, Emit emit) const {
        std::uint64_t before = 0;
        std::size_t start = 0;
        for (std::size_t word = 0; word < n_words_; ++word) {
            const std::size_t base = word * kBlock;
            std::uint64_t here = bits_[word];
            if (drop_single) {
                const std::uint64_t left = (here << 1) | (before >> 63);
                const std::uint64_t right = (here >> 1) | (bits_[word + 1] << 63);
                here &= left | right;
            }
            const std::uint64_t left = (here << 1) | (before >> 63);
            std::uint64_t starts = here & ~left;
            std::uint64_t stops = ~here & left;
            if (!(before >> 63) && starts) {
                start = base + lowest_bit(starts);
                starts &= starts - 1;
            }
            while (stops) {
                emit(start, base + lowest_bit(stops));
                stops &= stops - 1;
                if (starts) {
                    start = base + lowest_bit(starts);
                    starts &= starts - 1;
                }
            }
            before = here;
        }
    }

  private:
    // One bit a character, and at least one behind the text, which is never set; then a word
    // without any, so that a next one can always be read.
    void prepare(std::size_t size) {
        n_words_ = size / kBlock + 1;
        if (bits_.size() <= n_words_) {
            bits_.resize(n_words_ + n_words_ / 2 + 1);
        }
        bits_[n_words_ - 1] = 0;
        bits_[n_words_] = 0;
    }

    std::vector<std::uint64_t> bits_;
    std::size_t n_words_ = 0;
};

}  // namespace textvec
