// The n-grams of one row of ids: where the weight of each is, and how often it occurs in the row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace textvec {

// How n-grams are numbered: single ids by themselves, longer ones by a polynomial hash.
struct NgramPlaces {
    std::int64_t factor;
    std::int64_t prime;
    std::int64_t n_tokens;
    std::int64_t n_buckets;
    std::int64_t last_unnamed;  // ids up to it are in no n-gram
};

// The place of each n-gram of 1 to `max_ngram` ids, shorter ones first; 0 where there is none.
inline void place_ngrams(const std::int64_t* ids, std::size_t n_ids, std::size_t max_ngram,
                         const NgramPlaces& how, std::int64_t* places) {
    std::vector<std::int64_t> codes(ids, ids + n_ids);
    std::vector<std::size_t> named(n_ids);  // ids in a row from here on that are named
    std::size_t run = 0;
    for (std::size_t i = n_ids; i-- > 0;) {
        run = ids[i] > how.last_unnamed ? run + 1 : 0;
        named[i] = run;
    }
    for (std::size_t n = 1; n <= max_ngram && n <= n_ids; ++n) {
        for (std::size_t i = 0; i + n <= n_ids; ++i) {
            if (n > 1) {
                codes[i] = (codes[i] * how.factor + ids[i + n - 1]) % how.prime;
            }
            const std::int64_t place = n > 1 ? how.n_tokens + codes[i] % how.n_buckets : codes[i];
            *places++ = named[i] >= n ? place : 0;
        }
    }
}

// How often each place is in `places`.
inline void count_places(const std::int64_t* places, std::size_t n, float* counts) {
    std::size_t size = 8;
    while (size < 2 * n) {
        size *= 2;
    }
    struct Slot {
        std::int64_t place = -1;
        std::int32_t count = 0;
    };
    std::vector<Slot> table(size);
    std::vector<std::size_t> slots(n);
    for (std::size_t i = 0; i < n; ++i) {
        constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // of Fibonacci hashing
        std::size_t slot = (static_cast<std::uint64_t>(places[i]) * kSpread >> 32) & (size - 1);
        while (table[slot].place != places[i] && table[slot].count != 0) {
            slot = (slot + 1) & (size - 1);
        }
        table[slot].place = places[i];
        ++table[slot].count;
        slots[i] = slot;
    }
    for (std::size_t i = 0; i < n; ++i) {
        counts[i] = static_cast<float>(table[slots[i]].count);
    }
}

}  // namespace textvec
