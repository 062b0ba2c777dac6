// n-grams in the order of their names.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "huge_pages.hpp"
#include "ngrams.hpp"
#include "row_sort.hpp"

namespace textvec {

// Kept nodes of a trie, depth first, and children by the rank of their symbol. That is the order of
// the joined names as long as no symbol holds a character up to the one that joins them.
//
// The nodes below one symbol lie together, so threads share out the symbols.
class NgramOrder {
  public:
    NgramOrder(const NgramTrie& trie, const std::uint8_t* keep,
               const std::vector<std::int32_t>& symbol_rank)
        : keep_(keep), roots_(symbol_rank.size(), kNoNode), families_(trie.size() + 1) {
        const std::size_t n_nodes = trie.size();
        std::size_t n_children = 0;
        for (std::size_t i = n_nodes; i-- > 0;) {  // children come after their parents
            Family& family = families_[i];
            family.n_kept += keep[i];
            if (family.n_kept == 0) {
                continue;
            }
            if (trie.parent(i) == kNoNode) {
                roots_[rank_of(trie, i, symbol_rank)] = static_cast<std::int32_t>(i);
            } else {
                Family& above = families_[static_cast<std::size_t>(trie.parent(i))];
                above.n_kept += family.n_kept;
                ++above.first;
                ++n_children;
            }
        }
        std::uint32_t end = 0;
        for (Family& family : families_) {
            family.first = end += family.first;
        }
        children_.resize(n_children);
        for (std::size_t i = 0; i < n_nodes; ++i) {
            if (families_[i].n_kept != 0 && trie.parent(i) != kNoNode) {
                const auto node = static_cast<std::int32_t>(i);
                const bool is_leaf = families_[i].n_kept == keep[i];
                children_[--families_[static_cast<std::size_t>(trie.parent(i))].first] =
                    entry_of(static_cast<std::int32_t>(rank_of(trie, i, symbol_rank)),
                             is_leaf ? ~node : node);
            }
        }
    }

    // Writes how many of the nodes come before those of each symbol, by rank, and how many all are.
    void starts(std::int64_t* starts) const {
        std::int64_t start = 0;
        for (const std::int32_t root : roots_) {
            *starts++ = start;
            start += root == kNoNode ? 0 : families_[static_cast<std::size_t>(root)].n_kept;
        }
        *starts = start;
    }

    // Writes the nodes below a stretch of symbols.
    void write(std::size_t first_rank, std::size_t last_rank, std::int32_t* sorted) const {
        RowSorter sorter(roots_.size());
        std::vector<std::int32_t> next;  // the last comes first
        for (std::size_t rank = first_rank; rank < last_rank; ++rank) {
            if (roots_[rank] != kNoNode) {
                next.push_back(roots_[rank]);
            }
            while (!next.empty()) {
                const std::int32_t node = next.back();
                next.pop_back();
                if (node < 0) {
                    *sorted++ = ~node;
                    continue;
                }
                if (keep_[node]) {
                    *sorted++ = node;
                }
                push_children(static_cast<std::size_t>(node), sorter, next);
            }
        }
    }

  private:
    // The children of a node, as far as they lead to kept nodes, end where those of the next begin.
    struct Family {
        std::uint32_t first;
        std::int32_t n_kept;  // in the subtree, with the node itself
    };

    static std::size_t rank_of(const NgramTrie& trie, std::size_t node,
                               const std::vector<std::int32_t>& symbol_rank) {
        return static_cast<std::size_t>(symbol_rank[static_cast<std::size_t>(trie.symbol(node))]);
    }

    void push_children(std::size_t node, RowSorter& sorter, std::vector<std::int32_t>& next) const {
        const std::size_t begin = families_[node].first;
        const std::size_t count = families_[node + 1].first - begin;
        std::copy_n(children_.data() + begin, count, sorter.room(count));
        const std::uint64_t* const children = sorter.sort(count);
        for (std::size_t i = count; i-- > 0;) {
            next.push_back(value_of(children[i]));
        }
    }

    const std::uint8_t* keep_;
    std::vector<std::int32_t> roots_;  // by rank
    LargeVector<Family> families_;
    LargeVector<std::uint64_t> children_;  // (rank, node), the node inverted if it is a kept leaf
};

}  // namespace textvec
