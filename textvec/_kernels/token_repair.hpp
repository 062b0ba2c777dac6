// Tokens that are no UTF-8, as the strict, replacing and ignoring decoders of Python leave them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace textvec {

enum class Undecodable { kStrict, kReplace, kIgnore };

// What UTF-8 allows as the second byte after a lead: no long forms, no surrogates, nothing past
// U+10FFFF.
inline bool may_follow(std::uint8_t lead, std::uint8_t second) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
}

// Where a sequence of bytes stops being UTF-8; its end if it never does. As strict as Python.
inline const std::uint8_t* invalid_utf8(const std::uint8_t* p, const std::uint8_t* end) {
    while (p != end) {
        const std::uint8_t lead = *p;
        if (lead < 0x80) {
            ++p;
            continue;
        }
        const int size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || end - p < size || !may_follow(lead, p[1])) return p;
        for (int i = 2; i < size; ++i) {
            if ((p[i] & 0xC0) != 0x80) return p;
        }
        p += size;
    }
    return end;
}

// The end of the bytes at `p`, which are no UTF-8, that a decoder takes for one broken character.
inline const std::uint8_t* broken_end(const std::uint8_t* p, const std::uint8_t* end) {
    const std::uint8_t lead = *p++;
    if (lead < 0xC2 || lead > 0xF4 || p == end || !may_follow(lead, *p)) return p;
    const std::uint8_t* const last = p + (lead >= 0xF0 ? 2 : lead >= 0xE0 ? 1 : 0);
    for (++p; p != end && p < last && (*p & 0xC0) == 0x80; ++p) {}
    return p;
}

// Writes the bytes from `p` to `end` to `text` as UTF-8, with U+FFFD for each broken character, or
// nothing.
inline void repair_utf8(const std::uint8_t* p, const std::uint8_t* end, bool replaces,
                        std::vector<std::uint8_t>& text) {
    text.clear();
    while (p != end) {
        const std::uint8_t* const bad = invalid_utf8(p, end);
        text.insert(text.end(), p, bad);
        if (bad == end) break;
        if (replaces) text.insert(text.end(), {0xEF, 0xBF, 0xBD});
        p = broken_end(bad, end);
    }
}

}  // namespace textvec
