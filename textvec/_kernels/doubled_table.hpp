// Hash tables that double in place: a second table beside the first would be half as large again, in
// pages that nobody has touched.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace textvec {

// Spreads the entries of the first half of a table of open addressing over all of it. The second
// half is free. `home` says where to look for an entry first, in the whole table; entries lie in
// the order of their homes, as far as others were not in the way. Of those that want one slot, the
// first by `comes_first` gets it: what was added early is looked up most, and then found at once.
template <class Slot, class IsFree, class Home, class ComesFirst>
void spread(Slot* slots, std::size_t n_slots, Slot free_slot, IsFree is_free, Home home,
            ComesFirst comes_first) {
    std::vector<Slot> others;
    const auto pass = [&](Slot& slot, std::size_t place) {
        if (comes_first(slot, slots[place])) {
            std::swap(slot, slots[place]);
        }
    };
    // From the last one on, each goes to where no entry is that has yet to go.
    for (std::size_t i = n_slots / 2; i-- > 0;) {
        if (is_free(slots[i])) {
            continue;
        }
        Slot slot = slots[i];
        slots[i] = free_slot;
        std::size_t place = home(slot);
        if (place < i) {  // it was far from home, or behind the end of the table
            others.push_back(slot);
            continue;
        }
        for (; place < n_slots && !is_free(slots[place]); ++place) {
            pass(slot, place);
        }
        if (place < n_slots) {
            slots[place] = slot;
        } else {
            others.push_back(slot);
        }
    }
    for (Slot& slot : others) {
        std::size_t place = home(slot);
        for (; !is_free(slots[place]); place = (place + 1) % n_slots) {
            pass(slot, place);
        }
        slots[place] = slot;
    }
}

}  // namespace textvec
