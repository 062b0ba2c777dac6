// Reading decimal numbers as Python's float() does: the nearest double, ties to even.
//
// Most numbers take one of two exact ways: a mantissa below 2^53 times or over a power of ten that a
// double holds exactly (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990),
// or up to 19 digits with integer arithmetic of 128 bits. What is left goes to Python's own reader.
#pragma once

#include <Python.h>

#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "interner.hpp"
#include "lowest_bit.hpp"

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif
#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#endif

namespace textvec {

// [sign] digits [. digits] [e [sign] digits], as the sign, a mantissa and a power of ten.
struct Decimal {
    std::uint64_t mantissa = 0;
    std::int64_t exponent = 0;
    bool negative = false;
    bool complete = true;  // the mantissa holds all digits
};

inline bool is_digit(std::uint8_t c) { return static_cast<unsigned>(c - '0') < 10; }

// The high bit of the first byte above 9, and of any bytes behind that one; 0 if there is none.
inline std::uint64_t above_nine(std::uint64_t bytes) {
    return ((bytes + 0x7676767676767676ULL) | bytes) & 0x8080808080808080ULL;
}

// Eight digits, the first in the lowest byte, as a number: pairs, then fours, then all eight.
inline std::uint64_t eight_digits(std::uint64_t digits) {
    digits = digits * 10 + (digits >> 8);
    const std::uint64_t pairs = 0x000000FF000000FFULL;
    return (((digits & pairs) * 0x000F424000000064ULL) +
            (((digits >> 16) & pairs) * 0x0000271000000001ULL)) >>
           32;
}

constexpr std::uint64_t kIntegerTens[9] = {1,      10,      100,      1000,     10000,
                                           100000, 1000000, 10000000, 100000000};

// Appends the digits at `p` to `mantissa`, which wraps around unnoticed; returns where they end.
inline const std::uint8_t* scan_digits(const std::uint8_t* p, std::uint64_t& mantissa) {
    for (;;) {
        const std::uint64_t digits = load64(p) ^ 0x3030303030303030ULL;
        const std::uint64_t others = above_nine(digits);
        const unsigned count = others ? lowest_bit(others) / 8 : 8;
        if (count == 0) {
            return p;
        }
        // The digits move to the high end, behind leading zeros.
        mantissa = mantissa * kIntegerTens[count] + eight_digits(digits << (8 * (8 - count)));
        p += count;
        if (count < 8) {
            return p;
        }
    }
}

// Reads the number at `p`; returns where it ends, or null if there is none. What follows the number
// must not be a digit, and 8 bytes behind it must be readable.
inline const std::uint8_t* scan_decimal(const std::uint8_t* p, Decimal& decimal) {
    constexpr std::ptrdiff_t kMaxDigits = 19;  // 10^19 < 2^64
    constexpr std::int64_t kHugeExponent = 1'000'000'000'000;  // larger ones stay as large as this
    decimal.negative = *p == '-';
    p += (*p == '-') | (*p == '+');  // signs come at random: no branch to mispredict
    const std::uint8_t* const start = p;
    std::uint64_t mantissa = 0;
    for (; is_digit(*p); ++p) {
        mantissa = 10 * mantissa + static_cast<std::uint64_t>(*p - '0');
    }
    std::ptrdiff_t n_digits = p - start;
    std::int64_t exponent = 0;
    if (*p == '.') {
        const std::uint8_t* const point = p++;
        p = scan_digits(p, mantissa);
        exponent = point + 1 - p;
        n_digits += -exponent;
    }
    if (n_digits == 0) {
        return nullptr;
    }
    if (n_digits > kMaxDigits) {  // unless the first of them are zeros
        const std::uint8_t* q = start;
        for (; *q == '0' || *q == '.'; ++q) {
            n_digits -= *q == '0';
        }
    }
    if ((*p | 0x20) == 'e') {
        const bool is_negative = *++p == '-';
        p += *p == '-' || *p == '+';
        if (!is_digit(*p)) {
            return nullptr;
        }
        std::int64_t power = 0;
        for (; is_digit(*p); ++p) {
            power = power < kHugeExponent ? 10 * power + (*p - '0') : power;
        }
        exponent += is_negative ? -power : power;
    }
    decimal.mantissa = mantissa;
    decimal.exponent = exponent;
    decimal.complete = n_digits <= kMaxDigits;
    return p;
}

constexpr double kSigns[2] = {1, -1};
constexpr bool kIsExact = FLT_EVAL_METHOD == 0;  // elsewhere a product is rounded twice

// Powers of ten that a double holds exactly.
constexpr double kExactTens[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

#if defined(__SIZEOF_INT128__)
#define TEXTVEC_HAS_INT128 1
__extension__ typedef unsigned __int128 uint128;

// Powers of five below 2^64.
constexpr int kMaxFive = 27;
struct Fives {
    std::uint64_t of[kMaxFive + 1] = {1};
    constexpr Fives() {
        for (int i = 1; i <= kMaxFive; ++i) of[i] = 5 * of[i - 1];
    }
};
constexpr Fives kFives;

inline int bit_length(uint128 value) {
    const auto high = static_cast<std::uint64_t>(value >> 64);
    return high ? 128 - __builtin_clzll(high)
                : 64 - __builtin_clzll(static_cast<std::uint64_t>(value) | 1);
}

// The double nearest to value * 2^exponent, ties to even; a sticky last bit stands for what was
// cut off below it. Needs more than 54 bits where anything was.
inline double round_to_double(uint128 value, int exponent) {
    const int excess = bit_length(value) - 53;
    if (excess > 0) {
        const uint128 rest = value & ((uint128{1} << excess) - 1);
        const uint128 half = uint128{1} << (excess - 1);
        value >>= excess;
        value += rest > half || (rest == half && (value & 1));
        exponent += excess;
    }
    return std::ldexp(static_cast<double>(static_cast<std::uint64_t>(value)), exponent);
}

// mantissa * 10^exponent for |exponent| <= kMaxFive: 5^|exponent| times or into it, exactly.
inline double from_integers(std::uint64_t mantissa, int exponent) {
    if (exponent >= 0) {
        return round_to_double(uint128{mantissa} * kFives.of[exponent], exponent);
    }
    // A dividend of 128 bits over a divisor of at most 63 leaves more than the bits needed.
    const uint128 divisor = kFives.of[-exponent];
    const int shift = 128 - bit_length(mantissa);
    const uint128 dividend = uint128{mantissa} << shift;
    const uint128 quotient = dividend / divisor;
    return round_to_double(quotient << 1 | (quotient * divisor != dividend),
                           exponent - shift - 1);
}
#endif

// Any number, by Python's own reader. Takes the GIL; not finite where a double can't hold it.
inline double from_text(const std::uint8_t* p, const std::uint8_t* end) {
    const std::string text(reinterpret_cast<const char*>(p), static_cast<std::size_t>(end - p));
    const PyGILState_STATE state = PyGILState_Ensure();
    double value = PyOS_string_to_double(text.c_str(), nullptr, nullptr);
    if (PyErr_Occurred()) {  // out of memory: the text is known to be a number
        PyErr_Clear();
        value = NAN;
    }
    PyGILState_Release(state);
    return value;
}

// The number scanned between `p` and `end`.
inline double to_double(const Decimal& decimal, const std::uint8_t* p, const std::uint8_t* end) {
    if (kIsExact && decimal.complete && decimal.mantissa <= (1ULL << 53) &&
        decimal.exponent >= -22 && decimal.exponent <= 22) {
        double value = static_cast<double>(decimal.mantissa);
        value = decimal.exponent < 0 ? value / kExactTens[-decimal.exponent]
                                     : value * kExactTens[decimal.exponent];
        return value * kSigns[decimal.negative];
    }
#ifdef TEXTVEC_HAS_INT128
    if (decimal.complete && decimal.mantissa && decimal.exponent >= -kMaxFive &&
        decimal.exponent <= kMaxFive) {
        const double value = from_integers(decimal.mantissa, static_cast<int>(decimal.exponent));
        return value * kSigns[decimal.negative];
    }
#endif
    return from_text(p, end);
}

// The blank or control character that ends the field at `p`; `p + 16` if it is no nearer. Without
// a branch: where numbers end can't be predicted, and the next one waits for it.
inline const std::uint8_t* field_end(const std::uint8_t* p) {
    std::uint64_t ends = 1 << 16;  // then a bit for each byte
#if defined(__SSE2__) || defined(_M_X64)
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ')), bytes);
    ends |= static_cast<unsigned>(_mm_movemask_epi8(found));
#else
    for (int i = 0; i < 2; ++i) {
        const std::uint64_t word = load64(p + 8 * i);
        const std::uint64_t above =
            ((word & 0x7F7F7F7F7F7F7F7FULL) + 0x5F5F5F5F5F5F5F5FULL) | word;  // above ' '
        const std::uint64_t found = ~above & 0x8080808080808080ULL;
        ends |= ((found * 0x0002040810204081ULL) >> 56) << (8 * i);
    }
#endif
    return p + lowest_bit(ends);
}

// Reads the field of the form [-]d.dddd, with up to eight d behind the point, that most numbers of
// word vectors are. False for any other.
inline bool read_short(const std::uint8_t* p, const std::uint8_t* end, float& value) {
    if (!kIsExact) {
        return false;
    }
    const bool is_negative = *p == '-';
    p += is_negative;
    const auto count = static_cast<std::size_t>(end - p - 2);  // a field too short: a huge count
    if (count - 1 >= 8 || !is_digit(p[0]) || p[1] != '.') {
        return false;
    }
    const std::uint64_t digits = (load64(p + 2) ^ 0x3030303030303030ULL) << (64 - 8 * count);
    if (above_nine(digits)) {
        return false;
    }
    const std::uint64_t mantissa =
        static_cast<std::uint64_t>(p[0] - '0') * kIntegerTens[count] + eight_digits(digits);
    value = static_cast<float>(static_cast<double>(mantissa) / kExactTens[count] *
                               kSigns[is_negative]);
    return true;
}

}  // namespace textvec
