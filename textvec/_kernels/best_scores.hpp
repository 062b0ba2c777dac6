// The entries of blocks of scores that may be among the highest of their row.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace textvec {

// The highest scores of a query so far.
template <class T>
struct Highest {
    T* scores;  // a heap of as many as are wanted, the least of them on top
    std::size_t size;
    T margin;  // a score may lie by half of this above or below the true one
    T floor;   // no score up to this one is wanted

    T bound() const { return std::max(scores[0] - margin, floor); }
    void push(T score) {
        if (score > scores[0]) {
            std::pop_heap(scores, scores + size, std::greater<T>());
            scores[size - 1] = score;
            std::push_heap(scores, scores + size, std::greater<T>());
        }
    }
};

// Almost no stretch holds a score above the bound, which a loop without a branch finds out.
template <class T>
bool any_above(const T* scores, std::size_t size, T bound) {
    int found = 0;
    for (std::size_t i = 0; i < size; ++i) {
        found |= scores[i] > bound;
    }
    return found != 0;
}

// Appends the rows of a query's scores that are above its bound, which rises with them, and the
// scores.
template <class T>
void take_above(const T* scores, std::size_t n_rows, Highest<T> highest,
                std::vector<std::int64_t>& rows, std::vector<T>& taken) {
    constexpr std::size_t kStretch = 128;
    T bound = highest.bound();
    for (std::size_t start = 0; start < n_rows; start += kStretch) {
        const std::size_t end = std::min(n_rows, start + kStretch);
        if (!any_above(scores + start, end - start, bound)) {
            continue;
        }
        for (std::size_t row = start; row < end; ++row) {
            if (scores[row] > bound) {
                rows.push_back(static_cast<std::int64_t>(row));
                taken.push_back(scores[row]);
                highest.push(scores[row]);
                bound = highest.bound();
            }
        }
    }
}

}  // namespace textvec
