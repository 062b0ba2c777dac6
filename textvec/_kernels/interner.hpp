// Interning of byte strings: equal strings get equal ids, numbered by first appearance.
//
// A token of at most 15 bytes *is* its 128-bit key (its bytes, zero-padded, and its length in the
// last one), so that comparing keys compares tokens and nothing else is read. A longer token has a
// hash and its length for a key, with 0xFF in the last byte, and its bytes are compared as well. Keys
// and ids lie side by side in one open-addressing table: a common token costs one cache line.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "always_inline.hpp"
#include "doubled_table.hpp"
#include "growing_array.hpp"
#include "prefetch.hpp"

namespace textvec {

// Bytes that must be readable from the first one of a token that `padded_key` reads.
constexpr std::size_t kSlack = 16;
constexpr std::size_t kShortSize = 15;

constexpr std::uint64_t kLongMark = 0xFFULL << 56;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ULL;  // 2^64 / golden ratio, odd

// From Python's secret of hashes, drawn anew in each process against hash flooding: a text prepared
// so that all its tokens collide. No id depends on it. Each kernel has a copy of this, and all are
// equal: a table that one has filled is read by others.
inline const auto hash_seed = static_cast<std::uint64_t>(PyHash_GetFuncDef()->hash("textvec", 7));

struct Key {
    std::uint64_t low;
    std::uint64_t high;

    bool operator==(const Key& other) const {
        // Without a branch between the two, which would be hard to predict.
        return ((low ^ other.low) | (high ^ other.high)) == 0;
    }
    bool is_short() const { return high < kLongMark; }

    // Only the high bits are well mixed, and used.
    std::uint64_t hash() const {
        std::uint64_t h = (low ^ hash_seed) * 0xFF51AFD7ED558CCDULL;
        h ^= (high ^ hash_seed) * 0xC4CEB9FE1A85EC53ULL;
        h ^= h >> 32;
        return h * kMultiplier;
    }
};

inline std::uint64_t little_endian(std::uint64_t word) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

inline std::uint64_t load64(const std::uint8_t* p) {
    std::uint64_t word;
    std::memcpy(&word, p, sizeof word);
    return little_endian(word);
}

inline void store64(std::uint8_t* p, std::uint64_t word) {
    word = little_endian(word);
    std::memcpy(p, &word, sizeof word);
}

inline Key short_key(std::uint64_t first, std::uint64_t second, std::size_t size) {
    const unsigned bits = static_cast<unsigned>(8 * size);
    const std::uint64_t mask = (1ULL << (bits & 63)) - 1;
    const bool in_first = size < 8;
    return {in_first ? first & mask : first,
            (in_first ? 0 : second & mask) | (static_cast<std::uint64_t>(size) << 56)};
}

inline Key long_key(const std::uint8_t* p, std::size_t size) {
    const std::uint8_t* const last = p + size - 8;  // may overlap the word before it
    std::uint64_t h = (size ^ hash_seed) * kMultiplier;
    for (; p < last; p += 8) {
        h = (((h << 23) | (h >> 41)) ^ load64(p)) * kMultiplier;
    }
    h = (((h << 23) | (h >> 41)) ^ load64(last)) * kMultiplier;
    return {h, size | kLongMark};
}

// The key of a token in a buffer of which `kSlack` bytes from `p` on are readable.
inline Key padded_key(const std::uint8_t* p, std::size_t size) {
    return size <= kShortSize ? short_key(load64(p), load64(p + 8), size) : long_key(p, size);
}

// The same key where nothing behind the token may be read.
inline Key exact_key(const std::uint8_t* p, std::size_t size) {
    if (size > kShortSize) {
        return long_key(p, size);
    }
    std::uint8_t bytes[kSlack] = {0};
    if (size != 0) {  // `p` may then be null, which memcpy must not be given
        std::memcpy(bytes, p, size);
    }
    return short_key(load64(bytes), load64(bytes + 8), size);
}

// Where the bytes of token `id` lie: bytes[offsets[id]] up to bytes[offsets[id + 1]].
struct TokenBytes {
    const std::uint8_t* bytes;
    const std::int64_t* offsets;

    const std::uint8_t* data(std::int64_t id) const { return bytes + offsets[id]; }
    std::size_t size(std::int64_t id) const {
        return static_cast<std::size_t>(offsets[id + 1] - offsets[id]);
    }
};

// Keys and ids; the bytes are kept by whoever owns the table.
class IdTable {
  public:
    explicit IdTable(std::size_t expected = 0) {
        unsigned bits = 6;
        while ((std::size_t{1} << bits) * 2 < expected * 3) {
            ++bits;
        }
        allocate(bits);
    }

    std::int32_t find(const Key& key, const std::uint8_t* p, std::size_t size,
                      TokenBytes known) const {
        return find(key, key.hash(), p, size, known);
    }

    std::int32_t find(const Key& key, std::uint64_t hash, const std::uint8_t* p, std::size_t size,
                      TokenBytes known) const {
        return slots_[locate(key, hash, p, size, known)].id;
    }

    // The id found, or `next_id`, which then is taken.
    std::int32_t insert(const Key& key, const std::uint8_t* p, std::size_t size,
                        TokenBytes known, std::int32_t next_id) {
        return insert(key, key.hash(), p, size, known, next_id);
    }

    std::int32_t insert(const Key& key, std::uint64_t hash, const std::uint8_t* p,
                        std::size_t size, TokenBytes known, std::int32_t next_id) {
        Slot& slot = slots_[locate(key, hash, p, size, known)];
        if (slot.id != kFree) {
            return slot.id;
        }
        slot = {key, next_id};
        if (++used_ * 3 > slots_.size() * 2) {
            grow();
        }
        return next_id;
    }

    TEXTVEC_ALWAYS_INLINE void prefetch(std::uint64_t hash) const {
        textvec::prefetch(&slots_[home(hash)]);
    }

    void clear() {
        std::fill_n(slots_.data(), slots_.size(), Slot{{0, 0}, kFree});
        used_ = 0;
    }

  private:
    static constexpr std::int32_t kFree = -1;
    struct Slot {
        Key key;
        std::int32_t id;
    };

    void allocate(unsigned bits) {
        bits_ = bits;
        slots_.fill((std::size_t{1} << bits) - slots_.size(), Slot{{0, 0}, kFree});
    }

    std::size_t home(std::uint64_t hash) const {
        return static_cast<std::size_t>(hash >> (64 - bits_));
    }

    std::size_t locate(const Key& key, std::uint64_t hash, const std::uint8_t* p,
                       std::size_t size, TokenBytes known) const {
        const std::size_t last = slots_.size() - 1;
        for (std::size_t i = home(hash);; i = (i + 1) & last) {
            const Slot& slot = slots_[i];
            if (slot.id == kFree) {
                return i;
            }
            if (slot.key == key &&
                (key.is_short() || (known.size(slot.id) == size &&
                                    std::memcmp(known.data(slot.id), p, size) == 0))) {
                return i;
            }
        }
    }

    void grow() {
        allocate(bits_ + 1);
        spread(slots_.data(), slots_.size(), Slot{{0, 0}, kFree},
               [](const Slot& slot) { return slot.id == kFree; },
               [this](const Slot& slot) { return home(slot.key.hash()); },
               [](const Slot& a, const Slot& b) { return a.id < b.id; });
    }

    GrowingArray<Slot> slots_;
    unsigned bits_ = 0;
    std::size_t used_ = 0;
};

// A growing set of tokens with bytes of its own.
class Interner {
  public:
    explicit Interner(std::size_t expected = 0) : table_(expected) {
        offsets_.reserve(expected + 1);
        bytes_.reserve(expected * 8);
        offsets_.push_back(0);
    }

    std::int32_t intern(const Key& key, const std::uint8_t* p, std::size_t size) {
        const std::size_t count = this->size();
        const std::int32_t id =
            table_.insert(key, p, size, tokens(), static_cast<std::int32_t>(count));
        if (static_cast<std::size_t>(id) == count) {
            append(p, size);
        }
        return id;
    }

    // The same for the bytes of a short token that are at hand in its key alone.
    std::int32_t intern_short(const Key& key, std::uint64_t hash) {
        const std::size_t count = size();
        const std::int32_t id = table_.insert(key, hash, nullptr, 0, tokens(),
                                              static_cast<std::int32_t>(count));
        if (static_cast<std::size_t>(id) == count) {
            std::uint8_t bytes[16];
            store64(bytes, key.low);
            store64(bytes + 8, key.high);
            append(bytes, bytes[15]);
        }
        return id;
    }

    // The id of a token, or a negative number; `p` is not read for a short one.
    std::int32_t find(const Key& key, std::uint64_t hash, const std::uint8_t* p,
                      std::size_t size) const {
        return table_.find(key, hash, p, size, tokens());
    }

    TEXTVEC_ALWAYS_INLINE void prefetch(std::uint64_t hash) const { table_.prefetch(hash); }

    void clear() {
        bytes_.clear();
        offsets_.resize(1);
        table_.clear();
    }

    std::int32_t intern(const std::uint8_t* p, std::size_t size) {
        return intern(exact_key(p, size), p, size);
    }

    std::size_t size() const { return offsets_.size() - 1; }
    const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    const std::vector<std::int64_t>& offsets() const { return offsets_; }
    TokenBytes tokens() const { return {bytes_.data(), offsets_.data()}; }

  private:
    void append(const std::uint8_t* p, std::size_t size) {
        if (offsets_.size() > INT32_MAX) {
            throw std::overflow_error("more than 2**31 - 1 distinct tokens");
        }
        bytes_.insert(bytes_.end(), p, p + size);
        offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
    }

    std::vector<std::uint8_t> bytes_;
    std::vector<std::int64_t> offsets_;
    IdTable table_;
};

}  // namespace textvec
