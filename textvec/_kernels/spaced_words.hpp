// Words as rows of characters, with a space at either end: scikit-learn's "char_wb".
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "interner.hpp"

namespace textvec {

class SpacedWords {
  public:
    SpacedWords(TokenBytes words, std::size_t count) {
        const std::uint8_t space = ' ';
        const std::int32_t edge = characters_.intern(&space, 1);
        for (std::size_t word = 0; word < count; ++word) {
            const auto i = static_cast<std::int64_t>(word);
            const std::uint8_t* p = words.data(i);
            const std::uint8_t* const end = p + words.size(i);
            symbols_.push_back(edge);
            while (p != end) {
                const std::ptrdiff_t announced = *p < 0x80 ? 1 : *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
                const auto n_bytes = static_cast<std::size_t>(std::min(announced, end - p));
                symbols_.push_back(characters_.intern(p, n_bytes));
                p += n_bytes;
            }
            symbols_.push_back(edge);
            offsets_.push_back(symbols_.size());
        }
    }

    const Interner& characters() const { return characters_; }
    std::size_t count() const { return offsets_.size() - 1; }
    std::size_t length(std::size_t word) const { return offsets_[word + 1] - offsets_[word]; }
    const std::int32_t* symbols(std::size_t word) const { return symbols_.data() + offsets_[word]; }

  private:
    Interner characters_;
    std::vector<std::int32_t> symbols_;
    std::vector<std::size_t> offsets_ = {0};
};

}  // namespace textvec
