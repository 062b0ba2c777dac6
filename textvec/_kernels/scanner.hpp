// From the storage of `str` objects to ids of tokens.
//
// A text is read twice: once to write a bit for each character, set where a token has one, and once
// to walk along the runs of set bits, 64 characters at a step. Rules that look at neighbours (an
// apostrophe between letters, no words of one letter) are then operations on words of bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(_MSC_VER)
#include <intrin.h>
#endif

#include "characters.hpp"
#include "column.hpp"
#include "interner.hpp"
#include "utf8.hpp"

namespace textvec {

constexpr std::size_t kBlock = 64;  // characters in a word of bits

inline unsigned lowest_bit(std::uint64_t bits) {
#if defined(_MSC_VER)
    unsigned long index;
    _BitScanForward64(&index, bits);
    return index;
#else
    return static_cast<unsigned>(__builtin_ctzll(bits));
#endif
}

// What a tokenizer does, ready to use; made once and shared by all threads.
struct Plan {
    // Runs: a token is a longest run of characters of these classes, or of none of them.
    std::uint8_t classes = 0;
    bool inverted = false;
    bool join_apostrophes = false;  // one apostrophe between two characters of a token
    bool drop_single = false;       // tokens of one character
    // Windows: `width` characters, every `stride` characters. Width 0: runs.
    std::size_t width = 0;
    std::size_t stride = 1;

    bool lowercase = false;
    std::uint8_t member[kLatin1] = {};
    std::uint8_t folded[kLatin1] = {};

    // The members among the characters that lower-casing leaves, as intervals of codes: to compare
    // with a few bounds goes sixteen characters at a time, to look up in a table does not.
    struct Interval {
        std::uint8_t first;
        std::uint8_t span;
    };
    std::vector<Interval> members;  // up to U+00FF
    std::size_t n_ascii_members;    // how many of them hold ASCII characters

    bool is_member(std::uint8_t of_character) const {
        return ((of_character & classes) != 0) != inverted;
    }

    void prepare(const Characters& characters) {
        for (std::size_t c = 0; c < kLatin1; ++c) {
            const std::uint32_t code = static_cast<std::uint32_t>(c);
            member[c] = is_member(characters.classes(code));
            folded[c] = static_cast<std::uint8_t>(lowercase ? characters.lower(code) : code);
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

// Reads documents one after the other; each thread has a scanner of its own.
class Scanner {
  public:
    Scanner(const Plan& plan, const Characters& characters, bool with_spans,
            std::size_t n_characters)
        : interner_(std::min<std::size_t>(n_characters / 8, 1 << 16)),
          plan_(plan), characters_(characters), with_spans_(with_spans) {
        offsets_.push(0);
    }

    void scan(const StrView* texts, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            scan(texts[i]);
        }
        flush();
    }

    // Appends what another scanner has read, with the ids of this one.
    void absorb(const Scanner& other) {
        const TokenBytes tokens = other.interner_.tokens();
        std::vector<std::int32_t> new_ids(other.interner_.size());
        for (std::size_t i = 0; i < new_ids.size(); ++i) {
            const std::int64_t id = static_cast<std::int64_t>(i);
            new_ids[i] = interner_.intern(tokens.data(id), tokens.size(id));
        }
        const std::int64_t begin = static_cast<std::int64_t>(ids_.size());
        std::int32_t* const ids = ids_.reserve(other.ids_.size());
        for (std::size_t i = 0; i < other.ids_.size(); ++i) {
            ids[i] = new_ids[static_cast<std::size_t>(other.ids_.data()[i])];
        }
        ids_.add(other.ids_.size());
        std::int64_t* const ends = offsets_.reserve(other.offsets_.size() - 1);
        for (std::size_t i = 1; i < other.offsets_.size(); ++i) {
            ends[i - 1] = begin + other.offsets_.data()[i];
        }
        offsets_.add(other.offsets_.size() - 1);
        if (other.spans_.size()) {
            std::memcpy(spans_.reserve(other.spans_.size()), other.spans_.data(),
                        other.spans_.size() * sizeof(std::int32_t));
            spans_.add(other.spans_.size());
        }
    }

    const Interner& interner() const { return interner_; }
    Column<std::int32_t>& ids() { return ids_; }
    Column<std::int64_t>& offsets() { return offsets_; }
    Column<std::int32_t>& spans() { return spans_; }  // two numbers a token

  private:
    void scan(const StrView& text) {
        switch (text.kind) {
            case 1:
                scan_bytes(text);
                break;
            case 2:
                scan_wide<std::uint16_t>(text);
                break;
            default:
                scan_wide<std::uint32_t>(text);
        }
        offsets_.push(static_cast<std::int64_t>(ids_.size() + n_pending_));
    }

    void push(const Key& key, const std::uint8_t* p, std::size_t size, std::size_t start,
              std::size_t stop) {
        if (with_spans_) {
            std::int32_t* const span = spans_.reserve(2);
            span[0] = static_cast<std::int32_t>(start);
            span[1] = static_cast<std::int32_t>(stop);
            spans_.add(2);
        }
        if (key.is_short()) {
            const std::uint64_t hash = key.hash();
            interner_.prefetch(hash);
            pending_[n_pending_++] = {key, hash};
            if (n_pending_ == kBatch) {
                flush();
            }
        } else {
            flush();
            ids_.push(interner_.intern(key, p, size));
        }
    }

    void flush() {
        std::int32_t* const ids = ids_.reserve(n_pending_);
        for (std::size_t i = 0; i < n_pending_; ++i) {
            ids[i] = interner_.intern_short(pending_[i].key, pending_[i].hash);
        }
        ids_.add(n_pending_);
        n_pending_ = 0;
    }

    void scan_bytes(const StrView& text) {
        fold(text);
        const bool ascii = text.ascii;
        const std::uint8_t* const folded = folded_.data();
        const auto emit = [this, folded, ascii](std::size_t start, std::size_t stop) {
            const std::uint8_t* const p = folded + start;
            const Key key = padded_key(p, stop - start);
            if (ascii || is_ascii(key, p, stop - start)) {
                push(key, p, stop - start, start, stop);
            } else {
                emit_encoded(p, start, stop, [](std::uint8_t c) { return c; });
            }
        };
        if (plan_.width) {
            each_window(text.size, emit);
            return;
        }
        mark_bytes(text.size, ascii ? plan_.n_ascii_members : plan_.members.size());
        if (plan_.join_apostrophes) {
            join(text.size, [folded](std::size_t i) { return folded[i] == '\''; });
        }
        each_run(text.size, emit);
    }

    template <class Char>
    void scan_wide(const StrView& text) {
        const Char* const chars = static_cast<const Char*>(text.data);
        const bool lowercase = plan_.lowercase;
        const auto emit = [this, chars, lowercase](std::size_t start, std::size_t stop) {
            emit_encoded(chars + start, start, stop, [this, lowercase](Char c) {
                return lowercase ? characters_.lower(c) : c;
            });
        };
        scan_units(
            text.size,
            [this, chars](std::size_t i) {
                return plan_.is_member(characters_.classes(chars[i]));
            },
            [this, chars](std::size_t i) {
                return (characters_.classes(chars[i]) & kApostrophe) != 0;
            },
            emit);
    }

    template <class Member, class IsApostrophe, class Emit>
    void scan_units(std::size_t size, Member member, IsApostrophe is_apostrophe, Emit emit) {
        if (plan_.width) {
            each_window(size, emit);
            return;
        }
        mark(size, member);
        if (plan_.join_apostrophes) {
            join(size, is_apostrophe);
        }
        each_run(size, emit);
    }

    static bool is_ascii(const Key& key, const std::uint8_t* p, std::size_t size) {
        if (key.is_short()) {
            return ((key.low | key.high) & 0x8080808080808080ULL) == 0;
        }
        return std::none_of(p, p + size, [](std::uint8_t c) { return c >= 0x80; });
    }

    // Lower-cases a text of one byte a character into `folded_`.
    void fold(const StrView& text) {
        if (folded_.size() < text.size + kBlock) {
            folded_.resize(text.size + text.size / 2 + kBlock);
        }
        const std::uint8_t* const bytes = static_cast<const std::uint8_t*>(text.data);
        std::uint8_t* const out = folded_.data();
        if (!plan_.lowercase) {
            std::memcpy(out, bytes, text.size);
        } else if (text.ascii) {
            for (std::size_t i = 0; i < text.size; ++i) {
                const bool is_upper = static_cast<std::uint8_t>(bytes[i] - 'A') < 26;
                out[i] = static_cast<std::uint8_t>(bytes[i] | (is_upper << 5));
            }
        } else {
            for (std::size_t i = 0; i < text.size; ++i) {
                out[i] = plan_.folded[bytes[i]];
            }
        }
    }

    void mark_bytes(std::size_t size, std::size_t n_members) {
        prepare_bits(size);
        for (std::size_t base = 0; base < size; base += kBlock) {
            const std::uint8_t* const block = folded_.data() + base;
            std::uint8_t is_member[kBlock] = {0};
            for (std::size_t k = 0; k < n_members; ++k) {
                const Plan::Interval interval = plan_.members[k];
                for (std::size_t j = 0; j < kBlock; ++j) {
                    const std::uint8_t above = static_cast<std::uint8_t>(block[j] - interval.first);
                    is_member[j] |= above <= interval.span;
                }
            }
            std::uint64_t bits = 0;
            for (std::size_t j = 0; j < kBlock; j += 8) {
                // Gathers the lowest bits of eight bytes in the highest byte of the product.
                bits |= (load64(is_member + j) * 0x0102040810204080ULL) >> 56 << j;
            }
            const std::size_t left = size - base;
            bits_[base / kBlock] = left < kBlock ? bits & ((1ULL << left) - 1) : bits;
        }
    }

    template <class Char, class Fold>
    void emit_encoded(const Char* chars, std::size_t start, std::size_t stop, Fold fold) {
        const std::size_t size = stop - start;
        if (encoded_.size() < size * kMaxUtf8 + kSlack) {
            encoded_.resize(2 * size * kMaxUtf8 + kSlack);
        }
        std::uint8_t* out = encoded_.data();
        for (std::size_t i = 0; i < size; ++i) {
            out = put_utf8(out, fold(chars[i]));
        }
        const std::size_t n_bytes = static_cast<std::size_t>(out - encoded_.data());
        push(padded_key(encoded_.data(), n_bytes), encoded_.data(), n_bytes, start, stop);
    }

    template <class Emit>
    void each_window(std::size_t size, Emit emit) {
        if (plan_.width > size) {
            return;
        }
        const std::size_t last = size - plan_.width;
        for (std::size_t start = 0;; start += plan_.stride) {
            emit(start, start + plan_.width);
            if (plan_.stride > last - start) {
                return;
            }
        }
    }

    // One bit a character, and at least one behind the text, which is never set.
    void prepare_bits(std::size_t size) {
        const std::size_t n_words = size / kBlock + 2;
        if (bits_.size() < n_words) {
            bits_.resize(n_words + n_words / 2);
        }
        bits_[n_words - 2] = 0;
        bits_[n_words - 1] = 0;
    }

    template <class Member>
    void mark(std::size_t size, Member member) {
        prepare_bits(size);
        for (std::size_t base = 0; base < size; base += kBlock) {
            const std::size_t count = std::min(kBlock, size - base);
            std::uint64_t bits = 0;
            for (std::size_t j = 0; j < count; ++j) {
                bits |= static_cast<std::uint64_t>(member(base + j)) << j;
            }
            bits_[base / kBlock] = bits;
        }
    }

    // Sets the bit of every apostrophe between two set bits. Whether it lies between them is asked
    // of the bits as they were, so that two apostrophes in a row never join.
    template <class IsApostrophe>
    void join(std::size_t size, IsApostrophe is_apostrophe) {
        std::uint64_t before = 0;  // the word before, as it was
        for (std::size_t word = 0; word * kBlock < size; ++word) {
            const std::uint64_t here = bits_[word];
            const std::uint64_t left = (here << 1) | (before >> 63);
            const std::uint64_t right = (here >> 1) | (bits_[word + 1] << 63);
            std::uint64_t gaps = ~here & left & right;
            while (gaps) {
                const unsigned bit = lowest_bit(gaps);
                if (is_apostrophe(word * kBlock + bit)) {
                    bits_[word] |= 1ULL << bit;
                }
                gaps &= gaps - 1;
            }
            before = here;
        }
    }

    template <class Emit>
    void each_run(std::size_t size, Emit emit) {
        std::uint64_t before = 0;
        std::size_t start = 0;
        for (std::size_t word = 0; word * kBlock <= size; ++word) {
            const std::size_t base = word * kBlock;
            std::uint64_t here = bits_[word];
            if (plan_.drop_single) {
                const std::uint64_t left = (here << 1) | (before >> 63);
                const std::uint64_t right = (here >> 1) | (bits_[word + 1] << 63);
                here &= left | right;
            }
            const std::uint64_t left = (here << 1) | (before >> 63);
            std::uint64_t starts = here & ~left;
            std::uint64_t stops = ~here & left;
            if (!(before >> 63) && starts) {
                start = base + lowest_bit(starts);
                starts &= starts - 1;
            }
            while (stops) {
                emit(start, base + lowest_bit(stops));
                stops &= stops - 1;
                if (starts) {
                    start = base + lowest_bit(starts);
                    starts &= starts - 1;
                }
            }
            before = here;
        }
    }

    // Short tokens wait here while their slots are fetched, all at once instead of in turn.
    struct Pending {
        Key key;
        std::uint64_t hash;
    };
    static constexpr std::size_t kBatch = 32;
    Pending pending_[kBatch];
    std::size_t n_pending_ = 0;

    Interner interner_;
    Column<std::int32_t> ids_;
    Column<std::int32_t> spans_;
    Column<std::int64_t> offsets_;
    std::vector<std::uint8_t> folded_;
    std::vector<std::uint8_t> encoded_;
    std::vector<std::uint64_t> bits_;
    const Plan& plan_;
    const Characters& characters_;
    bool with_spans_;
};

}  // namespace textvec
