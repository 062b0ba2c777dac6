// Joining the n-grams that threads have counted, numbered as one thread would have done.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "always_inline.hpp"
#include "ngrams.hpp"

namespace textvec {

// Takes the nodes of another trie, in two steps: to find those that are known costs a look-up in
// memory each, and threads share that out; to number them in order is for one thread, and quick.
class NgramJoin {
  public:
    // `new_symbols` are those of the first trie for those of the other, or null if they are the same.
    NgramJoin(NgramTrie& trie, const NgramTrie& other, const std::int32_t* new_symbols)
        : trie_(trie), other_(other), new_symbols_(new_symbols), found_(new std::atomic<std::int32_t>[other.size()]) {
        for (std::size_t i = 0; i < other.size(); ++i) {
            keep(i, kUnknown);
        }
    }

    // Finds what the nodes of a stretch are here. All stretches before `number`.
    void find(std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            if (i + kAhead < last) {
                prefetch_child(i + kAhead);
            }
            // A node is found by its parent, which may be of a stretch that is not as far yet.
            // Two threads may look for the same one: they find the same.
            while (found(i) == kUnknown) {
                std::size_t at = i;
                while (parent_of(at) == kUnknown) {
                    at = static_cast<std::size_t>(other_.parent(at));
                }
                keep(at, look_up(at));
            }
        }
    }

    // Adds the nodes that are new; `new_nodes[i]` is what node i is here. After the last trie no
    // node is looked up any more, so the new ones need no slot in the table.
    void number(bool is_last, std::vector<std::int32_t>& new_nodes) {
        const std::size_t count = other_.size();
        std::size_t n_new = 0;
        for (std::size_t i = 0; i < count; ++i) {
            n_new += found(i) == kNoNode;
        }
        trie_.expect(n_new);
        new_nodes.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            if (!is_last && i + kAhead < count) {
                prefetch_new(i + kAhead, i, new_nodes);
            }
            const std::int32_t node = found(i), parent = other_.parent(i);
            const std::int32_t new_parent =
                parent == kNoNode ? kNoNode : new_nodes[static_cast<std::size_t>(parent)];
            new_nodes[i] = node != kNoNode ? node
                           : is_last       ? trie_.add(new_parent, symbol(i))
                                           : insert(new_parent, symbol(i));
        }
    }

  private:
    static constexpr std::int32_t kUnknown = -2;  // neither a node nor known to be none

    // Each number stands for itself, so no order of memory has to be kept.
    std::int32_t found(std::size_t i) const { return found_[i].load(std::memory_order_relaxed); }
    void keep(std::size_t i, std::int32_t node) {
        found_[i].store(node, std::memory_order_relaxed);
    }

    std::int32_t symbol(std::size_t i) const {
        const std::int32_t symbol = other_.symbol(i);
        return new_symbols_ == nullptr ? symbol : new_symbols_[static_cast<std::size_t>(symbol)];
    }

    std::int32_t parent_of(std::size_t i) const {
        const std::int32_t parent = other_.parent(i);
        return parent == kNoNode ? kNoNode : found(static_cast<std::size_t>(parent));
    }

    // Where the parent is known.
    std::int32_t look_up(std::size_t i) const {
        if (other_.parent(i) == kNoNode) {
            return trie_.find_root(symbol(i));
        }
        const std::int32_t parent = parent_of(i);
        return parent == kNoNode
                   ? kNoNode
                   : trie_.find_child(ChildTable::pair_of(parent, symbol(i)));
    }

    TEXTVEC_ALWAYS_INLINE void prefetch_child(std::size_t i) const {
        const std::int32_t parent = parent_of(i);
        if (parent >= 0) {
            trie_.prefetch_child(ChildTable::pair_of(parent, symbol(i)));
        }
    }

    // Asks for the slot of a node to come, if its parent is among the `n_done` that are numbered.
    TEXTVEC_ALWAYS_INLINE void prefetch_new(std::size_t i, std::size_t n_done,
                                            const std::vector<std::int32_t>& new_nodes) const {
        const std::int32_t parent = other_.parent(i);
        if (found(i) == kNoNode && parent != kNoNode && static_cast<std::size_t>(parent) < n_done) {
            trie_.prefetch_child(ChildTable::pair_of(new_nodes[static_cast<std::size_t>(parent)],
                                                     symbol(i)));
        }
    }

    std::int32_t insert(std::int32_t parent, std::int32_t symbol) {
        std::uint32_t* place;
        return parent == kNoNode ? trie_.root(symbol, place)
                                 : trie_.child(ChildTable::pair_of(parent, symbol), place);
    }

    NgramTrie& trie_;
    const NgramTrie& other_;
    const std::int32_t* new_symbols_;
    std::unique_ptr<std::atomic<std::int32_t>[]> found_;
};

}  // namespace textvec
