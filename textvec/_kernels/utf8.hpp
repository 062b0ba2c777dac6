// UTF-8 straight from the storage of `str` objects. Lone surrogates are written as three bytes each,
// as Python's "surrogatepass" does, so that every str survives the way there and back.
#pragma once

#include <Python.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace textvec {

constexpr std::size_t kMaxUtf8 = 4;  // bytes of one code point

inline std::uint8_t* put_utf8(std::uint8_t* out, std::uint32_t c) {
    if (c < 0x80) {
        *out++ = static_cast<std::uint8_t>(c);
    } else if (c < 0x800) {
        *out++ = static_cast<std::uint8_t>(0xC0 | (c >> 6));
        *out++ = static_cast<std::uint8_t>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = static_cast<std::uint8_t>(0xE0 | (c >> 12));
        *out++ = static_cast<std::uint8_t>(0x80 | ((c >> 6) & 0x3F));
        *out++ = static_cast<std::uint8_t>(0x80 | (c & 0x3F));
    } else {
        *out++ = static_cast<std::uint8_t>(0xF0 | (c >> 18));
        *out++ = static_cast<std::uint8_t>(0x80 | ((c >> 12) & 0x3F));
        *out++ = static_cast<std::uint8_t>(0x80 | ((c >> 6) & 0x3F));
        *out++ = static_cast<std::uint8_t>(0x80 | (c & 0x3F));
    }
    return out;
}

// A str as it lies in memory: `size` code points of `kind` bytes each.
struct StrView {
    const void* data;
    std::size_t size;
    int kind;
    bool ascii;
};

inline StrView view_str(PyObject* text) {
#if PY_VERSION_HEX < 0x030C0000
    (void)PyUnicode_READY(text);  // strings of the old wide API, gone in Python 3.12
#endif
    return {PyUnicode_DATA(text), static_cast<std::size_t>(PyUnicode_GET_LENGTH(text)),
            static_cast<int>(PyUnicode_KIND(text)), PyUnicode_IS_ASCII(text) != 0};
}

struct Utf8View {
    const std::uint8_t* data;
    std::size_t size;
};

template <class Char>
Utf8View encode_into(const StrView& text, std::vector<std::uint8_t>& scratch) {
    scratch.resize(text.size * kMaxUtf8);
    std::uint8_t* out = scratch.data();
    const Char* const chars = static_cast<const Char*>(text.data);
    for (std::size_t i = 0; i < text.size; ++i) {
        out = put_utf8(out, chars[i]);
    }
    return {scratch.data(), static_cast<std::size_t>(out - scratch.data())};
}

// The UTF-8 of a str: its own storage where that is ASCII, else written into `scratch`.
inline Utf8View utf8_of(PyObject* object, std::vector<std::uint8_t>& scratch) {
    const StrView text = view_str(object);
    if (text.ascii) {
        return {static_cast<const std::uint8_t*>(text.data), text.size};
    }
    switch (text.kind) {
        case 1:
            return encode_into<std::uint8_t>(text, scratch);
        case 2:
            return encode_into<std::uint16_t>(text, scratch);
        default:
            return encode_into<std::uint32_t>(text, scratch);
    }
}

}  // namespace textvec
