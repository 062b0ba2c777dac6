// An array of numbers whose type is known when the program runs: one that a matrix of counts has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace textvec {

struct Numbers {
    void* data;
    bool is_float;
    std::size_t n_bytes;  // of a number, 4 or 8

    // Calls `call` with a pointer of the type.
    template <class Call>
    void visit(Call call) const {
        const bool is_wide = n_bytes == 8;
        if (is_float) {
            is_wide ? call(static_cast<double*>(data)) : call(static_cast<float*>(data));
        } else {
            is_wide ? call(static_cast<std::int64_t*>(data)) : call(static_cast<std::int32_t*>(data));
        }
    }
};

}  // namespace textvec
