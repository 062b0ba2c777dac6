// What a tokenizer does, ready to use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bit_runs.hpp"
#include "characters.hpp"

namespace textvec {

// Made once for the parameters of a tokenizer, and shared by all threads.
struct ScanPlan {
    // Runs: a token is a longest run of characters of these classes, or of none of them.
    std::uint8_t classes = 0;
    bool inverted = false;
    bool join_apostrophes = false;  // one apostrophe between two characters of a token
    bool drop_single = false;       // tokens of one character
    std::uint8_t dropped = 0;       // classes of characters that are left out of tokens
    // Windows: `width` characters, every `stride` characters. Width 0: runs.
    std::size_t width = 0;
    std::size_t stride = 1;

    bool lowercase = false;
    bool lower_ascii_only = false;
    std::uint8_t member[kLatin1] = {};
    std::uint8_t folded[kLatin1] = {};

    // The members among the characters that lower-casing leaves, as intervals of codes: to compare
    // with a few bounds goes sixteen characters at a time, to look up in a table does not.
    std::vector<Interval> members;    // up to U+00FF
    std::size_t n_ascii_members = 0;  // how many of them hold ASCII characters

    bool is_member(std::uint8_t of_character) const {
        return ((of_character & classes) != 0) != inverted;
    }

    // A character of the tokens, in lower case if that is asked for.
    std::uint32_t lower(const Characters& characters, std::uint32_t code) const {
        const bool has_case = lowercase && !(lower_ascii_only && code >= 0x80);
        return has_case ? characters.lower(code) : code;
    }

    void prepare(const Characters& characters) {
        for (std::size_t c = 0; c < kLatin1; ++c) {
            const std::uint32_t code = static_cast<std::uint32_t>(c);
            member[c] = is_member(characters.classes(code));
            folded[c] = static_cast<std::uint8_t>(lower(characters, code));
        }
        find_intervals();
    }

  private:
    void find_intervals() {
        members.clear();
        n_ascii_members = 0;
        bool before = false;
        for (std::size_t c = 0; c < kLatin1; ++c) {
            const bool here = member[c] && folded[c] == c;
            if (here && !before) {
                members.push_back({static_cast<std::uint8_t>(c), 0});
                n_ascii_members += c < 0x80;
            } else if (here) {
                ++members.back().span;
            }
            before = here;
        }
    }
};

}  // namespace textvec
