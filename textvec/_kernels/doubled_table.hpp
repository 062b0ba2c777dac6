// Hash tables that double in place: a second table beside the first would be half as large again, in
// pages that nobody has touched.
#pragma once

#include <cstddef>
#include <vector>

namespace textvec {

// Spreads the entries of the first half of a table of open addressing over all of it. The second
// half is free. `home` says where to look for an entry first, in the whole table; entries lie in
// the order of their homes, as far as others were not in the way.
template <class Slot, class IsFree, class Home>
void spread(Slot* slots, std::size_t n_slots, Slot free_slot, IsFree is_free, Home home) {
    std::vector<Slot> others;
    // From the last one on, each goes to where no entry is that has yet to go.
    for (std::size_t i = n_slots / 2; i-- > 0;) {
        if (is_free(slots[i])) {
            continue;
        }
        const Slot slot = slots[i];
        slots[i] = free_slot;
        std::size_t place = home(slot);
        if (place < i) {  // it was far from home, or behind the end of the table
            others.push_back(slot);
            continue;
        }
        while (place < n_slots && !is_free(slots[place])) {
            ++place;
        }
        if (place < n_slots) {
            slots[place] = slot;
        } else {
            others.push_back(slot);
        }
    }
    for (const Slot& slot : others) {
        std::size_t place = home(slot);
        while (!is_free(slots[place])) {
            place = (place + 1) % n_slots;
        }
        slots[place] = slot;
    }
}

}  // namespace textvec
