// Products of rows with a matrix, both in bfloat16, on the matrix units of CPUs that have them
// (Intel's AMX); sums are float.
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
    __attribute__((             \
        target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma,amx-tile,amx-bf16")))

// Whether the CPU has the units, and the system lets this process use them.
inline bool has_tiles() {
    constexpr long kAskForState = 0x1023, kTileData = 18;  // of Linux' asm/prctl.h
    static const bool found =
        __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("amx-bf16") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
    return found;
}

// A matrix (n_in, n_out) in tiles of 32 rows and 16 columns, filled up with zeros. Its methods, as
// the units' state, are of one thread.
class Tiles {
  public:
    using Factor = std::uint16_t;  // the bits of a bfloat16

    // The matrix is at values[i * in_stride + j * out_stride], and nothing else is.
    TEXTVEC_OF_TILES Tiles(const float* values, std::size_t n_in, std::size_t n_out,
                           std::size_t in_stride, std::size_t out_stride)
        : n_in_(n_in), n_out_(n_out), depth_((n_in + kDepth - 1) / kDepth),
          values_((n_out + 2 * kSide - 1) / (2 * kSide) * 2 * depth_ * kSide * kDepth) {
        std::vector<Factor> factors(n_in * n_out);
        narrow(values, n_in * n_out, factors.data());
        for (std::size_t first = 0; first < n_out; first += kSide) {
            const std::size_t width = std::min(kSide, n_out - first);
            Factor* tiles = &values_[first * depth_ * kDepth];
            for (std::size_t i = 0; i < n_in; ++i) {  // two rows of the matrix are one of a tile
                const Factor* const from = &factors[i * in_stride + first * out_stride];
                Factor* const to = tiles + i / 2 * kDepth + i % 2;
                for (std::size_t j = 0; j < width; ++j) {
                    to[2 * j] = from[j * out_stride];
                }
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

    // Copies of floats, each rounded to the nearest factor, of two to the even one; NaN stays NaN.
    TEXTVEC_OF_TILES static void narrow(const float* from, std::size_t size, Factor* to) {
        for (std::size_t i = 0; i < size; i += kSide) {
            const auto here = static_cast<__mmask16>((1U << std::min(kSide, size - i)) - 1);
            const __m256bh found = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(here, from + i));
            _mm256_mask_storeu_epi16(to + i, here, (__m256i)found);
        }
    }
    TEXTVEC_OF_TILES static void widen(const Factor* from, std::size_t size, float* to) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint32_t bits = std::uint32_t{from[i]} << 16;
            std::memcpy(to + i, &bits, sizeof bits);
        }
    }

    // Adds the products of rows with the matrix to others: in[i] (n_in), out[i] (n_out).
    TEXTVEC_OF_TILES void add_products(const Factor* const* in, float* const* out,
                                       std::size_t n_rows) {
        constexpr std::size_t kBoth = 2 * kSide;
        rows_.resize(std::max(rows_.size(), (n_rows + kBoth - 1) / kBoth * kBoth * depth_ * kDepth));
        for (std::size_t row = 0; row < n_rows; ++row) {
            std::memcpy(&rows_[row * depth_ * kDepth], in[row], n_in_ * sizeof(Factor));
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

    // Computes 32 rows of products, and of each 32.
    TEXTVEC_OF_TILES void add_block(std::size_t row, std::size_t column) {
        const std::size_t row_size = depth_ * kDepth, tile = kSide * kDepth;
        const Factor* above = &rows_[row * row_size];
        const Factor* below = above + kSide * row_size;
        const Factor* left = &values_[column / kSide * depth_ * tile];
        const Factor* right = left + depth_ * tile;
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (std::size_t k = 0; k < depth_; ++k) {
            _tile_loadd(4, above + k * kDepth, row_size * sizeof(Factor));
            _tile_loadd(5, below + k * kDepth, row_size * sizeof(Factor));
            _tile_loadd(6, left + k * tile, kDepth * sizeof(Factor));
            _tile_loadd(7, right + k * tile, kDepth * sizeof(Factor));
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
    std::vector<Factor> values_;
    std::vector<Factor> rows_;  // of the products that are computed
    alignas(64) float sums_[2 * kSide][2 * kSide];
};

#else

inline bool has_tiles() { return false; }

#endif

}  // namespace textvec
