// n-grams of characters inside words: found once in each distinct word, whatever its occurrences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "counted_rows.hpp"
#include "ngrams.hpp"
#include "spaced_words.hpp"

namespace textvec {

// The nodes of the n-grams inside each word. They are numbered as they appear, for a node need not
// be one of them: with n from 3 on, that of " a" is not, but the whole word " a " is.
class CountedPieces {
  public:
    CountedPieces(NgramTrie& trie, const SpacedWords& words, std::size_t min_n, std::size_t max_n) {
        std::vector<std::int32_t> nodes;
        std::vector<std::uint64_t> pairs;
        for (std::size_t word = 0; word < words.count(); ++word) {
            // A word shorter than n is an n-gram itself, once.
            const std::size_t least = std::min(min_n, words.length(word));
            each_ngram(trie, words.symbols(word), words.length(word), max_n, nodes, pairs,
                       [&](std::size_t n, std::int32_t node, std::uint32_t&) {
                           if (n >= least) {
                               pieces_.push_back(id_of(static_cast<std::size_t>(node)));
                           }
                       });
            offsets_.push_back(pieces_.size());
        }
    }

    std::size_t n_words() const { return offsets_.size() - 1; }
    const std::vector<std::int32_t>& node_of_id() const { return node_of_id_; }
    const std::int32_t* begin(std::size_t word) const { return pieces_.data() + offsets_[word]; }
    const std::int32_t* end(std::size_t word) const { return pieces_.data() + offsets_[word + 1]; }

  private:
    std::int32_t id_of(std::size_t node) {
        if (id_of_node_.size() <= node) {
            id_of_node_.resize(node + 1 + node / 2, kNoNode);
        }
        std::int32_t& id = id_of_node_[node];
        if (id == kNoNode) {
            id = static_cast<std::int32_t>(node_of_id_.size());
            node_of_id_.push_back(static_cast<std::int32_t>(node));
        }
        return id;
    }

    std::vector<std::int32_t> pieces_;
    std::vector<std::size_t> offsets_ = {0};
    std::vector<std::int32_t> node_of_id_;
    std::vector<std::int32_t> id_of_node_;
};

// Counts the pieces of rows of words; an id is that of CountedPieces.
inline void count_pieces(const CountedPieces& pieces, const std::int32_t* words,
                         const std::int64_t* offsets, std::size_t n_rows, CountedRows& rows) {
    std::vector<std::uint32_t> places(pieces.node_of_id().size());
    std::vector<std::int32_t> times(pieces.n_words());
    std::vector<std::size_t> distinct;
    rows.expect(SIZE_MAX);
    for (std::size_t row = 0; row < n_rows; ++row) {
        distinct.clear();
        std::size_t n_pieces = 0;
        for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i) {
            const auto word = static_cast<std::size_t>(words[i]);
            if (times[word]++ == 0) {
                distinct.push_back(word);
                n_pieces += static_cast<std::size_t>(pieces.end(word) - pieces.begin(word));
            }
        }
        CountedRows::Row counts = rows.begin_row(n_pieces);
        for (const std::size_t word : distinct) {
            for (const std::int32_t* p = pieces.begin(word); p != pieces.end(word); ++p) {
                counts.count(*p, places[static_cast<std::size_t>(*p)], times[word]);
            }
            times[word] = 0;
        }
        rows.end_row(counts);
    }
}

}  // namespace textvec
