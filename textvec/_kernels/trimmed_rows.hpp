// Rows of one flat array without the zeros at their ends.
#pragma once

#include <cstddef>
#include <cstdint>

namespace textvec {

// Where each row begins and how long it is without the zeros at its ends; one of zeros only begins
// where it did.
template <class Value>
void trim_rows(const Value* values, const std::int64_t* offsets, std::size_t n_rows,
               std::int64_t* starts, std::int64_t* lengths) {
    for (std::size_t row = 0; row < n_rows; ++row) {
        std::int64_t first = offsets[row];
        std::int64_t stop = offsets[row + 1];
        while (stop > first && values[stop - 1] == 0) --stop;
        while (first < stop && values[first] == 0) ++first;
        starts[row] = first < stop ? first : offsets[row];
        lengths[row] = stop - first;
    }
}

// The least and the greatest of some values and 0.
template <class Value>
void extremes(const Value* values, std::size_t count, std::int64_t* least, std::int64_t* greatest) {
    Value low = 0;
    Value high = 0;
    for (std::size_t i = 0; i < count; ++i) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *least = low;
    *greatest = high;
}

}  // namespace textvec
