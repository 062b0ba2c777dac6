// Products of rows of floats with a matrix, both rounded to bfloat16, on the matrix units of CPUs
// that have them (Intel's AMX); sums are float.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__linux__) && defined(__x86_64__) && !defined(__clang__) && defined(__GNUC__) && \
    __GNUC__ >= 12
#define TEXTVEC_TILES
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace textvec {

#if defined(TEXTVEC_TILES)

#define TEXTVEC_OF_TILES \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bf16,avx2,fma,amx-tile,amx-bf16")))

// Whether the CPU has the units, and the system lets this process use them.
inline bool has_tiles() {
    constexpr long kAskForState = 0x1023, kTileData = 18;  // of Linux' asm/prctl.h
    static const bool found =
        __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("amx-bf16") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
    return found;
}

// A matrix (n_in, n_out) in tiles of 32 rows and 16 columns, filled up with zeros. Its methods, as
// the units' state, are of one thread.
class Tiles {
  public:
    // The matrix is at values[i * in_stride + j * out_stride].
    TEXTVEC_OF_TILES Tiles(const float* values, std::size_t n_in, std::size_t n_out,
                           std::size_t in_stride, std::size_t out_stride)
        : n_in_(n_in), n_out_(n_out), depth_((n_in + kDepth - 1) / kDepth),
          values_((n_out + 2 * kSide - 1) / (2 * kSide) * 2 * depth_ * kSide * kDepth) {
        for (std::size_t j = 0; j < n_out; ++j) {
            std::uint16_t* const column = &values_[j / kSide * depth_ * kSide * kDepth];
            for (std::size_t i = 0; i < n_in; ++i) {  // two rows of the matrix are one of a tile
                column[i / 2 * kDepth + j % kSide * 2 + i % 2] =
                    rounded(values[i * in_stride + j * out_stride]);
            }
        }
        Shapes shapes = {};
        shapes.palette = 1;
        std::fill(shapes.rows, shapes.rows + 8, std::uint8_t{kSide});
        std::fill(shapes.row_bytes, shapes.row_bytes + 8, std::uint16_t{2 * kDepth});
        _tile_loadconfig(&shapes);
    }
    TEXTVEC_OF_TILES ~Tiles() { _tile_release(); }
    Tiles(const Tiles&) = delete;
    Tiles& operator=(const Tiles&) = delete;

    // Adds the products of rows with the matrix to others: in[i] (n_in), out[i] (n_out).
    TEXTVEC_OF_TILES void add_products(const float* const* in, float* const* out,
                                       std::size_t n_rows) {
        constexpr std::size_t kBoth = 2 * kSide;
        rows_.resize(std::max(rows_.size(), (n_rows + kBoth - 1) / kBoth * kBoth * depth_ * kDepth));
        for (std::size_t row = 0; row < n_rows; ++row) {
            round_row(in[row], &rows_[row * depth_ * kDepth]);
        }
        for (std::size_t first = 0; first < n_out_; first += kBoth) {
            const std::size_t width = std::min(kBoth, n_out_ - first);
            for (std::size_t row = 0; row < n_rows; row += kBoth) {
                add_block(row, first);
                for (std::size_t r = 0; r < std::min(kBoth, n_rows - row); ++r) {
                    float* const to = out[row + r] + first;
                    for (std::size_t j = 0; j < width; ++j) {
                        to[j] += sums_[r][j];
                    }
                }
            }
        }
    }

  private:
    static constexpr std::size_t kSide = 16;   // rows and columns of a tile of sums
    static constexpr std::size_t kDepth = 32;  // terms of each that are added at once

    struct alignas(64) Shapes {
        std::uint8_t palette, start_row, reserved[14];
        std::uint16_t row_bytes[16];
        std::uint8_t rows[16];
    };

    // To the nearest, of two the even one; NaN stays NaN.
    static std::uint16_t rounded(float value) {
        std::uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        if (value != value) {
            return static_cast<std::uint16_t>(bits >> 16 | 0x40);
        }
        return static_cast<std::uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    TEXTVEC_OF_TILES void round_row(const float* from, std::uint16_t* to) const {
        std::size_t i = 0;
        for (; i + kSide <= n_in_; i += kSide) {
            const __m256bh found = _mm512_cvtneps_pbh(_mm512_loadu_ps(from + i));
            std::memcpy(to + i, &found, sizeof found);
        }
        for (; i < n_in_; ++i) {
            to[i] = rounded(from[i]);
        }
    }

    // Computes 32 rows of products, and of each 32.
    TEXTVEC_OF_TILES void add_block(std::size_t row, std::size_t column) {
        const std::size_t row_size = depth_ * kDepth, tile = kSide * kDepth;
        const std::uint16_t* above = &rows_[row * row_size];
        const std::uint16_t* below = above + kSide * row_size;
        const std::uint16_t* left = &values_[column / kSide * depth_ * tile];
        const std::uint16_t* right = left + depth_ * tile;
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (std::size_t k = 0; k < depth_; ++k) {
            _tile_loadd(4, above + k * kDepth, row_size * sizeof(std::uint16_t));
            _tile_loadd(5, below + k * kDepth, row_size * sizeof(std::uint16_t));
            _tile_loadd(6, left + k * tile, kDepth * sizeof(std::uint16_t));
            _tile_loadd(7, right + k * tile, kDepth * sizeof(std::uint16_t));
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, &sums_[0][0], sizeof sums_[0]);
        _tile_stored(1, &sums_[0][kSide], sizeof sums_[0]);
        _tile_stored(2, &sums_[kSide][0], sizeof sums_[0]);
        _tile_stored(3, &sums_[kSide][kSide], sizeof sums_[0]);
    }

    std::size_t n_in_, n_out_, depth_;
    std::vector<std::uint16_t> values_;
    std::vector<std::uint16_t> rows_;  // of the products that are computed, rounded
    alignas(64) float sums_[2 * kSide][2 * kSide];
};

#else

inline bool has_tiles() { return false; }

#endif

}  // namespace textvec
