// Rows cut and filled to one width.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace textvec {

// What short rows are filled with: one value, repeated.
struct Fill {
    const char* value;
    std::size_t n_bytes;
    bool is_zero;

    Fill() = default;
    Fill(const char* value, std::size_t n_bytes)
        : value(value), n_bytes(n_bytes),
          is_zero(std::all_of(value, value + n_bytes, [](char c) { return c == 0; })) {}

    void write(char* out, std::size_t size) const {
        if (is_zero) {
            std::memset(out, 0, size);
            return;
        }
        for (std::size_t i = 0; i < size; i += n_bytes) {
            std::memcpy(out + i, value, n_bytes);
        }
    }
};

// Where the items of a row go: `head` of its first ones, then `tail` of its last ones.
struct CutRow {
    std::size_t first;  // place of the first item kept
    std::size_t head;
    std::size_t tail;
};

struct RowCut {
    std::size_t width;
    std::size_t head_of_long;  // number of first items that a row longer than `width` keeps
    bool fills_front;
    std::size_t item_bytes;
    Fill fill;

    CutRow of(std::size_t length) const {
        if (length > width) {
            return {0, head_of_long, width - head_of_long};
        }
        return {fills_front ? width - length : 0, length, 0};
    }

    // Fills what a row leaves free in its `width` places.
    void fill_around(const CutRow& row, char* out) const {
        const std::size_t end = row.first + row.head + row.tail;
        fill.write(out, row.first * item_bytes);
        fill.write(out + end * item_bytes, (width - end) * item_bytes);
    }
};

// Writes rows of `values` to an array of (n_rows, width) items.
inline void pad_rows(const char* values, const std::int64_t* offsets, std::size_t n_rows,
                     const RowCut& cut, char* out) {
    const std::size_t n_bytes = cut.item_bytes;
    for (std::size_t i = 0; i < n_rows; ++i) {
        const auto start = static_cast<std::size_t>(offsets[i]);
        const auto stop = static_cast<std::size_t>(offsets[i + 1]);
        const CutRow row = cut.of(stop - start);
        std::memcpy(out + row.first * n_bytes, values + start * n_bytes, row.head * n_bytes);
        std::memcpy(out + (row.first + row.head) * n_bytes, values + (stop - row.tail) * n_bytes,
                    row.tail * n_bytes);
        cut.fill_around(row, out);
        out += cut.width * n_bytes;
    }
}

}  // namespace textvec
