// Checks of what indexes memory, once a call: loops over ids and offsets then need none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace textvec {

// `count` offsets of rows in an array of `n_items`: never falling, and within it.
inline void check_offsets(const std::int64_t* offsets, std::size_t count, std::size_t n_items) {
    if (count == 0) {
        throw std::invalid_argument("offsets must hold one number more than there are rows, got 0");
    }
    bool falls = false;  // no early exit, so that the loop is vectorized
    for (std::size_t i = 1; i < count; ++i) {
        falls |= offsets[i] < offsets[i - 1];
    }
    if (falls || offsets[0] < 0 || static_cast<std::size_t>(offsets[count - 1]) > n_items) {
        throw std::invalid_argument("offsets must rise from 0 or more to at most " +
                                    std::to_string(n_items) + ", the number of items");
    }
}

// Ids are in 0 <= id < n_ids.
template <class Id>
void check_ids(const Id* ids, std::size_t count, std::size_t n_ids) {
    using Unsigned = std::make_unsigned_t<Id>;
    Unsigned greatest = 0;  // an id below 0 is greater than any other
    for (std::size_t i = 0; i < count; ++i) {
        const auto id = static_cast<Unsigned>(ids[i]);
        greatest = id > greatest ? id : greatest;
    }
    if (count != 0 && greatest >= n_ids) {
        throw std::out_of_range("ids must be in 0 <= id < " + std::to_string(n_ids) + ", got " +
                                std::to_string(static_cast<Id>(greatest)));
    }
}

// Ids are below `n_ids`; those below 0 stand for nothing.
template <class Id>
void check_ids_or_none(const Id* ids, std::size_t count, std::size_t n_ids) {
    Id greatest = -1;
    for (std::size_t i = 0; i < count; ++i) {
        greatest = ids[i] > greatest ? ids[i] : greatest;
    }
    if (greatest >= 0 && static_cast<std::size_t>(greatest) >= n_ids) {
        throw std::out_of_range("ids must be below " + std::to_string(n_ids) + ", got " +
                                std::to_string(greatest));
    }
}

}  // namespace textvec
