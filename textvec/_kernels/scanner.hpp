// From the storage of `str` objects to ids of tokens.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "bit_runs.hpp"
#include "characters.hpp"
#include "growing_array.hpp"
#include "interner.hpp"
#include "scan_plan.hpp"
#include "utf8.hpp"

namespace textvec {

// Reads documents one after the other; each thread has a scanner of its own.
class Scanner {
  public:
    Scanner(const ScanPlan& plan, const Characters& characters, bool with_spans,
            std::size_t n_characters)
        : interner_(std::min<std::size_t>(n_characters / 8, 1 << 16)),
          plan_(plan), characters_(characters), with_spans_(with_spans) {
        offsets_.push(0);
        ids_.reserve(n_characters / 5);  // about one a word, so that they need not move
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
    GrowingArray<std::int32_t>& ids() { return ids_; }
    GrowingArray<std::int64_t>& offsets() { return offsets_; }
    GrowingArray<std::int32_t>& spans() { return spans_; }  // two numbers a token

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
        const std::size_t n_members = ascii ? plan_.n_ascii_members : plan_.members.size();
        each_token(
            text.size,
            [&] { runs_.mark_bytes(folded, text.size, plan_.members.data(), n_members); },
            [folded](std::size_t i) { return folded[i] == '\''; }, emit);
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
        each_token(
            text.size,
            [&] {
                runs_.mark(text.size, [this, chars](std::size_t i) {
                    return plan_.is_member(characters_.classes(chars[i]));
                });
            },
            [this, chars](std::size_t i) {
                return (characters_.classes(chars[i]) & kApostrophe) != 0;
            },
            emit);
    }

    template <class Mark, class IsApostrophe, class Emit>
    void each_token(std::size_t size, Mark mark, IsApostrophe is_apostrophe, Emit emit) {
        if (plan_.width) {
            each_window(size, emit);
            return;
        }
        mark();
        if (plan_.join_apostrophes) {
            runs_.join(is_apostrophe);
        }
        runs_.each_run(plan_.drop_single, emit);
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

    // Short tokens wait here while their slots are fetched, all at once instead of in turn.
    struct Pending {
        Key key;
        std::uint64_t hash;
    };
    static constexpr std::size_t kBatch = 32;
    Pending pending_[kBatch];
    std::size_t n_pending_ = 0;

    Interner interner_;
    GrowingArray<std::int32_t> ids_;
    GrowingArray<std::int32_t> spans_;
    GrowingArray<std::int64_t> offsets_;
    std::vector<std::uint8_t> folded_;
    std::vector<std::uint8_t> encoded_;
    BitRuns runs_;
    const ScanPlan& plan_;
    const Characters& characters_;
    bool with_spans_;
};

}  // namespace textvec
