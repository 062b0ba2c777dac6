// What each code point is to the rules, and its lower case, from Python's own Unicode data.
#pragma once

#include <Python.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace textvec {

constexpr std::uint8_t kAlnum = 1;       // str.isalnum
constexpr std::uint8_t kUnderscore = 2;  // with kAlnum what `\w` matches
constexpr std::uint8_t kMark = 4;        // categories Mn, Mc, Me
constexpr std::uint8_t kSpace = 8;       // str.isspace
constexpr std::uint8_t kSeparator = 16;  // a space, and what Keras' legacy Tokenizer filters
constexpr std::uint8_t kApostrophe = 32; // U+0027, U+2019
constexpr std::uint8_t kAsciiSpace = 64;
constexpr std::uint8_t kAsciiPunctuation = 128;

constexpr std::size_t kLatin1 = 0x100;
constexpr std::size_t kCased = 0x20000;   // no letter beyond planes 0 and 1 has a case
constexpr std::size_t kCodePoints = 0x110000;

// `str.lower()` of these two is not one code point, or depends on what stands around it.
constexpr std::uint32_t kDottedI = 0x130;
constexpr std::uint32_t kSigma = 0x3A3;

inline std::uint8_t classify(std::uint32_t c) {
    std::uint8_t classes = 0;
    if (Py_UNICODE_ISALNUM(c)) {
        classes |= kAlnum;
    }
    if (Py_UNICODE_ISSPACE(c)) {
        classes |= kSpace;
    }
    if (c == '_') {
        classes |= kUnderscore;
    }
    if (c == '\'' || c == 0x2019) {
        classes |= kApostrophe;
    }
    // Keras' filters are all ASCII punctuation but the apostrophe, tab and line feed.
    const bool printable = c >= ' ' && c < 0x7F;
    if (c == '\t' || c == '\n' || (printable && !(classes & kAlnum) && c != '\'')) {
        classes |= kSeparator;
    }
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
        classes |= kAsciiSpace;
    }
    if (printable && c != ' ' && !(classes & kAlnum)) {
        classes |= kAsciiPunctuation;
    }
    return classes;
}

// The table of Latin-1 is filled at import, the rest when a document first needs it. Meanwhile other
// threads read Latin-1: the memory of all is reserved, so that nothing moves.
class Characters {
  public:
    Characters() {
        classes_.reserve(kCodePoints);
        lower_.reserve(kCased);
        fill(kLatin1, kLatin1);
    }

    // Whether all that `fill` and `add_mark` have written is there for this thread.
    bool is_full() const { return full_.load(std::memory_order_acquire); }

    void fill() { fill(kCodePoints, kCased); }
    void add_mark(std::uint32_t c) { classes_[c] |= kMark; }
    void finish() { full_.store(true, std::memory_order_release); }

    std::uint8_t classes(std::uint32_t c) const { return classes_[c]; }
    std::uint32_t lower(std::uint32_t c) const { return c < kCased ? lower_[c] : c; }

  private:
    void fill(std::size_t n_classes, std::size_t n_cased) {
        for (std::size_t c = classes_.size(); c < n_classes; ++c) {
            classes_.push_back(classify(static_cast<std::uint32_t>(c)));
        }
        for (std::size_t c = lower_.size(); c < n_cased; ++c) {
            lower_.push_back(Py_UNICODE_TOLOWER(static_cast<Py_UCS4>(c)));
        }
    }

    std::vector<std::uint8_t> classes_;
    std::vector<std::uint32_t> lower_;
    std::atomic<bool> full_{false};
};

// Whether a text must go through `str.lower()` itself.
template <class Char>
bool has_special_case(const Char* text, std::size_t size) {
    bool found = false;  // no early exit, so that the loop is vectorised
    for (std::size_t i = 0; i < size; ++i) {
        found |= (text[i] == kDottedI) | (text[i] == kSigma);
    }
    return found;
}

}  // namespace textvec
