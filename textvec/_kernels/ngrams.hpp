// n-grams of symbols (words or characters) as nodes of a trie.
//
// The n-gram of symbols s1 .. sn is the child by sn of the node of s1 .. sn-1, so that a pair of
// integers names it, whatever its length. A word bigram costs a look-up of 16 bytes; its text is
// written only where names are needed. Nodes are numbered by first appearance, document by
// document and there by rising n: the numbers that scikit-learn's dict of strings has.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "always_inline.hpp"
#include "counted_rows.hpp"
#include "doubled_table.hpp"
#include "growing_array.hpp"
#include "interner.hpp"
#include "prefetch.hpp"

namespace textvec {

constexpr std::int32_t kNoNode = -1;

// Prefetch distance, in iterations.
constexpr std::size_t kAhead = 16;

// (parent, symbol) to a child node, in open addressing.
class ChildTable {
  public:
    struct Slot {
        std::uint64_t pair;
        std::int32_t node;
        std::uint32_t place;  // of CountedRows
    };

    // For about so many children; the table may grow, and begins with at most 32 MB.
    explicit ChildTable(std::size_t expected) {
        unsigned bits = 10;
        while (bits < 21 && (std::size_t{1} << bits) * 3 < expected * 4) {
            ++bits;
        }
        allocate(bits);
    }

    static std::uint64_t pair_of(std::int32_t parent, std::int32_t symbol) {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(parent)) << 32 |
               static_cast<std::uint32_t>(symbol);
    }

    TEXTVEC_ALWAYS_INLINE void prefetch(std::uint64_t pair) const {
        textvec::prefetch(&slots_[home(pair)]);
    }

    // The slot of a pair; a free one, of no node, becomes the pair's.
    Slot& at(std::uint64_t pair) {
        const std::size_t last = slots_.size() - 1;
        for (std::size_t i = home(pair);; i = (i + 1) & last) {
            Slot& slot = slots_[i];
            if (slot.node == kNoNode) {
                if ((used_ + 1) * 4 > slots_.size() * 3) {
                    grow();
                    return at(pair);
                }
                ++used_;
                slot.pair = pair;
                return slot;
            }
            if (slot.pair == pair) {
                return slot;
            }
        }
    }

    // The node of a pair, if there is one. Any number of threads may call this.
    std::int32_t find(std::uint64_t pair) const {
        const std::size_t last = slots_.size() - 1;
        for (std::size_t i = home(pair);; i = (i + 1) & last) {
            if (slots_[i].node == kNoNode || slots_[i].pair == pair) {
                return slots_[i].node;
            }
        }
    }

    void clear() { slots_ = GrowingArray<Slot>(); }

  private:
    void allocate(unsigned bits) {
        bits_ = bits;
        slots_.fill((std::size_t{1} << bits) - slots_.size(), Slot{0, kNoNode, 0});
    }

    std::size_t home(std::uint64_t pair) const {
        std::uint64_t h = pair * 0xFF51AFD7ED558CCDULL;
        h ^= h >> 32;
        return static_cast<std::size_t>((h * kMultiplier) >> (64 - bits_));
    }

    void grow() {
        allocate(bits_ + 1);
        spread(slots_.data(), slots_.size(), Slot{0, kNoNode, 0},
               [](const Slot& slot) { return slot.node == kNoNode; },
               [this](const Slot& slot) { return home(slot.pair); },
               [](const Slot& a, const Slot& b) { return a.node < b.node; });
    }

    GrowingArray<Slot> slots_;
    unsigned bits_ = 0;
    std::size_t used_ = 0;
};

class NgramTrie {
  public:
    explicit NgramTrie(std::size_t n_symbols, std::size_t n_expected = 0)
        : roots_(n_symbols, Root{kNoNode, 0}), children_(n_expected) {}

    // Makes room for the nodes of so many symbols, where more become known.
    void expect_symbols(std::size_t n_symbols) {
        if (roots_.size() < n_symbols) {
            roots_.resize(n_symbols, Root{kNoNode, 0});
        }
    }

    std::size_t size() const { return nodes_.size(); }
    std::int32_t parent(std::size_t node) const { return nodes_[node].parent; }
    std::int32_t symbol(std::size_t node) const { return nodes_[node].symbol; }

    // The node of one symbol, and its place.
    std::int32_t root(std::int32_t symbol, std::uint32_t*& place) {
        Root& root = roots_[static_cast<std::size_t>(symbol)];
        if (root.node == kNoNode) {
            root.node = add(kNoNode, symbol);
        }
        place = &root.place;
        return root.node;
    }

    // The child of a node; its place is good until the next call.
    std::int32_t child(std::uint64_t pair, std::uint32_t*& place) {
        ChildTable::Slot& slot = children_.at(pair);
        if (slot.node == kNoNode) {
            slot.node = add(static_cast<std::int32_t>(pair >> 32),
                            static_cast<std::int32_t>(static_cast<std::uint32_t>(pair)));
        }
        place = &slot.place;
        return slot.node;
    }

    TEXTVEC_ALWAYS_INLINE void prefetch_root(std::int32_t symbol) const {
        prefetch(&roots_[static_cast<std::size_t>(symbol)]);
    }
    TEXTVEC_ALWAYS_INLINE void prefetch_child(std::uint64_t pair) const {
        children_.prefetch(pair);
    }

    // The node of one symbol, or the child of a node, if there is one.
    std::int32_t find_root(std::int32_t symbol) const {
        return roots_[static_cast<std::size_t>(symbol)].node;
    }
    std::int32_t find_child(std::uint64_t pair) const { return children_.find(pair); }

    // Adds a node, which must be a new one, without a way to find it.
    std::int32_t add(std::int32_t parent, std::int32_t symbol) {
        if (nodes_.size() >= INT32_MAX) {
            throw std::overflow_error("more than 2**31 - 1 distinct n-grams");
        }
        nodes_.push({parent, symbol});
        return static_cast<std::int32_t>(nodes_.size() - 1);
    }

    // Makes room for so many more nodes, so that they need not move; what stays empty is no cost.
    void expect(std::size_t n_nodes) { nodes_.reserve(n_nodes); }

    // Frees what only counting needs.
    void finish() { children_.clear(); }

    // Writes for each node whether it is of at least `n` symbols.
    void mark_depth(std::size_t n, std::uint8_t* marks) const {
        std::vector<std::uint32_t> depth(size());
        for (std::size_t i = 0; i < size(); ++i) {
            const std::int32_t parent = nodes_[i].parent;
            depth[i] = parent == kNoNode ? 1 : depth[static_cast<std::size_t>(parent)] + 1;
            marks[i] = depth[i] >= n;
        }
    }

    // Writes how many bytes the names of the nodes have, of symbols joined by a space or by nothing.
    void name_sizes(const std::int32_t* nodes, std::size_t count, TokenBytes symbols, bool joined,
                    std::int64_t* sizes) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (i + 2 * kAhead < count) {
                prefetch(&nodes_[static_cast<std::size_t>(nodes[i + 2 * kAhead])]);
                prefetch(&symbols.offsets[symbol(static_cast<std::size_t>(nodes[i + kAhead]))]);
            }
            const Node* node = &nodes_[static_cast<std::size_t>(nodes[i])];
            std::int64_t size = static_cast<std::int64_t>(symbols.size(node->symbol));
            while (node->parent != kNoNode) {
                node = &nodes_[static_cast<std::size_t>(node->parent)];
                size += static_cast<std::int64_t>(symbols.size(node->symbol)) + joined;
            }
            sizes[i] = size;
        }
    }

    // Writes the names, each up to where it ends.
    void write_names(const std::int32_t* nodes, std::size_t count, TokenBytes symbols, bool joined,
                     const std::int64_t* ends, std::uint8_t* bytes) const {
        for (std::size_t i = 0; i < count; ++i) {
            // A node, the offset of its symbol and the symbol itself are three dependent loads.
            if (i + 3 * kAhead < count) {
                prefetch(&nodes_[static_cast<std::size_t>(nodes[i + 3 * kAhead])]);
                prefetch(&symbols.offsets[symbol(static_cast<std::size_t>(nodes[i + 2 * kAhead]))]);
                prefetch(symbols.data(symbol(static_cast<std::size_t>(nodes[i + kAhead]))));
            }
            std::uint8_t* out = bytes + ends[i];
            for (std::int32_t at = nodes[i];;) {
                const Node node = nodes_[static_cast<std::size_t>(at)];
                const std::uint8_t* const symbol = symbols.data(node.symbol);
                const std::uint8_t* p = symbol + symbols.size(node.symbol);
                while (p != symbol) {  // shorter than a call of memcpy
                    *--out = *--p;
                }
                at = node.parent;
                if (at == kNoNode) {
                    break;
                }
                if (joined) {
                    *--out = ' ';
                }
            }
        }
    }

  private:
    struct Node {
        std::int32_t parent;
        std::int32_t symbol;
    };
    struct Root {
        std::int32_t node;
        std::uint32_t place;
    };

    GrowingArray<Node> nodes_;
    std::vector<Root> roots_;
    ChildTable children_;
};

// Calls `each(n, node, place)` for all n-grams of a row of symbols, n from 1 to `max_n`, those of
// one n from left to right. `nodes` and `pairs` are scratch.
template <class Each>
TEXTVEC_ALWAYS_INLINE void each_ngram(NgramTrie& trie, const std::int32_t* symbols,
                                      std::size_t size, std::size_t max_n,
                                      std::vector<std::int32_t>& nodes,
                                      std::vector<std::uint64_t>& pairs, Each each) {
    std::uint32_t* place;
    if (nodes.size() < size) {
        nodes.resize(size + size / 2);
        pairs.resize(nodes.size());
    }
    for (std::size_t i = 0; i < size; ++i) {
        trie.prefetch_root(symbols[std::min(i + kAhead, size - 1)]);
        nodes[i] = trie.root(symbols[i], place);
        each(std::size_t{1}, nodes[i], *place);
    }
    for (std::size_t n = 2; n <= std::min(max_n, size); ++n) {
        const std::size_t count = size - n + 1;
        // All slots are prefetched before the first is read.
        for (std::size_t i = 0; i < count; ++i) {
            pairs[i] = ChildTable::pair_of(nodes[i], symbols[i + n - 1]);
            trie.prefetch_child(pairs[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            nodes[i] = trie.child(pairs[i], place);
            each(n, nodes[i], *place);
        }
    }
}

// How many n-grams a row has.
inline std::size_t n_ngrams(std::size_t length, std::size_t min_n, std::size_t max_n) {
    std::size_t count = 0;
    for (std::size_t n = min_n; n <= std::min(max_n, length); ++n) {
        count += length - n + 1;
    }
    return count;
}

// Counts the symbols of a row, without scratch: for one huge row it would be several times its size.
TEXTVEC_ALWAYS_INLINE void count_symbols(const std::int32_t* symbols, std::size_t size,
                                         NgramTrie& trie, CountedRows::Row& counts) {
    std::uint32_t* place;
    for (std::size_t i = 0; i < size; ++i) {
        trie.prefetch_root(symbols[std::min(i + kAhead, size - 1)]);
        const std::int32_t node = trie.root(symbols[i], place);
        counts.count(node, *place, 1);
    }
}

// Counts the n-grams of rows; an id is a node.
inline void count_ngrams(const std::int32_t* symbols, const std::int64_t* offsets,
                         std::size_t n_rows, std::size_t min_n, std::size_t max_n, NgramTrie& trie,
                         CountedRows& rows) {
    std::vector<std::int32_t> nodes;
    std::vector<std::uint64_t> pairs;
    std::size_t n_all = 0;
    for (std::size_t row = 0; row < n_rows; ++row) {
        n_all += n_ngrams(static_cast<std::size_t>(offsets[row + 1] - offsets[row]), min_n, max_n);
    }
    rows.expect(n_all);
    for (std::size_t row = 0; row < n_rows; ++row) {
        const auto size = static_cast<std::size_t>(offsets[row + 1] - offsets[row]);
        CountedRows::Row counts = rows.begin_row(n_ngrams(size, min_n, max_n));
        if (max_n == 1) {
            count_symbols(symbols + offsets[row], size, trie, counts);
        } else {
            each_ngram(trie, symbols + offsets[row], size, max_n, nodes, pairs,
                       [&](std::size_t n, std::int32_t node, std::uint32_t& place) {
                           if (n >= min_n) {
                               counts.count(node, place, 1);
                           }
                       });
        }
        rows.end_row(counts);
    }
}

}  // namespace textvec
