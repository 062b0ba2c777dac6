// From the storage of `str` objects to ids of tokens.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "always_inline.hpp"
#include "bit_runs.hpp"
#include "characters.hpp"
#include "growing_array.hpp"
#include "interner.hpp"
#include "scan_plan.hpp"
#include "token_lookup.hpp"
#include "utf8.hpp"

namespace textvec {

// Rows of ids, and of the spans of the tokens: two numbers each.
struct ScannedRows {
    GrowingArray<std::int32_t> ids;
    GrowingArray<std::int32_t> spans;
    GrowingArray<std::int64_t> offsets;

    ScannedRows() { offsets.push(0); }

    // Makes room for more rows, to be written later.
    void add(std::size_t n_ids, std::size_t n_spans, std::size_t n_rows) {
        ids.reserve(n_ids);
        ids.add(n_ids);
        spans.reserve(n_spans);
        spans.add(n_spans);
        offsets.reserve(n_rows);
        offsets.add(n_rows);
    }
};

// Reads documents one after the other, and appends their tokens to rows.
class Scanner {
  public:
    // `tokens` takes up the tokens that are not among the `known` ones, if there are such. An id of
    // `tokens` is inverted then, and so negative.
    Scanner(const ScanPlan& plan, const Characters& characters, bool with_spans,
            const Interner* known, Interner& tokens, ScannedRows& rows)
        : known_(known), interner_(tokens), rows_(rows), plan_(plan), characters_(characters),
          with_spans_(with_spans) {}

    void scan(const StrView* texts, std::size_t count) {
        n_pending_ = 0;  // whatever a call that failed has left
        for (std::size_t i = 0; i < count; ++i) {
            scan(texts[i]);
        }
        flush();
    }

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
        rows_.offsets.push(static_cast<std::int64_t>(rows_.ids.size() + n_pending_));
    }

    // Part of the loop over tokens, which a call would slow down by a third.
    TEXTVEC_ALWAYS_INLINE void push(const Key& key, const std::uint8_t* p, std::size_t size, std::size_t start,
              std::size_t stop) {
        if (with_spans_) {
            std::int32_t* const span = rows_.spans.reserve(2);
            span[0] = static_cast<std::int32_t>(start);
            span[1] = static_cast<std::int32_t>(stop);
            rows_.spans.add(2);
        }
        if (key.is_short()) {
            const std::uint64_t hash = key.hash();
            (known_ != nullptr ? *known_ : interner_).prefetch(hash);
            pending_[n_pending_++] = {key, hash};
            if (n_pending_ == kBatch) {
                flush();
            }
        } else {
            flush();
            rows_.ids.push(id_of(key, p, size));
        }
    }

    std::int32_t id_of(const Key& key, const std::uint8_t* p, std::size_t size) {
        if (known_ == nullptr) {
            return interner_.intern(key, p, size);
        }
        const std::int32_t id = known_->find(key, key.hash(), p, size);
        return id >= 0 ? id : ~interner_.intern(key, p, size);
    }

    void flush() {
        std::int32_t* const ids = rows_.ids.reserve(n_pending_);
        if (known_ == nullptr) {
            for (std::size_t i = 0; i < n_pending_; ++i) {
                ids[i] = interner_.intern_short(pending_[i].key, pending_[i].hash);
            }
        } else {
            for (std::size_t i = 0; i < n_pending_; ++i) {
                const Pending& token = pending_[i];
                const std::int32_t id = known_->find(token.key, token.hash, nullptr, 0);
                ids[i] = id >= 0 ? id : ~interner_.intern_short(token.key, token.hash);
            }
        }
        rows_.ids.add(n_pending_);
        n_pending_ = 0;
    }

    void scan_bytes(const StrView& text) {
        fold(text);
        const bool ascii = text.ascii;
        const std::uint8_t* const folded = folded_.data();
        const auto emit = [this, folded, ascii](std::size_t start, std::size_t stop) {
            const std::uint8_t* const p = folded + start;
            if (plan_.dropped != 0 && has_dropped(p, stop - start)) {
                emit_kept(p, start, stop, [](std::uint32_t c) { return c; });
                return;
            }
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
            [folded](std::size_t word, std::uint64_t gaps) {
                constexpr Interval kApostrophes{'\'', 0};
                return gaps & bytes_within(folded + word * kBlock, &kApostrophes, 1);
            },
            emit);
    }

    template <class Char>
    void scan_wide(const StrView& text) {
        const Char* const chars = static_cast<const Char*>(text.data);
        const bool lowercase = plan_.lowercase;
        const auto emit = [this, chars, lowercase](std::size_t start, std::size_t stop) {
            if (plan_.dropped != 0) {
                emit_kept(chars + start, start, stop,
                          [this](std::uint32_t c) { return plan_.lower(characters_, c); });
                return;
            }
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
            [this, chars](std::size_t word, std::uint64_t gaps) {
                std::uint64_t found = 0;
                for (; gaps; gaps &= gaps - 1) {
                    const unsigned bit = lowest_bit(gaps);
                    const Char c = chars[word * kBlock + bit];
                    found |= static_cast<std::uint64_t>((characters_.classes(c) & kApostrophe) != 0)
                             << bit;
                }
                return found;
            },
            emit);
    }

    template <class Mark, class Apostrophes, class Emit>
    void each_token(std::size_t size, Mark mark, Apostrophes apostrophes, Emit emit) {
        if (plan_.width) {
            each_window(size, emit);
            return;
        }
        mark();
        if (plan_.join_apostrophes) {
            runs_.join(apostrophes);
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
        const std::size_t size = text.size;  // writing bytes can't change it: a vectorized loop
        if (!plan_.lowercase) {
            std::memcpy(out, bytes, size);
        } else if (text.ascii) {
            for (std::size_t i = 0; i < size; ++i) {
                const bool is_upper = static_cast<std::uint8_t>(bytes[i] - 'A') < 26;
                out[i] = static_cast<std::uint8_t>(bytes[i] | (is_upper << 5));
            }
        } else {
            const std::uint8_t* const folded = plan_.folded;
            for (std::size_t i = 0; i < size; ++i) {
                out[i] = folded[bytes[i]];
            }
        }
    }

    template <class Char, class Fold>
    void emit_encoded(const Char* chars, std::size_t start, std::size_t stop, Fold fold) {
        emit_encoded(chars, stop - start, start, stop, fold);
    }

    template <class Char, class Fold>
    void emit_encoded(const Char* chars, std::size_t size, std::size_t start, std::size_t stop,
                      Fold fold) {
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

    bool has_dropped(const std::uint8_t* p, std::size_t size) const {
        return std::any_of(p, p + size, [this](std::uint8_t c) {
            return (characters_.classes(c) & plan_.dropped) != 0;
        });
    }

    // A token without the characters that are dropped. Its span is from the first to the last one
    // that is kept; if none is, there is no token.
    template <class Char, class Fold>
    void emit_kept(const Char* chars, std::size_t start, std::size_t stop, Fold fold) {
        kept_.clear();
        std::size_t first = stop, last = start;
        for (std::size_t i = start; i < stop; ++i) {
            const Char c = chars[i - start];
            if ((characters_.classes(c) & plan_.dropped) == 0) {
                kept_.push_back(c);
                first = std::min(first, i);
                last = i;
            }
        }
        if (!kept_.empty()) {
            emit_encoded(kept_.data(), kept_.size(), first, last + 1, fold);
        }
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

    const Interner* known_;
    Interner& interner_;
    ScannedRows& rows_;
    std::vector<std::uint8_t> folded_;
    std::vector<std::uint8_t> encoded_;
    std::vector<std::uint32_t> kept_;
    BitRuns runs_;
    const ScanPlan& plan_;
    const Characters& characters_;
    bool with_spans_;
};

// A stretch of a block of documents, read by a thread of its own beside others: all look up the same
// known tokens, which only become more between the blocks.
class ScannedStretch {
  public:
    ScannedStretch(const ScanPlan& plan, const Characters& characters, bool with_spans,
                   const Interner& known)
        : scanner_(plan, characters, with_spans, &known, tokens_, rows_) {}

    void scan(const StrView* texts, std::size_t count) { scanner_.scan(texts, count); }

    // Adds the tokens that are new to the known ones, one stretch after the other in the order of
    // the documents, and makes room for the rows.
    void join(Interner& known, ScannedRows& rows) {
        const TokenBytes tokens = tokens_.tokens();
        new_ids_.resize(tokens_.size());
        for (std::size_t i = 0; i < new_ids_.size(); ++i) {
            const auto id = static_cast<std::int64_t>(i);
            new_ids_[i] = known.intern(tokens.data(id), tokens.size(id));
        }
        first_id_ = rows.ids.size();
        first_span_ = rows.spans.size();
        first_end_ = rows.offsets.size();
        rows.add(rows_.ids.size(), rows_.spans.size(), rows_.offsets.size() - 1);
    }

    // Writes the rows to their place, once all stretches have theirs, and forgets them. Threads do
    // so side by side, and so each has the page faults of its own part of a long result.
    void write(ScannedRows& rows) {
        const std::int32_t* const ids = rows_.ids.data();
        std::int32_t* const new_ids = rows.ids.data() + first_id_;
        std::int64_t* const ends = rows.offsets.data() + first_end_;
        for (std::size_t i = 0; i < rows_.ids.size(); ++i) {
            new_ids[i] = ids[i] >= 0 ? ids[i] : new_ids_[static_cast<std::size_t>(~ids[i])];
        }
        for (std::size_t i = 1; i < rows_.offsets.size(); ++i) {
            ends[i - 1] = static_cast<std::int64_t>(first_id_) + rows_.offsets.data()[i];
        }
        if (rows_.spans.size() != 0) {
            std::memcpy(rows.spans.data() + first_span_, rows_.spans.data(),
                        rows_.spans.size() * sizeof(std::int32_t));
        }
        rows_.ids.clear();
        rows_.spans.clear();
        rows_.offsets.clear();
        rows_.offsets.push(0);
        tokens_.clear();
    }

  private:
    Interner tokens_;
    ScannedRows rows_;
    Scanner scanner_;
    std::vector<std::int32_t> new_ids_;
    std::size_t first_id_ = 0;
    std::size_t first_span_ = 0;
    std::size_t first_end_ = 0;
};

// Reads one document at a time, in the same memory again and again, as ids of known tokens.
class DocumentReader {
  public:
    DocumentReader(const ScanPlan& plan, const Characters& characters)
        : scanner_(plan, characters, false, nullptr, tokens_, rows_) {}

    // Returns the number of tokens.
    std::size_t read(const StrView& text, const IdTable& table, TokenBytes known) {
        tokens_.clear();
        rows_.ids.clear();
        rows_.offsets.clear();
        scanner_.scan(&text, 1);
        found_.resize(tokens_.size());
        find_tokens(table, known, tokens_.tokens(), static_cast<std::int64_t>(found_.size()),
                    found_.data());
        return rows_.ids.size();
    }

    // The known tokens count from `first`; one that is not known is `unknown`.
    void write(std::int32_t first, std::int32_t unknown, std::int32_t* ids) const {
        for (std::size_t i = 0; i < rows_.ids.size(); ++i) {
            const std::int32_t place = found_[static_cast<std::size_t>(rows_.ids.data()[i])];
            ids[i] = place < 0 ? unknown : first + place;
        }
    }

  private:
    Interner tokens_;
    ScannedRows rows_;
    Scanner scanner_;
    std::vector<std::int32_t> found_;
};

}  // namespace textvec
