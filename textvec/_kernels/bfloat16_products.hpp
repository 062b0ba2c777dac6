// Products of rows with a matrix, both in bfloat16, on CPUs that multiply such numbers: on matrix
// units (Intel's AMX), or by instructions that add two products to each of 16 sums (AVX-512 BF16:
// Intel since Cooper Lake, AMD since Zen 4). Sums are float.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#if defined(__linux__) && defined(__x86_64__) && !defined(__clang__) && defined(__GNUC__) && \
    __GNUC__ >= 12
#define TEXTVEC_BFLOAT16
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace textvec {

#if defined(TEXTVEC_BFLOAT16)

#define TEXTVEC_BFLOAT16_TARGET "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"
#define TEXTVEC_OF_BFLOAT16 __attribute__((target(TEXTVEC_BFLOAT16_TARGET)))
#define TEXTVEC_OF_TILES __attribute__((target(TEXTVEC_BFLOAT16_TARGET ",amx-tile,amx-bf16")))

// Whether the CPU has the instructions.
inline bool has_bfloat16() {
    return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

// Whether it has matrix units, too, and the system lets this process use them.
inline bool has_tiles() {
    constexpr long kAskForState = 0x1023, kTileData = 18;  // of Linux' asm/prctl.h
    static const bool found = has_bfloat16() && __builtin_cpu_supports("amx-bf16") &&
                              syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
    return found;
}

using Bfloat16 = std::uint16_t;  // its bits

// The sums of a block are `kRows` rows of two times as many as a vector holds. The terms of each lie
// in pairs: rows[r * depth + k], and of column j of a half half[k / 2 * 2 * kSums + 2 * j + k % 2].
constexpr std::size_t kSums = 16;

// Blocks by instructions on vectors; as many rows as registers hold sums of.
struct VectorBlocks {
    static constexpr std::size_t kRows = 8;
    static constexpr std::size_t kDepth = 2;  // the depth is a multiple of it

    TEXTVEC_OF_BFLOAT16 void multiply(const Bfloat16* rows, const Bfloat16* left,
                                      const Bfloat16* right, std::size_t depth,
                                      float (*found)[2 * kSums]) const {
        __m512 sums[kRows][2] = {};
        for (std::size_t k = 0; k < depth; k += 2) {
            const auto of_left = (__m512bh)_mm512_loadu_si512(left + k * kSums);
            const auto of_right = (__m512bh)_mm512_loadu_si512(right + k * kSums);
            for (std::size_t r = 0; r < kRows; ++r) {
                std::int32_t pair;
                std::memcpy(&pair, &rows[r * depth + k], sizeof pair);
                const auto input = (__m512bh)_mm512_set1_epi32(pair);
                sums[r][0] = _mm512_dpbf16_ps(sums[r][0], input, of_left);
                sums[r][1] = _mm512_dpbf16_ps(sums[r][1], input, of_right);
            }
        }
        for (std::size_t r = 0; r < kRows; ++r) {
            _mm512_storeu_ps(found[r], sums[r][0]);
            _mm512_storeu_ps(found[r] + kSums, sums[r][1]);
        }
    }
};

// Blocks on matrix units, whose state is of one thread: two tiles of rows times two of columns.
class TileBlocks {
  public:
    static constexpr std::size_t kRows = 32;
    static constexpr std::size_t kDepth = 32;

    TEXTVEC_OF_TILES TileBlocks() {
        Shapes shapes = {};
        shapes.palette = 1;
        std::fill(shapes.rows, shapes.rows + 8, std::uint8_t{kSums});
        std::fill(shapes.row_bytes, shapes.row_bytes + 8, std::uint16_t{2 * kDepth});
        _tile_loadconfig(&shapes);
    }
    TEXTVEC_OF_TILES ~TileBlocks() { _tile_release(); }
    TileBlocks(const TileBlocks&) = delete;
    TileBlocks& operator=(const TileBlocks&) = delete;

    TEXTVEC_OF_TILES void multiply(const Bfloat16* rows, const Bfloat16* left,
                                   const Bfloat16* right, std::size_t depth,
                                   float (*found)[2 * kSums]) const {
        const Bfloat16* const below = rows + kSums * depth;
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (std::size_t k = 0; k < depth; k += kDepth) {
            _tile_loadd(4, rows + k, depth * sizeof(Bfloat16));
            _tile_loadd(5, below + k, depth * sizeof(Bfloat16));
            _tile_loadd(6, left + k * kSums, 2 * kSums * sizeof(Bfloat16));
            _tile_loadd(7, right + k * kSums, 2 * kSums * sizeof(Bfloat16));
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, found[0], sizeof found[0]);
        _tile_stored(1, found[0] + kSums, sizeof found[0]);
        _tile_stored(2, found[kSums], sizeof found[0]);
        _tile_stored(3, found[kSums] + kSums, sizeof found[0]);
    }

  private:
    struct alignas(64) Shapes {
        std::uint8_t palette, start_row, reserved[14];
        std::uint16_t row_bytes[16];
        std::uint8_t rows[16];
    };
};

// A matrix (n_in, n_out) in stretches of as many columns as an instruction has sums, filled up with
// zeros. Its methods are of one thread.
template <class Blocks>
class Bfloat16Matrix {
  public:
    using Factor = Bfloat16;

    // Copies of floats, each rounded to the nearest factor, of two to the even one; NaN stays NaN.
    TEXTVEC_OF_BFLOAT16 static void narrow(const float* from, std::size_t size, Factor* to) {
        for (std::size_t i = 0; i < size; i += kSums) {
            const auto here = static_cast<__mmask16>((1U << std::min(kSums, size - i)) - 1);
            const __m256bh found = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(here, from + i));
            _mm256_mask_storeu_epi16(to + i, here, (__m256i)found);
        }
    }
    TEXTVEC_OF_BFLOAT16 static void widen(const Factor* from, std::size_t size, float* to) {
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint32_t bits = std::uint32_t{from[i]} << 16;
            std::memcpy(to + i, &bits, sizeof bits);
        }
    }

    // The matrix is at values[i * in_stride + j * out_stride], and nothing else is.
    TEXTVEC_OF_BFLOAT16 Bfloat16Matrix(const float* values, std::size_t n_in, std::size_t n_out,
                                       std::size_t in_stride, std::size_t out_stride)
        : n_in_(n_in), n_out_(n_out),
          depth_((n_in + Blocks::kDepth - 1) / Blocks::kDepth * Blocks::kDepth),
          values_((n_out + 2 * kSums - 1) / (2 * kSums) * 2 * kSums * depth_) {
        std::vector<Factor> factors(n_in * n_out);
        narrow(values, n_in * n_out, factors.data());
        for (std::size_t first = 0; first < n_out; first += kSums) {
            const std::size_t width = std::min(kSums, n_out - first);
            for (std::size_t i = 0; i < n_in; ++i) {
                const Factor* const from = &factors[i * in_stride + first * out_stride];
                Factor* const to = &values_[first * depth_ + i / 2 * 2 * kSums + i % 2];
                for (std::size_t j = 0; j < width; ++j) {
                    to[2 * j] = from[j * out_stride];
                }
            }
        }
    }

    // Adds the products of rows with the matrix to others: in[i] (n_in), out[i] (n_out).
    TEXTVEC_OF_BFLOAT16 void add_products(const Factor* const* in, float* const* out,
                                          std::size_t n_rows) {
        constexpr std::size_t kRows = Blocks::kRows;
        rows_.resize(std::max(rows_.size(), (n_rows + kRows - 1) / kRows * kRows * depth_));
        for (std::size_t row = 0; row < n_rows; ++row) {
            std::memcpy(&rows_[row * depth_], in[row], n_in_ * sizeof(Factor));
        }
        for (std::size_t first = 0; first < n_out_; first += 2 * kSums) {
            const Factor* const left = &values_[first * depth_];
            const std::size_t width = std::min(2 * kSums, n_out_ - first);
            for (std::size_t row = 0; row < n_rows; row += kRows) {
                alignas(64) float found[kRows][2 * kSums];
                blocks_.multiply(&rows_[row * depth_], left, left + kSums * depth_, depth_, found);
                for (std::size_t r = 0; r < std::min(kRows, n_rows - row); ++r) {
                    float* const to = out[row + r] + first;
                    for (std::size_t j = 0; j < width; ++j) {
                        to[j] += found[r][j];
                    }
                }
            }
        }
    }

  private:
    std::size_t n_in_, n_out_, depth_;
    std::vector<Factor> values_;
    std::vector<Factor> rows_;  // of the products that are computed
    Blocks blocks_;
};

#else

inline bool has_bfloat16() { return false; }

#endif

}  // namespace textvec
