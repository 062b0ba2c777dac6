// MurmurHash3_x86_32 of A. Appleby (public domain), fed piece by piece, so that the n-gram "a b c"
// continues from the state after "a b".
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "interner.hpp"

namespace textvec {

inline std::uint32_t rotate_left(std::uint32_t x, unsigned bits) {
    return (x << bits) | (x >> (32 - bits));
}

class Murmur3 {
  public:
    // Feeds `size` bytes, of which the last word is read as a whole: 4 bytes more must be readable.
    void feed(const std::uint8_t* p, std::size_t size) {
        total_ += static_cast<std::uint32_t>(size);
        for (; size >= 4; p += 4, size -= 4) {
            pending_ |= static_cast<std::uint64_t>(load32(p)) << n_pending_;
            mix(static_cast<std::uint32_t>(pending_));
            pending_ >>= 32;
        }
        const std::uint64_t rest = load32(p) & ((1ULL << (8 * size)) - 1);
        pending_ |= rest << n_pending_;
        n_pending_ += static_cast<unsigned>(8 * size);
        if (n_pending_ >= 32) {
            mix(static_cast<std::uint32_t>(pending_));
            pending_ >>= 32;
            n_pending_ -= 32;
        }
    }

    // The hash of all that was fed; more may be fed afterwards.
    std::int32_t value() const {
        std::uint32_t h = hash_ ^ scrambled(static_cast<std::uint32_t>(pending_)) ^ total_;
        h = (h ^ (h >> 16)) * 0x85EBCA6BU;
        h = (h ^ (h >> 13)) * 0xC2B2AE35U;
        return static_cast<std::int32_t>(h ^ (h >> 16));
    }

  private:
    static std::uint32_t load32(const std::uint8_t* p) {
        std::uint32_t word;
        std::memcpy(&word, p, sizeof word);
        return static_cast<std::uint32_t>(little_endian(word) >> (little_endian(1) == 1 ? 0 : 32));
    }
    static std::uint32_t scrambled(std::uint32_t block) {  // 0 stays 0
        return rotate_left(block * 0xCC9E2D51U, 15) * 0x1B873593U;
    }
    void mix(std::uint32_t block) {
        hash_ = rotate_left(hash_ ^ scrambled(block), 13) * 5 + 0xE6546B64U;
    }

    std::uint64_t pending_ = 0;  // the bytes behind the last whole word
    unsigned n_pending_ = 0;     // their bits
    std::uint32_t hash_ = 0;     // of seed 0
    std::uint32_t total_ = 0;
};

}  // namespace textvec
